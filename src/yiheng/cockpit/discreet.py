"""What a consortium reads about itself names no other: a sentence that does is left out as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext

from yiheng.basis.refusals import Refusal
from yiheng.basis.signs import plain
from yiheng.casework.models import User
from yiheng.runs import Act

from . import results
from .results import Settled

Said = Callable[[str], str]
# Signs of which ids are made: an id is met where it stands alone, not inside a longer one.
_OF_IDS = "A-Za-z0-9"


def said_to(user: Any) -> Said:
    """How a text is told to a reader: the fund office reads all, a consortium nothing that names another one.

    Where nobody can say which consortia there are, no text is told.
    """
    if getattr(user, "in_fund_office", False):
        return lambda text: text
    own = getattr(user, "consortium", "")
    # Most pages have no such text: who there is, is asked with the first.
    known: list[re.Pattern[str] | None] = []
    names: dict[str, str] = {}

    def told(text: str) -> str:
        if not text:
            return text
        if not known:
            try:
                for name, party in _names():
                    # A name that was another one's once is nobody's own.
                    if bare := _bare(name):
                        names[bare] = party if names.get(bare, party) == party else ""
                known.append(_pattern(names))
            except Refusal:
                known.append(None)
        pattern = known[0]
        if pattern is not None and all(names[_bare(met[0])] == own for met in pattern.finditer(plain(text))):
            return text
        return gettext("内容涉及其他医共体，不予显示，请联系经办机构。")

    return told


def settled_to(user: Any, settled: Settled | None) -> Settled | None:
    """A settlement whose reasons, and the reasons of the acts on it, are told as the reader may read them."""
    if settled is None:
        return None
    said, stand = said_to(user), settled.stand
    stand = replace(stand, proposed=act_to(said, stand.proposed), adopted=act_to(said, stand.adopted))
    return replace(settled, refused=said(settled.refused), stand=stand)


def act_to(said: Said, act: Act | None) -> Act | None:
    """An act whose reasons are told as the reader may read them."""
    if act is None:
        return None
    return replace(
        act,
        why=said(act.why),
        refused_because=said(act.refused_because),
        marks_because=said(act.marks_because),
    )


def everywhere(said: Said, content: Any) -> Any:
    """The same of all texts in lists and tables."""
    if isinstance(content, str):
        return said(content)
    if isinstance(content, dict):
        return {name: everywhere(said, value) for name, value in content.items()}
    return [everywhere(said, one) for one in content] if isinstance(content, list) else content


def _names() -> Iterator[tuple[str, str]]:
    """Each id and name by which a consortium is known, with its id.

    Raises:
        Refusal: when the table of names cannot be read.
    """
    called = results.workspace().names
    for act in results.register()[0].acts:
        yield from zip(act.names, act.parties, strict=False)
    for party in {*called, *results.parties_known(), *User.objects.values_list("consortium", flat=True)}:
        if party:
            yield party, party
            yield called.get(party, party), party


def _pattern(names: dict[str, str]) -> re.Pattern[str]:
    """Meets the longest name first, so that one inside another is not taken for it; without names nothing."""
    longest = sorted(names, key=len, reverse=True)
    return re.compile("|".join(map(_alone, longest)) or "(?!)")


def _bare(name: str) -> str:
    """A name however it is typed: also without its blanks."""
    return "".join(plain(name).split())


def _alone(name: str) -> str:
    """A name with or without blanks between its signs; a number with blanks in it is several."""
    before = f"(?<![{_OF_IDS}])" if re.match(f"[{_OF_IDS}]", name) else ""
    after = f"(?![{_OF_IDS}])" if re.search(f"[{_OF_IDS}]$", name) else ""
    typed = re.escape(name) if name.isdecimal() else r"\s*".join(map(re.escape, name))
    return f"{before}{typed}{after}"
