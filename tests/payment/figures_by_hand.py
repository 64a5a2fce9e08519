"""More of the shipped policies in plain Python, to the fen: whatever moves is whole fen, halves up, before it goes on.

Luohu from the readable text of its rules, AHEAD from its specifications, the visit of a person from documents D and B,
the agreement from A, D and E, the merged hospital from B, the budget of projects from D; the norm by risk from the
sentences of the worked example. A function gives the figures and accounts that a statement must show, in fen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction as F

Row = Mapping[str, str]
Fens = dict[str, int]


def fen(row: Row, name: str) -> int:
    exact = F(row[name]) * 100
    assert exact.denominator == 1
    return exact.numerator


def whole(exact: F) -> int:
    """Halves up; nothing here is below zero."""
    assert exact >= 0
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def largest_first(pot: int, weights: Mapping[str, F]) -> Fens:
    """A pot by weights: first without the fractions, then a fen each to the largest fractions, names in order."""
    exact = {name: pot * weight / sum(weights.values()) for name, weight in weights.items()}
    parts = {name: one.numerator // one.denominator for name, one in exact.items()}
    order = sorted(exact, key=lambda name: (-(exact[name] - parts[name]), name))
    return {name: parts[name] + (name in order[: pot - sum(parts.values())]) for name in parts}


def luohu(r: Row, year: int) -> Fens:
    """Last year less this year of the same people is the reward, if positive; nothing is said of a loss."""
    saved = fen(r, "spend_last_year") - fen(r, "spend")
    kept = max(saved, 0)
    uses = largest_first(kept, {"社康中心与设备": F(40), "医务人员薪酬": F(30), "慢性病管理": F(30)})
    return {"kept": kept, "fund_bears": max(-saved, 0), "party_bears": 0, **{f"use/{n}": uses[n] for n in uses if kept}}


def us_ahead(r: Row, year: int) -> Fens:
    """10, 30 and 60 %; 3 % for each year after 2026; 1 % in 2026 and 2027; 2 % follow the quality."""
    base = whole(sum(fen(r, f"base_year_{i}") * F(w, 100) for i, w in ((1, 10), (2, 30), (3, 60))))
    budget = whole(base * F(103, 100) ** (year - 2026))
    budget += whole(F(budget, 100)) if year <= 2027 else 0
    budget -= whole(budget * F(2, 100) * (1 - F(r["quality_factor"])))
    gap = budget - fen(r, "spend")
    return {"budget": budget, "kept": max(gap, 0), "fund_bears": 0, "party_bears": max(-gap, 0)}


def merged_hospital(r: Row, year: int) -> Fens:
    """Half the way to the target in the first year, all of it from the second on."""
    last, target = fen(r, "last_total"), fen(r, "target")
    budget = whole(last + F(target - last, 2 if year == 2017 else 1))
    gap = budget - fen(r, "spend")
    return {"budget": budget, "kept": max(gap, 0), "party_bears": max(-gap, 0)}


def zero_base(r: Row, year: int) -> Fens:
    """90 million whole, 80 % of 6 million, 5 million whole, nothing of 4 million."""
    budget = (90 * 100 + 6 * 80 + 5 * 100 + 4 * 0) * 10_000 * 100
    gap = budget - fen(r, "spend")
    return {"budget": budget, "kept": max(gap, 0), "party_bears": max(-gap, 0)}


def consortium(r: Row, year: int) -> Fens:
    """A fifth of a surplus follows the score; 70, 70 and 0 % of an overrun by cause; twelve advances are counted."""
    spend, budget = fen(r, "spend"), whole(fen(r, "base_spend") * F(105, 100))
    surplus, overrun = max(budget - spend, 0), max(spend - budget, 0)
    kept = surplus - whole(surplus * F(20, 100) * (1 - F(r["service_quality"]) / 100))
    causes = (("uncontrollable", 70), ("justified", 70), ("mismanagement", 0))
    fund = sum(whole(fen(r, name) * F(share, 100)) for name, share in causes) if overrun else 0
    score = F(r["assessment"])
    pay = 400_000_00 * (60 if score <= 60 else 80 if score <= 80 else 100) // 100
    entitled = spend - (overrun - fund) + kept
    uses = largest_first(kept, {"基层设备与培训": F(50), "双向转诊人员": F(30), "学科建设": F(20)})
    return {
        "budget": budget, "kept": kept, "fund_bears": fund, "party_bears": overrun - fund, "reward/head": pay,
        "still_payable": max(entitled - budget, 0), **{f"use/{n}": uses[n] for n in uses if kept},
    }  # fmt: skip


LEVELS = {"primary": (80, 60, 200, 30), "secondary": (75, 50, 500, 60), "tertiary": (70, 40, 800, 100)}


def four_layers(r: Row, year: int, *, reads: str = "points", over: str = "own level") -> Fens:
    """Basic insurance by level, a tenth left with who has a supplement or gets aid, and the person bears the rest."""
    stay, outpatient, stay_line, line = LEVELS[r["level"]]
    cost, covered, in_hospital = fen(r, "cost"), fen(r, "covered"), r["setting"] == "inpatient"
    signed, low = r["signed"] == "yes", r["low_income"] != "no"
    # D: aid knows no deductible. B: signed people bear half of it at their own centre, and none for long-term drugs.
    deductible = F(stay_line if in_hospital else line) * 100
    if not in_hospital and signed:
        deductible *= 0 if r["chronic"] == "yes" else F(1, 2) if r["level"] == "primary" else 1
    first = 0 if low else min(max(int(deductible) - fen(r, "deductible_used"), 0), covered)
    ratio = own = F(stay if in_hospital else outpatient, 100)
    by = own if reads == "of the ratio" else F(1)
    if signed and r["level"] == "primary" and not in_hospital:
        high = F(LEVELS["tertiary"][1], 100) if over == "big hospital" else own
        ratio = max(ratio, high + F(10, 100) * by)
    if signed and r["level"] == "tertiary" and r["referred"] == "no":
        ratio -= F(5, 100) * by
    if not in_hospital and F(r["points"]) >= 1000:
        ratio += F(5, 100) * by
    if r["path_clear"] == "yes":
        ratio = max(ratio, F(90, 100))
    ratio = min(max(ratio, F(0)), F(1))
    basic = min(whole((covered - first) * ratio), max(200_000_00 - fen(r, "paid_before"), 0))
    # What a person bears at most of covered cost: a tenth, in the person's favour.
    beyond = max(covered - basic - covered // 10, 0)
    layers = {"payer/基本医保": basic}
    if r["supplementary"] == "yes" and r["innovative"] == "yes":
        layers["payer/补充保险"], beyond = beyond, 0
    if low:
        layers["payer/医疗救助"] = beyond
    return layers | {"payer/个人": cost - sum(layers.values())}


def each(one: Callable[[Row, int], Fens]) -> Callable[[Mapping[str, Row], int], dict[str, Fens]]:
    return lambda rows, year: {name: one(row, year) for name, row in rows.items()}


Cells = dict[str, tuple[int, int]]


def cells(text: str) -> Cells:
    parts = [part.split() for part in text.split(";")]
    return {name: (int(days), fen({"yuan": yuan}, "yuan")) for name, days, yuan in parts}


def both(*years: Cells) -> Cells:
    names = {name for year in years for name in year}
    return {n: (sum(y.get(n, (0, 0))[0] for y in years), sum(y.get(n, (0, 0))[1] for y in years)) for n in names}


def weighted(held: Cells, weights: Mapping[str, F]) -> F:
    return sum((days * weights.get(name, F(1)) for name, (days, _) in held.items()), start=F(0))


def days_of(held: Cells) -> int:
    return sum(days for days, _ in held.values())


def weights_of(base: Cells) -> dict[str, F]:
    """A cell's mean by the mean of all, below 100 person-years as far as it can be believed; 1 on average."""
    mean = F(sum(money for _, money in base.values()), days_of(base))
    trusted = {}
    for name, (days, money) in base.items():
        years = F(days, 365)
        trust = F(1) if years >= 100 else years / (years + 100)
        trusted[name] = trust * (money / mean / days) + (1 - trust)
    middle = weighted(base, trusted) / days_of(base)
    return {name: weight / middle for name, weight in trusted.items()}


