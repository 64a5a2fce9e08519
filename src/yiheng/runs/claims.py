"""The claims behind a figure: the rows of the lake that its facts are the sums of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from ibis import _

from yiheng.basis.money import Fen
from yiheng.basis.refusals import Refusal
from yiheng.lake import told
from yiheng.measures import TOTALS

from .engine import Engine
from .tables import query
from .totals import Asked
from .workspace import Workspace

# What is shown of a claim, and of its visit; nothing of the person.
CLAIM = ("settlement_id", "visit_id")
VISIT = ("institution", "began_on", "ended_on")
CLAIM_COLUMNS = (*CLAIM, *VISIT)


@dataclass(frozen=True)
class Claims:
    """The claims that one fact is the sum of.

    Attributes:
        rows: ``CLAIM_COLUMNS`` and ``fen`` of each, the largest amount first.
    """

    total: str
    year: int
    fen: int
    rows: list[dict[str, Any]]


@told()
def claims_behind(
    workspace: Workspace, result: dict[str, Any], queries: dict[str, str], statement: dict[str, Any], figure: str
) -> list[Claims]:
    """The claims behind every fact that a figure rests on, at the snapshot set of the settlement.

    Args:
        result: of the settlement; ``queries`` are those that it kept.
        statement: one of its statements.

    Raises:
        Refusal: no fact of the figure comes from the lake, or the claims do not add up to a fact to the fen.
    """
    facts = dict(facts_of(statement["because"][figure]))
    if not facts:
        raise Refusal(
            f"no claims stand behind '{figure}' of '{statement['party']}'",
            where=result["run"],
            expected="a figure that rests on facts from the lake",
            cure="settle from the lake with --year" if result["facts"] == "file" else "name another figure",
        )
    at = workspace.at(result["manifest"]["pins"])
    with closing(Engine(workspace, at)) as engine:
        return [_claims(engine, workspace, queries, fact, yuan) for fact, yuan in sorted(facts.items())]


def _claims(
    engine: Engine, workspace: Workspace, queries: dict[str, str], fact: tuple[Asked, str], yuan: str
) -> Claims:
    asked, party = fact
    name, year = asked.total, asked.year
    if asked.query not in queries:
        raise Refusal(f"the total '{name}' is no longer known", cure="use the version that made the settlement")
    tables = engine.as_defined()
    of_fund = {"insurance": asked.insurance} if asked.insurance else {}
    rows = asked.by(tables, (*CLAIM, *asked.keys)).filter(
        _.consortium == party, _.year == year, *(_[key] == value for key, value in of_fund.items())
    )
    visits = tables["visit"].select("visit_id", "began_on", "ended_on", institution=_.institution_id)
    found = engine.rows(rows.left_join(visits, "visit_id").order_by(_.fen.desc(), *CLAIM))
    fen, count = sum(row["fen"] or 0 for row in found), sum(row["rows"] for row in found)
    # The kept query is what the settlement asked; its answer and the figure told must be these rows.
    quoted = party.replace("'", "''")
    kept = f"""select fen, "rows" from ({queries[asked.query]}) where consortium = '{quoted}' and year = {year}"""
    kept += "".join(f" and {key} = '{value}'" for key, value in of_fund.items())
    answered = query(workspace, kept, at=engine.at.number).rows or [(0, 0)]
    if answered[0] != (fen, count) or Fen.from_yuan(yuan) != Fen(fen):
        raise Refusal(
            f"{count:,} claims come to {Fen(fen)} yuan, but the settlement used {yuan}",
            where=f"{name} of {party} {year}",
            expected="the same sum to the fen",
            cure="replay the settlement: its files or the definition of the total were changed",
        )
    return Claims(name, year, fen, [{**{key: row[key] for key in CLAIM_COLUMNS}, "fen": row["fen"]} for row in found])


def facts_of(because: dict[str, Any]) -> Iterator[tuple[tuple[Asked, str], str]]:
    """What every fact that is a sum of settlements was asked as, with its party and amount, in a tree of reasons."""
    if "amount" in because and (fact := Asked.read(because.get("at", ""))):
        asked, _party = fact
        if asked.total in TOTALS and asked.declared.table == "settlement":
            yield fact, because["amount"]
    for below in because.get("rests_on", []):
        yield from facts_of(below)
