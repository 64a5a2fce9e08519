"""Whether every fact says what it may be, every value lies in its bounds, and every word has its step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from yiheng.basis.numbers import exact_number
from yiheng.basis.refusals import Refusal, nearest
from yiheng.policy import PolicyFile
from yiheng.policy.domains import shown
from yiheng.policy.schema import Entry, Fact, Step, Unit, Value

from .declare import STEPS

# What a value of a unit may be where its file says nothing else; yuan and counts beyond any fund are slips.
BOUNDS: dict[Unit, tuple[int, int]] = {
    "percent": (0, 100), "percent_by": (0, 100), "bands": (0, 100), "shares": (0, 100), "per_mille": (0, 1000),
    "per_ten_thousand": (0, 10_000), "yuan": (0, 10**13), "yuan_by": (0, 10**13), "yuan_by_party": (0, 10**13),
    "count": (0, 10**12),
}  # fmt: skip
NEEDS = {"number": "unit", "word": "words", "year": "dates"}
WRITE = {
    "number": "write its unit: people, cases, days, percent (0 to 100), share (0 to 1), score, points, factor …",
    "word": "write all its words, with other spellings that files have",
    "year": "write its dates: forms such as YYYY-MM-DD or M/D/YY, and the century of years of two digits",
    "amount": "write unit: yuan, with least or most where they differ from 0 and 10,000,000,000,000",
}


def domains(source: PolicyFile, every_unit: bool) -> Iterator[Refusal]:
    """Every fact declares its domain, and one that something can be in."""
    for name, fact in source.policy.facts.items():
        where = source.document.place(("facts", name))
        needs = NEEDS.get(fact.kind, "unit" if every_unit else None)
        if needs is not None and not getattr(fact, needs):
            cure = WRITE[fact.kind if fact.kind in WRITE else "amount"]
            yield Refusal(f"the fact '{name}' does not say what it may be", where=where, expected=needs, cure=cure)
        domain = fact.domain
        if domain is not None and domain.least > domain.most:
            low, high = shown(domain.least), shown(domain.most)
            yield Refusal(f"the range of the fact '{name}' from {low} to {high} is empty", where=where)
        yield from _doubled_spellings(name, fact, where)


# What a step takes as the money of earlier years.
EARLIER = ("history", "base_spend")


def base_years(source: PolicyFile) -> Iterator[Refusal]:
    """A base year is over before the year that is settled, and counts once; nothing comes from a year to come."""
    facts = source.policy.facts
    for name, fact in facts.items():
        if fact.total and fact.year > 0:
            yield _of_year(source, name, "is after the year that is settled", "0 for that year, -1 for the year before")
    for name in dict.fromkeys(_earlier(source)):
        if name in facts and facts[name].total and facts[name].year == 0:
            yield _of_year(source, name, "is the year that is settled, and a base year is earlier", "-1 or less")
    for i, written in enumerate(source.policy.steps):
        history = written.takes.get("history")
        yield from _same_year(source, history if isinstance(history, list) else [], ("steps", i, "takes", "history"))
    for risk, norm in source.policy.risk.items():
        yield from _same_year(source, norm.base, ("risk", risk, "base"))


def _earlier(source: PolicyFile) -> Iterator[str]:
    """The facts that stand for earlier years: of a step, of weights that name years, of a norm's base."""
    for written in source.policy.steps:
        for argument in EARLIER:
            given = written.takes.get(argument, [])
            yield from given if isinstance(given, list) else [given]
        if written.step == "budget_from_weighted_history":
            weights = source.policy.values.get(str(written.takes.get("weights")))
            for entry in weights.history if weights else ():
                yield from entry.value if isinstance(entry.value, dict) else ()
    for norm in source.policy.risk.values():
        yield from norm.base


def _of_year(source: PolicyFile, name: str, what: str, expected: str) -> Refusal:
    year = source.policy.facts[name].year
    return Refusal(
        f"the year {year} of the fact '{name}' {what}",
        where=source.document.place(("facts", name, "year")), expected=expected, cure="write the year it is of",
    )  # fmt: skip


def _same_year(source: PolicyFile, names: Iterable[str], path: tuple[str | int, ...]) -> Iterator[Refusal]:
    """Two facts of the lake that are the same total of the same year."""
    seen: dict[object, str] = {}
    for name in dict.fromkeys(names):
        fact = source.policy.facts.get(name)
        if fact is None or fact.total is None:
            continue
        other = seen.setdefault((fact.total, fact.year, fact.insurance, fact.people), name)
        if other != name:
            yield Refusal(
                f"'{other}' and '{name}' are the same total of the same year ({fact.year})",
                where=source.document.place(path), expected="each base year once", cure="correct the year of one",
            )  # fmt: skip


def _doubled_spellings(name: str, fact: Fact, where: str) -> Iterator[Refusal]:
    seen: dict[str, str] = {}
    for word, aliases in fact.spellings.items():
        for spelling in (word, *aliases):
            other = seen.setdefault(spelling.casefold(), word)
            if other != word:
                yield Refusal(f"'{spelling}' of the fact '{name}' may be '{other}' or '{word}'", where=where)


