"""The run that compares: the same year of the same data under several policies."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yiheng.basis.periods import Span, year_span
from yiheng.basis.refusals import Refusal, Refusals, nearest
from yiheng.lake import told
from yiheng.payment import STEPS, check_policy, decided
from yiheng.policy import PolicyFile, policy_for_year

from .added_facts import added_pins, keep_added
from .alternatives import other_choices
from .differences import alternative_rows, cells_of, changes_of, sums_of
from .engine import Engine
from .kept import FACTS, keep, keep_policies, kept_policies
from .making import making
from .manifest import Manifest, canonical, write_whole
from .quarantined import quarantine_pins
from .settling import (
    LINES,
    QUERIES,
    STATEMENTS,
    data_pins,
    refuse_unclear,
    settle_into,
    settle_manifest,
    years_of,
)
from .workspace import Workspace

COMPARISON = "comparison.json"
# In the folder of the run: what each policy came to, with its statements.
SETTLED = "settled"
HASH_SIGNS = 8
# What a settlement under one of the policies has in common with the comparison.
INPUTS, PINS = ("year", "facts", "known_on", "with"), ("data", "facts_sha256", "with_sha256", "quarantined")


@dataclass
class Under:
    """One policy of a comparison: its name there, its edition of each year, and what it came to.

    Attributes:
        result: as a settle run gives it; None when the policy as a whole was refused.
    """

    name: str
    sources: dict[int, PolicyFile]
    result: dict[str, Any] | None = None
    refused: str | None = None
    alternatives: list[dict[str, Any]] = field(default_factory=list)

    @property
    def newest(self) -> PolicyFile:
        """The edition of the last year."""
        return self.sources[max(self.sources)]


@told()
def run_compare(
    workspace: Workspace,
    policies: Sequence[Path],
    *,
    year: int | None = None,
    facts: Path | None = None,
    added: Path | None = None,
    known_on: dt.date | None = None,
    base: str | None = None,
    assume: Mapping[str, str] | None = None,
    alternatives: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Settle the same year under several policies and tell who gains and who loses.

    A policy that is not in force at the end of the year is taken as on the nearest day of its validity.

    Args:
        policies: files or folders, at least two; of one alone its assumptions can be compared.
        added: a file of facts that the lake does not hold, one party and year a row.
        base: the name of the policy that the others are compared to; the first by default.
        assume: another choice for some assumptions, in every policy that has them.
        alternatives: settle also under each alternative of each assumption, one at a time.

    Raises:
        Refusal: nothing says what to settle, a policy cannot be read, or none can be settled.
    """
    refuse_unclear(year, facts, added)
    if len(policies) < 2 and not alternatives:
        raise Refusal("one policy is no comparison", expected="two or more policies, or --alternatives")
    read = [_editions(policy, [year] if year is not None else years_of(policy, _there(facts))) for policy in policies]
    unders = [Under(name, sources) for name, sources in zip(_names(read), read, strict=True)]
    for under in unders:
        for source in under.sources.values():
            check_policy(source)
    _refuse_unknown_names(unders, base, assume or {})
    named, pinned = added_pins(added)
    data = data_pins(workspace, facts)
    manifest = Manifest(
        "compare",
        {
            "policies": sorted(under.name for under in unders),
            "base": base or unders[0].name,
            "year": year,
            "facts": facts.name if facts else None,
            "known_on": known_on.isoformat() if known_on else None,
            "assume": dict(assume or {}),
            "alternatives": alternatives,
            **named,
        },
        {
            "policy_sha256": {u.name: {str(y): s.sha256 for y, s in u.sources.items()} for u in unders},
            **data,
            **quarantine_pins(workspace, data, year, (s for u in unders for s in u.sources.values())),
            **pinned,
        },
    )
    with making(workspace, manifest) as folder:
        for policy, under in zip(policies, unders, strict=True):
            keep_policies(policy, under.sources, folder / SETTLED / under.name)
        keep_added(added, folder, manifest.pins.get("with_sha256", ""))
        if facts is not None:
            keep(facts, folder / FACTS, manifest.pins["facts_sha256"])
        return compare_into(workspace, manifest, folder, folder, progress)


def settled_in(workspace: Workspace, run: str, policy: str | None = None) -> Path:
    """The folder with the statements of a settlement: of a settle run, or of one policy of a comparison.

    Raises:
        Refusal: no such run, or a comparison without a policy of it.
    """
    folder = workspace.find_run(run)
    if not (folder / COMPARISON).exists():
        if policy is not None:
            raise Refusal("the run is no comparison", where=folder.name, cure="leave --policy out")
        return folder
    policies = [one["policy"] for one in workspace.result(run, COMPARISON)["policies"] if not one["refused"]]
    if policy is None or policy not in policies:
        what = "the run compares policies" if policy is None else f"nothing was settled under '{policy}'"
        raise Refusal(what, where=folder.name, expected=f"--policy {' or '.join(policies)}")
    return folder / SETTLED / policy


