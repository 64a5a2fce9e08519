"""The whole journal checked: chain, head, guards, verdicts, users and the register of settlements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from yiheng.basis.refusals import Refusal, Refusals
from yiheng.runs.register import Register, register_of
from yiheng.runs.workspace import Workspace

from .asking import TABLE, Asked, journal_of
from .came import hashes_held, refuse_unjournalled
from .chain import SET_BACK, Line, digest, lines_of, row_digest, utc
from .guards import guard_faults
from .head import RESTORE, SEEN, Head, far_behind, head_file, read_head
from .noted import refuse_unnoted
from .persons import OF_PERSONS, Person, password_digest, person_after, person_faults
from .starting import gone, held

CHAINED = "journal.chained"
JUDGED = "finding.judged"
ROW, ROW_HASH = "row", "row_sha256"
VERDICTS = (
    "select v.id, v.at, v.finding, v.rule, v.verdict, v.reason, u.username"
    " from casework_findingverdict v left join casework_user u on u.id = v.by_id order by v.id"
)
USERS = """
select u.username, u.password, u.consortium, u.is_active, u.is_superuser, t.app_label, p.codename,
 (select count(*) from casework_user_groups g where g.user_id = u.id)
from casework_user u
left join casework_user_user_permissions r on r.user_id = u.id
left join auth_permission p on p.id = r.permission_id
left join django_content_type t on t.id = p.content_type_id
order by u.username
"""
# What a person needs to have been given for an act on a settlement.
NEEDS = {"proposed": "casework.propose_settlements", "adopted": "casework.adopt_settlements"}


@dataclass
class Checked:
    """What a check of the journal came to.

    Attributes:
        first, last: the moments of the first and the last line, in UTC.
        unread: whether the head cannot be read, which is one of the faults.
        behind: how many lines the head is behind; the next act brings it to the end.
        verdicts: how many rows of verdicts were held against their lines.
        settlements: how many acts were held against the register.
        unnoted_passwords: users of before, whose passwords no line notes.
        ended_strangers: users whom no act added, and who were ended.
        faults: whatever is not as it was written.
    """

    place: str = ""
    head_at: str = ""
    lines: int = 0
    number: int = 0
    hash: str = ""
    first: str = ""
    last: str = ""
    behind: int = 0
    verdicts: int = 0
    users: int = 0
    settlements: int = 0
    unnoted_passwords: int = 0
    ended_strangers: list[str] = field(default_factory=list)
    unread: bool = False
    faults: list[Refusal] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The check as plain values."""
        told = {name: value for name, value in vars(self).items() if name != "faults"}
        faults = [
            {"where": one.where, "what": one.what, "expected": one.expected, "to_do": one.cure} for one in self.faults
        ]
        return {**told, "faults": faults}


@dataclass
class _Read:
    """What the lines say of other tables."""

    verdicts: dict[int, str] = field(default_factory=dict)
    # Verdicts of before the chain: up to which row, and the hash over theirs.
    before: dict[int, str] = field(default_factory=dict)
    users: dict[str, Person] = field(default_factory=dict)
    noted: list[str] = field(default_factory=list)


def check_journal(workspace: Workspace) -> Checked:
    """Check the journal of a workspace; one that has none and never had is checked with no lines.

    Raises:
        Refusal: when the database cannot be read.
    """
    told = _checked(workspace)
    # Who reads this has just called the check that other places send to.
    told.faults = [
        Refusal(one.what, where=one.where, expected=one.expected, cure=one.cure.removeprefix(SEEN))
        for one in told.faults
    ]
    return told


def _checked(workspace: Workspace) -> Checked:
    told = Checked(head_at=str(head_file(workspace)))
    # Before the database: what is written meanwhile leaves the head behind, never ahead.
    try:
        head = read_head(head_file(workspace))
    except Refusal as unreadable:
        told.faults.append(unreadable)
        head, told.unread = None, True
    register = hashes_held(workspace.folder)
    with journal_of(workspace) as asked:
        _unjournalled(workspace, told, register, asked)
        if asked is None or not asked.has(TABLE, "hash"):
            told.place = asked.place if asked else ""
            if head is not None and head.number:
                told.faults.append(gone(head, workspace))
            return told
        told.place = asked.place
        # First, for no act is taken before the triggers are back.
        told.faults += guard_faults(asked)
        read = _Read()
        _check_lines(asked, told, read, head)
        _check_head(asked, workspace, told, head)
        told.faults += _verdict_faults(asked, told, read)
        told.faults += _user_faults(asked, told, read, bool(told.faults))
    told.settlements = len(read.noted)
    try:
        acts = register_of(workspace, lambda _: read.noted)
        refuse_unnoted(acts.hashes, read.noted)
        told.faults += _act_faults(acts, read)
    except Refusal as differs:
        told.faults += differs.found if isinstance(differs, Refusals) else [differs]
    return told


def _unjournalled(workspace: Workspace, told: Checked, register: list[str], asked: Asked | None) -> None:
    try:
        refuse_unjournalled(workspace.folder, register, asked)
    except Refusal as unnoted:
        told.faults.append(unnoted)


