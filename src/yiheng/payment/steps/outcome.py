"""Steps that pay for results: outcome pay, instalments on events, fees tied to an assessment, credit, quota cuts."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from yiheng.basis.evidence import Because
from yiheng.basis.money import NOTHING, Fen, smaller
from yiheng.basis.refusals import Refusal

from ..book import Account, Transfer
from ..declare import Case, formula, percent, step
from ..pools import CREDIT_SUMS, ZERO_SUM

# How to pay between the two results that a source states.
BETWEEN = ("linear", "lower", "upper")
# What a reward for the best is a share of: the whole fee that was paid, or the assessed part of it.
REWARD_BASES = ("fee", "assessed")
# Whether each missed target cuts, or all of them once.
CUTS = ("once", "each")

FIXED, ASSESSED = "固定部分", "考核部分"


@step(zh="按签约人数和每人每年标准预付。", stage="budget", people="number", per_head="amount")
def capitation_budget(case: Case, people: str, per_head: str) -> Iterator[Transfer]:
    """The budget is an amount for each signed person and year, paid in advance."""
    heads, why = case.facts.number(people)
    each = case.terms.amount(per_head, case.party)
    amount = case.terms.rounded(heads * each.value.n)
    says = formula("签约人数 × 每人标准", "signed persons × amount per head", why, each.because)
    fund, budget = (case.book.open(Account(kind, case.party)) for kind in ("fund", "budget"))
    yield Transfer(fund, budget, amount, "capitation_budget", says.worth(amount))


@step(
    zh="上年协同指标未达标的，按比例扣减次年医保额度。",
    stage="budget",
    results="numbers",
    targets="rates",
    cut="rate",
    cuts="choice",
)
def cut_missed_targets(case: Case, results: list[str], targets: str, cut: str, cuts: str) -> Iterator[Transfer]:
    """A share of the quota is cut where last year's results are under their targets.

    ``targets`` has a rate for each name in ``results``; results are fractions of one.
    """
    missed = []
    for name in results:
        (result, why), target = case.facts.number(name), case.terms.rate_for(targets, name)
        if result < target.value:
            zh, en = (
                f"{percent(result)} 低于 {percent(target.value)}",
                f"{percent(result)} under {percent(target.value)}",
            )
            missed.append(formula(zh, en, why, target.because))
    if not missed:
        return
    rate, choice = case.terms.rate(cut), case.terms.choice(cuts, CUTS)
    times = len(missed) if choice.value == "each" else 1
    amount = case.terms.rounded(case.granted().n * smaller(rate.value * times, Fraction(1)))
    says = formula(
        f"额度 × {percent(rate.value)} × {times}",
        f"quota × {percent(rate.value)} × {times}",
        *missed, rate.because, choice.because,
    )  # fmt: skip
    budget, fund = Account("budget", case.party), Account("fund", case.party)
    yield Transfer(budget, fund, amount, "cut_missed_targets", says.worth(amount))


@step(
    zh="按疗效付费：达到高标准按高额、低于低标准按低额，其间按约定方式，乘以管理人数。",
    stage="special",
    people="number",
    result="number",
    low="amount",
    low_below="rate",
    high="amount",
    high_from="rate",
    between="choice",
)
def pay_by_outcome(
    case: Case, people: str, result: str, low: str, low_below: str, high: str, high_from: str, between: str
) -> Iterator[Transfer]:
    """Each managed person is paid by the result reached: a low amount, a high amount, and between them as chosen.

    ``result`` is a fraction of one, such as the share of people whose disease is under control.
    """
    (heads, heads_why), (reached, result_why) = case.facts.number(people), case.facts.number(result)
    least, most = case.terms.amount(low, case.party), case.terms.amount(high, case.party)
    bottom, top = case.terms.rate(low_below), case.terms.rate(high_from)
    if top.value <= bottom.value:
        raise Refusal(
            f"the high result ({percent(top.value)}) is not above the low one", where=case.terms.source.file,
            cure=f"mend '{high_from}' or '{low_below}'",
        )  # fmt: skip
    rests = [heads_why, result_why, least.because, bottom.because, most.because, top.because]
    way = "upper" if reached >= top.value else "lower"
    if bottom.value <= reached < top.value:
        choice = case.terms.choice(between, BETWEEN)
        way, rests = choice.value, [*rests, choice.because]
    part = {"lower": Fraction(0), "upper": Fraction(1)}.get(way)
    if part is None:
        part = (reached - bottom.value) / (top.value - bottom.value)
    each = least.value.n + (most.value.n - least.value.n) * part
    amount = case.terms.rounded(heads * each)
    more, share, at = most.value - least.value, percent(part), percent(reached)
    says = formula(
        f"{heads} 人 ×（{least.value} ＋ {more} × {share}）元，结果 {at}",
        f"{heads} people × ({least.value} + {more} × {share}) yuan, result {at}",
        *rests,
    )
    yield rewarded(case, "pay_by_outcome", "fund", "", amount, says)


@step(zh="出现严重并发症的，按例扣减疗效付费，扣完为止。", stage="special", cases="number", each="amount")
def deduct_complications(case: Case, cases: str, each: str) -> Iterator[Transfer]:
    """Each case of a severe complication is deducted from what the outcome paid, until nothing is left."""
    (number, why), amount = case.facts.number(cases), case.terms.amount(each, case.party)
    reward = case.book.open(Account("reward", case.party))
    taken = smaller(case.terms.rounded(number * amount.value.n), case.book.balance(reward))
    if taken > NOTHING:
        says = formula("例数 × 每例扣减额", "cases × deduction for each", why, amount.because)
        fund = case.book.open(Account("fund", case.party))
        yield Transfer(reward, fund, taken, "deduct_complications", says.worth(taken))


@step(
    zh="高价疗法按疗效分期支付：每发生一个约定结果，支付一期。",
    stage="special",
    events="numbers",
    price="amount",
    instalments="shares",
)
def pay_instalments(case: Case, events: list[str], price: str, instalments: str) -> Iterator[Transfer]:
    """A price is paid in instalments, each when its event has come; the instalments of a case add up to the price.

    ``events`` are the numbers of cases in which an event came, named like the ``instalments``.

    Raises:
        Refusal: when an instalment has no event or an event no instalment.
    """
    agreed, whole = case.terms.shares(instalments), case.terms.amount(price, case.party)
    if set(events) != set(agreed.value):
        raise Refusal(
            f"the instalments are {', '.join(agreed.value)}, the events {', '.join(events)}",
            where=case.terms.source.file,
            expected="the same names",
        )
    parts = case.terms.shared(whole.value, agreed.value)
    for event in events:
        number, why = case.facts.number(event)
        amount = case.terms.rounded(number * parts[event].n)
        share = percent(agreed.value[event])
        says = formula(
            f"例数 × 每例 {parts[event]} 元（{share}）", f"cases × {parts[event]} yuan each ({share})",
            why, whole.because, agreed.because,
        )  # fmt: skip
        yield rewarded(case, "pay_instalments", "fund", event, amount, says)


@step(
    zh="签约服务费按人头拨付，其中一部分与考核得分挂钩：达标全额，不达标按比例扣减。",
    stage="special",
    people="number",
    fee="amount",
    assessed="rate",
    score="number",
    full_at="rate",
)
def pay_fee(case: Case, people: str, fee: str, assessed: str, score: str, full_at: str) -> Iterator[Transfer]:
    """A fee per head of which a part follows the assessment: whole from a score on, in proportion below it."""
    (heads, heads_why), (points, score_why) = case.facts.number(people), case.facts.number(score)
    each, rate, mark = case.terms.amount(fee, case.party), case.terms.rate(assessed), case.terms.rate(full_at)
    if mark.value <= 0:
        raise Refusal(f"the score '{full_at}' for the whole fee is not above zero", where=case.terms.source.file)
    whole = case.terms.rounded(heads * each.value.n)
    tied = case.terms.rounded(whole.n * rate.value)
    says = formula(
        f"人数 × 每人费用 ×（1 － {percent(rate.value)}）", f"people × fee × (1 − {percent(rate.value)})",
        heads_why, each.because, rate.because,
    )  # fmt: skip
    yield rewarded(case, "pay_fee", "other", FIXED, whole - tied, says)
    reached = smaller(points / mark.value, Fraction(1))
    earned = case.terms.rounded(tied.n * reached)
    part = formula("考核部分", "the assessed part", heads_why, each.because, rate.because).worth(tied)
    says = formula(
        f"考核部分 × {percent(reached)}", f"assessed part × {percent(reached)}", part, score_why, mark.because
    )
    yield rewarded(case, "pay_fee", "other", ASSESSED, earned, says)


@step(
    zh="考核排名在前的，在服务费上另给奖励。",
    stage="special",
    rank="number",
    top="rate",
    extra="rate",
    extra_of="choice",
)
def reward_best(case: Case, rank: str, top: str, extra: str, extra_of: str) -> Iterator[Transfer]:
    """Those who rank within the top share get a share of the fee on top."""
    (position, why), first = case.facts.number(rank), case.terms.rate(top)
    if position > first.value:
        says = formula(
            f"名次不在前 {percent(first.value)}，不予奖励",
            f"not within the best {percent(first.value)}",
            why,
            first.because,
        )
        yield rewarded(case, "reward_best", "other", named(case, extra), NOTHING, says)
        return
    rate, choice = case.terms.rate(extra), case.terms.choice(extra_of, REWARD_BASES)
    parts = (FIXED, ASSESSED) if choice.value == "fee" else (ASSESSED,)
    base = Fen(sum(case.book.balance(Account("reward", case.party, part)).n for part in parts))
    amount = case.terms.rounded(base.n * rate.value)
    says = formula(
        f"{base} 元 × {percent(rate.value)}", f"{base} yuan × {percent(rate.value)}",
        why, first.because, rate.because, choice.because,
    )  # fmt: skip
    yield rewarded(case, "reward_best", "other", named(case, extra), amount, says)


@step(
    zh="医疗机构信用评价得分所在等级（达到下限即属该档），按年度医保支付总额奖励或扣减。",
    stage="special",
    payment="fact",
    score="number",
    grades="bands",
    part="fact",
    adds_up="choice",
)
def credit_pay(
    case: Case, payment: str, score: str, grades: str, part: str | None = None, adds_up: str | None = None
) -> Iterator[Transfer]:
    """The grade that an institution's credit score reaches adds a share of the year's payment, or deducts one.

    A grade begins at its lower edge. Where ``adds_up`` asks that all institutions together come to nothing, what is
    added or deducted is ``part``: no more than the grade says, the larger side brought down to the smaller.
    """
    (paid, why), (points, score_why) = case.facts.known(payment), case.facts.number(score)
    bands = case.terms.bands(grades)
    rate = case.rate_at(grades, points, "the score ", from_edge=True)
    amount = case.terms.rounded(paid.n * abs(rate))
    loses = rate < 0
    zh, en = ("，扣减", ", deducted") if loses else ("", "")
    rests = [why.worth(paid), score_why, bands.because]
    says = formula(
        f"年度医保支付总额 × {percent(abs(rate))}{zh}", f"the year's payment × {percent(abs(rate))}{en}", *rests
    )
    if adds_up is not None and part is not None:
        chosen = case.terms.choice(adds_up, CREDIT_SUMS)
        rests.append(chosen.because)
        if chosen.value == ZERO_SUM:
            amount, shared = case.facts.known(part)
            says = formula(
                f"{says.says.zh}，提高与扣减相抵后", f"{says.says.en}, brought down until gains and losses meet",
                *rests, shared.worth(amount),
            )  # fmt: skip
    if not loses:
        yield rewarded(case, "credit_pay", "fund", "", amount, says)
    else:
        own, fund = (case.book.open(Account(kind, case.party)) for kind in ("own", "fund"))
        yield Transfer(own, fund, amount, "credit_pay", says.worth(amount))


def named(case: Case, value: str) -> str:
    """What the policy calls a value, as the purpose of what is paid by it."""
    return case.terms.source.policy.values[value].says.zh


def rewarded(case: Case, name: str, giver: str, purpose: str, amount: Fen, why: Because) -> Transfer:
    """What is paid for a result, by the fund or by others."""
    source = case.book.open(Account(giver, case.party))
    return Transfer(source, case.book.open(Account("reward", case.party, purpose)), amount, name, why.worth(amount))
