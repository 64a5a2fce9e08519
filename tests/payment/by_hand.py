"""The shipped policies in plain Python, each from its document in a few lines: no policy file, no step, no book.

A function takes a party's facts as they are written in a file, and gives in fen, exact: what is paid to the party
and what the party bears; a policy whose parties share a pool takes them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction as F

Row = Mapping[str, str]
Pair = tuple[F, F]


def n(row: Row, name: str) -> F:
    return F(row[name])


def fen(row: Row, name: str) -> F:
    return F(row[name]) * 100


def kept_or_borne(budget: F, spend: F, *, kept: F = F(1), cap: F | None = None, borne: F = F(1)) -> Pair:
    """A share of a surplus; of an overrun what is beyond a cap, or a share."""
    if budget >= spend:
        return (budget - spend) * kept, F(0)
    over = spend - budget
    return F(0), (over - min(over, budget * cap)) if cap is not None else over * borne


def qingdao(r: Row) -> Pair:
    return kept_or_borne(fen(r, "base_spend") * F(109, 100), fen(r, "spend"), cap=F(5, 100))


def guangdong(r: Row) -> Pair:
    mean = (fen(r, "spend_1") + fen(r, "spend_2") + fen(r, "spend_3")) / 3
    return kept_or_borne(mean * F(108, 100), fen(r, "spend"), cap=F(5, 100))


def us_desynpuf(r: Row) -> Pair:
    mean = (fen(r, "spend_last_year") + fen(r, "spend_two_years_ago")) / 2
    return kept_or_borne(mean * F(102, 100), fen(r, "spend"), cap=F(2, 100))


def guangyuan(r: Row) -> Pair:
    ceiling, spend = fen(r, "ceiling"), fen(r, "spend")
    reward = F(0) if r["major_breach"] == "有" else F(30 if r["insurance"] == "职工" else 20, 100)
    over = max(spend - ceiling, F(0))
    return max(ceiling - spend, F(0)) * reward, over - min(over, ceiling / 5) / 2


def ningxia(r: Row) -> Pair:
    budget = n(r, "people") * 6000
    budget = budget * F(70, 100) + budget * F(30, 100) * n(r, "score") / 100
    kept, borne = kept_or_borne(budget, fen(r, "spend"))
    return (kept if n(r, "visits") >= 20000 else F(0)), borne


def primary_capitation(r: Row) -> Pair:
    return kept_or_borne(n(r, "signed") * 40000, fen(r, "spend"))


def yangxi(r: Row) -> Pair:
    return kept_or_borne(fen(r, "income") * F(98, 100), fen(r, "spend"))


def shanghai(r: Row) -> Pair:
    missed = (n(r, "tertiary_fall") < 15) + (n(r, "primary_rise") < 10)
    return kept_or_borne(fen(r, "quota") * (1 - F(3, 100) * missed), fen(r, "spend"))


def us_aco_reach(r: Row) -> Pair:
    everything = r["risk_option"] == "Global"
    budget = fen(r, "benchmark") * (F(965, 1000) if everything else 1)
    budget *= 1 - F(2, 100) * (1 - n(r, "quality_score"))
    corridors = [(25, 100), (35, 50), (50, 25), (None, 10)] if everything else [(5, 50), (10, 35), (15, 15), (None, 5)]
    gap, low, mine = abs(budget - fen(r, "expenditure")), F(0), F(0)
    for edge, rate in corridors:
        high = gap if edge is None else budget * edge / 100
        mine += max(min(gap, high) - low, F(0)) * rate / 100
        low = high
    return (mine, F(0)) if budget >= fen(r, "expenditure") else (F(0), mine)


def us_hcc_capitation(r: Row) -> Pair:
    score = round_half_up(n(r, "raw_score") / F(1015, 1000) * 1000) / 1000
    score = round_half_up(score * (1 - F(59, 1000)) * 1000) / 1000
    return kept_or_borne(score * n(r, "people") * 1_000_000, fen(r, "spend"))


def round_half_up(x: F) -> F:
    return F((2 * x.numerator + x.denominator) // (2 * x.denominator))


def institution_credit(r: Row) -> Pair:
    pay, score = fen(r, "payment"), n(r, "score")
    return (pay * 5 / 100 if score >= 90 else F(0)), (pay * 10 / 100 if score < 60 else F(0))


def insurer_hypertension(r: Row) -> Pair:
    """The consortium's reward; of a person's cost the own part (who bears it, the last in the reading of the test)."""
    if r["row"] == "consortium":
        return (fen(r, "premium") * 15 / 100 if n(r, "control_rate") >= 80 else F(0)), F(0)
    cost = fen(r, "cost")
    return F(0), cost - max(cost - 500_000, F(0)) * 90 / 100


def car_t(r: Row) -> Pair:
    return 120_000_000 * (n(r, "remission") * 60 + n(r, "relapse_free") * 40) / 100, F(0)


def diabetes(r: Row) -> Pair:
    rate = n(r, "control_rate")
    each = 80_000 + 40_000 * min(max(rate - 60, F(0)) / 20, F(1))
    return max(n(r, "patients") * each - n(r, "complications") * 120_000, F(0)), F(0)


def tiantan(r: Row) -> Pair:
    return fen(r, "referred_income") * 10 / 100 + fen(r, "rehabilitation") * 5 / 100, F(0)


def shared_centre(r: Row) -> Pair:
    return fen(r, "income"), fen(r, "cost")


def each(one: Callable[[Row], Pair]) -> Callable[[list[Row]], list[Pair]]:
    return lambda rows: [one(row) for row in rows]


def zhejiang(rows: list[Row]) -> list[Pair]:
    points = sum(n(r, "points") for r in rows)
    share = F(85, 100)
    budgets = [F(10_000_000_000) * n(r, "points") / points for r in rows]
    return [kept_or_borne(b, fen(r, "spend"), kept=share, borne=share) for b, r in zip(budgets, rows, strict=True)]


def yancheng(rows: list[Row]) -> list[Pair]:
    mean = sum(fen(r, "spend") for r in rows) / sum(n(r, "signed_people") for r in rows)
    pairs = []
    for r in rows:
        people, spend = n(r, "signed_people"), fen(r, "spend")
        budget, fair = people * 10_000, people * (10_000 - mean)
        off = abs(budget - spend - fair) / fair if fair > 0 else F(2)
        rate = 70 if off <= F(5, 100) else 60 if off <= F(10, 100) else 50 if off <= F(20, 100) else 40
        pairs.append(kept_or_borne(budget, spend, kept=F(rate, 100)))
    return pairs


def xiamen(rows: list[Row]) -> list[Pair]:
    pairs = []
    for r in rows:
        fee = n(r, "signed") * 12_000
        paid = fee * 70 / 100 + fee * 30 / 100 * min(n(r, "score") / 80, F(1))
        place = 1 + sum(n(other, "score") > n(r, "score") for other in rows)
        pairs.append((paid * (F(110, 100) if F(place, len(rows)) <= F(20, 100) else 1), F(0)))
    return pairs


def province_subsidy(rows: list[Row]) -> list[Pair]:
    people = sum(n(r, "people") for r in rows)
    pot = people * 1500

    def part(r: Row, name: str, sized: bool) -> F:
        size = [n(one, "people") if sized else F(1) for one in rows]
        whole = sum(n(one, name) * s for one, s in zip(rows, size, strict=True))
        return n(r, name) * (n(r, "people") if sized else 1) / whole

    weights = [
        30 * part(r, "signed_services", False)
        + 40 * part(r, "primary_share", True)
        + 30 * part(r, "satisfaction", True)
        for r in rows
    ]
    return [(pot * weight / 100, F(0)) for weight in weights]


POLICIES: dict[str, Callable[[list[Row]], list[Pair]]] = {
    "qingdao": each(qingdao), "guangdong": each(guangdong), "us-desynpuf": each(us_desynpuf),
    "guangyuan": each(guangyuan), "ningxia": each(ningxia), "primary-capitation": each(primary_capitation),
    "yangxi": each(yangxi), "shanghai-1-1-1": each(shanghai), "us-aco-reach": each(us_aco_reach),
    "us-hcc-capitation": each(us_hcc_capitation), "institution-credit": each(institution_credit),
    "insurer-hypertension": each(insurer_hypertension), "car-t-instalments": each(car_t),
    "diabetes-outcome": each(diabetes), "tiantan": each(tiantan), "shared-centre": each(shared_centre),
    "zhejiang": zhejiang, "yancheng-median": yancheng, "xiamen": xiamen, "province-subsidy": province_subsidy,
}  # fmt: skip
