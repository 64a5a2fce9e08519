"""Acts on settlements, and the chain that they stand in: every line holds the hash of the one before."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from yiheng.basis.evidence import Words
from yiheng.basis.hashes import Sign, sign_of
from yiheng.basis.moments import moment
from yiheng.basis.refusals import Refusal
from yiheng.basis.signs import plain
from yiheng.documents import own_bytes

from .manifest import canonical

REGISTER = "standing.jsonl"
State = Literal["trial", "proposed", "adopted", "superseded", "withdrawn"]
Done = Literal["proposed", "adopted", "withdrawn"]
Pair = tuple[str, int]
# Fields that registers of before did not know.
LATER = ("marks_because", "names")


@dataclass(frozen=True)
class Act:
    """One line of the register.

    Attributes:
        act: what was done to the run.
        result: SHA-256 of the statements that the act was about.
        policy: SHA-256 of the policy that they were made under.
        parties: whose statements the run holds.
        refused_because: why the run stands although parties were refused; empty where none was.
        marks_because: why it may be paid by although example values or assumptions decide it; empty where none does.
        names: what each of the parties was called then, or its id; empty in registers of before.
        before: the hash of the line before, so that no line can be changed or taken out unseen.
    """

    at: str
    run: str
    act: Done
    by: str
    why: str
    result: str
    policy: str
    year: int
    parties: tuple[str, ...]
    refused_because: str = ""
    marks_because: str = ""
    names: tuple[str, ...] = ()
    before: str = ""

    @property
    def hash(self) -> str:
        """SHA-256 of the line."""
        return hashlib.sha256(canonical(self._told()).encode()).hexdigest()

    @property
    def when(self) -> dt.datetime:
        """The moment of the act, in UTC."""
        return dt.datetime.fromisoformat(self.at)

    @property
    def line(self) -> str:
        """The act as it stands in the register."""
        return json.dumps({**self._told(), "hash": self.hash}, ensure_ascii=False, sort_keys=True)

    def name_of(self, party: str, today: str = "") -> str:
        """What a party was called then; as it is called today where the line does not tell."""
        return dict(zip(self.parties, self.names, strict=False)).get(party, today)

    def renamed(self, party: str, today: str = "") -> Words | None:
        """The sentence that says so where a party was called something else than today."""
        then, now = self.name_of(party, today or party), today or party
        if then == now:
            return None
        zh, en = ("批准", "adopted") if self.act == "adopted" else ("提出", "proposed")
        return Words(
            f"{zh}时（{moment(self.at)}）名称为“{then}”，现在的设置为“{now}”",
            f"named '{then}' when it was {en} ({moment(self.at)}); the settings now say '{now}'",
        )

    def _told(self) -> dict[str, Any]:
        """The fields; one that registers of before did not know is left out where it is empty, so their hashes hold."""
        return {name: told for name, told in asdict(self).items() if told or name not in LATER}


@dataclass
class Register:
    """What the acts came to.

    Attributes:
        adopted: the run whose statement is official, by party and year, with the acts that made it so.
        open: the runs that are proposed and wait for a second person.
        withdrawn: the runs that were set aside.
        last: the last act of each run.
        lapsed: the withdrawal of the statement that was official, by party and year, until another one is.
    """

    acts: list[Act] = field(default_factory=list)
    adopted: dict[Pair, tuple[Act, Act]] = field(default_factory=dict)
    open: dict[str, Act] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    last: dict[str, Act] = field(default_factory=dict)
    lapsed: dict[Pair, Act] = field(default_factory=dict)

    @property
    def hashes(self) -> list[str]:
        """The hash of each line."""
        return [act.hash for act in self.acts]

    def takes(self, act: Act) -> bool:
        """Whether an act may follow: a settlement is adopted by another person than proposed it."""
        proposed = self.open.get(act.run)
        return act.act != "adopted" or (proposed is not None and not same_person(proposed.by, act.by))

    def add(self, act: Act) -> None:
        """Do what an act says; an adoption takes the place of the one before it, party by party."""
        self.acts.append(act)
        self.last[act.run] = act
        if act.act == "proposed":
            self.open[act.run] = act
            self.withdrawn.discard(act.run)
        elif act.act == "adopted":
            proposed = self.open.pop(act.run)
            official: dict[Pair, tuple[Act, Act]] = {(party, act.year): (proposed, act) for party in act.parties}
            self.adopted |= official
            self.lapsed = {pair: acts for pair, acts in self.lapsed.items() if pair not in official}
        else:
            self.open.pop(act.run, None)
            self.withdrawn.add(act.run)
            self.lapsed |= {pair: act for pair, acts in self.adopted.items() if acts[1].run == act.run}
            # What it had replaced does not become official again by itself.
            self.adopted = {pair: acts for pair, acts in self.adopted.items() if acts[1].run != act.run}

    def replaced_by(self, run: str, pairs: Iterable[Pair]) -> list[Act]:
        """The adoptions, oldest first, whose statements a run of these parties and years takes the place of."""
        acts = {self.adopted[pair][1] for pair in pairs if pair in self.adopted}
        return sorted((act for act in acts if act.run != run), key=lambda act: act.at)

    def state(self, run: str) -> State:
        """How a run stands: superseded is one that was adopted and of which no statement is official any more."""
        if any(adopted.run == run for _, adopted in self.adopted.values()):
            return "adopted"
        if run in self.open:
            return "proposed"
        if run in self.withdrawn:
            return "withdrawn"
        return "superseded" if run in self.last else "trial"


def chained(file: Path) -> Register:
    """The acts of a file whose lines hold together; none where there is no file.

    Raises:
        Refusal: when a line is not as it was written.
    """
    register, before = Register(), ""
    # A byte that is no UTF-8 spoils its line only; a text may hold signs that end a line elsewhere.
    text = own_bytes(file).decode("utf-8", "replace") if file.exists() else ""
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else [], start=1):
        act = _act(line)
        if act is None or not register.takes(act) or act.before != before or json.loads(line)["hash"] != act.hash:
            raise Refusal(
                "the register of settlements is not as it was written",
                where=f"{file}:{number}",
                cure="copy runs/standing.jsonl back from a backup that was restored into a new folder; acts are added"
                " with yiheng official, never edited",
            )
        register.add(act)
        before = act.hash
    return register


def vouched(runs: Path, run: str) -> Act | None:
    """The last act that made a run proposed or adopted, also where it was replaced or withdrawn since; None of others.

    Args:
        runs: the folder of all runs.

    Raises:
        Refusal: when the register cannot be read.
    """
    file = runs / REGISTER
    return _vouched(file, sign_of(file)).get(run) if file.exists() else None


@lru_cache(maxsize=16)
def _vouched(file: Path, _sign: Sign) -> Mapping[str, Act]:
    # Who withdraws a result may do so because it was changed: that act vouches for nothing. Whether the chain holds is
    # asked of the register; a line that was forged takes nothing from what the others vouch for.
    acts = (_act(line) for line in own_bytes(file).decode("utf-8", "replace").split("\n"))
    return {act.run: act for act in acts if act is not None and act.act != "withdrawn"}


def same_person(one: str, other: str) -> bool:
    """Whether two names are of one person, however they are typed."""
    return plain(one) == plain(other)


def _act(line: str) -> Act | None:
    try:
        told = json.loads(line)
        told.pop("hash")
        act = Act(**{**told, "parties": tuple(told["parties"]), "names": tuple(told.get("names", ()))})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    reasons = (act.why, act.refused_because, act.marks_because)
    texts = (act.at, act.run, act.by, *reasons, act.result, act.policy, act.before, *act.parties, *act.names)
    sound = all(isinstance(text, str) for text in texts) and type(act.year) is int and act.act in get_args(Done)
    named = len(act.names) in (0, len(act.parties))
    return act if sound and named and _is_moment(act.at) else None


def _is_moment(text: str) -> bool:
    try:
        return dt.datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
