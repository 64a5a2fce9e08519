"""Findings of the newest audit as pages and exports show them: filtered, summed, person numbers masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language

from yiheng.basis.money import Fen
from yiheng.casework.models import FindingVerdict
from yiheng.supervision import ANSWERS, RULES, WEIGHTS

from . import names, results, show
from .results import Run
from .verdicts import Precision, of_findings

# What an export holds, with the head of each column in Chinese; in English it is the field's name.
EXPORTED = {
    "rule": "规则", "rule_name": "规则名称", "official_code": "国家编码", "weight": "性质", "answer": "事前答复",
    "demo": "所依示例代码表", "person": "人员编号", "institution": "定点医药机构编号", "institution_name": "机构名称",
    "visit": "就诊ID", "settlement": "结算ID", "line": "费用明细流水号", "occurred_on": "发生日期",
    "at_stake_yuan": "涉及金额（元）", "says": "说明", "id": "疑点编号", "verdict": "核实结论",
    "verdict_reason": "核实理由",
}  # fmt: skip


@dataclass(frozen=True)
class RuleSum:
    """What one rule found.

    Attributes:
        answer_label: what the rule answers before payment.
        demo: the lists it rests on that were invented for the demo county.
    """

    name: str
    label: str
    weight: str
    weight_label: str
    answer_label: str
    demo: str
    count: int
    at_stake: Fen
    precision: Precision | None = None


@dataclass(frozen=True)
class NotComputed:
    """A rule of the national list that nothing computes, and why in the reader's language."""

    zh: str
    official_code: str
    why: str


@dataclass(frozen=True)
class Shown:
    """A finding as a reader sees it; ``demo`` as in :class:`RuleSum`."""

    label: str
    weight: str
    weight_label: str
    answer_label: str
    demo: str
    raw: dict[str, Any]
    person: str
    place: str
    says: str
    at_stake: Fen
    judged: FindingVerdict | None = None


def of_run(run: Run | None, *, rule: str = "", year: int | None = None) -> list[dict[str, Any]]:
    """Findings, newest first, of one rule and one year where these are given."""
    if run is None:
        return []
    return [f for f in _by_year(run.id, year) if not rule or f["rule"] == rule]


def years_of(run: Run | None) -> list[int]:
    """The years in which something was found, newest first."""
    return sorted({int(f["occurred_on"][:4]) for f in of_run(run)}, reverse=True)


def not_computed(run: Run | None) -> list[NotComputed]:
    """The national rules that an audit did not compute; an audit of an older version does not say."""
    listed = run.result.get("not_computed", []) if run else []
    why = "why" if show.in_chinese() else "why_en"
    return [NotComputed(one["zh"], one["official_code"] or "—", one[why]) for one in listed]


def sums(
    findings: Iterable[dict[str, Any]], run: Run | None, precisions: Mapping[str, Precision] | None = None
) -> list[RuleSum]:
    """Count, amount and measured precision by rule of a run, the most at stake first."""
    demo = demo_lists(run)
    counted: dict[str, tuple[str, int, int]] = {}
    for f in findings:
        weight, count, fen = counted.get(f["rule"], (f["weight"], 0, 0))
        # What is in doubt weighs less than its rule does.
        own = RULES[f["rule"]].weight if f["rule"] in RULES else weight
        counted[f["rule"]] = (own, count + 1, fen + f["at_stake_fen"])
    made = [
        RuleSum(
            name,
            rule_label(name),
            weight,
            weight_label(weight),
            answer_label(name),
            demo.get(name, ""),
            count,
            Fen(fen),
            (precisions or {}).get(name),
        )
        for name, (weight, count, fen) in counted.items()
    ]
    return sorted(made, key=lambda one: (-one.at_stake.n, one.name))


