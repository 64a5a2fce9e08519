"""Steps that clear a year in turns: the surplus is due or the overrun owed, cut step by step, then paid.

The order of the steps in the policy file is the order of the cuts. Each step moves what it takes off back to the fund,
or what it takes over from the fund, so that every turn has its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from yiheng.basis.evidence import Because
from yiheng.basis.money import NOTHING, Fen, larger, ratio, smaller

from ..book import Account, Transfer
from ..declare import Case, formula, percent, percent_of, step


@step(zh="结余先列为待定，逐步核定后支付。", stage="clearing")
def surplus_due(case: Case) -> Iterator[Transfer]:
    """A surplus is first on its way; the next steps cut it before it is paid."""
    budget = Account("budget", case.party)
    surplus = case.book.balance(budget)
    if surplus > NOTHING:
        why = formula("结余＝预算－支出", "surplus = budget − spending")
        yield Transfer(budget, case.book.open(Account("due", case.party)), surplus, "surplus_due", why.worth(surplus))


@step(
    zh="结余率低于最低结余率的，结余退回基金；另有规定的，按规定比例保留。",
    stage="clearing",
    clears="due",
    gate="number",
    below="rate",
)
def gate_due(case: Case, gate: str, below: str | None = None) -> Iterator[Transfer]:
    """Where the savings rate is below the gate, nothing is due; at or above it the first yuan counts.

    With ``below``, this share of what is due stays due below the gate.
    """
    need, why = case.facts.number(gate)
    yield from _gated(case, "gate_due", need, why, below)


@step(
    zh="结余率低于按人数确定的最低结余率的，结余退回基金；另有规定的，按规定比例保留。",
    stage="clearing",
    clears="due",
    gate="bands",
    people="number",
    below="rate",
)
def gate_due_by_size(case: Case, gate: str, people: str, below: str | None = None) -> Iterator[Transfer]:
    """The gate of the savings rate depends on how many people are covered: the fewer, the higher.

    Raises:
        Refusal: the bands say nothing of that many people.
    """
    bands, (size, why) = case.terms.bands(gate), case.facts.number(people)
    need = case.rate_at(gate, size)
    says = formula(f"最低结余率 {percent(need)}", f"gate {percent(need)}", bands.because, why)
    yield from _gated(case, "gate_due_by_size", need, says, below)


def _gated(case: Case, name: str, need: Fraction, why: Because, below: str | None) -> Iterator[Transfer]:
    due = case.book.balance(Account("due", case.party))
    granted = case.granted()
    if due <= NOTHING:
        return
    rate = percent_of(due, granted)
    if ratio(due.n) >= need * granted.n:
        # A gate that is passed moves nothing and leaves its reason.
        passed = formula(
            f"结余率 {rate} 达到最低结余率 {percent(need)}，不扣减",
            f"savings rate {rate} reaches {percent(need)}: nothing is cut", why,
        )  # fmt: skip
        yield from back_to_fund(case, name, NOTHING, passed)
        return
    says = formula(
        f"结余率 {rate} 低于最低结余率 {percent(need)}",
        f"savings rate {rate} below {percent(need)}",
        why,
    )
    if below is None:
        yield from back_to_fund(case, name, due, says)
    else:
        kept = case.terms.rate(below)
        yield from keep_part(case, name, kept.value, formula("低于最低结余率", "below the gate", says, kept.because))


@step(zh="待清算结余按比例支付，其余退回基金。", stage="clearing", clears="due", share="rate")
def share_due(case: Case, share: str) -> Iterator[Transfer]:
    """A share of what is due stays due, the rest returns to the fund."""
    rate = case.terms.rate(share)
    yield from keep_part(case, "share_due", rate.value, rate.because)


@step(zh="待清算结余按所属类别的比例支付，其余退回基金。", stage="clearing", clears="due", shares="rates", of="word")
def share_due_by_class(case: Case, shares: str, of: str) -> Iterator[Transfer]:
    """The share of a class, such as a track, stays due, the rest returns to the fund."""
    rate = case.terms.rate_for(shares, case.facts.word(of)[0])
    yield from keep_part(case, "share_due_by_class", rate.value, rate.because)


@step(zh="待清算结余按考核得分支付，其余退回基金。", stage="clearing", clears="due", score="number")
def score_due(case: Case, score: str) -> Iterator[Transfer]:
    """What is due is multiplied by the score, a fraction of one."""
    rate, why = case.facts.number(score)
    yield from keep_part(case, "score_due", rate, why)


@step(zh="待清算结余超过预算一定比例的部分退回基金。", stage="clearing", clears="due", limit="rate")
def cap_due(case: Case, limit: str) -> Iterator[Transfer]:
    """What is due beyond a share of the budget returns to the fund."""
    rate = case.terms.rate(limit)
    yield from _capped_due(case, "cap_due", rate.value, rate.because)


@step(
    zh="待清算结余超过预算乘以所属类别比例的部分退回基金。", stage="clearing", clears="due", limits="rates", of="word"
)
def cap_due_by_class(case: Case, limits: str, of: str) -> Iterator[Transfer]:
    """What is due beyond the class's share of the budget returns to the fund."""
    rate = case.terms.rate_for(limits, case.facts.word(of)[0])
    yield from _capped_due(case, "cap_due_by_class", rate.value, rate.because)