def by_risk(rows: Mapping[str, Row], year: int) -> dict[str, Fens]:
    """The yearly money of all by weighted days, whose mean grows 3 % at most; half of it, half own history, ±5 %."""
    base = {name: both(cells(r["cells_1"]), cells(r["cells_2"])) for name, r in rows.items()}
    now = {name: cells(r["cells"]) for name, r in rows.items()}
    everybody = both(*base.values())
    weights = weights_of(everybody)
    indices = {}
    for name in rows:
        most = weighted(base[name], weights) / days_of(base[name]) * F(103, 100)
        indices[name] = min(weighted(now[name], weights), most * days_of(now[name]))
    norms = largest_first(whole(F(sum(money for _, money in everybody.values()), 2)), indices)
    made = {}
    for name, r in rows.items():
        own = F(fen(r, "spend_1") + fen(r, "spend_2"), 2)
        budget = whole(min(max((norms[name] + own) / 2, own * F(95, 100)), own * F(105, 100)))
        gap = budget - fen(r, "spend")
        fund = min(max(-gap, 0), whole(F(budget, 20)))
        made[name] = {
            "budget": budget, "kept": whole(max(gap, 0) * F(60, 100)), "fund_bears": fund,
            "party_bears": max(-gap, 0) - fund,
        }  # fmt: skip
    return made


FIGURES: dict[str, Callable[[Mapping[str, Row], int], dict[str, Fens]]] = {
    "luohu": each(luohu), "us-ahead": each(us_ahead), "merged-hospital": each(merged_hospital),
    "zero-base": each(zero_base), "consortium-agreement": each(consortium), "four-layer-benefit": each(four_layers),
    "risk-example": by_risk,
}  # fmt: skip
