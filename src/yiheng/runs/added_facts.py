"""Facts that the lake does not hold, such as scores of an assessment, added from a file of one row a party."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from yiheng.basis.evidence import Place
from yiheng.basis.files import new_file
from yiheng.basis.refusals import Refusal, nearest
from yiheng.payment import Fact, PartyFacts, fact_or_fault
from yiheng.policy import PolicyFile

from .facts import FactsRow, facts_rows
from .manifest import sha256

ADDED = "added_facts.csv"
PARTY, YEAR = "party", "year"


def added_pins(file: Path | None) -> tuple[dict[str, str], dict[str, str]]:
    """What a manifest notes of the file: its name among the inputs, its hash among the pins; nothing without one.

    Raises:
        Refusal: when there is no such file.
    """
    if file is None:
        return {}, {}
    if not file.is_file():
        raise Refusal("there is no such file", where=str(file), cure="check the path")
    return {"with": file.name}, {"with_sha256": sha256(file)}


def keep_added(file: Path | None, folder: Path) -> None:
    """Copy the file that a run read."""
    if file is not None:
        with new_file(folder / ADDED) as part:
            shutil.copyfile(file, part)


def with_added(
    file: Path, shown: str, source: PolicyFile, year: int, parties: Mapping[str, PartyFacts]
) -> tuple[dict[str, PartyFacts], list[tuple[str, Refusal]]]:
    """The facts from the lake, and of each party those of its row that no total of the lake gives.

    A column stands for the fact of every policy that names it; ``POLICY.column`` for that of one policy alone, where
    two policies mean different things by one name. What the lake gives is never replaced. Also the rows that are of no
    party of the lake, each with why: the others are settled without them.

    Raises:
        Refusals: the file cannot be read.
    """
    whole, strangers = dict(parties), []
    for row in facts_rows(file, PARTY, YEAR):
        if row.year not in (0, year):
            continue
        if row.party not in parties:
            what = f"'{row.party}' answered for nobody in {year}"
            stranger = Refusal(what, where=f"{shown}:{row.line}", cure=nearest(row.party, parties))
            strangers.append((row.party, row.fault or stranger))
        else:
            whole[row.party] = replace(
                parties[row.party], facts={**_read(source, shown, row), **parties[row.party].facts}
            )
    return whole, strangers


def _read(source: PolicyFile, shown: str, row: FactsRow) -> dict[str, Fact]:
    facts = {}
    for name, declared in source.policy.facts.items():
        if declared.total is not None or declared.column is None:
            continue
        own = f"{source.policy.policy}.{declared.column}"
        column = own if own in row.cells else declared.column
        if column not in row.cells and declared.empty is None:
            continue
        place = Place(shown, str(row.line))
        fact = fact_or_fault(declared, row.cells.get(column) or "", column, place)
        facts[name] = replace(fact, fault=row.fault, judged="always") if row.fault else fact
    return facts
