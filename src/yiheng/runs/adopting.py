"""Acts on settlements: a whole settlement of the lake is proposed by one person and adopted by a second."""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

from yiheng.basis.evidence import Words
from yiheng.basis.hashes import sha256
from yiheng.basis.reasons import refuse_unfit
from yiheng.basis.refusals import Refusal, Refusals
from yiheng.lake import told

from .deciding import deciding
from .journal import noted_acts
from .official import policy_in_force
from .register import NEXT, REGISTER, Act, Done, Noted, Register, policy_hash, register_of, same_person, settled_pairs
from .replaying import replay
from .results import cure_of, faults_of, shaped_manifest
from .settling import STATEMENTS
from .workspace import Workspace

LOCK = ".standing.lock"
SECONDS_TO_WAIT = 30
LONGEST_REASON = 500
PARTIES_NAMED = 4
Note = Callable[[Act], None]


class Needed(Refusal):
    """What an argument of ``propose`` would answer.

    Attributes:
        answer: the argument.
        about: what it answers: the parties refused, what decides, or the year settled under another policy.
    """

    def __init__(
        self, what: str | Words, answer: Literal["refused_because", "marks_because", "policy"],
        about: Sequence[Words], *, where: str, expected: str, cure: str,
    ) -> None:  # fmt: skip
        super().__init__(what, where=where, expected=expected, cure=cure)
        self.answer, self.about = answer, tuple(about)


def _unnoted(_act: Act) -> None:
    """Nothing but the register remembers the act."""


def propose(
    workspace: Workspace,
    run: str,
    *,
    by: str,
    why: str,
    refused_because: str = "",
    marks_because: str = "",
    policy: str = "",
    note: Note = _unnoted,
    noted: Noted = noted_acts,
) -> Act:
    """Propose a whole settlement of the lake as the official one of its year.

    Args:
        by: the signed-in user.
        refused_because: why it stands although some parties were refused.
        marks_because: why it may be paid by although example values or assumptions decide it.
        policy: the id of its policy, where this is not the one that the year was settled under so far.
        note: told of the act before it is written; when it raises, nothing is. With its return the act stands.
        noted: gives the acts that were noted.

    Raises:
        Refusals: all that keeps the run from being proposed.
    """
    _refuse_unreasoned(why, refused_because, marks_because)
    answers = by, why.strip(), refused_because.strip(), marks_because.strip(), policy
    # All that keeps it is told before it is computed again, which takes as long as the settlement took.
    folder = workspace.find_run(run)
    _proposed(workspace, register_of(workspace, noted), folder, *answers)
    computed = _computed_again(workspace, folder)
    with _writing(workspace, noted) as register:
        act = _proposed(workspace, register, folder, *answers)
        if act.result != computed:
            raise _not_computed(folder, STATEMENTS, act.result, computed)
        return _added(workspace, register, act, note)


def _proposed(
    workspace: Workspace, register: Register, folder: Path, by: str, why: str, refused_because: str,
    marks_because: str, policy: str,
) -> Act:  # fmt: skip
    """The proposal of a run, if nothing keeps it from being proposed."""
    if register.state(folder.name) in ("proposed", "adopted"):
        raise Refusal(f"{folder.name} is {register.state(folder.name)} already", cure="yiheng official list")
    manifest = shaped_manifest(folder)
    found = _obstacles(folder, manifest)
    if found:
        raise Refusals(found)
    result = json.loads((folder / STATEMENTS).read_text("utf-8"))
    year, own = manifest["inputs"]["year"], policy_hash(manifest)
    refused = sorted({one["party"] for one in result["refused"]})
    if refused and not refused_because:
        found.append(
            Needed(
                f"{len(refused)} parties were refused: {_some(refused)}",
                "refused_because",
                [Words(party, party) for party in refused],
                where=folder.name,
                expected="statements of all parties, or the reason why the others stand without them",
                cure="settle what was refused, or state why: --refused-because TEXT",
            )
        )
    marks = deciding(result["statements"])
    if marks and not marks_because:
        found.append(_undecided(folder.name, marks))
    in_force = policy_in_force(workspace, register, year)
    if in_force not in (None, own) and policy != manifest["inputs"]["policy"]:
        found.append(
            Needed(
                f"{year} was settled under another policy so far",
                "policy",
                [Words(str(year), str(year))],
                where=folder.name,
                expected=f"the policy with SHA-256 {in_force}",
                cure=f"to replace it on purpose, name the new one: --policy {manifest['inputs']['policy']}",
            )
        )
    if found:
        raise Refusals(found)
    parties = tuple(sorted({s["party"] for s in result["statements"]}))
    return Act(
        _now(), folder.name, "proposed", by, why, sha256(folder / STATEMENTS), own, year, parties,
        refused_because if refused else "", marks_because if marks else "", _names(workspace, parties),
    )  # fmt: skip


