"""A policy on one day, as it was known on another: values that know their article, file and line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from yiheng.basis.evidence import Because, Place, Words
from yiheng.basis.money import Fen, larger, round_fen, share_out, smaller
from yiheng.basis.numbers import exact_number
from yiheng.basis.periods import Span, year_span
from yiheng.basis.refusals import Refusal, nearest

from .read import PolicyFile
from .schema import NO_SIGN, SIGNS, Assumption, Entry, Unit, Value

PARTS: dict[str, int] = {"percent": 100, "per_mille": 1000, "per_ten_thousand": 10_000}

T = TypeVar("T")
P = ParamSpec("P")


def _once(ask: Callable[Concatenate[Terms, P], T]) -> Callable[Concatenate[Terms, P], T]:
    """What the terms answer is read from the file once: many parties are settled under the same terms."""

    @wraps(ask)
    def answer(terms: Terms, /, *names: P.args, **more: P.kwargs) -> T:
        key = (ask.__name__, *names, *more.items())
        if key not in terms.answers:
            terms.answers[key] = ask(terms, *names, **more)
        known: T = terms.answers[key]
        return known

    return answer


@dataclass(frozen=True)
class Known(Generic[T]):
    """A value together with where it was written."""

    value: T
    because: Because


@dataclass(frozen=True)
class Tier:
    """One band of a rate: it holds above ``low`` up to ``high`` (None: without end), from ``rate`` to ``to``."""

    low: Fraction
    high: Fraction | None
    rate: Fraction
    to: Fraction


@dataclass(frozen=True)
class Bands:
    """A rate in bands, lowest first."""

    tiers: tuple[Tier, ...]

    def at(self, x: Fraction) -> Fraction | None:
        """The rate at a point, both edges of a band included and the lower band first; None beyond the last."""
        for band in self.tiers:
            if x < band.low:
                return None
            if band.high is None or x <= band.high:
                if band.to == band.rate or band.high is None or band.high == band.low:
                    return band.rate
                return band.rate + (band.to - band.rate) * (x - band.low) / (band.high - band.low)
        return None

    def reached(self, x: Fraction) -> Fraction:
        """The rate of the highest band whose lower edge is reached; of the lowest band below that."""
        return next((band.rate for band in reversed(self.tiers) if band.low <= x), self.tiers[0].rate)

    def marginal(self, x: Fraction, base: Fraction = Fraction(1)) -> list[tuple[Fraction, Fraction]]:
        """What of ``x`` lies in each band, nothing where it does not reach it, with the band's rate.

        The edges are shares of ``base``.
        """
        return [
            (larger((x if b.high is None else smaller(x, b.high * base)) - b.low * base, Fraction(0)), b.rate)
            for b in self.tiers
        ]


@dataclass(frozen=True)
class Terms:
    """The values of a policy on a day.

    Args:
        source: the policy as read.
        on: the day that is settled.
        known_on: what was announced later is not yet known; None knows all.
        assume: another choice for some assumptions, by id.
        answers: what was asked before.
    """

    source: PolicyFile
    on: dt.date
    known_on: dt.date | None = None
    assume: Mapping[str, str] = field(default_factory=dict)
    answers: dict[tuple[object, ...], Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of_year(
        cls, source: PolicyFile, year: int, known_on: dt.date | None = None, assume: Mapping[str, str] | None = None
    ) -> Terms:
        """The values on the last day of a year, or on the day in force that lies nearest to it."""
        held = Span(source.policy.in_force.first, source.policy.in_force.last)
        return cls(source, held.nearest(year_span(year).last), known_on, assume or {})

    @_once
    def rate(self, name: str) -> Known[Fraction]:
        """A rate as an exact fraction of one."""
        value, entry, place = self._live(name, tuple(PARTS))
        text = self._text(name, entry)
        return Known(_fraction(text, value.unit, place), self._because(value, entry, text, place))

    @_once
    def rates_by_year(self, name: str) -> tuple[tuple[int, Known[Fraction]], ...]:
        """A rate as it was in force at the end of each year, from the policy's first year to the one settled."""
        first = self.source.policy.in_force.first.year
        ends = [min(year_span(year).last, self.on) for year in range(first, self.on.year + 1)]
        return tuple((end.year, replace(self, on=end, answers={}).rate(name)) for end in ends)

    @_once
    def amount(self, name: str, party: str) -> Known[Fen]:
        """An amount of money, the same for all or one's own for each party."""
        value, entry, place = self._live(name, ("yuan", "yuan_by_party"))
        text = self._text(name, entry) if isinstance(entry.value, str) else self._of(name, entry, party, place)
        fen = _fen(name, text, place)
        return Known(fen, self._because(value, entry, f"{fen}", place))

    @_once
    def rate_for(self, name: str, key: str) -> Known[Fraction]:
        """The rate of a class, such as a track."""
        value, entry, place = self._live(name, ("percent_by",))
        text = self._of(name, entry, key, place)
        return Known(_fraction(text, "percent", place), self._because(value, entry, text, place, key))

    @_once
    def amount_for(self, name: str, key: str) -> Known[Fen]:
        """The amount of a class, such as an age group."""
        value, entry, place = self._live(name, ("yuan_by",))
        text = self._of(name, entry, key, place)
        return Known(_fen(name, text, place), self._because(value, entry, text, place, key))

    def classes(self, name: str) -> tuple[str, ...]:
        """The classes of a value, in the order of the file."""
        _, entry, place = self._live(name, ("percent_by", "yuan_by", "shares"))
        if not isinstance(entry.value, dict):
            raise Refusal(f"'{name}' needs a value for each name", where=place)
        return tuple(entry.value)

    @_once
    def count(self, name: str) -> Known[Fraction]:
        """A plain number, such as people or points."""
        value, entry, place = self._live(name, ("count",))
        text = self._text(name, entry)
        return Known(_number(text, place), self._because(value, entry, text, place))

    @_once
    def bands(self, name: str) -> Known[Bands]:
        """A rate in bands that rise without gap; edges in percent are fractions of one."""
        value, entry, place = self._live(name, ("bands",))
        if not isinstance(entry.value, list) or not entry.value:
            raise Refusal(f"'{name}' needs a list of bands", where=place, expected="- {until: 5, rate: 70}")
        made: list[Tier] = []
        for band in entry.value:
            before = made[-1].high if made else Fraction(0)
            first = _edge(band.first, value.edges, place) if band.first is not None else before
            high = _edge(band.until, value.edges, place) if band.until is not None else None
            if before is None or first is None or first < before or (high is not None and high < first):
                raise Refusal(f"the bands of '{name}' do not rise", where=place, expected="each above the one before")
            rate = _fraction(band.rate, "percent", place)
            made.append(Tier(first, high, rate, _fraction(band.to, "percent", place) if band.to else rate))
        return Known(Bands(tuple(made)), self._because(value, entry, entry.text, place))

    @_once
    def shares(self, name: str) -> Known[dict[str, Fraction]]:
        """Shares by name that make one whole."""
        value, entry, place = self._live(name, ("shares",))
        if not isinstance(entry.value, dict):
            raise Refusal(f"'{name}' needs a share for each name", where=place, expected="name: percent")
        written = self._classes(name, entry, place)
        shares = {k: _fraction(v, "percent", place) for k, v in written.items()}
        if sum(shares.values()) != 1 or any(s < 0 for s in shares.values()):
            raise Refusal(f"the shares of '{name}' do not add up to 100 %", where=place, expected="100 in all")
        text = ", ".join(f"{k} {v} %" for k, v in written.items())
        return Known(shares, self._because(value, entry, text, place))

    @_once
    def choice(self, assumption: str, among: tuple[str, ...]) -> Known[str]:
        """What was chosen for an open point."""
        stated = self.assumption(assumption)
        path = ("assumptions", assumption)
        chosen = self.assume.get(assumption, stated.chosen)
        if chosen not in among:
            raise Refusal(
                f"'{chosen}' cannot be chosen for '{assumption}'",
                where=self.source.document.place((*path, "chosen")),
                expected=" | ".join(among),
                cure=nearest(chosen, among),
            )
        zh, en = stated.says.words
        called = self.source.policy.choice_words(assumption, chosen)
        says = Words(f"假设：{zh}（选择：{called.zh}）", f"assumption: {en} (chosen: {called.en})")
        return Known(chosen, Because(says, source=self._place(path)))

    def assumption(self, name: str) -> Assumption:
        """An assumption of the file by its id."""
        known = self.source.policy.assumptions
        if name not in known:
            raise Refusal(f"there is no assumption '{name}'", where=self.source.file, cure=nearest(name, known))
        return known[name]

    def rounded(self, exact: Fraction) -> Fen:
        """Whole fen by the rule of the policy."""
        return round_fen(exact, self.source.policy.rounding.mode)

    def shared(self, pool: Fen, weights: Mapping[str, Fraction]) -> dict[str, Fen]:
        """A pool shared to the fen; leftover fen to the largest fractions, ties by name."""
        try:
            return share_out(pool, weights)
        except ValueError as wrong:
            raise Refusal(f"nothing to share by: {wrong}", where=self.source.file) from None

    def _live(self, name: str, units: tuple[str, ...]) -> tuple[Value, Entry, str]:
        values = self.source.policy.values
        if name not in values:
            raise Refusal(f"there is no value '{name}'", where=self.source.file, cure=nearest(name, values))
        value = values[name]
        place = self.source.document.place(("values", name))
        if value.unit not in units:
            raise Refusal(f"'{name}' is in {value.unit}", where=place, expected=f"unit {' or '.join(units)}")
        live = [
            (i, entry) for i, entry in enumerate(value.history) if entry.first <= self.on and self._was_known(entry)
        ]
        if not live:
            raise Refusal(
                f"'{name}' has no value on {self.on}" + (f" as known on {self.known_on}" if self.known_on else ""),
                where=place,
                expected="an entry from that day or before",
                cure="add the entry with its article",
            )
        i, entry = live[-1]
        return value, entry, self.source.document.place(("values", name, "history", i))

    def _was_known(self, entry: Entry) -> bool:
        announced = entry.known_on or self.source.policy.issued.on
        return self.known_on is None or announced <= self.known_on

    def _text(self, name: str, entry: Entry) -> str:
        """The written value, unless an assumption that decides it was changed for this run."""
        changed = self._changed(name, entry)
        if changed is not None:
            return changed
        if not isinstance(entry.value, str):
            raise Refusal(f"'{name}' must be a single value", where=self.source.file)
        return entry.value

    def _changed(self, name: str, entry: Entry) -> str | None:
        """What this run sets an entry to by another choice for the assumption that decides it."""
        stated = self.source.policy.assumptions
        decides = [key for key, one in stated.items() if one.sets == name and one.chosen == entry.single_text]
        return next((self.assume[key] for key in decides if key in self.assume), None)

    def _classes(self, name: str, entry: Entry, place: str) -> Mapping[str, str]:
        """The figure of each class: as written, or as this run assumes it, of all alike or class by class.

        Another choice is written as one figure for all classes, or as the file's own classes: ``a 80，b 75``.
        """
        written = entry.value if isinstance(entry.value, dict) else {}
        changed = self._changed(name, entry)
        if changed is None:
            return written
        if " " not in changed:
            return dict.fromkeys(written, changed)
        parts = dict(part.rsplit(" ", 1) for part in changed.split("，"))
        if parts.keys() != written.keys():
            expected = "，".join(f"{key} …" for key in written)
            raise Refusal(f"'{changed}' does not name the classes of '{name}'", where=place, expected=expected)
        return parts

    def _of(self, name: str, entry: Entry, key: str, place: str) -> str:
        known = self._classes(name, entry, place)
        if key not in known:
            raise Refusal(f"'{name}' has no value for '{key}'", where=place, cure=nearest(key, known))
        return known[key]

    def _because(self, value: Value, entry: Entry, text: str, place: str, key: str = "") -> Because:
        sign = SIGNS.get(value.unit, NO_SIGN)
        zh, en = value.says.words
        of = self.source.policy.class_words(key) if key else None
        its, its_en = (f"{of.zh} ", f"{of.en} ") if of else ("", "")
        says = Words(
            f"{zh}：{its}{text}{sign.zh}（{entry.article}）", f"{en}: {its_en}{text}{sign.en} ({entry.article})"
        )
        where, _, line = place.rpartition(":")
        return Because(says, source=Place(where, line))

    def _place(self, path: tuple[str | int, ...]) -> Place:
        return Place(self.source.file, str(self.source.document.line_of(path)))


def _fen(name: str, text: str, place: str) -> Fen:
    try:
        return Fen.from_yuan(text)
    except ValueError as wrong:
        raise Refusal(f"'{name}': {wrong}", where=place) from None


def _number(text: str, place: str) -> Fraction:
    try:
        return exact_number(text)
    except ValueError as wrong:
        raise Refusal(str(wrong), where=place, expected="a number such as 2 or 2.5") from None


def _edge(text: str, edges: str, place: str) -> Fraction:
    return _fraction(text, "percent", place) if edges == "percent" else _number(text, place)


def _fraction(text: str, unit: Unit, place: str) -> Fraction:
    return _number(text, place) / PARTS[unit]