def compare_into(
    workspace: Workspace,
    manifest: Manifest,
    kept: Path,
    folder: Path,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Compare what a manifest says from what the run kept, into a folder."""
    lake = manifest.pins["data"] is not None
    base = manifest.inputs["base"]
    names = [base, *(name for name in manifest.inputs["policies"] if name != base)]
    unders = [Under(name, kept_policies(kept / SETTLED / name, manifest.pins)) for name in names]
    with closing(Engine(workspace, workspace.at(manifest.pins))) if lake else nullcontext() as engine:
        for under in unders:
            progress(under.name)
            _settle(workspace, manifest, kept, folder, under, engine)
    if all(under.refused for under in unders):
        raise Refusals(Refusal(under.refused or "", where=under.name) for under in unders)
    cells = [cell for under in unders for cell in cells_of(under.name, under.result)]
    changes = changes_of(cells, base)
    result = {
        "run": manifest.run,
        "facts": "lake" if lake else "file",
        "manifest": manifest.as_json(),
        "base": base,
        "policies": [_policy_json(under) for under in unders],
        "figures": sorted(cells, key=lambda cell: (cell["party"], cell["year"], names.index(cell["policy"]))),
        "changes": changes,
        "sums": [sums_of(under.name, cells, changes) for under in unders if not under.refused],
        "alternatives": [row for under in unders for row in under.alternatives],
    }
    write_whole(folder / COMPARISON, canonical(result))
    made = [under.name for under in unders if not under.refused]
    below = [f"{SETTLED}/{name}/{file}" for name in made for file in (STATEMENTS, QUERIES, LINES)]
    manifest.write(folder, [COMPARISON, *below])
    return result


def _settle(
    workspace: Workspace, manifest: Manifest, kept: Path, folder: Path, under: Under, engine: Engine | None
) -> None:
    """Settle under one policy, and under each alternative of its assumptions where the run asks for them."""
    into = folder / SETTLED / under.name
    into.mkdir(parents=True, exist_ok=True)
    known = {name for source in under.sources.values() for name in decided(source)}
    assume = {name: choice for name, choice in manifest.inputs["assume"].items() if name in known}

    def settled(choices: Mapping[str, str], where: Path) -> dict[str, Any]:
        inputs = {name: manifest.inputs[name] for name in INPUTS if name in manifest.inputs} | {"assume": dict(choices)}
        pins = {name: manifest.pins[name] for name in PINS if name in manifest.pins}
        one = settle_manifest(under.sources, inputs, pins)
        # What is missing is told; nothing is refused for it, because nothing is cleared.
        return settle_into(workspace, one, kept, where, under.sources, engine=engine, gate=False)

    try:
        _refuse_without_package(under)
        under.result = settled(assume, into)
    except Refusal as refusal:
        under.refused = str(refusal)
        return
    for other in _other_choices(under, assume) if manifest.inputs["alternatives"] else ():
        with tempfile.TemporaryDirectory() as made:
            result = settled({**assume, other["assumption"]: other["choice"]}, Path(made))
            # Statements are read from their file, which is gone afterwards.
            under.alternatives += alternative_rows(under.name, under.result, result, other)


def _refuse_without_package(under: Under) -> None:
    """Refuse a policy that charges no care to a budget: it pays for results, or tells who bears a cost."""
    if all(STEPS[step.step].stage != "care" for step in under.newest.policy.steps):
        raise Refusal(
            "the policy clears no package: it pays for results or says who bears a cost",
            where=under.newest.file,
            expected="a policy with a step such as pay_for_care",
            cure="settle it on its own",
        )


def _other_choices(under: Under, assume: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Each assumption of the newest edition with each choice that was not taken."""
    policy = under.newest.policy
    for name, chosen, choice in other_choices(under.newest, assume):
        text, text_en = policy.assumptions[name].says.words
        called = {
            f"{key}_zh": policy.choice_words(name, one).zh for key, one in (("chosen", chosen), ("choice", choice))
        }
        yield {"assumption": name, "text": text, "text_en": text_en, "chosen": chosen, "choice": choice, **called}


def _policy_json(under: Under) -> dict[str, Any]:
    policy = under.newest.policy
    held = Span(policy.in_force.first, policy.in_force.last)
    day = year_span(max(under.sources)).last
    return {
        "policy": under.name,
        "id": policy.policy,
        "hash": under.newest.sha256,
        "file": under.newest.file,
        "title": policy.title.zh,
        "title_en": policy.title.en,
        "in_force": day in held,
        "values_of": held.nearest(day).isoformat(),
        "assumptions": [
            {"id": name, "text": a.says.zh, "text_en": a.says.en, "chosen": a.chosen, "alternatives": a.alternatives}
            for name, a in policy.assumptions.items()
        ],
        "refused": under.refused,
        "unattributed": (under.result or {}).get("unattributed", {}),
    }


def _editions(policy: Path, years: list[int]) -> dict[int, PolicyFile]:
    if not years:
        raise Refusal("the facts file holds no row", expected="one party a row")
    return {year: policy_for_year(policy, year, or_nearest=True) for year in years}


def _there(facts: Path | None) -> Path:
    if facts is None or not facts.exists():
        raise Refusal("there is no such file", where=str(facts or ""), cure="check the path")
    return facts


def _names(read: list[dict[int, PolicyFile]]) -> list[str]:
    """The shortest names that tell the policies apart: their ids, else their files, else these with a hash.

    Raises:
        Refusal: when one of them appears twice.
    """
    newest = [sources[max(sources)] for sources in read]
    files = [source.file.removesuffix(".yaml") for source in newest]
    hashed = [f"{file}@{source.sha256[:HASH_SIGNS]}" for file, source in zip(files, newest, strict=True)]
    for names in ([source.policy.policy for source in newest], files, hashed):
        if len(set(names)) == len(names):
            return names
    twice = next(name for name in hashed if hashed.count(name) > 1)
    raise Refusal(f"the policy {twice} appears twice", expected="different policies", cure="leave one out")


def _refuse_unknown_names(unders: list[Under], base: str | None, assume: Mapping[str, str]) -> None:
    names = [under.name for under in unders]
    if base is not None and base not in names:
        raise Refusal(f"'{base}' is not among the policies compared", expected=", ".join(names))
    known = {name for under in unders for source in under.sources.values() for name in decided(source)}
    for name in assume:
        if name not in known:
            raise Refusal(f"no policy has an assumption '{name}'", cure=nearest(name, known))
