"""A finding or a visit opened: lines, diagnoses and settlements, and the other visits that a rule compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from yiheng.lake import told

from .tables import queries
from .workspace import Workspace

Row = dict[str, Any]
# Of one visit a page shows so many lines, those that the finding is about first.
MOST_LINES = 500
# A person's other visits near the day, where a rule names none.
MOST_VISITS, DAYS_AROUND = 50, 366
# The tables that the queries below name.
OPENED = ("visit", "institution", "department", "settlement", "fee_line", "diagnosis")
# What of a finding can be no visit and no line.
NO_NAMES = ("id", "rule", "official_code", "weight", "person", "institution", "says", "says_en", "occurred_on")
VISIT = (
    "v.visit_id, v.person_id, v.institution_id, i.name as institution_name, v.department,"
    " d.name as department_name, v.kind, v.began_on,"
    " v.ended_on, s.total_fen, s.fund_fen"
)
SUMS = (
    "(select visit_id, sum(total_fen) as total_fen, sum(fund_fen) as fund_fen from settlement"
    " where visit_id in ({visits}) group by visit_id) s"
)


@dataclass(frozen=True)
class Opened:
    """What a finding rests on, as rows by column.

    Attributes:
        visits: the visit of the finding first, then those it was compared with; money in fen.
        lines: the fee lines of the visit, at most :data:`MOST_LINES` of ``all_lines``; ``flagged`` where the finding
            is about them.
        diagnoses: those of the visit, the main one first.
        settlements: those of the visit, with their refunds.
        near: where the rule names no other visit, those of the same person within a year.
    """

    visits: list[Row]
    lines: list[Row]
    diagnoses: list[Row]
    settlements: list[Row]
    near: list[Row]


@told()
def open_finding(workspace: Workspace, finding: Mapping[str, Any], at: int | None = None) -> Opened:
    """The rows of the lake behind a finding.

    Args:
        finding: as an audit gave it.
        at: number of the snapshot set that the audit read; the last one by default.
    """
    named, visit = _names_in(finding), finding["visit"] or ""
    person = _text(finding["person"] or "")
    day = f"date '{finding['occurred_on']}'"
    near = _visits(
        f"v.person_id = {person} and abs(v.began_on - {day}) <= {DAYS_AROUND}",
        f"select visit_id from visit where person_id = {person}",
        "v.began_on",
    )
    found = _answered(workspace, {**_about(visit, named), "near": f"{near} limit {MOST_VISITS}"}, at)
    if len(found["visits"]) > 1:
        found["near"] = []
    return Opened(**found)


@told()
def open_visit(workspace: Workspace, visit: str, at: int | None = None) -> Opened:
    """One visit with its lines, diagnoses and settlements; ``visits`` is empty where the lake does not know it."""
    return Opened(**_answered(workspace, _about(visit, [visit]), at), near=[])


def _about(visit: str, named: Iterable[str]) -> dict[str, str]:
    """The queries of a visit and of the other visits and lines that are named."""
    listed, of_visit = ", ".join(map(_text, named)), f"visit_id = {_text(visit)}"
    return {
        "visits": _visits(f"v.visit_id in ({listed})", listed, f"v.visit_id = {_text(visit)} desc, v.began_on"),
        "lines": (
            "select line_id, item_code, item_name, occurred_at, quantity, unit_price, amount_fen, scope_fen,"
            f" line_id in ({listed}) as flagged, count(*) over () as all_lines from fee_line where {of_visit}"
            f" order by flagged desc, occurred_at, line_id limit {MOST_LINES}"
        ),
        "diagnoses": f"select * from diagnosis where {of_visit} order by is_main desc, ordinal",
        "settlements": f"select * from settlement where {of_visit} order by settled_at, settlement_id",
    }


def _answered(workspace: Workspace, texts: Mapping[str, str], at: int | None) -> dict[str, list[Row]]:
    answers = queries(workspace, texts, at=at, of=OPENED)
    return {name: [dict(zip(one.columns, row, strict=True)) for row in one.rows] for name, one in answers.items()}


def names_of_institutions(workspace: Workspace, at: int | None = None) -> dict[str, str]:
    """Institution → its name; one without a name is left out."""
    asked = "select institution_id, name from institution where name is not null"
    return dict(queries(workspace, {"": asked}, at=at, of=["institution"])[""].rows)


def parties_enrolled(workspace: Workspace, at: int | None = None) -> list[str]:
    """The consortia that people of the lake are enrolled with."""
    asked = "select distinct consortium from enrolment where consortium is not null order by 1"
    return [row[0] for row in queries(workspace, {"": asked}, at=at, of=["enrolment"])[""].rows]


def _visits(where: str, visits: str, order: str) -> str:
    return (
        f"select {VISIT} from visit v left join institution i using (institution_id)"
        " left join department d using (institution_id, department)"
        f" left join {SUMS.format(visits=visits)} using (visit_id) where {where} order by {order}"
    )


def _names_in(finding: Mapping[str, Any]) -> list[str]:
    """Every text of a finding and its evidence that may name a visit or a line; several stand in one text."""
    return sorted({part for text in _texts(finding) for part in (text, *text.split("、"))} | {""})


def _texts(values: Mapping[str, Any]) -> Iterable[str]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _texts(value)
        elif isinstance(value, str) and name not in NO_NAMES:
            yield value


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
