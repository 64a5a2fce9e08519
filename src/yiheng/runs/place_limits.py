"""The limits that a place sets itself: a file of its workspace, pinned by runs and shown with what is found by them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from yiheng.basis.refusals import Refusal, Refusals, nearest
from yiheng.policy import Limit, Limits
from yiheng.policy.plain_yaml import read_document
from yiheng.policy.read import validated
from yiheng.policy.schema import Strict, WholeNumber
from yiheng.supervision import LIMITS

from .workspace import Workspace

FILE = "limits.yaml"


class _Own(Strict):
    value: WholeNumber
    source: str = Field(min_length=1)


class _Place(Strict):
    edition: str = Field(min_length=1)
    limits: dict[str, _Own]


def place_limits(workspace: Workspace) -> dict[str, Any]:
    """The limits that the place sets, with their edition and sources; nothing where it sets none.

    Raises:
        Refusals: a limit that no rule has, an entry that is none, each with file and line.
    """
    if not (workspace.folder / FILE).is_file():
        return {}
    document = read_document(workspace.folder / FILE, shown_as=FILE)
    place = validated(_Place, document)
    unknown = sorted(set(place.limits) - set(LIMITS))
    if unknown:
        raise Refusals(
            Refusal(
                f"there is no limit '{name}'",
                where=document.place(("limits", name)),
                expected="a limit of yiheng's own rules",
                cure=nearest(name, LIMITS),
            )
            for name in unknown
        )
    own = {name: {"value": one.value, "source": one.source} for name, one in sorted(place.limits.items())}
    return {"edition": place.edition, "limits": own}


def limit_pins(workspace: Workspace) -> dict[str, Any]:
    """What a run pins of limits: all values, and which of them the place set."""
    place = place_limits(workspace)
    own = {name: one["value"] for name, one in place.get("limits", {}).items()}
    pins: dict[str, Any] = {"limits": {name: own.get(name, limit.value) for name, limit in LIMITS.items()}}
    return pins | ({"place_limits": place} if place else {})


class Noting(Limits):
    """Limits that note which of them were asked for."""

    def __init__(self, of: Limits) -> None:
        self._of = of
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> Limit:
        self.asked.add(name)
        return self._of[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)


def shown_with(asked: set[str], pins: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The limits of the place among those that a rule asked for, as they stand beside its findings."""
    place = pins.get("place_limits", {})
    own = place.get("limits", {})
    return [{"limit": name, **own[name], "edition": place["edition"]} for name in sorted(asked & set(own))]
