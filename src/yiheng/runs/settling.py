"""The run that settles: facts and policy in, statements with reasons out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yiheng.basis.files import new_file
from yiheng.basis.refusals import Refusal, Refusals
from yiheng.documents import sha256_of
from yiheng.lake import told
from yiheng.payment import PartyFacts, Statement, budget_part, check_policy, refuse_choices, settle_each, share_pools
from yiheng.policy import PolicyFile, policy_for_year, read_policy
from yiheng.records import RESULTS

from .added_facts import ADDED, added_pins, keep_added, refuse_override, with_added
from .alternatives import figures_under
from .completeness import Completeness, Missing, refuse_empty_act, refuse_unknown_limits
from .engine import Engine
from .fact_rows import FactsRow, facts_rows
from .facts import facts_from_lake, facts_of_rows
from .inputs_told import inputs_json
from .kept import FACTS, keep, keep_policies
from .making import making
from .manifest import Manifest, canonical, write_whole
from .policy_told import policy_json
from .quarantined import quarantined_settlements, years_read
from .results import as_pinned
from .row_file import KeptRows, as_line, in_place, write_rows
from .workspace import Workspace

STATEMENTS = "statements.json"
# The verb of a run that states budgets before the year is over: none of its statements settles anything.
NOTICE = "budget"
LINES = "statement_lines.parquet"
QUERIES = "queries.json"


@dataclass(frozen=True)
class Settled:
    """One party's statement, or why it was refused.

    Attributes:
        under: assumption → figures under each other choice, where the run asks for them.
        facts: what it was made of.
    """

    party: str
    year: int
    source: PolicyFile | None
    statement: Statement | None
    refusal: Refusal | None
    under: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    facts: PartyFacts | None = None


@told()
def run_settle(
    workspace: Workspace,
    policy: Path,
    *,
    year: int | None = None,
    facts: Path | None = None,
    added: Path | None = None,
    known_on: dt.date | None = None,
    assume: Mapping[str, str] | None = None,
    alternatives: bool = False,
    although: str | None = None,
    override: Sequence[str] = (),
    budget_only: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Settle every party of a year from the lake, or every row of a facts file.

    Args:
        policy: a policy file, or a folder from which the one in force is taken.
        year: the year to settle; with a facts file, only its rows of that year.
        added: a file of facts that the lake does not hold, one party and year a row.
        known_on: settle with the values that were announced by that day.
        assume: another choice for some assumptions, by id.
        alternatives: state also the figures under each alternative of each assumption, one at a time.
        override: facts that the file of ``added`` gives instead of the lake.
        budget_only: before the year is over, state its budget and what is paid of it in advance; nothing is cleared.
        although: why a year whose claims or fund totals are incomplete is settled all the same.

    Raises:
        Refusal: when neither year nor facts are given, policy or facts cannot be read, or the year is incomplete.
    """
    refuse_unclear(year, facts, added)
    refuse_empty_act(facts, although)
    years = [year] if year is not None else []
    if facts is not None and not years:
        years = years_of(policy, facts)
    sources = _sources(policy, years)
    for source in sources.values():
        check_policy(source)
        refuse_choices(source, assume or {})
        refuse_unknown_limits(source)
    refuse_override(sources.values(), override, added)
    inputs = {
        "year": year,
        "facts": facts.name if facts else None,
        "known_on": known_on.isoformat() if known_on else None,
        "assume": dict(assume or {}),
    }
    named: dict[str, Any]
    named, pinned = added_pins(added)
    if alternatives:
        named = {**named, "alternatives": True}
    if budget_only:
        named = {**named, "budget_only": True}
    if override:
        named = {**named, "override": sorted(set(override))}
    if although:
        named = {**named, "although": although.strip()}
    pins = {**data_pins(workspace, facts), **pinned}
    with nullcontext() if facts else closing(Engine(workspace, workspace.at(pins))) as engine:
        if engine is not None and year is not None:
            read = map(budget_part, sources.values()) if budget_only else sources.values()
            pins["quarantined"] = quarantined_settlements(workspace, engine, years_read(read, year))
        manifest = settle_manifest(sources, {**inputs, **named}, pins)
        with making(workspace, manifest) as folder:
            keep_policies(policy, sources, folder)
            keep_added(added, folder, manifest.pins.get("with_sha256", ""))
            if facts is not None:
                keep(facts, folder / FACTS, manifest.pins["facts_sha256"])
            result = settle_into(workspace, manifest, folder, folder, sources, progress, engine)
    return in_place(result, workspace.run_folder(manifest.run))