def _act_faults(register: Register, read: _Read) -> Iterator[Refusal]:
    """Acts that count although who did them was never added, or never given the right."""
    adopted = [act for acts in register.adopted.values() for act in acts]
    noted = set(read.noted)
    for act in dict.fromkeys([*register.open.values(), *adopted]):
        person = read.users.get(act.by)
        if act.hash in noted and not (person and person.may(NEEDS[act.act])):
            yield Refusal(
                f"{act.run} was {act.act} by {act.by}, who was never given the right to it",
                where="runs/standing.jsonl",
                expected="a person whom an act in the journal added with that right",
                cure=f"yiheng official withdraw {act.run}; two people with their rights propose and adopt it again",
            )


def _check_lines(asked: Asked, told: Checked, read: _Read, head: Head | None) -> None:
    before = at = ""
    row = asked.one(f"select max(id) from {TABLE} where act = %s", [CHAINED])
    chained = (row and row[0]) or 0
    unseen = ""
    for line in lines_of(asked):
        told.faults += _line_faults(asked, line, before, at if line.number > chained else "")
        told.lines += 1
        told.first = told.first or line.at
        if head is not None and line.number > head.number:
            told.behind += 1
            unseen = unseen or line.at
        before, at = line.hash, line.at
        told.number, told.hash, told.last = line.number, line.hash, line.at
        if isinstance(line.data, dict):
            _take(line, line.data, read)
    last = Head(told.number, told.hash, told.lines, told.last)
    if head is not None and (older := far_behind(told.head_at, head, told.behind, unseen, last)):
        told.faults.append(older)


def _line_faults(asked: Asked, line: Line, before: str, at: str) -> Iterator[Refusal]:
    where = f"{asked.place}, line {line.number}"
    if line.own != line.hash:
        yield Refusal(
            "the line is not as it was written", where=where,
            expected=f"SHA-256 {line.own} of what stands there", cure=RESTORE,
        )  # fmt: skip
    if line.before != before:
        yield Refusal(
            "the line does not follow the one before it: a line was taken out, put in or moved",
            where=where, expected=f"the hash of the line before, {before or 'none'}", cure=RESTORE,
        )  # fmt: skip
    set_back = isinstance(line.data, dict) and SET_BACK in line.data
    if line.at < at and not set_back:
        yield Refusal(f"the line is dated before the one before it, {at[:19]} UTC", where=where, cure=RESTORE)


def _check_head(asked: Asked, workspace: Workspace, told: Checked, head: Head | None) -> None:
    if told.unread or (head is None and not told.lines):
        return
    try:
        head = held(asked, workspace, head)
    except Refusal as other:
        told.faults.append(other)
        return
    if head.lines + told.behind != told.lines:
        told.faults.append(
            Refusal(f"the journal holds {told.lines} lines, its head counted {head.lines + told.behind}",
                    where=told.head_at, expected="as many lines as were written", cure=RESTORE)
        )  # fmt: skip


def _take(line: Line, data: dict[str, Any], read: _Read) -> None:
    """What a line says of a verdict, a user or a settlement."""
    if line.act == JUDGED and ROW in data:
        read.verdicts[data[ROW]] = str(data.get(ROW_HASH))
    elif line.act == CHAINED:
        read.before = {int(data.get("verdicts", 0)): str(data.get("verdicts_sha256", ""))}
    elif line.act in OF_PERSONS and (person := person_after(read.users.get(line.subject), line.act, data)):
        read.users[line.subject] = person
    if "register_sha256" in data and line.act.startswith("settlement."):
        read.noted.append(str(data["register_sha256"]))


def _verdict_faults(asked: Asked, told: Checked, read: _Read) -> Iterator[Refusal]:
    upto, hashed = next(iter(read.before.items()), (0, ""))
    earlier, seen = [], set()
    for number, at, *rest in asked.rows(VERDICTS):
        told.verdicts += 1
        own = row_digest(number, utc(at), *rest)
        seen.add(number)
        if number <= upto:
            earlier.append(own)
        elif read.verdicts.get(number) != own:
            known = number in read.verdicts
            yield Refusal(
                "the verdict is not as it was given" if known else "the verdict has no line in the journal",
                where=f"{asked.place}, verdict {number} on {rest[0]}", cure=RESTORE,
            )  # fmt: skip
    for number in sorted(read.verdicts.keys() - seen):
        yield Refusal("the verdict is gone", where=f"{asked.place}, verdict {number}", cure=RESTORE)
    if upto and over(earlier) != hashed:
        yield Refusal(
            f"the verdicts up to number {upto} are not as they were when the chain began",
            where=asked.place,
            cure=RESTORE,
        )


def _user_faults(asked: Asked, told: Checked, read: _Read, blocked: bool) -> Iterator[Refusal]:
    gone = {name for name, person in read.users.items() if person.added}
    for name, rows in groupby(asked.rows(USERS), key=lambda row: row[0]):
        found = list(rows)
        told.users += 1
        gone.discard(name)
        _name, password, consortium, active, above, _room, _right, groups = found[0]
        rights = frozenset(f"{one[5]}.{one[6]}" for one in found if one[6])
        noted = read.users.get(name)
        if noted is not None and noted.active and noted.password is None:
            told.unnoted_passwords += 1
        if noted is not None and not noted.added and not active:
            told.ended_strangers.append(name)
        own = Person(consortium, bool(active), rights, password_digest(password), above=bool(above or groups))
        yield from person_faults(f"{asked.place}, user {name}", name, noted, own, blocked=blocked)
    for name in sorted(gone):
        yield Refusal("the user is gone", where=f"{asked.place}, user {name}", cure=RESTORE)


def over(hashes: list[str]) -> str:
    """One hash over those of many rows."""
    return digest(*hashes)
