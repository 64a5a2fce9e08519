"""Facts that the lake does not hold, such as scores of an assessment, added from a file of one row a party."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from yiheng.basis.evidence import Place, Words
from yiheng.basis.refusals import Refusal, nearest
from yiheng.documents import sha256_of
from yiheng.payment import Fact, PartyFacts, fact_or_fault, scale_in_doubt
from yiheng.policy import PolicyFile
from yiheng.policy.schema import Fact as DeclaredFact

from .fact_rows import FactsRow, facts_rows
from .kept import keep

ADDED = "added_facts.csv"
PARTY, YEAR = "party", "year"


def added_pins(file: Path | None) -> tuple[dict[str, str], dict[str, str]]:
    """What a manifest notes of the file: its name among the inputs, its hash among the pins; nothing without one.

    Raises:
        Refusal: when there is no such file.
    """
    if file is None:
        return {}, {}
    return {"with": file.name}, {"with_sha256": sha256_of(file)}


def keep_added(file: Path | None, folder: Path, hashed: str) -> None:
    """Copy the file that a run read."""
    if file is not None:
        keep(file, folder / ADDED, hashed)


def with_added(
    file: Path,
    shown: str,
    source: PolicyFile,
    year: int,
    parties: Mapping[str, PartyFacts],
    override: Sequence[str] = (),
) -> tuple[dict[str, PartyFacts], list[tuple[str, Refusal]]]:
    """The facts from the lake, and of each party those of its row that no total of the lake gives.

    A column stands for the fact of every policy that names it; ``POLICY.column`` for that of one policy alone, where
    two policies mean different things by one name. What the lake knows is replaced only where ``override`` names the
    fact; what it does not know is filled. Also the rows that are of no party of the lake, each with why: the others
    are settled without them.

    Raises:
        Refusals: the file cannot be read.
    """
    whole, strangers = dict(parties), []
    rows = [row for row in facts_rows(file, PARTY, YEAR) if row.year in (0, year)]
    doubted = {
        name
        for name, declared in source.policy.facts.items()
        if declared.column
        and scale_in_doubt(
            declared, (row.cells.get(_column(source, declared, row), "") for row in rows if not row.fault)
        )
    }
    for row in rows:
        if row.party not in parties:
            what = f"'{row.party}' answered for nobody in {year}"
            stranger = Refusal(what, where=f"{shown}:{row.line}", cure=nearest(row.party, parties))
            strangers.append((row.party, row.fault or stranger))
        else:
            lake = parties[row.party].facts
            known = {name for name, one in lake.items() if _knows(one)}.difference(override)
            added = _read(source, shown, row, known, doubted)
            replaced = {name: _instead(lake[name], one) for name, one in added.items() if name in lake}
            whole[row.party] = replace(parties[row.party], facts={**lake, **added, **replaced})
    return whole, strangers


def _knows(fact: Fact) -> bool:
    return fact.amount is not None or fact.number is not None or fact.cells is not None


def _instead(lake: Fact, added: Fact) -> Fact:
    """A fact of the file where the lake has one too, saying what the lake gave; an empty cell changes nothing."""
    if not _knows(added) and added.fault is None:
        return lake
    zh, en = added.because.says
    if _knows(lake):
        was = str(lake.amount if lake.amount is not None else lake.number if lake.number is not None else "")
        words = Words(f"{zh}，替换数据库中的 {was}（--override）", f"{en}, instead of {was} of the lake (--override)")
    else:
        words = Words(f"{zh}，数据库中未知", f"{en}, unknown to the lake")
    return replace(added, because=replace(added.because, says=words))


def refuse_override(sources: Iterable[PolicyFile], override: Sequence[str], added: Path | None) -> None:
    """Check that what is to be replaced are facts of the lake that a file can give.

    Raises:
        Refusal: no file of facts, or a fact that no policy takes from the lake and from a column.
    """
    if override and added is None:
        raise Refusal("--override needs a file of facts", cure="give it with --with")
    both = {n for source in sources for n, fact in source.policy.facts.items() if fact.total and fact.column}
    for name in override:
        if name not in both:
            raise Refusal(
                f"'{name}' is no fact that the lake gives and a column can replace",
                expected=", ".join(sorted(both)) or "a policy with such a fact",
                cure=nearest(name, both),
            )


def _read(
    source: PolicyFile, shown: str, row: FactsRow, known: Collection[str], doubted: Collection[str]
) -> dict[str, Fact]:
    """The facts of a row, but those that are known already."""
    facts = {}
    for name, declared in source.policy.facts.items():
        if name in known or declared.column is None:
            continue
        column = _column(source, declared, row)
        if column not in row.cells and declared.empty is None:
            continue
        place = Place(shown, str(row.line))
        fact = fact_or_fault(declared, row.cells.get(column) or "", column, place, name in doubted)
        facts[name] = replace(fact, fault=row.fault, judged="always") if row.fault else fact
    return facts


def _column(source: PolicyFile, declared: DeclaredFact, row: FactsRow) -> str:
    """The column of a fact: that of this policy alone where the row has it."""
    own = f"{source.policy.policy}.{declared.column}"
    return own if own in row.cells else declared.column or ""
