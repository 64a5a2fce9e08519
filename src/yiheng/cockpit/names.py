"""Names of institutions as the lake knows them: people read names, numbers stand beside them."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import get_language

from yiheng.runs import Workspace, names_of_institutions

from . import results
from .page import once_in_a_page


@once_in_a_page
def institutions() -> dict[str, str]:
    """Institution → its name, of the newest data."""
    space = results.opened()
    return _institutions(space, space.lake.latest().number)


def institution(number: str | None) -> str:
    """The name of an institution; of one that the lake does not know its number."""
    return institutions().get(number or "", number or "")


def party(number: str) -> str:
    """What a consortium is called; one without a name by its id."""
    return results.workspace().names.get(number, number)


def of_statement(number: str, settled: results.Settled | None) -> str:
    """What a consortium is called beside its statement: one that was adopted keeps the name of then."""
    name = party(number)
    return settled.stand.name_of(number, name) if settled else name


def renamed(number: str, settled: results.Settled | None) -> str:
    """The sentence that says so where it is called something else today, in the reader's language; else nothing."""
    said = settled.stand.renamed(number, party(number)) if settled else None
    return said.in_language(get_language() or "zh") if said else ""


@lru_cache(maxsize=4)
def _institutions(space: Workspace, number: int) -> dict[str, str]:
    return names_of_institutions(space, number)