def shown(
    finding: dict[str, Any], demo: Mapping[str, str], in_full: bool, judged: FindingVerdict | None = None
) -> Shown:
    """A finding for a reader who may or may not see person numbers; ``demo`` as :func:`demo_lists` gives it."""
    says = finding["says"] if show.in_chinese() else finding.get("says_en", finding["says"])
    return Shown(
        rule_label(finding["rule"]),
        finding["weight"],
        weight_label(finding["weight"]),
        answer_label(finding["rule"]),
        demo.get(finding["rule"], ""),
        finding,
        (finding["person"] or "") if in_full else show.masked(finding["person"]),
        names.institution(finding["institution"]),
        _named(finding, says if in_full else without_number(says, finding["person"])),
        at_stake(finding),
        judged,
    )


def _named(finding: Mapping[str, Any], says: str) -> str:
    """The sentence with the names of institutions for their numbers."""
    known = names.institutions()
    for value in (finding["institution"], *finding.get("evidence", {}).values()):
        if isinstance(value, str) and value in known:
            says = says.replace(value, known[value])
    return says


def at_stake(finding: Mapping[str, Any]) -> Fen:
    """How much a finding is about."""
    return Fen(finding["at_stake_fen"])


def listed(findings: Iterable[dict[str, Any]], run: Run | None, *, in_full: bool) -> list[Shown]:
    """Findings of a run for a reader, each with the verdict that counts."""
    found = list(findings)
    judged, demo = of_findings(found), demo_lists(run)
    return [shown(one, demo, in_full, judged.get(one.get("id", ""))) for one in found]


def export_head() -> list[str]:
    """The heads of an export in the language of the page."""
    return list(EXPORTED.values() if show.in_chinese() else EXPORTED)


def export_row(
    finding: dict[str, Any], demo: Mapping[str, str], in_full: bool, judged: FindingVerdict | None = None
) -> list[str]:
    """A finding as cells, amounts exact; masked and in the language of the page."""
    one = shown(finding, demo, in_full)
    cells = {
        **finding,
        "rule_name": one.label,
        "weight": one.weight_label,
        "answer": one.answer_label,
        "demo": one.demo,
        "person": one.person,
        "institution_name": one.place,
        "says": one.says,
        "at_stake_yuan": one.at_stake.yuan,
    }
    if judged:
        cells |= {"verdict": FindingVerdict.Verdict(judged.verdict).label, "verdict_reason": judged.reason}
    return ["" if cells.get(name) is None else str(cells[name]) for name in EXPORTED]


def without_number(text: str, person: str | None) -> str:
    """A sentence in which the person's number is masked."""
    return text.replace(person, show.masked(person)) if person else text


def rule_label(name: str) -> str:
    """The name of a rule; of one that is no longer declared its code name."""
    return show.declared(RULES[name].zh, name) if name in RULES else name


def answer_label(rule: str) -> str:
    """What a rule answers before payment, in the reader's language: stops, warns or informs."""
    return ANSWERS[RULES[rule].answers].in_language(get_language() or "zh") if rule in RULES else ""


def demo_lists(run: Run | None) -> dict[str, str]:
    """By rule of an audit the lists that it rests on and that were invented for the demo county."""
    return _demo_lists(run.id) if run else {}


def weight_label(weight: str) -> str:
    """Clue, suspicion or breach in the reader's language."""
    words = {str(name): words for name, words in WEIGHTS.items()}
    return words[weight].in_language(get_language() or "zh") if weight in words else weight


@lru_cache(maxsize=8)
def _demo_lists(run: str) -> dict[str, str]:
    return {one["rule"]: "、".join(one.get("demo", ())) for one in results.rules_of(run)}


@lru_cache(maxsize=8)
def _by_year(run: str, year: int | None) -> list[dict[str, Any]]:
    """Sorted once for each run and year; a run never changes."""
    mine = [f for f in results.findings_in(run) if year is None or f["occurred_on"].startswith(f"{year}-")]
    return sorted(mine, key=lambda f: (f["occurred_on"], f["rule"], f["visit"] or ""), reverse=True)