def refuse_unclear(year: int | None, facts: Path | None, added: Path | None) -> None:
    """Say what to settle, and from what.

    Raises:
        Refusal: when neither year nor facts are given, or facts are to be added to a file of facts.
    """
    if year is None and facts is None:
        raise Refusal("nothing says what to settle", expected="--year for the lake or --facts for a file")
    if facts is not None and added is not None:
        raise Refusal("facts are added to those of the lake only", cure="write the columns into the facts file")


def data_pins(workspace: Workspace, facts: Path | None) -> dict[str, Any]:
    """What the data of a settlement is: what the lake holds now, or the hash of a facts file."""
    return {
        "data": workspace.data() if facts is None else None,
        "facts_sha256": sha256_of(facts) if facts else None,
    }


def settle_manifest(sources: dict[int, PolicyFile], inputs: dict[str, Any], pins: dict[str, Any]) -> Manifest:
    """The manifest of a settlement under some policies."""
    ids, hashes = sorted({s.policy.policy for s in sources.values()}), {s.file: s.sha256 for s in sources.values()}
    verb = NOTICE if inputs.get("budget_only") else "settle"
    return Manifest(verb, {"policy": ", ".join(ids), **inputs}, {"policy_sha256": hashes, **pins})


def settle_into(
    workspace: Workspace,
    manifest: Manifest,
    kept: Path,
    folder: Path,
    sources: dict[int, PolicyFile],
    progress: Callable[[str], None] = lambda _: None,
    engine: Engine | None = None,
    gate: bool = True,
) -> dict[str, Any]:
    """Settle what a manifest says from what the run kept, into a folder.

    Args:
        engine: one that others settle with too; its own by default.
        gate: whether a year that is not complete is refused without an act; what is missing is told in any case.
    """
    if manifest.verb == NOTICE:
        sources = {year: budget_part(source) for year, source in sources.items()}
    queries: dict[str, str] = {}
    unattributed: dict[str, int] = {}
    complete = Completeness(although=manifest.inputs.get("although"))
    settled: Iterator[Settled]
    if manifest.inputs["facts"] is None:
        ((year, source),) = sources.items()
        asked = engine or Engine(workspace, workspace.at(manifest.pins))
        progress("facts")
        gathered = facts_from_lake(asked, source, year, over=manifest.verb != NOTICE)
        queries, unattributed = gathered.queries, gathered.unattributed
        if engine is None:
            asked.close()
        strangers: list[tuple[str, Refusal]] = []
        if shown := manifest.inputs.get("with"):
            added_file = as_pinned(kept / ADDED, manifest.pins["with_sha256"])
            override = manifest.inputs.get("override", ())
            gathered.parties, strangers = with_added(added_file, shown, source, year, gathered.parties, override)
        refusals = (Settled(party, year, source, None, refusal) for party, refusal in strangers)
        complete = replace(complete, found=gathered.missing)
        stops = complete.found if gate and not complete.although else ()
        settled = chain(refusals, _settled_complete(manifest, source, year, gathered.parties, stops))
    else:
        settled = _settled_rows(as_pinned(kept / FACTS, manifest.pins["facts_sha256"]), manifest, sources)
    progress("statements")
    result: dict[str, Any] = {
        "run": manifest.run,
        "facts": "lake" if manifest.inputs["facts"] is None else "file",
        "manifest": manifest.as_json(),
        "unattributed": unattributed,
        "completeness": complete.as_json(),
        "quarantined": manifest.pins.get("quarantined"),
    }
    lines: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    with new_file(folder / STATEMENTS) as part:
        statements = _stated(settled, manifest.inputs["assume"], complete, lines, refused)
        # What was refused is known when the statements are made.
        places = write_rows(part, result, {"statements": statements, "refused": map(as_line, refused)})
    write_whole(folder / QUERIES, canonical(queries))
    with new_file(folder / LINES) as part:
        pq.write_table(pa.Table.from_pylist(lines, schema=RESULTS["statement_line"].schema.to_pyarrow()), part)
    manifest.write(folder, [STATEMENTS, QUERIES, LINES])
    return {**result, "statements": KeptRows(folder / STATEMENTS, places["statements"]), "refused": refused}


