"""Texts of facts drawn inside and outside the domain that a policy declares."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from random import Random

from yiheng.policy.schema import Fact

# Enough room for any figure of a place, little enough that budgets and spending meet.
ROOM = 10**7


def text_of(number: Fraction, places: int = 2) -> str:
    """A number with at most so many places."""
    whole = number * 10**places
    cents = whole.numerator // whole.denominator
    sign, digits = ("-" if cents < 0 else ""), f"{abs(cents):0{places + 1}d}"
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def inside(rng: Random, fact: Fact) -> str:
    """A text that the fact may have."""
    if fact.kind == "word":
        word = rng.choice(sorted(fact.spellings))
        return rng.choice((word, *fact.spellings[word], f" {word} ", word.upper()))
    if fact.kind == "year":
        return f"{rng.randint(1, 12)}/1/{rng.randint(2013, 2016)}"
    if fact.kind == "cells":
        return f"young {rng.randint(1, 9999)} {rng.randint(1, ROOM)}.00; old {rng.randint(1, 9999)} {rng.randint(1, ROOM)}.00"
    domain = fact.domain
    assert domain is not None
    low, high = max(domain.least, Fraction(-ROOM)), min(domain.most, Fraction(ROOM))
    number = low + (high - low) * rng.randint(0, 10**6) / 10**6
    if domain.whole:
        return str(round(number))
    if domain.unit in ("percent", "score") and abs(number) < 1:
        return "0"
    return text_of(number, 4 if domain.unit == "share" else 2)


def outside(fact: Fact) -> Iterator[str]:
    """Texts that the fact may not have, of every kind."""
    yield from ("1e999999999", "9" * 5000, "1000,50", "half", "∞", "12 3")
    if fact.kind in ("word", "year", "cells"):
        yield from {
            "word": ("77", "不详", "Yes and no"),
            "year": ("2016年", "13/45/2020", "1/1/1776"),
            "cells": ("old 1", "old -1 1.00"),
        }[fact.kind]
        return
    domain = fact.domain
    assert domain is not None
    yield from (str(domain.least.numerator - 1), f"{domain.most.numerator + 1}")
    if fact.kind == "amount":
        yield "0.001"
    if domain.whole:
        yield "2.5"
    if domain.unit in ("percent", "score"):
        yield from ("0.95", "9500")
    if domain.unit == "share":
        yield from ("55", "1.01", "-0.5")
