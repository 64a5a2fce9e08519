"""Figures in templates."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django import template

from yiheng.basis.evidence import Words
from yiheng.basis.money import Fen
from yiheng.supervision.declare import price as in_yuan

from .. import names, quality, results, show, suspects

register = template.Library()


@register.filter
def money(amount: str | Fen) -> str:
    """Yuan with thousands separators, exact."""
    return str(amount) if isinstance(amount, Fen) else show.money(amount)


@register.filter
def money_short(amount: str | Fen) -> str:
    """Yuan, or 万元 above ten million."""
    return show.money_short(amount.yuan if isinstance(amount, Fen) else amount)


@register.filter
def refused(text: str) -> str:
    """A refusal that a run kept, in the reader's language."""
    return show.refused(text)


@register.filter
def percent(share: Fraction) -> str:
    """A share of one as per cent."""
    return show.percent(share)


@register.filter
def count(number: int) -> str:
    """A whole number with thousands separators."""
    return f"{number:,}"


@register.filter
def rule_label(name: str) -> str:
    """The name of a rule in the reader's language."""
    return suspects.rule_label(name)


@register.filter
def party_name(number: str) -> str:
    """What a consortium is called."""
    return names.party(number)


@register.filter
def name_beside(number: str, settled: results.Settled | None) -> str:
    """What a consortium is called beside its statement."""
    return names.of_statement(number, settled)


@register.filter
def renamed(number: str, settled: results.Settled | None) -> str:
    """That a consortium is called something else today than on its statement."""
    return names.renamed(number, settled)


@register.filter
def party_in_title(number: str) -> str:
    """The same for the title of a page, which has one language: the id on an English page."""
    return names.party(number) if show.in_chinese() else number


@register.filter
def price(amount: Decimal | None) -> str:
    """A unit price: to the fen, and finer only where it is."""
    return "—" if amount is None else in_yuan(amount)


@register.filter
def words(both: Words) -> str:
    """Declared words in the reader's language."""
    return quality.in_language(both)


@register.filter
def money_or_dash(amount: Fen | None) -> str:
    """Yuan with thousands separators; what is unknown is a dash, not zero."""
    return "—" if amount is None else str(amount)


@register.filter
def fen(amount: int | None) -> str:
    """Whole fen as yuan with thousands separators; what is unknown is a dash."""
    return money_or_dash(None if amount is None else Fen(int(amount)))


@register.filter
def quantity(amount: Decimal | None) -> str:
    """A quantity or unit price without needless zeros."""
    return "—" if amount is None else f"{amount.normalize():f}"


@register.filter
def visit_kind(kind: str) -> str:
    """The kind of a visit in the reader's language."""
    return show.coded("visit", "kind", kind)


@register.filter
def signed(amount: Fen | None) -> str:
    """Yuan more or less, with its sign; what is unknown is a dash."""
    return "—" if amount is None else f"+{amount}" if amount.n > 0 else str(amount)
