"""Settle one party for one year: take the policy's steps, close the book, state the figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from json.encoder import encode_basestring as quoted

from yiheng.basis.evidence import Because, Words
from yiheng.basis.money import NOTHING, Fen, larger, total
from yiheng.basis.numbers import exact_number
from yiheng.basis.refusals import Refusal
from yiheng.policy import PolicyFile, Terms
from yiheng.policy.domains import UNITS
from yiheng.policy.schema import AtLeast, Conditions

from . import steps as _declared  # noqa: F401  importing declares the steps
from .book import ACCOUNTS, Account, Book, Transfer, called
from .declare import STEPS, Case, Clears, check_steps
from .facts import PartyFacts

FIGURES: dict[str, Words] = {
    "budget": Words("总额预算", "budget"),
    "spend": Words("基金支出", "spending"),
    "surplus": Words("结余", "surplus"),
    "overrun": Words("超支", "overrun"),
    "kept": Words("结余留用", "kept surplus"),
    "fund_bears": Words("基金分担", "borne by the fund"),
    "party_bears": Words("医共体承担", "borne by the consortium"),
}

# Why a figure of clearing is nothing: there was nothing to clear, or the policy clears nothing.
NOT_CLEARED = Because(Words("本政策不设总额预算，不清算结余和超支", "the policy grants no budget and clears none"))
NO_SURPLUS = Because(Words("支出不低于预算，没有结余可留用", "spending reached the budget: no surplus to keep"))
NO_OVERRUN = Because(Words("支出未超过预算，没有超支可分担", "spending within the budget: no overrun to bear"))
NOT_SHARED = Because(Words("政策未规定基金分担超支", "the policy has the fund bear no part of an overrun"))
NONE = (
    ("kept", "surplus", NO_SURPLUS), ("fund_bears", "overrun", NO_OVERRUN), ("party_bears", "overrun", NO_OVERRUN),
)  # fmt: skip

# What a column of whole fen holds at most.
MOST_FEN = 2**63

# Accounts whose balance a statement states beside the figures.
FURTHER = ("reserve", "prepaid", "payable", "deducted", "reward", "payer")


@dataclass(frozen=True)
class Statement:
    """What one party gets or owes for one year, with every reason.

    Attributes:
        figures: fen by name, the seven of ``FIGURES``; one that is not there is unknown, as of a year not over.
        because: the tree of reasons of each figure; of a part shared inside under ``use/PURPOSE``.
        shared: the kept surplus by purpose, where the policy shares it inside.
        further: what ended on other accounts of the party, by ``kind/purpose``: reserves, prepayments, payments for
            results, who bears a cost.
    """

    party: str
    year: int
    figures: dict[str, Fen]
    because: dict[str, Because]
    shared: dict[str, Fen]
    further: dict[str, Fen]
    transfers: tuple[Transfer, ...]

    def as_json(self, further: str = "") -> str:
        """The statement as the text of a JSON object; money as yuan text.

        Args:
            further: members that stand behind its own, as text.
        """
        seen: dict[int, str] = {}
        because = ", ".join([f"{quoted(name)}: {why.as_json(seen)}" for name, why in self.because.items()])
        transfers = ", ".join([_transfer_json(t, seen) for t in self.transfers])
        return (
            f'{{"party": {quoted(self.party)}, "year": {self.year}, "figures": {_figures_json(self.figures)},'
            f' "because": {{{because}}}, "shared": {_amounts_json(self.shared)},'
            f' "further": {_amounts_json(self.further)}, "transfers": [{transfers}]{further}}}'
        )


def settle(
    source: PolicyFile,
    year: int,
    facts: PartyFacts,
    *,
    known_on: dt.date | None = None,
    assume: Mapping[str, str] | None = None,
) -> Statement:
    """Take the steps of a policy in their order for one party, then close the book.

    Args:
        source: the policy in force on the last day of the year. One that is not is taken as on the day of
            its validity that lies nearest: a draft, or the policy of another place, on the claims of this year.
        facts: the party's facts for the year.
        known_on: settle with what was announced by that day.
        assume: another choice for some assumptions, by id.

    Raises:
        Refusal: when a fact is missing or unknown, or the steps leave the budget uncleared.
    """
    check_steps(source)
    return _of_party(Terms.of_year(source, year, known_on, assume), year, facts)


def settle_each(
    source: PolicyFile,
    year: int,
    parties: Iterable[PartyFacts],
    *,
    known_on: dt.date | None = None,
    assume: Mapping[str, str] | None = None,
    notice: bool = False,
) -> Iterator[tuple[str, Statement | Refusal]]:
    """Settle parties one by one under the same terms: each party with its statement, or why it has none.

    Args:
        notice: nothing is cleared: the statement tells the budget and what is paid of it in advance.
    """
    check_steps(source)
    terms = Terms.of_year(source, year, known_on, assume)
    for facts in parties:
        try:
            yield facts.party, _of_party(terms, year, facts, notice)
        except Refusal as refusal:
            yield facts.party, refusal
        except (ArithmeticError, ValueError) as wrong:
            # A step that meets facts it was not made for stops its party, not the others.
            yield facts.party, Refusal(
                f"'{facts.party}' cannot be settled by these facts: {wrong}", where=source.file,
                cure="check the facts of this party, and narrow their range in the policy",
            )  # fmt: skip


def _of_party(terms: Terms, year: int, facts: PartyFacts, notice: bool = False) -> Statement:
    facts.refuse_faults()
    _refuse_later(terms.source, year, facts)
    book = Book()
    for kind in ("fund", "budget"):
        book.open(Account(kind, facts.party))
    case = Case(facts.party, facts, terms, book)
    taken = 0
    for written in terms.source.policy.steps:
        if idle(STEPS[written.step].clears, case):
            continue
        if not holds(terms.source, written.when, facts) or (
            written.unless and holds(terms.source, written.unless, facts)
        ):
            continue
        taken += 1
        # A step reads the book as it stood before it: its transfers are posted together.
        for transfer in list(STEPS[written.step].move(case, **written.takes)):
            book.post(transfer)
    if not taken:
        conditions = sorted({name for written in terms.source.policy.steps for name in written.when})
        raise Refusal(
            f"no step of the policy is taken for '{facts.party}'", where=terms.source.file,
            expected="a step whose conditions hold", cure=f"check {', '.join(conditions)}",
        )  # fmt: skip
    if not notice:
        book.close()
    statement = announced(facts.party, year, book) if notice else stated(facts.party, year, book)
    beyond = [name for name, amount in statement.figures.items() if abs(amount.n) >= MOST_FEN]
    if beyond:
        raise Refusal(
            f"'{beyond[0]}' of '{facts.party}' is {statement.figures[beyond[0]]}, beyond any fund",
            where=terms.source.file, expected="figures below 92,000,000 billion", cure="check the facts",
        )  # fmt: skip
    return statement


def _refuse_later(source: PolicyFile, year: int, facts: PartyFacts) -> None:
    """Refuse what began after the year that is settled, such as an agreement, whether or not a step needs it."""
    for name, declared in source.policy.facts.items():
        fact = facts.facts.get(name)
        if declared.not_later and fact is not None and fact.number is not None and fact.number > year:
            raise Refusal(
                f"{declared.says.en}: {fact.number} is after {year}, the year that is settled",
                where=f"{fact.because.source or source.file}:{declared.column}", expected=f"{year} or before",
            )  # fmt: skip


def idle(clears: Clears | None, case: Case) -> bool:
    """Whether a step has nothing to clear: it is not taken, and what it would need may be unknown."""
    if clears == "due":
        return case.book.balance(Account("due", case.party)) == NOTHING
    return clears == "owed" and case.owed() == NOTHING


def holds(source: PolicyFile, conditions: Conditions, facts: PartyFacts) -> bool:
    """Whether all conditions hold, read in their order: a fact behind one that fails may be unknown."""
    return all(
        facts.says(name, condition)
        if isinstance(condition, list)
        else facts.number(name)[0] >= _in_ones(source, name, condition)
        for name, condition in conditions.items()
    )


def _in_ones(source: PolicyFile, name: str, condition: AtLeast) -> Fraction:
    """The least number of a condition as steps take numbers: a percentage as a fraction of one."""
    fact = source.policy.facts.get(name)
    domain = fact.domain if fact else None
    return exact_number(condition.at_least) / (UNITS[domain.unit].parts if domain else 1)


def stated(party: str, year: int, book: Book) -> Statement:
    """What a book comes to when all steps are taken."""
    charged = [t for t in book.journal if STEPS[t.step].stage == "care"]
    kept = [t for t in book.journal if t.taker.kind == "kept"]
    fund = [t for t in book.journal if t.giver.kind == "fund" and STEPS[t.step].stage == "clearing"]
    own = [t for t in book.journal if t.giver.kind == "own" and STEPS[t.step].stage in ("clearing", "special")]

    reasons = {
        "budget": _budget(book),
        "spend": _sum(FIGURES["spend"], charged),
    }
    budget, spend = reasons["budget"].amount or NOTHING, reasons["spend"].amount or NOTHING
    sides = (reasons["budget"], reasons["spend"])
    reasons["surplus"] = Because(
        Words("结余＝预算－支出，不足为零", "surplus = budget − spending, not below zero"),
        larger(budget - spend, NOTHING),
        None,
        sides,
    )
    reasons["overrun"] = Because(
        Words("超支＝支出－预算，不足为零", "overrun = spending − budget, not below zero"),
        larger(spend - budget, NOTHING),
        None,
        sides,
    )
    # What is paid names its cuts itself; where nothing is left to pay, the surplus and its cuts stand alone.
    cut = [_line(t, 1) for t in book.journal if t.taker.kind == "due"]
    cut += [_line(t, -1) for t in book.journal if t.giver.kind == "due" and t.taker.kind == "fund"]
    # As of what is kept: where nothing is left to bear, the overrun and what the fund took over of it stand alone.
    eased = [_line(t, 1) for t in book.journal if t.giver.kind == "owed"]
    eased += [_line(t, -1) for t in book.journal if t.giver.kind == "fund" and t.taker.kind == "owed"]
    zero = {name: () if reasons[side].amount else (why,) for name, side, why in NONE}
    reasons["kept"] = _sum(FIGURES["kept"], kept, *zero["kept"], reasons["surplus"], *(() if kept else cut))
    whole = () if fund or zero["fund_bears"] else (NOT_SHARED,)
    reasons["fund_bears"] = _sum(FIGURES["fund_bears"], fund, *zero["fund_bears"], *whole, reasons["overrun"])
    reasons["party_bears"] = _sum(
        FIGURES["party_bears"], own, *(() if own else zero["party_bears"]), reasons["overrun"], *(() if own else eased)
    )
    if not any(reasons[name].rests_on for name in ("budget", "spend")):
        # What a policy without a package pays or charges stands for itself.
        moved = {"kept": kept, "fund_bears": fund, "party_bears": own}
        reasons = {n: _sum(FIGURES[n], moved.get(n, []), *(() if moved.get(n) else (NOT_CLEARED,))) for n in FIGURES}
    figures = {name: reasons[name].amount or NOTHING for name in FIGURES}
    uses = [t for t in book.journal if t.taker.kind == "use"]
    split = {t.giver for t in uses}
    shared = {a.purpose: book.balance(a) for a in book.accounts("use", party) if book.balance(a) or a not in split}
    reasons |= {f"use/{t.taker.purpose}": t.because for t in uses}
    further, told = _further(book, party)
    return Statement(party, year, figures, reasons | told, shared, further, tuple(book.journal))


def announced(party: str, year: int, book: Book) -> Statement:
    """What a book comes to before the year is over: the budget, and what is withheld or paid of it in advance."""
    budget = _budget(book)
    further, told = _further(book, party)
    amount = budget.amount or NOTHING
    return Statement(party, year, {"budget": amount}, {"budget": budget, **told}, {}, further, tuple(book.journal))


def _budget(book: Book) -> Because:
    moved = [t for t in book.journal if STEPS[t.step].stage == "budget"]
    granted = [t for t in moved if t.taker.kind == "budget"]
    return _sum(FIGURES["budget"], granted, taken_back=[t for t in moved if t.giver.kind == "budget"])


def _further(book: Book, party: str) -> tuple[dict[str, Fen], dict[str, Because]]:
    """What ended on the other accounts of a party, by ``kind/purpose``, and why."""
    further: dict[str, Fen] = {}
    reasons: dict[str, Because] = {}
    for kind in FURTHER:
        for account in book.accounts(kind, party):
            taken = [t for t in book.journal if t.taker == account]
            given = [t for t in book.journal if t.giver == account]
            # Who bears nothing in the end is told so: the layers of a cost are always all there.
            if given and not book.balance(account) and kind != "payer":
                continue
            name = f"{kind}/{account.purpose}" if account.purpose else kind
            # What is still to be paid is a debt of the fund, and stated as what the party gets.
            into, out = (given, taken) if kind == "payable" else (taken, given)
            reasons[name] = _sum(ACCOUNTS[kind], into, taken_back=out)
            further[name] = reasons[name].amount or NOTHING
    return further, reasons


def _sum(words: Words, transfers: list[Transfer], *also: Because, taken_back: Sequence[Transfer] = ()) -> Because:
    """The figure as the sum of the transfers that made it, less those taken back, each with its step and reason."""
    lines = [*(_line(t, 1) for t in transfers), *(_line(t, -1) for t in taken_back)]
    amount = total(t.amount for t in transfers) - total(t.amount for t in taken_back)
    return Because(words, amount, None, (*lines, *also))


def _line(t: Transfer, sign: int) -> Because:
    """A transfer as a line of a reason: the sentence of its step, then its own."""
    zh, en = STEPS[t.step].zh.rstrip("。"), STEPS[t.step].en.rstrip(".")
    says = Words(f"{zh}：{t.because.says.zh}", f"{en}: {t.because.says.en}")
    return Because(says, Fen(sign * t.amount.n), t.because.source, t.because.rests_on)


def _amounts_json(amounts: Mapping[str, Fen]) -> str:
    return "{" + ", ".join([f'{quoted(name)}: "{amount.yuan}"' for name, amount in amounts.items()]) + "}"


def _figures_json(figures: Mapping[str, Fen]) -> str:
    told = [f'"{name}": ' + (f'"{figures[name].yuan}"' if name in figures else "null") for name in FIGURES]
    return "{" + ", ".join(told) + "}"


def _transfer_json(t: Transfer, seen: dict[int, str]) -> str:
    to_zh = called(t.taker.kind, t.taker.purpose).zh
    return (
        f'{{"from": {quoted(str(t.giver))}, "to": {quoted(str(t.taker))},'
        f' "from_zh": {quoted(ACCOUNTS[t.giver.kind].zh)}, "to_zh": {quoted(to_zh)}, "yuan": "{t.amount.yuan}",'
        f' "step": {quoted(t.step)}, "because": {t.because.as_json(seen)}}}'
    )