@step(zh="不再有权分享的，待清算结余全部退回基金。", stage="clearing", clears="due")
def forfeit_due(case: Case) -> Iterator[Transfer]:
    """All that is due returns to the fund: taken only where the policy says who has no right to it."""
    due = case.book.balance(Account("due", case.party))
    if due > NOTHING:
        yield from back_to_fund(case, "forfeit_due", due, formula("无权分享", "no right to a share"))


@step(zh="核定后的结余支付给医共体。", stage="clearing", clears="due")
def pay_due(case: Case) -> Iterator[Transfer]:
    """What is still due is paid to the party."""
    account = Account("due", case.party)
    due = case.book.balance(account)
    if due > NOTHING:
        why = formula("核定后的结余", "what is still due", *_cuts(case, account)).worth(due)
        yield Transfer(account, case.book.open(Account("kept", case.party)), due, "pay_due", why)


@step(zh="超支先列为待定，逐步核定后承担。", stage="clearing")
def overrun_owed(case: Case) -> Iterator[Transfer]:
    """An overrun is first on its way; the next steps say what of it the fund takes over."""
    budget = Account("budget", case.party)
    overrun = -case.book.balance(budget)
    if overrun > NOTHING:
        why = formula("超支＝支出－预算", "overrun = spending − budget").worth(overrun)
        yield Transfer(case.book.open(Account("owed", case.party)), budget, overrun, "overrun_owed", why)


@step(zh="超支率低于下限的，超支全部由基金承担。", stage="clearing", clears="owed", gate="number")
def gate_owed(case: Case, gate: str) -> Iterator[Transfer]:
    """Where the loss rate is below the gate, the fund bears it all; at or above it the first yuan counts."""
    owed, granted = case.owed(), case.granted()
    need, why = case.facts.number(gate)
    if owed <= NOTHING:
        return
    rate = percent_of(owed, granted) if granted > NOTHING else "—"
    if ratio(owed.n) >= need * granted.n:
        passed = formula(
            f"超支率 {rate} 达到下限 {percent(need)}，不免除",
            f"loss rate {rate} reaches {percent(need)}: nothing is waived", why,
        )  # fmt: skip
        yield from fund_takes_over(case, "gate_owed", NOTHING, passed)
        return
    says = formula(f"超支率 {rate} 低于下限 {percent(need)}", f"loss rate {rate} below {percent(need)}", why)
    yield from fund_takes_over(case, "gate_owed", owed, says)


@step(zh="待清算超支按比例由医共体承担，其余由基金承担。", stage="clearing", clears="owed", share="rate")
def share_owed(case: Case, share: str) -> Iterator[Transfer]:
    """A share of what is owed stays with the party, the fund bears the rest."""
    rate = case.terms.rate(share)
    yield from _borne_part(case, "share_owed", rate.value, rate.because)


@step(
    zh="待清算超支按所属类别的比例由医共体承担，其余由基金承担。",
    stage="clearing",
    clears="owed",
    shares="rates",
    of="word",
)
def share_owed_by_class(case: Case, shares: str, of: str) -> Iterator[Transfer]:
    """The share of a class, such as a track, stays with the party, the fund bears the rest."""
    rate = case.terms.rate_for(shares, case.facts.word(of)[0])
    yield from _borne_part(case, "share_owed_by_class", rate.value, rate.because)


@step(
    zh="承担比例＝1－最高比例×考核得分，不低于下限、不高于上限；未达标的按上限。",
    stage="clearing",
    clears="owed",
    most_kept="rate",
    score="number",
    least="rate",
    most="rate",
)
def score_owed(case: Case, most_kept: str, score: str, least: str, most: str) -> Iterator[Transfer]:
    """The share of a loss is one less the largest share of savings times the score, between a floor and a ceiling."""
    largest, (points, why) = case.terms.rate(most_kept), case.facts.number(score)
    low, high = case.terms.rate(least), case.terms.rate(most)
    rate = smaller(larger(1 - largest.value * points, low.value), high.value)
    says = formula(
        f"1 － {percent(largest.value)} × 得分，限 {percent(low.value)} 至 {percent(high.value)}：{percent(rate)}",
        f"1 − {percent(largest.value)} × score, {percent(low.value)} to {percent(high.value)}: {percent(rate)}",
        largest.because, why, low.because, high.because,
    )  # fmt: skip
    yield from _borne_part(case, "score_owed", rate, says)


@step(zh="待清算超支高于预算一定比例的部分由基金承担。", stage="clearing", clears="owed", limit="rate")
def cap_owed(case: Case, limit: str) -> Iterator[Transfer]:
    """What is owed beyond a share of the budget is borne by the fund."""
    rate = case.terms.rate(limit)
    yield from _capped_owed(case, "cap_owed", rate.value, rate.because)


