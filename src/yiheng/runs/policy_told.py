"""What a statement says of the policy that it was settled under, with its assumptions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from yiheng.policy import PolicyFile


def policy_json(source: PolicyFile, assume: Mapping[str, str], under: Mapping[str, list[dict[str, Any]]]) -> str:
    """What every statement says of its policy, as members of a JSON object behind its own."""
    policy = source.policy
    named = {
        "id": policy.policy, "hash": source.sha256, "file": source.file, "title": policy.title.zh,
        "title_en": policy.title.en, "place": policy.place.zh, "place_en": policy.place.en,
        "issued_by": policy.issued.by, "issued_number": policy.issued.number, "issued_on": policy.issued.on.isoformat(),
        "example_values": [
            source.document.place(("values", name, "history", at))
            for name, value in policy.values.items() if value.mark == "example" for at in range(len(value.history))
        ],
    }  # fmt: skip
    assumptions = [_assumption_json(source, name, assume, under) for name in policy.assumptions]
    return "".join(
        f', "{key}": {json.dumps(value, ensure_ascii=False)}'
        for key, value in (("policy", named), ("assumptions", assumptions))
    )


def _assumption_json(
    source: PolicyFile, name: str, assume: Mapping[str, str], under: Mapping[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    policy = source.policy
    stated = policy.assumptions[name]
    chosen = assume.get(name, stated.chosen)
    others = [one for one in (stated.chosen, *stated.alternatives) if one != chosen]
    shown = {
        "id": name,
        "text": stated.says.zh,
        "text_en": stated.says.en,
        "chosen": chosen,
        "alternatives": others,
        "called": {one: policy.choice_words(name, one).zh for one in (chosen, *others)},
    }
    return {**shown, "under": under[name]} if name in under else shown
