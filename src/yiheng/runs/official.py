"""Which statement of a party and year counts: the adopted one, else the newest trial, which says that it is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yiheng.basis.evidence import Words
from yiheng.basis.hashes import Sign, sign_of
from yiheng.basis.refusals import Refusal, nearest

from .manifest import MANIFEST
from .register import Act, Pair, Register, State, policy_hash, register_of, settled_pairs
from .results import checked, faults_of, refuse_unvouched, shaped_manifest
from .settling import LINES, STATEMENTS
from .workspace import Workspace

# Stands for a run where people name one.
OFFICIAL = "official"
# Manifests and pairs kept in memory: a run never changes.
MOST_KEPT = 512


@dataclass(frozen=True)
class Stand:
    """How a statement stands.

    Attributes:
        run: the settle run that holds it.
        state: ``adopted`` is official; all else is a trial.
        proposed, adopted: the acts behind it, as far as they were done.
    """

    run: str
    state: State
    proposed: Act | None = None
    adopted: Act | None = None

    @property
    def official(self) -> bool:
        """Whether a second person adopted it."""
        return self.adopted is not None

    def name_of(self, party: str, today: str = "") -> str:
        """What the party is called on it: as when it was adopted, or proposed; else as it is called today."""
        act = self.adopted or self.proposed
        return act.name_of(party, today) if act else today

    def renamed(self, party: str, today: str = "") -> Words | None:
        """The sentence that says so where its party was called something else then."""
        act = self.adopted or self.proposed
        return act.renamed(party, today) if act else None


@dataclass(frozen=True)
class SettleRun:
    """A settle run as the list of runs and its manifest tell it."""

    run: str
    at: str
    by: str
    manifest: dict[str, Any]

    @property
    def of_lake(self) -> bool:
        """Whether it settled the lake, not a file of facts."""
        return self.manifest["inputs"].get("facts") is None

    @property
    def departs(self) -> Words | None:
        """In what it departs from the lake as it is and the policy as it chooses; None when in nothing."""
        inputs = self.manifest["inputs"]
        told = [Words(inputs["facts"], inputs["facts"])] if inputs.get("facts") else []
        told += [Words(each := f"{name}={choice}", each) for name, choice in (inputs.get("assume") or {}).items()]
        if day := inputs.get("known_on"):
            told.append(Words(f"只采用 {day} 以前公布的取值", f"known on {day}"))
        told += [Words(f"{name} 取自 {inputs.get('with')}", f"{name} from {inputs.get('with')}")
                 for name in inputs.get("override") or ()]  # fmt: skip
        return Words("，".join(one.zh for one in told), ", ".join(one.en for one in told)) if told else None

    @property
    def what_if(self) -> bool:
        """Whether it departs from what the policy and the calendar say."""
        return bool(self.manifest["inputs"].get("assume") or self.manifest["inputs"].get("known_on"))

    @property
    def year(self) -> int | None:
        """The year it settles; None for a file of several."""
        year: int | None = self.manifest["inputs"].get("year")
        return year

    @property
    def policy(self) -> str:
        """SHA-256 of its policy."""
        return policy_hash(self.manifest)


def settle_runs(workspace: Workspace) -> list[SettleRun]:
    """The settle runs that ended and whose folder is there, newest first."""
    runs = workspace.folder / "runs"
    return [
        SettleRun(one["run"], one["at"], one.get("by", ""), shaped_manifest(runs / one["run"]))
        for one in workspace.runs("settle")
        if (runs / one["run"] / MANIFEST).exists()
    ]


def policy_in_force(
    workspace: Workspace, register: Register, year: int | None, runs: list[SettleRun] | None = None
) -> str | None:
    """SHA-256 of the policy that a year is settled under: as adopted, as proposed, as last adopted, as first tried.

    A try under another policy, or under an edited file, changes nothing until people propose it, also after the
    official settlement was withdrawn. None before the first settlement of the year.
    """
    adopted = [of.policy for _, of in register.adopted.values() if of.year == year]
    proposed = [of.policy for of in register.open.values() if of.year == year]
    lapsed = [of.policy for of in register.lapsed.values() if of.year == year]
    if adopted or proposed or lapsed:
        return (adopted or proposed or lapsed)[-1]
    tried = [
        one.policy
        for one in (settle_runs(workspace) if runs is None else runs)
        if one.year == year and one.of_lake and not one.what_if and one.run not in register.withdrawn
    ]
    return tried[-1] if tried else None


def trials(workspace: Workspace, register: Register) -> list[SettleRun]:
    """The runs that may be shown where nothing was adopted, the one to be shown first: of the lake, newest first,
    proposed ones before the others; then files of facts."""
    runs = settle_runs(workspace)
    in_force = {year: policy_in_force(workspace, register, year, runs) for year in {one.year for one in runs}}
    fit = [
        one
        for one in runs
        if not one.what_if and register.state(one.run) in ("trial", "proposed") and
        (not one.of_lake or one.policy == in_force[one.year])
    ]  # fmt: skip
    return sorted(fit, key=lambda one: (not one.of_lake, register.state(one.run) != "proposed"))


def standing(
    workspace: Workspace,
    register: Register | None = None,
    *,
    files: bool = True,
    passed_over: Callable[[Refusal], None] | None = None,
) -> dict[Pair, Stand]:
    """By party and year the statement that counts.

    Args:
        register: as read before; read here otherwise.
        files: whether trials from files of facts count where the lake gave nothing.
        passed_over: told of each trial that is not what its run wrote; without it such a trial is refused.

    Raises:
        Refusal: when the register or a result is not as it was written.
    """
    register = register_of(workspace) if register is None else register
    found: dict[Pair, Stand] = {}
    for pair, (proposed, adopted) in register.adopted.items():
        refuse_changed(workspace, adopted)
        found[pair] = Stand(adopted.run, "adopted", proposed, adopted)
    for one in trials(workspace, register):
        if files or one.of_lake:
            stand = Stand(one.run, register.state(one.run), register.open.get(one.run))
            try:
                pairs = pairs_of(workspace, one.run)
            except Refusal as fault:
                if passed_over is None:
                    raise
                passed_over(fault)
                continue
            for pair in pairs:
                found.setdefault(pair, stand)
    return found


def stand_of(register: Register, run: str, pair: Pair) -> Stand:
    """How one statement of a run stands, whichever counts for its party."""
    proposed, adopted = register.adopted.get(pair, (register.open.get(run), None))
    if adopted is None or adopted.run == run:
        return Stand(run, "adopted" if adopted else register.state(run), proposed, adopted)
    state = register.state(run)
    return Stand(run, "superseded" if state == "adopted" else state, register.open.get(run))


def refuse_changed(workspace: Workspace, act: Act) -> None:
    """Refuse statements that are not those an act was about.

    Raises:
        Refusal: when the file is gone or was changed.
    """
    refuse_unvouched(workspace.folder / "runs" / act.run / STATEMENTS, act)


def altered(workspace: Workspace, run: str) -> tuple[str, ...]:
    """The files of a settle run that are gone or not as the run wrote them."""
    folder = workspace.folder / "runs" / run
    return tuple(Path(fault.where).relative_to(folder).as_posix() for fault in faults_of(folder))


def pairs_of(workspace: Workspace, run: str) -> frozenset[Pair]:
    """The parties and years of which a settle run holds a statement."""
    folder = workspace.folder / "runs" / run
    return _pairs(folder, sign_of(checked(folder, LINES)))


def official_of(workspace: Workspace, party: str | None = None, year: int | None = None) -> list[tuple[Pair, Stand]]:
    """The statements that count of a party, or of all: of a year, or of the last one settled.

    Raises:
        Refusal: when there is none.
    """
    known = {pair: stand for pair, stand in standing(workspace).items() if party in (None, pair[0])}
    last = max((one for _, one in known), default=None) if year is None else year
    found = {pair: stand for pair, stand in known.items() if pair[1] == last}
    if not found:
        settled = {pair[0] for pair in standing(workspace)}
        if party is not None and settled and party not in settled:
            raise Refusal(f"there is no statement of '{party}'", cure=nearest(party, settled))
        if lapsed := _lapsed(workspace, party, year):
            raise Refusal(
                f"the official settlement of {lapsed.year} was withdrawn on {lapsed.at[:10]}, and none took its place",
                where=lapsed.run,
                expected="another settlement under its policy, or one that is proposed",
                cure="yiheng official list",
            )
        nothing = "nothing was settled yet" if year is None else f"nothing was settled of {year}"
        raise Refusal(nothing, cure="yiheng settle POLICY --year YEAR")
    return sorted(found.items(), key=lambda one: one[0])


def _lapsed(workspace: Workspace, party: str | None, year: int | None) -> Act | None:
    """The last withdrawal of what was official of a party, or of all, in a year or in any."""
    lapsed = register_of(workspace).lapsed.items()
    fit = [act for (who, when), act in lapsed if party in (None, who) and year in (None, when)]
    return max(fit, key=lambda act: act.at, default=None)


@lru_cache(maxsize=MOST_KEPT)
def _pairs(folder: Path, _sign: Sign) -> frozenset[Pair]:
    return frozenset(settled_pairs(folder))
