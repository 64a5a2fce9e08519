"""What the journal says of a person, and what of the person's row in the database differs from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from yiheng.basis.refusals import Refusal

from .head import RESTORE

CREATED, RENEWED, HASHED_ANEW, ENDED = (
    "user.created",
    "user.password_renewed",
    "user.password_hashed_anew",
    "user.ended",
)
OF_PERSONS = (CREATED, RENEWED, HASHED_ANEW, ENDED)
STORED = "password_sha256"


@dataclass(frozen=True)
class Person:
    """What a person is.

    Attributes:
        rights: such as ``casework.adopt_settlements``.
        password: the SHA-256 of the salted hash that is stored; None where no line notes it.
        added: whether an act added the person.
        above: whether the database puts the person above all rights, or into a group.
    """

    consortium: str = ""
    active: bool = True
    rights: frozenset[str] = frozenset()
    password: str | None = None
    added: bool = True
    above: bool = False

    def may(self, right: str) -> bool:
        """Whether somebody of the fund office was given a right."""
        return self.added and not self.consortium and right in self.rights


def password_digest(stored: str) -> str:
    """SHA-256 of what is stored of a password: salt and slow hash, so it helps nobody to guess the password."""
    return hashlib.sha256(stored.encode("utf-8", "surrogatepass")).hexdigest()


def person_after(person: Person | None, act: str, data: Mapping[str, Any]) -> Person | None:
    """The person after one line more."""
    password = str(data[STORED]) if STORED in data else None
    if act == CREATED:
        return Person(str(data.get("consortium", "")), True, frozenset(map(str, data.get("rights", ()))), password)
    if act == ENDED:
        return replace(person, active=False) if person else Person(active=False, added=False)
    if person is not None and act in (RENEWED, HASHED_ANEW):
        return replace(person, password=password)
    return person


def person_faults(
    where: str, name: str, noted: Person | None, found: Person, *, blocked: bool = False
) -> Iterator[Refusal]:
    """What differs; of a person who was ended and is, nothing counts any more.

    Args:
        blocked: whether other faults are to be cured first, because they stop every act.
    """
    end = f"when the faults above are cured: yiheng user end {name}" if blocked else f"yiheng user end {name}"
    other = (
        f"when the faults above are cured: yiheng user end {name}, and add another"
        if blocked
        else f"yiheng user end {name}, and add another"
    )
    if noted is not None and not noted.active and not found.active:
        return
    if noted is None or not noted.added:
        yield Refusal("no act in the journal added the user", where=where, cure=end)
        return
    if found.above or found.rights != noted.rights:
        yield Refusal(
            "the rights of the user are not those that the journal notes", where=where,
            expected=", ".join(sorted(noted.rights)) or "none", cure=other,
        )  # fmt: skip
    if (found.consortium, found.active) != (noted.consortium, noted.active):
        yield Refusal(
            "scope or state of the user are not those that the journal notes", where=where,
            expected=f"{noted.consortium or 'the fund office'}, {'active' if noted.active else 'ended'}",
            cure=other if found.active else RESTORE,
        )  # fmt: skip
    if noted.password is not None and found.password != noted.password:
        yield Refusal(
            "the password of the user is not the one that the journal notes", where=where,
            expected="one that was set with yiheng user", cure=f"yiheng user password {name}",
        )  # fmt: skip
