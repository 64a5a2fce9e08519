"""Steps that say who bears the cost of one visit: basic insurance, supplementary insurance, medical aid, the person.

The cost is first put on the account of care; each step moves what one payer bears to that payer's account, and the
person bears what is left. So the layers always add up to the cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from yiheng.basis.evidence import Because
from yiheng.basis.money import NOTHING, Fen, larger, round_fen, smaller, total
from yiheng.basis.refusals import Refusal

from ..book import Account, Transfer
from ..declare import Case, formula, percent, step

BASIC, SUPPLEMENTARY, AID, INSURER, PERSON = "基本医保", "补充保险", "医疗救助", "商业保险", "个人"


@step(zh="一次就诊的全部费用，逐层确定由谁承担。", stage="special", cost="fact")
def cost_to_bear(case: Case, cost: str) -> Iterator[Transfer]:
    """The whole cost of a visit is to be borne, layer by layer."""
    amount, why = case.facts.known(cost)
    other, care = (case.book.open(Account(kind, case.party)) for kind in ("other", "care"))
    yield Transfer(other, care, amount, "cost_to_bear", formula("全部费用", "the whole cost", why).worth(amount))


@step(zh="政策范围外的费用由个人全额承担。", stage="special", cost="fact", covered="fact")
def uncovered_to_person(case: Case, cost: str, covered: str) -> Iterator[Transfer]:
    """The person bears what the catalogue does not cover.

    Raises:
        Refusal: when more is covered than was charged, or less than nothing.
    """
    (whole, why), (inside, inside_why) = case.facts.known(cost), case.facts.known(covered)
    if not NOTHING <= inside <= whole:
        raise Refusal(
            f"{inside} yuan of {case.party} are covered, but {whole} were charged",
            where=str(inside_why.source or ""),
            expected="0 ≤ covered ≤ cost",
        )
    says = formula("费用－政策范围内费用", "cost − covered cost", why.worth(whole), inside_why.worth(inside))
    yield from _borne(case, "uncovered_to_person", PERSON, whole - inside, says)


@step(
    zh="起付线以内的费用由个人承担；签约的按比例降低起付线，当年已承担的抵减。",
    stage="special",
    level="word",
    deductible="amounts",
    used="fact",
    cut="rate",
)
def deductible_to_person(
    case: Case, level: str, deductible: str, used: str, cut: str | None = None
) -> Iterator[Transfer]:
    """The person bears the deductible of the institution's level, less what was borne of it in the year.

    ``cut`` lowers it, such as for a signed resident.
    """
    (grade, level_why), (before, used_why) = case.facts.word(level), case.facts.known(used)
    line = case.terms.amount_for(deductible, grade)
    rests, due = [level_why, line.because, used_why.worth(before)], line.value
    if cut is not None:
        rate = case.terms.rate(cut)
        due, rests = case.terms.rounded(line.value.n * (1 - rate.value)), [*rests, rate.because]
    says = formula(f"起付线 {due} 元－已承担", f"deductible {due} yuan − already borne", *rests)
    yield from _borne(case, "deductible_to_person", PERSON, larger(due - before, NOTHING), says)


OWN_LEVEL, BIG_HOSPITAL = "own level", "big hospital"
POINTS, OF_RATIO = "points", "of the ratio"


@step(
    zh="基本医保按机构级别的比例支付：签约居民在基层提高、未经转诊到三级医院降低，健康积分达标提高，路径明确的病种不低于约定比例，累计不超过年度封顶线。",
    stage="special",
    level="word",
    ratio="rates",
    ceiling="amount",
    paid_before="fact",
    signed="word",
    signed_raise="rate",
    referred="word",
    unreferred_cut="rate",
    path_clear="word",
    path_ratio="rates",
    reads="choice",
    over="choice",
    points="number",
    points_from="count",
    points_raise="rate",
)
def basic_pays(
    case: Case, level: str, ratio: str, ceiling: str, paid_before: str,
    signed: str, signed_raise: str, referred: str, unreferred_cut: str, path_clear: str, path_ratio: str, reads: str,
    over: str | None = None, points: str | None = None, points_from: str = "", points_raise: str = "",
) -> Iterator[Transfer]:  # fmt: skip
    """Basic insurance pays by the level's ratio, raised and lowered as the policy says, up to the yearly ceiling.

    ``reads`` says whether raises and cuts are points or shares of the ratio; ``over`` whether the raise of a signed
    resident is over the ratio of the level or over that of a big hospital. What health points add may be left out.
    """
    grade, level_why = case.facts.word(level)
    base, how = case.terms.rate_for(ratio, grade), case.terms.choice(reads, (POINTS, OF_RATIO))
    rate, why = base.value, [level_why, base.because, how.because]

    def changed(name: str) -> Fraction:
        by = _added(case, name, why)
        return by if how.value == POINTS else by * base.value

    if _yes(case, signed, why):
        if grade == "primary":
            rate = larger(rate, _over(case, ratio, over, base.value, why) + changed(signed_raise))
        if grade == "tertiary" and not _yes(case, referred, why):
            rate -= changed(unreferred_cut)
    if points is not None:
        (collected, points_why), least = case.facts.number(points), case.terms.count(points_from)
        why += [points_why, least.because]
        rate += changed(points_raise) if collected >= least.value else 0
    if _yes(case, path_clear, why):
        path = case.terms.rate_for(path_ratio, grade)
        why.append(path.because)
        rate = larger(rate, path.value)
    rate = smaller(larger(rate, Fraction(0)), Fraction(1))
    most, (before, before_why) = case.terms.amount(ceiling, case.party), case.facts.known(paid_before)
    left = larger(most.value - before, NOTHING)
    base_fen = case.book.balance(Account("care", case.party))
    by_rate = case.terms.rounded(base_fen.n * rate)
    says = formula(
        f"{base_fen} 元 × {percent(rate)}，不超过封顶线余额 {left} 元",
        f"{base_fen} yuan × {percent(rate)}, no more than the {left} yuan left under the ceiling",
        *why, most.because, before_why.worth(before),
    )  # fmt: skip
    yield from _borne(case, "basic_pays", BASIC, smaller(by_rate, left), says)


def _over(case: Case, ratio: str, over: str | None, own: Fraction, why: list[Because]) -> Fraction:
    """The ratio that the raise of a signed resident is over."""
    if over is None:
        return own
    chosen = case.terms.choice(over, (OWN_LEVEL, BIG_HOSPITAL))
    why.append(chosen.because)
    if chosen.value == OWN_LEVEL:
        return own
    big = case.terms.rate_for(ratio, "tertiary")
    why.append(big.because)
    return big.value


@step(
    zh="补充保险支付，使个人负担不超过政策范围内费用的约定比例；个人上限不足一分的舍去，因此约定比例必定达到。",
    stage="special",
    covered="fact",
    most_own="rate",
)
def supplementary_pays(case: Case, covered: str, most_own: str) -> Iterator[Transfer]:
    """Supplementary insurance pays until the person's own part is no more than a share of the covered cost."""
    rate = case.terms.rate(most_own)
    yield from _brought_down(case, "supplementary_pays", SUPPLEMENTARY, covered, rate.value, rate.because)