def _stated(
    settled: Iterator[Settled],
    assume: Mapping[str, str],
    complete: Completeness,
    lines: list[dict[str, Any]],
    refused: list[dict[str, Any]],
) -> Iterator[str]:
    """The statements as JSON texts, one by one; their lines and what was refused are noted on the way."""
    policies: dict[int, str] = {}
    for one in settled:
        if one.refusal:
            refused.append({"party": one.party, "year": one.year, "why": str(one.refusal)})
        elif one.statement and one.source:
            if one.year not in policies:
                policies[one.year] = policy_json(one.source, assume, {})
            lines += (
                {"party": one.party, "year": one.year, "figure": name, "amount_fen": amount.n}
                for name, amount in one.statement.figures.items()
            )
            told = policy_json(one.source, assume, one.under) if one.under else policies[one.year]
            if incomplete := complete.stated(one.party):
                told += f', "incomplete": {json.dumps(incomplete, ensure_ascii=False)}'
            yield one.statement.as_json(f"{told}{inputs_json(one.facts)}")


def _settled_rows(file: Path, manifest: Manifest, sources: dict[int, PolicyFile]) -> Iterator[Settled]:
    names = next(iter(sources.values())).policy.facts_file
    shown = manifest.inputs["facts"]
    whole: dict[int, list[FactsRow]] = {}
    unread: dict[int, Refusal] = {}
    for row in facts_rows(file, names.party, names.year):
        if manifest.inputs["year"] not in (None, row.year) and row.fault is None:
            continue
        refusal = row.fault
        if refusal is None and row.year not in sources:
            refusal = Refusal(f"no policy is in force at the end of {row.year}", where=f"{shown}:{row.line}")
        if refusal is None:
            whole.setdefault(row.year, []).append(row)
        else:
            if not row.of_all:
                unread.setdefault(row.year, refusal)
            yield Settled(row.party or f"line {row.line}", row.year, None, None, refusal)
    for year, rows in whole.items():
        parties = facts_of_rows(sources[year], shown, rows)
        policy, lost = sources[year].policy, unread.get(year) or unread.get(0)
        if lost is not None and (policy.pools or policy.risk):
            # Shared without the party of that row, the others would get its part.
            refusal = Refusal(f"a row of {year} cannot be read, and the parties share a pool: {lost}")
            yield from (Settled(one.party, year, sources[year], None, refusal) for one in parties)
        else:
            yield from _settled_all(manifest, sources[year], year, parties)


def _known_on(manifest: Manifest) -> dt.date | None:
    known_on = manifest.inputs["known_on"]
    return dt.date.fromisoformat(known_on) if known_on else None


