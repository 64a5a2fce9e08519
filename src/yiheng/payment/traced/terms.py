"""The values, choices and facts of a settlement as cells that a reader may change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from yiheng.basis.evidence import Because, Words
from yiheng.basis.money import Fen
from yiheng.basis.refusals import Refusal
from yiheng.policy import Known, PolicyFile, Terms
from yiheng.policy.domains import UNITS
from yiheng.policy.terms import PARTS, Bands, Tier

from ..facts import PartyFacts
from .formulas import Cell, Formulas, Kind, Number, written

SIGNS = {100: "%", 1000: "‰", 10_000: "‱"}
QUOTE = '"'
# To so many digits a leftover fen is judged: what a spreadsheet adds by counting in binary fractions lies below.
CUT = 6
# Why a figure of all parties is an input. A norm adds up thousands of cells of people, which a sheet does not hold.
OF_ALL = "；由全部医共体共同算得，改动任何一方数据后须重新清算"
OF_RISK = (
    "；由全部医共体各风险单元的人天和支出及最小单元、可信度、编码增幅上限共同算得，单元数据不列入本表，改动后须重新清算"
)


@dataclass(frozen=True)
class TracedTerms(Terms):
    """Terms whose figures are cells: each value and each choice is one input."""

    formulas: Formulas = field(default_factory=Formulas)

    def rate(self, name: str) -> Known[Fraction]:
        known = Terms.rate(self, name)
        return Known(self._rate((name,), known.value, PARTS[self._unit(name)]), known.because)

    def rate_for(self, name: str, key: str) -> Known[Fraction]:
        known = Terms.rate_for(self, name, key)
        return Known(self._rate((name, key), known.value, PARTS["percent"]), known.because)

    def amount(self, name: str, party: str) -> Known[Fen]:
        known = Terms.amount(self, name, party)
        own = (party,) if self._unit(name) == "yuan_by_party" else ()
        return Known(self._fen((name, *own), known.value), known.because)

    def amount_for(self, name: str, key: str) -> Known[Fen]:
        known = Terms.amount_for(self, name, key)
        return Known(self._fen((name, key), known.value), known.because)

    def count(self, name: str) -> Known[Fraction]:
        known = Terms.count(self, name)
        counted: Fraction = self._number((name,), "number", known.value)  # type: ignore[assignment]
        return Known(counted, known.because)

    def shares(self, name: str) -> Known[dict[str, Fraction]]:
        known = Terms.shares(self, name)
        return Known(
            {k: self._rate((name, k), share, PARTS["percent"]) for k, share in known.value.items()}, known.because
        )

    def bands(self, name: str) -> Known[Bands]:
        known = Terms.bands(self, name)
        edge = PARTS["percent"] if self.source.policy.values[name].edges == "percent" else 1
        made: list[Tier] = []
        before, was = Fraction(0), Fraction(0)
        for at, tier in enumerate(known.value.tiers, start=1):
            low = before if tier.low == was else self._edge((name, f"第 {at} 档起点"), tier.low, edge)
            high = None if tier.high is None else self._edge((name, f"第 {at} 档上限"), tier.high, edge)
            rate = self._rate((name, f"第 {at} 档比例"), tier.rate, PARTS["percent"])
            to = rate if tier.to == tier.rate else self._rate((name, f"第 {at} 档末比例"), tier.to, PARTS["percent"])
            made.append(Tier(low, high, rate, to))
            if high is not None:
                before, was = high, tier.high or was
        return Known(TracedBands(tuple(made), self.formulas), known.because)

    def choice(self, assumption: str, among: tuple[str, ...]) -> Known[str]:
        known = Terms.choice(self, assumption, among)
        zh, en = self.assumption(assumption).says.words
        says = Words(f"假设：{zh}（{' / '.join(among)}）", f"assumption: {en} ({' / '.join(among)})")
        ref = self.formulas.input(("choice", str(self.on), assumption), Cell("choice", says, "word", None, known.value))
        return Known(chosen(self.formulas, ref, known.value, among), known.because)

    def shared(self, pool: Fen, weights: Mapping[str, Fraction]) -> dict[str, Fen]:
        """A pool shared to the fen as formulas: whole fen first, then the leftover as ``share_out`` gives it."""
        parts = Terms.shared(self, Fen(int(pool.n)), {k: _plain(w) for k, w in weights.items()})
        whole, held = sum(weights.values(), start=Fraction(0)), Fraction(int(pool.n))
        floors: dict[str, Number] = {}
        cuts: dict[str, Number] = {}
        for name, weight in weights.items():
            exact = held * _plain(weight) / _plain(whole)
            formula = f"{written(pool.n)}*{written(weight)}/{written(whole)}"
            floor = Fraction(exact.numerator // exact.denominator)
            floors[name] = self._cell(f"{name}：整分", f"INT(ROUND({formula},{CUT}))", floor)
            cuts[name] = self._cell(
                f"{name}：舍去部分", f"ROUND({formula}-{floors[name].formula},{CUT})", exact - floor
            )
        left = written(sum(floors.values(), start=Fraction(0)))
        made = {}
        for name in weights:
            ahead = [
                f"IF({cuts[other].formula}{'>=' if other < name else '>'}{cuts[name].formula},1,0)"
                for other in weights if other != name
            ]  # fmt: skip
            rank = self._cell(f"{name}：尾差次序", "+".join(ahead) or "0", Fraction(0))
            formula = f"{floors[name].formula}+IF({rank.formula}<{written(pool.n)}-({left}),1,0)"
            made[name] = Fen(self._cell(f"{name}：分得", formula, Fraction(parts[name].n)))  # type: ignore[arg-type]
        return made

    def _cell(self, says: str, formula: str, value: Fraction) -> Number:
        zh, en = self.formulas.doing
        return self.formulas.named("step", Words(f"{zh}{says}", f"{en} {says}"), "number", formula, value)

    def _unit(self, name: str) -> str:
        return self.source.policy.values[name].unit

    def _number(self, path: tuple[str, ...], kind: Kind, shown: Fraction, sign: str = "") -> Number:
        zh, en = self.source.policy.values[path[0]].says.words
        own = "".join(f"·{part}" for part in path[1:])
        own += f"·{self.on.year}" if len(self.source.policy.values[path[0]].history) > 1 else ""
        unit = f"（{sign}）" if sign else ""
        # The entry that holds, as the explanation cites it.
        _value, _entry, place = self._live(path[0], (self._unit(path[0]),))
        cell = Cell("value", Words(f"{zh}{own}{unit}", f"{en}{own}{unit}"), kind, None, shown, place)
        return Number(self.formulas, self.formulas.input(("value", str(self.on), *path), cell), shown)

    def _rate(self, path: tuple[str, ...], value: Fraction, parts: int) -> Fraction:
        made = self._number(path, "percent", value * parts, SIGNS[parts])
        return Number(self.formulas, f"({made.formula}/{parts})", value)  # type: ignore[return-value]

    def _edge(self, path: tuple[str, ...], value: Fraction, parts: int) -> Fraction:
        return self._number(path, "number", value) if parts == 1 else self._rate(path, value, parts)  # type: ignore[return-value]

    def _fen(self, path: tuple[str, ...], value: Fen) -> Fen:
        return Fen(self._number(path, "money", Fraction(value.n), "元"))  # type: ignore[arg-type]


@dataclass(frozen=True)
class TracedBands(Bands):
    """Bands whose rate at a point is one formula, not a question for each band."""

    formulas: Formulas

    def at(self, x: Fraction) -> Fraction | None:
        point, now = self._point(x), Bands.at(Bands(tuple(map(_plain_tier, self.tiers))), _plain(x))
        gaps = [f"{point}<{written(self.tiers[0].low)}"]
        gaps += [
            f"AND({point}>{written(before.high)},{point}<{written(band.low)})"
            for before, band in pairwise(self.tiers)
            if band.low is not before.high
        ]
        last = self.tiers[-1].high
        gaps += [] if last is None else [f"{point}>{written(last)}"]
        outside = f"OR({','.join(gaps)})" if len(gaps) > 1 else gaps[0]
        if self.formulas.holds(outside, now is None):
            return None
        *others, end = self.tiers
        formula = self._rate(end, point)
        for band in reversed(others):
            formula = f"IF({point}<={written(band.high)},{self._rate(band, point)},{formula})"
        return self._looked_up(formula, now or Fraction(0))

    def reached(self, x: Fraction) -> Fraction:
        formula = written(self.tiers[0].rate)
        point = self._point(x)
        for band in self.tiers[1:]:
            formula = f"IF({point}>={written(band.low)},{written(band.rate)},{formula})"
        return self._looked_up(formula, Bands.reached(Bands(tuple(map(_plain_tier, self.tiers))), _plain(x)))

    def _looked_up(self, formula: str, value: Fraction) -> Fraction:
        zh, en = self.formulas.doing
        says = Words(f"{zh.rstrip('。')}：所在档次的比例", f"{en.rstrip('.')}: rate of the band")
        return self.formulas.named("step", says, "number", formula, value)  # type: ignore[return-value]

    def _point(self, x: Fraction) -> str:
        zh, en = self.formulas.doing
        says = Words(f"{zh.rstrip('。')}：对照档次的数", f"{en.rstrip('.')}: looked up")
        return self.formulas.named("step", says, "number", written(x), _plain(x)).formula

    def _rate(self, band: Tier, point: str) -> str:
        if band.to is band.rate or band.high is None:
            return written(band.rate)
        low, high, rate, to = (written(one) for one in (band.low, band.high, band.rate, band.to))
        zh, en = self.formulas.doing
        says = Words(f"{zh.rstrip('。')}：档内插值", f"{en.rstrip('.')}: between the edges")
        formula = f"{rate}+({to}-{rate})*({point}-{low})/({high}-{low})"
        return self.formulas.named("step", says, "number", formula, _plain(band.rate)).formula


@dataclass(frozen=True)
class TracedFacts(PartyFacts):
    """Facts of a party that are cells; what was computed of all parties keeps its formula."""

    source: PolicyFile
    year: int
    formulas: Formulas

    def known(self, name: str) -> tuple[Fen, Because]:
        amount, because = PartyFacts.known(self, name)
        if isinstance(amount.n, Number):
            return amount, because
        return Fen(self._input(name, "money", Fraction(amount.n))), because  # type: ignore[arg-type]

    def number(self, name: str) -> tuple[Fraction, Because]:
        number, because = PartyFacts.number(self, name)
        if isinstance(number, Number):
            return number, because
        fact = self.source.policy.facts.get(name)
        unit = UNITS[fact.domain.unit] if fact and fact.domain else None
        # A percentage is typed as it is written, and counts as a fraction of one.
        parts, words = (unit.parts, unit.words.zh) if unit else (1, "")
        cell = Cell("fact", self._says(name, words), "number", None, number * parts, party=self.party)
        ref = self._ref(name, cell)
        return Number(self.formulas, ref if parts == 1 else f"({ref}/{parts})", number), because  # type: ignore[return-value]

    def word(self, name: str) -> tuple[str, Because]:
        word, because = PartyFacts.word(self, name)
        known = dict.fromkeys((*self.source.policy.facts[name].words, *self._classes(name), word))
        return chosen(self.formulas, self._word(name, word), word, tuple(known)), because

    def says(self, name: str, words: Sequence[str]) -> bool:
        word, _ = PartyFacts.word(self, name)
        ref = self._word(name, word)
        asked = [is_word(ref, one) for one in words]
        return self.formulas.holds(f"OR({','.join(asked)})" if len(asked) > 1 else asked[0], word in words)

    def _word(self, name: str, word: str) -> str:
        words = " / ".join(self.source.policy.facts[name].words or self._classes(name))
        return self._ref(name, Cell("fact", self._says(name, words), "word", None, word, party=self.party))

    def _classes(self, name: str) -> list[str]:
        """The words by which the policy's tables and conditions know a fact."""
        policy = self.source.policy
        found: list[str] = []
        for step in policy.steps:
            for conditions in (step.when, step.unless):
                words = conditions.get(name)
                found += words if isinstance(words, list) else []
            if name in step.takes.values():
                for taken in step.takes.values():
                    value = policy.values.get(taken) if isinstance(taken, str) else None
                    if value is not None and value.unit in ("percent_by", "yuan_by"):
                        found += [
                            key for entry in value.history if isinstance(entry.value, dict) for key in entry.value
                        ]
        return list(dict.fromkeys(found))

    def _input(self, name: str, kind: Kind, value: Fraction) -> Number:
        says = self._says(name, "元" if kind == "money" else "")
        return Number(self.formulas, self._ref(name, Cell("fact", says, kind, None, value, party=self.party)), value)

    def _ref(self, name: str, cell: Cell) -> str:
        return self.formulas.input(("fact", self.party, str(self.year), name), cell)

    def _says(self, name: str, unit: str) -> Words:
        policy = self.source.policy
        declared = policy.facts.get(name) or policy.pools.get(name) or policy.risk.get(name)
        zh, en = declared.says.words if declared else Words(name, name)
        unit = f"（{unit}）" if unit else ""
        why = "" if name in policy.facts else OF_RISK if name in policy.risk else OF_ALL
        return Words(f"{zh}{unit}{why}", f"{en}{unit}")


def is_word(ref: str, word: str) -> str:
    """Whether a cell holds a word; a reader may type a word such as 1 as a number."""
    return f'({ref}&"")="{word.replace(QUOTE, QUOTE * 2)}"'


def chosen(formulas: Formulas, ref: str, now: str, among: tuple[str, ...]) -> str:
    """Which word a cell holds on this path.

    Raises:
        Refusal: none of them.
    """
    for word in among:
        if formulas.holds(is_word(ref, word), word == now):
            return word
    raise Refusal("the cell holds none of the words", expected=" | ".join(among))


def _plain_tier(band: Tier) -> Tier:
    high = None if band.high is None else _plain(band.high)
    return Tier(_plain(band.low), high, _plain(band.rate), _plain(band.to))


def _plain(number: Fraction) -> Fraction:
    return number.value if isinstance(number, Number) else number
