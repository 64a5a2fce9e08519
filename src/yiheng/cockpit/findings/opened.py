"""One finding as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from yiheng.runs import Opened, open_finding
from yiheng.supervision import RULES
from yiheng.supervision.declare import in_english, shown
from yiheng.supervision.seen import is_read, label, measured

from .. import names, results, show, suspects
from ..results import Run


@dataclass(frozen=True)
class Basis:
    """The rule of a finding: what it looks for, on what grounds, and where it must not be used."""

    sentence: str
    source: str
    not_for: str
    official_code: str | None
    stages: tuple[str, ...]


def basis(finding: dict[str, Any]) -> Basis | None:
    """The rule of a finding; None when it is no longer installed."""
    rule = RULES.get(finding["rule"])
    if rule is None:
        return None
    return Basis(rule.sentence, rule.source, rule.not_for, rule.official_code, rule.stages)


def evidence(finding: dict[str, Any]) -> list[tuple[str, str]]:
    """What the rule saw, as (label, value) in the reader's language; institutions by name."""
    language, known = get_language() or "zh", names.institutions()
    return [
        (label(name).in_language(language), _value(name, value, known))
        for name, value in finding["evidence"].items()
        if is_read(name, value, language)
    ]


def _value(name: str, value: Any, known: dict[str, str]) -> str:
    if name == "measure":
        return measured(value).in_language(get_language() or "zh")
    if name == "peer":
        return show.coded("institution", "kind", value)
    text = shown(name, value)
    return known.get(text, text if show.in_chinese() else in_english(name, text))


def rows(run: Run, finding: dict[str, Any]) -> Opened:
    """The rows of the lake behind a finding, as the audit read them."""
    space = results.opened()
    return open_finding(space, finding, space.at(run.pins).number)


def others(run: Run, finding: dict[str, Any]) -> list[dict[str, Any]]:
    """Other findings about the same visit."""
    if not finding["visit"]:
        return []
    return [
        one for one in suspects.of_run(run) if one["visit"] == finding["visit"] and one.get("id") != finding.get("id")
    ]