def _settled_complete(
    manifest: Manifest, source: PolicyFile, year: int, parties: dict[str, PartyFacts], stops: Sequence[Missing]
) -> Iterator[Settled]:
    """The parties of whom nothing is missing.

    Raises:
        Refusals: what is missing of all parties together, or of one that shares a pool with others.
    """
    shares = bool(source.policy.pools or source.policy.risk)
    if whole := [one.refusal for one in stops if one.party is None or shares]:
        raise Refusals(whole)
    without = {one.party: Refusals(other.refusal for other in stops if other.party == one.party) for one in stops}
    settled = _settled_all(manifest, source, year, [facts for party, facts in parties.items() if party not in without])
    refused = (Settled(party or "", year, source, None, why) for party, why in without.items())
    return chain(settled, refused)


def _settled_all(manifest: Manifest, source: PolicyFile, year: int, parties: list[PartyFacts]) -> Iterator[Settled]:
    """All parties of a year, pools first; where a fact that a pool needs is unknown, no party has its part."""
    known_on, assume = _known_on(manifest), manifest.inputs["assume"]
    try:
        shared = share_pools(source, year, parties, known_on=known_on, assume=assume)
    except Refusal as refusal:
        for one in parties:
            yield Settled(one.party, year, source, None, _of_pool(one, refusal))
        return
    under: dict[str, dict[str, list[dict[str, Any]]]] = {}
    if manifest.inputs.get("alternatives"):
        under = figures_under(source, year, parties, known_on=known_on, assume=assume)
    settled = _settled(manifest, source, year, shared)
    yield from (replace(one, under=under[one.party]) for one in settled) if under else settled


def _of_pool(party: PartyFacts, refusal: Refusal) -> Refusal:
    """Why a party has no part of a pool: what it was given itself, or what another was."""
    try:
        party.refuse_faults()
    except Refusal as own:
        return own
    return Refusal(f"the parties share a pool, and it cannot be shared: {refusal}")


def _settled(manifest: Manifest, source: PolicyFile, year: int, parties: list[PartyFacts]) -> Iterator[Settled]:
    assume = manifest.inputs["assume"]
    facts = {one.party: one for one in parties}
    for party, came in settle_each(
        source, year, parties, known_on=_known_on(manifest), assume=assume, notice=manifest.verb == NOTICE
    ):
        if isinstance(came, Refusal):
            yield Settled(party, year, source, None, came)
        else:
            yield Settled(party, year, source, came, None, facts=facts[party])


def years_of(policy: Path, facts: Path) -> list[int]:
    """The years of a facts file, read under the names that the policy gives its columns."""
    first = policy if policy.is_file() else next(iter(sorted(policy.glob("*.yaml"))), policy)
    names = read_policy(first).policy.facts_file
    rows = list(facts_rows(facts, names.party, names.year))
    years = sorted({row.year for row in rows if row.fault is None})
    if rows and not years:
        raise Refusals(row.fault for row in rows if row.fault is not None)
    return years


def parties_of_file(source: PolicyFile, facts: Path) -> dict[int, list[PartyFacts]]:
    """The parties of a facts file by year, as a policy reads them.

    Raises:
        Refusals: rows without party or year, columns that the file lacks, cells that are no figure.
    """
    names = source.policy.facts_file
    rows: dict[int, list[FactsRow]] = {}
    for row in facts_rows(facts, names.party, names.year):
        if row.fault is not None:
            raise row.fault
        rows.setdefault(row.year, []).append(row)
    return {year: facts_of_rows(source, facts.name, of_year) for year, of_year in rows.items()}


def _sources(policy: Path, years: list[int]) -> dict[int, PolicyFile]:
    """The policy of each year; a year without one is refused where its rows are settled.

    Raises:
        Refusal: when no year has a policy, or a file cannot be read.
    """
    sources, refusals = {}, []
    for year in years:
        try:
            sources[year] = policy_for_year(policy, year)
        except Refusals:
            raise
        except Refusal as refusal:
            refusals.append(refusal)
    if not sources:
        raise Refusals(refusals) if refusals else Refusal("the facts file holds no row", expected="one party a row")
    return sources