def _computed_again(workspace: Workspace, folder: Path) -> str:
    """SHA-256 of the statements as the data of the lake give them now, where every output of the run is the same.

    Raises:
        Refusal: the lake does not hold the data of the run, or gives another output.
    """
    again = replay(workspace, folder.name)
    for name, (there, now) in again.outputs.items():
        if there != now:
            raise _not_computed(folder, name, there, now)
    return again.outputs[STATEMENTS][1]


def _not_computed(folder: Path, name: str, there: str, now: str) -> Refusal:
    return Refusal(
        f"computed again, {name} is another one",
        where=str(folder / name),
        expected=f"SHA-256 {now}; there lies {there}",
        cure=f"settle again and propose that run; see yiheng replay {folder.name}",
    )


def adopt(
    workspace: Workspace, run: str, *, by: str, why: str, note: Note = _unnoted, noted: Noted = noted_acts
) -> Act:
    """Adopt a proposed settlement; it takes the place of the one adopted before for the same parties and year.

    Raises:
        Refusal: when it is not proposed, the same person proposed it, or since then its result changed or another
            settlement of the same party and year was adopted.
    """
    with _writing(workspace, noted) as register:
        _refuse_unreasoned(why)
        folder = workspace.find_run(run)
        proposed = register.open.get(folder.name)
        if proposed is None:
            raise Refusal(
                f"{folder.name} is not proposed",
                expected=f"a proposed settlement; this one is {register.state(folder.name)}",
                cure=f"yiheng official propose {folder.name}",
            )
        if same_person(proposed.by, by):
            raise Refusal(
                f"'{by}' proposed it and cannot adopt it", where=folder.name, expected="a second person",
                cure="let another person with the right to adopt sign in",
            )  # fmt: skip
        if overtaken := _overtaken(register, proposed):
            raise Refusal(
                f"{overtaken} was adopted after {folder.name} was proposed",
                where=folder.name,
                expected="a proposal made in sight of what it replaces",
                cure=f"withdraw it and propose it again: yiheng official withdraw {folder.name}",
            )
        if changed := faults_of(folder):
            raise Refusals(changed)
        if sha256(folder / STATEMENTS) != proposed.result:
            raise Refusal("the statements changed since they were proposed", where=folder.name, cure="propose again")
        named = replace(proposed, names=_names(workspace, proposed.parties))
        return _added(workspace, register, _again(named, "adopted", by, why), note)


def withdraw(
    workspace: Workspace, run: str, *, by: str, why: str, note: Note = _unnoted, noted: Noted = noted_acts
) -> Act:
    """Withdraw a trial, a proposal or an adopted settlement: it is shown nowhere in the place of another.

    Raises:
        Refusal: when it is withdrawn already, is no settlement of the lake, or its files are not what the run wrote.
    """
    with _writing(workspace, noted) as register:
        _refuse_unreasoned(why)
        folder = workspace.find_run(run)
        state = register.state(folder.name)
        if state in ("withdrawn", "superseded"):
            raise Refusal(f"{folder.name} is {state} already", cure="yiheng official list")
        if changed := faults_of(folder):
            # Once withdrawn it would stay so, also when the files that it stands on are back.
            raise Refusal(
                "the files of the result are not as calculated: no act until they are restored",
                where=f"{folder.name}: {', '.join(Path(fault.where).name for fault in changed)}",
                cure=cure_of(folder),
            )  # fmt: skip
        if state != "trial":
            return _added(workspace, register, _again(register.last[folder.name], "withdrawn", by, why), note)
        manifest = shaped_manifest(folder)
        if manifest["verb"] != "settle" or manifest["inputs"].get("facts") is not None:
            raise Refusal(f"{folder.name} is no settlement of the lake", cure="yiheng official list")
        parties = tuple(sorted({party for party, _ in settled_pairs(folder)}))
        act = Act(
            _now(), folder.name, "withdrawn", by, why.strip(), sha256(folder / STATEMENTS), policy_hash(manifest),
            manifest["inputs"]["year"], parties,
        )  # fmt: skip
        return _added(workspace, register, act, note)


