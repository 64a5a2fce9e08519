"""Take a policy's steps on cells: what each moves becomes a formula over facts, values and what moved before."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from yiheng.basis.evidence import Because, Words
from yiheng.basis.money import Fen
from yiheng.basis.refusals import Refusal
from yiheng.policy import PolicyFile
from yiheng.policy.schema import Step as Written

from ..book import Account, Book, Transfer, called
from ..declare import STEPS, Case
from ..facts import Fact, PartyFacts
from ..pools import pooled
from ..settle import FIGURES, holds, idle, stated
from .formulas import REF, REFUSED, Formulas, Number, TooManyAnswers, written
from .terms import TracedFacts, TracedTerms

Key = tuple[Account, Account, int]


@dataclass(frozen=True)
class Traced:
    """The cells of all parties of a year, and the cell of each figure: party → figure → index."""

    formulas: Formulas
    figures: dict[str, dict[str, int]]


class _CellBook(Book):
    """A book whose amounts are cells: whether an account is overdrawn is asked when the workbook is settled again."""

    def post(self, transfer: Transfer) -> None:
        self.journal.append(transfer)
        for account in (transfer.giver, transfer.taker):
            self.open(account)
        self._balances[transfer.giver] -= transfer.amount
        self._balances[transfer.taker] += transfer.amount
        for account in (transfer.giver, transfer.taker):
            self._balances[account] = self._named(account)

    def _named(self, account: Account) -> Fen:
        """A balance that is more than one transfer has a line of its own."""
        balance = self._balances[account].n
        if not isinstance(balance, Number) or REF.fullmatch(balance.formula.strip("(-)")):
            return self._balances[account]
        zh, en = _words(account)
        says = Words(f"余额：{zh}", f"balance: {en}")
        return Fen(balance.owner.named("step", says, "money", balance.formula, balance.value))


def trace(
    source: PolicyFile,
    year: int,
    parties: Sequence[PartyFacts],
    *,
    known_on: dt.date | None = None,
    assume: Mapping[str, str] | None = None,
) -> Traced:
    """The settlement of some parties as formulas.

    Args:
        parties: their facts with pools and norms as they were settled.

    Raises:
        Refusal: when a step asks so much that no readable formula says it.
    """
    formulas = Formulas()
    plain = TracedTerms.of_year(source, year, known_on, assume)
    terms = TracedTerms(source, plain.on, known_on, assume or {}, formulas=formulas)
    cells = _with_pools(terms, [TracedFacts(one.party, one.facts, source, year, formulas) for one in parties])
    figures = {}
    for facts in cells:
        formulas.party = facts.party
        book = _CellBook()
        for kind in ("fund", "budget"):
            book.open(Account(kind, facts.party))
        case = Case(facts.party, facts, terms, book)
        for step in source.policy.steps:
            for transfer in _moved(formulas, case, step):
                book.post(transfer)
        statement = stated(facts.party, year, book)
        amounts = {**statement.figures, **statement.further}
        figures[facts.party] = {name: _figure(formulas, name, amount) for name, amount in amounts.items()}
    return Traced(formulas, figures)


def _with_pools(terms: TracedTerms, parties: list[TracedFacts]) -> list[TracedFacts]:
    """The parties with what is computed of all of them as formulas, where these are all of them."""
    pools = terms.source.policy.pools
    names = list(pools)
    # What some gain of what others lose asks for every grade of every party: it stays an input.
    if not names or any(one.gain_of is not None for one in pools.values()):
        return parties
    bare = [
        TracedFacts(
            one.party, {k: f for k, f in one.facts.items() if k not in names}, one.source, one.year, one.formulas
        )
        for one in parties
    ]
    try:
        made = pooled(terms, bare)
    except (Refusal, ArithmeticError):
        return parties
    same = all(
        _value(now.facts[name]) == _value(then.facts[name])
        for now, then in zip(made, parties, strict=True)
        for name in names
    )
    return [one for one in made if isinstance(one, TracedFacts)] if same else parties


def _value(fact: Fact) -> Fraction | None:
    exact = fact.amount.n if fact.amount is not None else fact.number
    return exact.value if isinstance(exact, Number) else None if exact is None else Fraction(exact)


def _moved(formulas: Formulas, case: Case, step: Written) -> list[Transfer]:
    """What a step may move, each as one formula over every answer to what the step asks."""
    declared = STEPS[step.step]
    formulas.doing = Words(declared.zh, declared.en)

    def move() -> list[Transfer]:
        source = case.terms.source
        if idle(declared.clears, case) or not holds(source, step.when, case.facts):
            return []
        if step.unless and holds(source, step.unless, case.facts):
            return []
        return list(declared.move(case, **step.takes))

    try:
        paths = [(asked, None if came is None else _keyed(came)) for asked, came in formulas.paths(move)]
    except TooManyAnswers:
        raise Refusal(f"step '{step.step}' asks too much for a formula", where=case.terms.source.file) from None
    keys = dict.fromkeys(key for _, came in paths if came for key in came)
    made = []
    for key in keys:
        ends = [
            (asked, REFUSED if came is None else written(came[key].amount.n) if key in came else "0")
            for asked, came in paths
        ]
        now = paths[0][1] or {}
        value = Fraction(int(now[key].amount.n)) if key in now else Fraction(0)
        giver, taker, _ = key
        zh, en = (
            f"{giver_name} → {taker_name}" for giver_name, taker_name in zip(_words(giver), _words(taker), strict=True)
        )
        says = Words(f"{declared.zh.rstrip('。')}：{zh}", f"{declared.en.rstrip('.')}: {en}")
        number = formulas.named("step", says, "money", formulas.either(ends), value)
        why = now[key].because if key in now else Because(says)
        made.append(Transfer(giver, taker, Fen(number), step.step, why))  # type: ignore[arg-type]
    return made


def _keyed(came: list[Transfer]) -> dict[Key, Transfer]:
    seen: Counter[tuple[Account, Account]] = Counter()
    keyed = {}
    for t in came:
        keyed[t.giver, t.taker, seen[t.giver, t.taker]] = t
        seen[t.giver, t.taker] += 1
    return keyed


def _words(account: Account) -> Words:
    return called(account.kind, account.purpose)


def _figure(formulas: Formulas, name: str, amount: Fen) -> int:
    kind, _, purpose = name.partition("/")
    says = FIGURES[name] if name in FIGURES else called(kind, purpose)
    formula = written(amount.n)
    value = amount.n.value if isinstance(amount.n, Number) else Fraction(amount.n)
    formulas.named("figure", says, "money", formula, value)
    return formulas.known["formula", formulas.party, "figure", says.zh, formula]