def bounds(source: PolicyFile) -> Iterator[Refusal]:
    """Every figure of every value lies in its bounds, and so does what an assumption could set it to."""
    for name, value in source.policy.values.items():
        where = source.document.place(("values", name))
        for i, entry in enumerate(value.history):
            at = source.document.place(("values", name, "history", i))
            yield from _outside(name, value, _figures(entry), at)
            yield from _outside_edges(name, entry, at)
        for key, stated in source.policy.assumptions.items():
            if stated.sets == name:
                where = source.document.place(("assumptions", key))
                # A choice is one figure, or the file's own classes each with its figure: ``a 80，b 75``.
                choices = [part.rpartition(" ")[2] for text in stated.alternatives for part in text.split("，")]
                yield from _outside(name, value, choices, where)
                for text in choices:
                    if _number(text) is None:
                        yield Refusal(f"'{text[:40]}' cannot be set for '{name}'", where=where, expected=value.unit)


def small_percentages(source: PolicyFile) -> list[str]:
    """The values in per cent that have a figure of one or less: right, unless a part of one was meant.

    A value that sets ``most`` below 100 says itself how large its figures are.
    """
    told = []
    for name, value in source.policy.values.items():
        of_itself = value.most is not None and exact_number(value.most) < BOUNDS["percent"][1]
        if value.unit not in ("percent", "percent_by", "bands") or of_itself:
            continue
        figures = [text for entry in value.history for text in _figures(entry)]
        told += [
            f"'{name}' is {text} %: if a part of one was meant, write {shown(number * 100)}"
            for text in dict.fromkeys(figures)
            if (number := _number(text)) is not None and 0 < number <= 1
        ]
    return told


def _figures(entry: Entry) -> list[str]:
    if isinstance(entry.value, str):
        return [entry.value]
    if isinstance(entry.value, dict):
        return list(entry.value.values())
    return [text for band in entry.value for text in (band.rate, band.to) if text is not None]


def _outside(name: str, value: Value, figures: Iterable[str], where: str) -> Iterator[Refusal]:
    low, high = BOUNDS[value.unit]
    least = exact_number(value.least) if value.least is not None else Fraction(low)
    most = exact_number(value.most) if value.most is not None else Fraction(high)
    for text in figures:
        number = _number(text)
        if number is not None and not least <= number <= most:
            yield Refusal(
                f"'{name}' is {text}, out of its bounds", where=where,
                expected=f"{value.unit} from {shown(least)} to {shown(most)}",
                cure="correct it, or write 'least' and 'most' where the document allows more",
            )  # fmt: skip


def _outside_edges(name: str, entry: Entry, where: str) -> Iterator[Refusal]:
    for band in entry.value if isinstance(entry.value, list) else ():
        for edge in (band.first, band.until):
            number = _number(edge) if edge is not None else None
            if number is not None and number < 0:
                yield Refusal(f"an edge of '{name}' is {edge}, below zero", where=where)


def _number(text: str) -> Fraction | None:
    """A figure; None where it is none, which is told where the value is read."""
    try:
        return exact_number(text)
    except ValueError:
        return None


def words(source: PolicyFile) -> Iterator[Refusal]:
    """A condition names only words that its fact can say, and no word falls through all conditions and classes."""
    facts, named = source.policy.facts, dict[str, set[str]]()
    for i, written in enumerate(source.policy.steps):
        for key, conditions in (("when", written.when), ("unless", written.unless)):
            for name, condition in conditions.items():
                said = list(facts[name].words) if name in facts and isinstance(condition, list) else []
                for word in condition if said and isinstance(condition, list) else ():
                    named.setdefault(name, set()).add(word)
                    if word not in said:
                        where = source.document.place(("steps", i, key, name))
                        yield Refusal(f"'{name}' never is '{word}'", where=where, cure=nearest(word, said))
        yield from _classes(source, written, i)
    for name, used in named.items():
        for word in facts[name].words:
            if word not in used and word not in facts[name].without_step:
                yield Refusal(
                    f"no step is there for '{word}' of the fact '{name}'",
                    where=source.document.place(("facts", name)),
                    expected="a step with that word under 'when'",
                    cure="add it, or name the word under 'without_step' if nothing follows from it",
                )


def _classes(source: PolicyFile, written: Step, i: int) -> Iterator[Refusal]:
    """A step that takes a rate or amount by class has one for every word with which it is taken."""
    declared = STEPS.get(written.step)
    if declared is None:
        return
    given = {name: one for name, one in written.takes.items() if isinstance(one, str)}
    of = [one for name, one in given.items() if declared.takes.get(name) == "word"]
    tables = [one for name, one in given.items() if declared.takes.get(name) in ("rates", "amounts")]
    fact = source.policy.facts.get(of[0]) if len(of) == 1 else None
    if fact is None:
        return
    condition = written.when.get(of[0])
    met = condition if isinstance(condition, list) else list(fact.words)
    for table in tables:
        for entry in source.policy.values[table].history if table in source.policy.values else ():
            classes = entry.value if isinstance(entry.value, dict) else {}
            for word in met:
                if word not in classes:
                    where = source.document.place(("steps", i))
                    cure = f"add it, or take the step only for {', '.join(classes)}"
                    yield Refusal(f"'{table}' has no value for '{word}' of '{of[0]}'", where=where, cure=cure)
