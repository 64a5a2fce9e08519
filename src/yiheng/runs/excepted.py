"""What is done with findings of an audit: exceptions leave some out, and what was covered bounds the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ibis import _

from yiheng.codes import EXCEPTION, GRANTED_TO
from yiheng.supervision import Covered, Stake

from .editions import InUse, rows_of
from .engine import Engine
from .workspace import Workspace


class Exceptions:
    """The exceptions of the editions that a run pins."""

    def __init__(self, workspace: Workspace, editions: Sequence[InUse]) -> None:
        self._by_rule: dict[str, list[tuple[InUse, dict[str, Any]]]] = {}
        for edition in editions:
            for row in rows_of(workspace, EXCEPTION.name, edition.edition)[EXCEPTION.name]:
                self._by_rule.setdefault(row["rule"], []).append((edition, row))

    def of(self, finding: Mapping[str, Any]) -> dict[str, Any] | None:
        """The grounds of an exception that covers a finding and is in force on its day, if there is one."""
        if not (granted := self._by_rule.get(finding["rule"])):
            return None
        day = finding["occurred_on"]
        told = {**finding, "item_code": finding["evidence"].get("item_code")}
        for edition, row in granted:
            in_force = edition.holds_on(day) and day <= row["until"]
            if in_force and all(row[name] in (None, told[name]) for name in GRANTED_TO):
                grounds = {name: row[name] for name in ("reason", "granted_by")}
                return {**grounds, "until": row["until"].isoformat(), "edition": edition.edition}
        return None


def covered_of(engine: Engine, stakes: Sequence[Stake]) -> Covered:
    """What was covered of the visits that findings stake, and of the items that they name."""
    visits = {visit for one in stakes for visit in one.visits}
    items = {one.item for one in stakes if one.item}
    by_visit, by_item = {}, {}
    if visits:
        staked = engine.named("visit_id", visits)
        paid = engine.tables["settlement"].filter(_.scope_fen.notnull()).semi_join(staked, "visit_id")
        rows = engine.rows(paid.group_by("visit_id").agg(fen=_.scope_fen.sum()))
        by_visit = {row["visit_id"]: row["fen"] for row in rows}
    if visits and items:
        lines = engine.tables["fee_line"].filter(_.scope_fen.notnull()).semi_join(staked, "visit_id")
        lines = lines.semi_join(engine.named("item_code", items), "item_code")
        rows = engine.rows(lines.group_by("visit_id", "item_code").agg(fen=_.scope_fen.sum()))
        by_item = {(row["visit_id"], row["item_code"]): row["fen"] for row in rows}
    return Covered(by_visit, by_item)