@step(
    zh="待清算超支高于预算乘以所属类别比例的部分由基金承担。",
    stage="clearing",
    clears="owed",
    limits="rates",
    of="word",
)
def cap_owed_by_class(case: Case, limits: str, of: str) -> Iterator[Transfer]:
    """What is owed beyond the class's share of the budget is borne by the fund."""
    rate = case.terms.rate_for(limits, case.facts.word(of)[0])
    yield from _capped_owed(case, "cap_owed_by_class", rate.value, rate.because)


@step(
    zh="待清算超支的上限随协议年度而定，超过部分由基金承担。",
    stage="clearing",
    clears="owed",
    limits="bands",
    start="year",
)
def cap_owed_by_agreement_year(case: Case, limits: str, start: str) -> Iterator[Transfer]:
    """The limit of what is owed depends on the year of the agreement: the year it starts in is the first.

    Raises:
        Refusal: the bands say nothing of that year, such as of one before the agreement.
    """
    bands, (first, why) = case.terms.bands(limits), case.facts.number(start)
    year = case.terms.on.year - first + 1
    says = formula(f"协议第 {year} 年", f"agreement year {year}", bands.because, why)
    yield from _capped_owed(case, "cap_owed_by_agreement_year", case.rate_at(limits, year), says)


@step(zh="灾害等减免由基金承担。", stage="clearing", clears="owed", relief="fact")
def relieve_owed(case: Case, relief: str) -> Iterator[Transfer]:
    """A relief, such as for a disaster, is taken off what is owed."""
    amount, why = case.facts.known(relief)
    taken = smaller(Fen(abs(amount.n)), case.owed())
    if taken > NOTHING:
        yield from fund_takes_over(case, "relieve_owed", taken, formula("减免", "relief", why.worth(amount)))


@step(zh="核定后的超支由医共体承担。", stage="clearing", clears="owed")
def charge_owed(case: Case) -> Iterator[Transfer]:
    """What is still owed is borne by the party."""
    owed = case.owed()
    if owed > NOTHING:
        cuts = _cuts(case, Account("owed", case.party))
        why = formula("核定后的超支", "what is still owed", *cuts).worth(owed)
        own = case.book.open(Account("own", case.party))
        yield Transfer(own, Account("owed", case.party), owed, "charge_owed", why)


def _cuts(case: Case, account: Account) -> tuple[Because, ...]:
    """What came on its way and what was cut from it, the cuts below zero."""
    moved = [t for t in case.book.journal if account in (t.giver, t.taker)]
    return tuple(
        t.because if (t.taker == account) == (moved[0].taker == account) else t.because.worth(-t.amount) for t in moved
    )


def keep_part(case: Case, name: str, rate: Fraction, why: Because) -> Iterator[Transfer]:
    due = case.book.balance(Account("due", case.party))
    part = case.terms.rounded(due.n * rate)
    if due >= part:
        says = formula(f"待清算结余 ×（1 － {percent(rate)}）", f"due × (1 − {percent(rate)})", why)
        yield from back_to_fund(case, name, due - part, says)


def _capped_due(case: Case, name: str, rate: Fraction, why: Because) -> Iterator[Transfer]:
    due = case.book.balance(Account("due", case.party))
    most = case.terms.rounded(case.granted().n * rate)
    yield from back_to_fund(case, name, larger(due - most, NOTHING), _limit(int(due.n) > int(most.n), most, rate, why))


def _capped_owed(case: Case, name: str, rate: Fraction, why: Because) -> Iterator[Transfer]:
    owed = case.owed()
    most = case.terms.rounded(case.granted().n * rate)
    yield from fund_takes_over(
        case, name, larger(owed - most, NOTHING), _limit(int(owed.n) > int(most.n), most, rate, why)
    )


def _limit(over: bool, most: Fen, rate: Fraction, why: Because) -> Because:
    """What a limit is, and that it is not reached where it cuts nothing."""
    zh, en = ("", "") if over else ("，未超过", ", not exceeded")
    return formula(
        f"上限＝预算 × {percent(rate)}＝{most} 元{zh}", f"limit = budget × {percent(rate)} = {most} yuan{en}", why
    )


def _borne_part(case: Case, name: str, rate: Fraction, why: Because) -> Iterator[Transfer]:
    owed = case.owed()
    part = case.terms.rounded(owed.n * rate)
    if owed >= part:
        says = formula(f"待清算超支 ×（1 － {percent(rate)}）", f"owed × (1 − {percent(rate)})", why)
        yield from fund_takes_over(case, name, owed - part, says)


def back_to_fund(case: Case, name: str, amount: Fen, why: Because) -> Iterator[Transfer]:
    yield Transfer(Account("due", case.party), Account("fund", case.party), amount, name, why.worth(amount))


def fund_takes_over(case: Case, name: str, amount: Fen, why: Because) -> Iterator[Transfer]:
    fund = case.book.open(Account("fund", case.party))
    yield Transfer(fund, Account("owed", case.party), amount, name, why.worth(amount))