def _overtaken(register: Register, proposed: Act) -> str:
    """The run of a party and year of the proposal that was adopted after it; nothing where there is none."""
    since = register.acts[register.acts.index(proposed) :]
    return next(
        (
            act.run
            for act in reversed(since)
            if act.act == "adopted" and act.year == proposed.year and set(act.parties) & set(proposed.parties)
        ),
        "",
    )


def _obstacles(folder: Path, manifest: dict[str, Any]) -> list[Refusal]:
    """What keeps a run from ever being official, whatever is said of it."""
    if manifest["verb"] != "settle":
        return [Refusal(f"{folder.name} is no settlement", expected="a run of yiheng settle")]
    inputs, where = manifest["inputs"], folder.name
    found = []
    if inputs.get("facts") is not None:
        found.append(Refusal("it settles a file of facts", where=where, expected="a settlement of the lake"))
    if inputs.get("assume"):
        told = ", ".join(f"{name}={choice}" for name, choice in inputs["assume"].items())
        found.append(
            Refusal(
                f"it assumes {told}: a what-if", where=where, cure="settle without --assume, or choose so in the policy"
            )
        )
    if inputs.get("known_on"):
        found.append(
            Refusal(f"it knows only what was announced by {inputs['known_on']}", where=where,
                    cure="settle without --known-on")
        )  # fmt: skip
    found += faults_of(folder)
    if not found and not settled_pairs(folder):
        found.append(Refusal("it holds no statement: every party was refused", where=where))
    return found


def _undecided(run: str, marks: list[Words]) -> Refusal:
    """Nobody adopts an example value without a word."""
    many, (zh, en) = len(marks), (" | ".join(words) for words in zip(*marks, strict=True))
    return Needed(
        Words(f"{many} 项示例值或假设决定清算结果：{zh}", f"{many} example values or assumptions decide: {en}"),
        "marks_because",
        marks,
        where=run,
        expected="the reason why it may be paid by them; it is printed on page 1",
        cure="replace them in the policy, or state why: --examples-because TEXT",
    )


def _again(of: Act, act: Done, by: str, why: str) -> Act:
    return Act(
        _now(),
        of.run,
        act,
        by,
        why.strip(),
        of.result,
        of.policy,
        of.year,
        of.parties,
        of.refused_because,
        of.marks_because,
        of.names,
    )


def _names(workspace: Workspace, parties: Sequence[str]) -> tuple[str, ...]:
    """What parties are called now: the settings may say otherwise later, and what was adopted says what it said."""
    return tuple(workspace.names.get(party, party) for party in parties)


@contextmanager
def _writing(workspace: Workspace, noted: Noted) -> Iterator[Register]:
    """Hold the register for one act: of two people who press at once, the second finds what the first did."""
    folder = workspace.folder / "runs"
    with told(str(folder)), closing(sqlite3.connect(folder / LOCK, timeout=SECONDS_TO_WAIT)) as lock:
        try:
            lock.execute("begin exclusive")
        except sqlite3.OperationalError as wrong:
            if "locked" not in str(wrong):
                raise
            raise Refusal("another person is acting on a settlement", where=str(folder), cure="try again") from None
        yield register_of(workspace, noted)


def _added(workspace: Workspace, register: Register, act: Act, note: Note) -> Act:
    """The act, behind those before it: the register with it is written whole and takes its place when it is noted.

    A process that is killed before the act is noted leaves neither, one that is killed after it leaves both: who reads
    the register finds the act beside it.
    """
    chained = Act(**{**asdict(act), "before": register.acts[-1].hash if register.acts else ""})
    following = workspace.folder / "runs" / NEXT
    # Whatever stands there: a pipe would keep the act waiting, a link would lead it elsewhere.
    following.unlink(missing_ok=True)
    with following.open("x", encoding="utf-8") as opened:
        opened.write("".join(f"{one.line}\n" for one in (*register.acts, chained)))
        opened.flush()
        os.fsync(opened.fileno())
    note(chained)
    following.replace(following.with_name(REGISTER))
    return chained


def _refuse_unreasoned(why: str, *others: str) -> None:
    for one in (why, *others):
        refuse_unfit(one)
    if not why.strip() or len(why.strip()) > LONGEST_REASON:
        raise Refusal("an act needs its reason", expected=f"a reason of at most {LONGEST_REASON} characters")


def _some(parties: list[str]) -> str:
    more = f", and {len(parties) - PARTIES_NAMED} more" if len(parties) > PARTIES_NAMED else ""
    return ", ".join(parties[:PARTIES_NAMED]) + more


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
