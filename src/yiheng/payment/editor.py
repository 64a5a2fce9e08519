"""The JSON Schema of a policy file for editors: keys, units, steps and what each step takes."""

from __future__ import annotations

from typing import Any

from yiheng.policy.schema import Policy

from .declare import SEVERAL, STEPS, Step

Schema = dict[str, Any]


def editor_schema() -> Schema:
    """The schema by which an editor completes and checks a policy.

    A policy reads every scalar as text; an editor takes ``50`` for a number, so that it may stand where text may.
    """
    schema = Policy.model_json_schema(by_alias=True)
    _loosen(schema)
    step = schema["$defs"]["Step"]
    step["properties"]["step"] = {"enum": sorted(STEPS), "description": "a declared step"}
    step["allOf"] = [_takes(one) for _, one in sorted(STEPS.items())]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _loosen(node: Any) -> None:
    if isinstance(node, list):
        for one in node:
            _loosen(one)
    if not isinstance(node, dict):
        return
    if node.get("type") == "string" and not {"enum", "const", "pattern", "format"} & node.keys():
        node["type"] = ["string", "number", "boolean"]
    elif node.get("type") == "integer":
        node["type"] = ["integer", "string"]
    elif node.get("type") == "boolean":
        # Some editors read ``true`` as a word.
        node.pop("type")
        node["enum"] = [True, False, "true", "false"]
    for one in node.values():
        _loosen(one)


def _takes(step: Step) -> Schema:
    """What stands under ``takes`` of one step."""
    names: Schema = {
        name: {"type": "array", "items": {"type": "string"}} if kind in SEVERAL else {"type": "string"}
        for name, kind in step.takes.items()
    }
    takes: Schema = {"properties": names, "additionalProperties": False, "description": step.zh}
    required = [name for name in step.takes if name not in step.optional]
    then: Schema = {"properties": {"takes": takes}}
    if required:
        takes["required"] = required
        then["required"] = ["takes"]
    return {"if": {"properties": {"step": {"const": step.name}}}, "then": then}