@step(
    zh="医疗救助托底，使政策范围内费用的报销不低于约定比例；补足时不足一分的进为一分，因此约定比例必定达到，基本医保四舍五入少付的一分也由其补足。",
    stage="special",
    covered="fact",
    least_paid="rate",
)
def aid_pays(case: Case, covered: str, least_paid: str) -> Iterator[Transfer]:
    """Medical aid pays until at least a share of the covered cost is reimbursed."""
    rate = case.terms.rate(least_paid)
    yield from _brought_down(case, "aid_pays", AID, covered, 1 - rate.value, rate.because)


@step(zh="费用超过起赔额的部分，由商业保险按比例支付。", stage="special", above="amount", share="rate")
def insurer_pays(case: Case, above: str, share: str) -> Iterator[Transfer]:
    """An insurer pays a share of what the cost exceeds an amount."""
    floor, rate = case.terms.amount(above, case.party), case.terms.rate(share)
    cost = case.book.balance(Account("care", case.party))
    part = case.terms.rounded(larger(cost - floor.value, NOTHING).n * rate.value)
    says = formula(
        f"（{cost} 元－{floor.value} 元）× {percent(rate.value)}，不足为零",
        f"({cost} yuan − {floor.value} yuan) × {percent(rate.value)}, not below zero",
        floor.because, rate.because,
    )  # fmt: skip
    yield from _borne(case, "insurer_pays", INSURER, part, says)


@step(zh="其余费用由个人承担。", stage="special")
def person_pays(case: Case) -> Iterator[Transfer]:
    """The person bears what is left."""
    left = case.book.balance(Account("care", case.party))
    yield from _borne(case, "person_pays", PERSON, left, formula("其余费用", "what is left"))


def _yes(case: Case, fact: str, why: list[Because]) -> bool:
    """Whether a word fact says yes; its reason is noted.

    Raises:
        Refusal: when it is neither yes nor no.
    """
    word, because = case.facts.word(fact)
    if word not in ("yes", "no"):
        raise Refusal(f"'{fact}' of '{case.party}' is '{word}'", where=str(because.source or ""), expected="yes | no")
    why.append(because)
    return word == "yes"


def _added(case: Case, name: str, why: list[Because]) -> Fraction:
    rate = case.terms.rate(name)
    why.append(rate.because)
    return rate.value


def _brought_down(
    case: Case, name: str, payer: str, covered: str, most_own: Fraction, because: Because
) -> Iterator[Transfer]:
    """What brings the person's own part of the covered cost down to a share: of what is left to bear, then of what the
    person has borne already, such as a large deductible.

    What is guaranteed to the person is rounded in the person's favour: the limit of the own part down, never up. So
    a share that basic insurance paid and rounded down gets its last fen here: without it, who has aid would bear more
    than who has none.
    """
    whole, why = case.facts.known(covered)
    paid = total(t.amount for t in case.book.journal if t.taker.kind == "payer" and t.taker.purpose != PERSON)
    limit = round_fen(whole.n * most_own, "down")
    over = larger(whole - paid - limit, NOTHING)
    says = formula(
        f"政策范围内费用－已支付－个人上限 {limit} 元（{percent(most_own)}）",
        f"covered cost − already paid − the person's limit of {limit} yuan ({percent(most_own)})",
        why.worth(whole), because,
    )  # fmt: skip
    yield from _borne(case, name, payer, over, says)
    person = Account("payer", case.party, PERSON)
    left = smaller(over, case.book.balance(Account("care", case.party)))
    back = smaller(over - left, case.book.balance(person))
    if back:
        given = formula("个人已承担部分超过上限，由其补还", "what the person bore beyond the limit is paid back", says)
        yield Transfer(person, case.book.open(Account("payer", case.party, payer)), back, name, given.worth(back))


def _borne(case: Case, name: str, payer: str, amount: Fen, why: Because) -> Iterator[Transfer]:
    """What a payer bears, no more than is left of the cost."""
    care = Account("care", case.party)
    part = smaller(amount, case.book.balance(care))
    yield Transfer(care, case.book.open(Account("payer", case.party, payer)), part, name, why.worth(part))
