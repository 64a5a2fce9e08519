"""JSON in which numbers stay as they are written and no key appears twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from yiheng.basis.refusals import Refusal

from .encodings import decoded
from .files import read_bytes


class _Doubled(ValueError):
    """A key that appears twice in one object: nobody can say which one is meant."""


def read_json(path: Path, *, most: int) -> Any:
    """What a JSON file says, numbers as text.

    Args:
        most: bytes of the file.

    Raises:
        Refusal: when it cannot be read, is no JSON, is nested too deeply or doubles a key.
    """
    return parsed_json(decoded(read_bytes(path, most=most, expected="a JSON file"), path, path.name), path.name)


def parsed_json(text: str, shown: str, line: int = 1) -> Any:
    """What a JSON text says, numbers as text; ``line`` is where it begins.

    Raises:
        Refusal: when it is no JSON, is nested too deeply or doubles a key.
    """
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_without_doubles)
    except json.JSONDecodeError as wrong:
        where = f"{shown}:{line + wrong.lineno - 1}:{wrong.colno}"
        raise Refusal(f"this is no JSON: {wrong.msg}", where=where, cure="export it again") from None
    except (_Doubled, RecursionError) as wrong:
        what = str(wrong) if isinstance(wrong, _Doubled) else "the objects are nested too deeply"
        raise Refusal(what, where=f"{shown}:{line}", cure="export it again") from None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = {key.lower(): value for key, value in pairs}
    if len(found) < len(pairs):
        keys = [key.lower() for key, _ in pairs]
        doubled = next(key for key in keys if keys.count(key) > 1)
        raise _Doubled(f"the key '{doubled}' appears twice in one object")
    return found
