"""Settlements that did not stay as they were: taken back in full or in part, corrected, late, without their total."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yiheng.records import TABLES
from yiheng.records.money import FUND_PARTS

from .catalogue import ONE
from .columns import Columns
from .events import Scene
from .kept import whole
from .places import OUTSIDE, PHARMACY, TOWNSHIP, VILLAGE

# Of ten thousand settled visits. Nobody publishes how often settlements are taken back: assumptions, all of them.
_REFUNDED, _ENTERED_TWICE, _REFUNDED_IN_PART, _REVERSED = 30, 15, 30, 20
# Of ten thousand visits outside the county in the last quarter, and of all outside: paid by hand and settled late, or
# known by the funds' part alone. Assumptions.
_LATE, _WITHOUT_TOTAL = 1500, 200
# Of ten thousand visits of residents who paid cash: from an employee's account. An assumption.
_BY_RELATIVES = 150
_FAULTS_ENTERED_TWICE = 12
_LATE_QUARTER_DAYS, _DAY, _HOUR = 92, 86_400_000_000, 3_600_000_000
# A prescription for a chronic disease is filled within twelve weeks; one of a visit that was taken back is not.
_FILLED_WITHIN, _DAYS_BITS = 90, 20
_MINUTE = _HOUR // 60
_MONEY = tuple(column.name for column in TABLES["settlement"] if column.kind == "fen")
_LINE_SUMS = ("amount_fen", "scope_fen")
_LEAST_LINES = 3


def _negated(rows: pa.Table, names: tuple[str, ...]) -> dict[str, pa.Array]:
    return {name: pc.negate(rows[name].combine_chunks()) for name in names}


def _instants(micros: np.ndarray) -> pa.Array:
    return pa.array(micros).cast(pa.timestamp("us"))


def _all(value: bool | None, size: int) -> pa.Array:
    return pa.array([value] * size, pa.bool_())


def _days(micros: np.ndarray) -> np.ndarray:
    return micros // _DAY


def _take_back(scene: Scene, paid: pa.Table, lines: pa.Table, at: np.ndarray, *, refund: bool) -> pa.Table:
    """What takes whole settlements back, at these instants, with their lines."""
    size = len(paid)
    ids = scene.kept.ids("settlement", size)
    gone = scene.kept.add(
        "settlement",
        paid,
        settlement_id=ids,
        settled_at=_instants(at),
        refund=_all(refund, size),
        reversal_of=paid["settlement_id"].combine_chunks(),
        **_negated(paid, _MONEY),
    )
    of = pc.index_in(lines["visit_id"].combine_chunks(), paid["visit_id"].combine_chunks())
    scene.kept.add(
        "fee_line",
        lines,
        line_id=scene.kept.ids("fee_line", len(lines)),
        settlement_id=ids.take(of),
        occurred_at=_instants(at).take(of),
        reversal_of=lines["line_id"].combine_chunks(),
        quantity=pc.negate(lines["quantity"].combine_chunks()),
        days_supplied=pa.nulls(len(lines), pa.int64()),
        **_negated(lines, _LINE_SUMS),
    )
    scene.spend(paid["insurance"], at, -whole(paid, "fund_fen")["fund_fen"])
    return gone


def _lines_of(scene: Scene, paid: pa.Table) -> pa.Table:
    return scene.kept.where("fee_line", "settlement_id", paid["settlement_id"].combine_chunks())


def _people(scene: Scene, visits: pa.Table) -> dict[str, list[str]]:
    rows = scene.kept.where("visit", "visit_id", visits["visit_id"].combine_chunks())
    person = dict(zip(rows["visit_id"].to_pylist(), rows["person_id"].to_pylist(), strict=True))
    named = visits["visit_id"].to_pylist()
    return {"person": [person.get(visit, "") for visit in named], "visit": named}


def _money_of(rows: pa.Table, sign: int = 1) -> dict[str, np.ndarray]:
    paid = whole(rows, "total_fen", "fund_fen")
    return {"fen": paid["total_fen"], "fund_fen": paid["fund_fen"], "effect_fen": sign * paid["fund_fen"]}


def refunds_in_full(scene: Scene) -> None:
    """Money back some days after: the whole visit is taken back, and nothing follows."""
    rng = scene.stream("full_refund")
    chosen = scene.some("full_refund", (scene.visits["total_fen"] > 0) & ~_bought_after(scene.visits), _REFUNDED)
    scene.used[chosen] = True
    paid = scene.kept.rows("settlement", chosen)
    at = whole(paid, "settled_at")["settled_at"] + rng.integers(1, 31, len(chosen)) * _DAY
    gone = _take_back(scene, paid, _lines_of(scene, paid), at, refund=True)
    why = "the whole visit was taken back days after"
    of = paid["settlement_id"].to_pylist()
    said = {"of": of, **_people(scene, paid), **_money_of(gone)}
    scene.tell("full_refund", "settlement", gone, _days(at), why, said)


def _bought_after(visits: Columns) -> np.ndarray:
    """Visits after which the person soon bought at a pharmacy, perhaps on a prescription of theirs."""
    person = visits["person"].astype(np.int64) << _DAYS_BITS
    shops = visits["kind_of_place"] == PHARMACY
    bought = np.sort((person + visits["began_on"])[shops])
    until = np.searchsorted(bought, person + visits["ended_on"] + _FILLED_WITHIN, "right")
    return np.asarray((until > np.searchsorted(bought, person + visits["began_on"])) & ~shops)


def entered_twice(scene: Scene) -> None:
    """Visits that were entered again by mistake on the same days, and taken back; faults that rules find among them."""
    rng = scene.stream("entered_twice")
    faulty = scene.faulty[scene.visits["total_fen"][scene.faulty] > 0]
    faulty = rng.choice(faulty, min(len(faulty), _FAULTS_ENTERED_TWICE), replace=False)
    chosen = np.union1d(faulty, scene.some("entered_twice", scene.visits["total_fen"] > 0, _ENTERED_TWICE))
    scene.used[chosen] = True
    visits = scene.kept.rows("visit", chosen)
    paid, again = _again(scene, visits, chosen)
    at = whole(again, "settled_at")["settled_at"]
    scene.spend(again["insurance"], at, whole(again, "fund_fen")["fund_fen"])
    at = at + 20 * _MINUTE
    lines = scene.kept.where("fee_line", "visit_id", visits["visit_id"].combine_chunks())
    place = pc.index_in(lines["visit_id"].combine_chunks(), visits["visit_id"].combine_chunks())
    copies = scene.kept.add(
        "fee_line",
        lines,
        line_id=scene.kept.ids("fee_line", len(lines)),
        visit_id=again["visit_id"].combine_chunks().take(place),
        settlement_id=again["settlement_id"].combine_chunks().take(place),
    )
    gone = _take_back(scene, again, copies, at, refund=True)
    who = {"person": visits["person_id"].to_pylist(), "visit": again["visit_id"].to_pylist()}
    first, second = paid["settlement_id"].to_pylist(), again["settlement_id"].to_pylist()
    why, said = "entered a second time by mistake", {"of": first, **who, **_money_of(again)}
    scene.tell("entered_twice", "settlement", again, _days(at), why, said)
    why, said = "takes back what was entered twice", {"of": second, **who, **_money_of(gone)}
    scene.tell("full_refund", "settlement", gone, _days(at), why, said)


def _again(scene: Scene, visits: pa.Table, chosen: np.ndarray) -> tuple[pa.Table, pa.Table]:
    """The settlements of visits, and those of their copies, which are added with the visits and their diagnoses."""
    paid = scene.kept.rows("settlement", chosen)
    ids = scene.kept.ids("visit", len(visits))
    scene.kept.add("visit", visits, visit_id=ids)
    told = scene.kept.where("diagnosis", "visit_id", visits["visit_id"].combine_chunks())
    place = pc.index_in(told["visit_id"].combine_chunks(), visits["visit_id"].combine_chunks())
    scene.kept.add("diagnosis", told, visit_id=ids.take(place))
    return paid, scene.kept.add("settlement", paid, settlement_id=scene.kept.ids("settlement", len(paid)), visit_id=ids)


def _one_line(scene: Scene, kind: str, which: np.ndarray, per_ten_thousand: int) -> tuple[pa.Table, pa.Table]:
    """Settlements drawn for which one line of a service can be taken back, and that line of each."""
    drawn = scene.some(kind, which & (scene.visits["cash_fen"] > 0), per_ten_thousand, spare=4)
    many = scene.many(len(scene.free(which)), per_ten_thousand)
    paid = scene.kept.rows("settlement", drawn)
    lines = _lines_of(scene, paid)
    visit, item = lines["visit_id"].to_pylist(), lines["item_code"].to_pylist()
    kinds, scope = lines["kind"].to_pylist(), lines["scope_fen"].to_pylist()
    size: dict[str, int] = {}
    times: dict[tuple[str, str], int] = {}
    for key in zip(visit, item, strict=True):
        size[key[0]] = size.get(key[0], 0) + 1
        times[key] = times.get(key, 0) + 1
    first: dict[str, int] = {}
    for n, key in enumerate(zip(visit, item, strict=True)):
        fits = kinds[n] == "service" and scope[n] > 0 and times[key] == 1 and size[key[0]] >= _LEAST_LINES
        if fits and key[0] not in first:
            first[key[0]] = n
    rows = [n for n, one in enumerate(paid["visit_id"].to_pylist()) if one in first][:many]
    scene.used[drawn[rows]] = True
    kept = paid.take(pa.array(rows, pa.int64()))
    return kept, lines.take(pa.array([first[one] for one in kept["visit_id"].to_pylist()], pa.int64()))


def _part(paid: pa.Table, amount: np.ndarray, scope: np.ndarray) -> Columns:
    """Who gets back what of a settlement when so much of it is taken back, in whole fen; the rest stays with cash."""
    names = (*FUND_PARTS, "total_fen", "scope_fen", "person_fen", "account_fen", "cash_fen")
    have = whole(paid, *names)
    parts = {name: have[name] * scope // have["scope_fen"] for name in FUND_PARTS}
    fund = np.sum(list(parts.values()), axis=0)
    # What rounding leaves open the person gets at most as far as it was paid.
    person = np.minimum(amount - fund, have["person_fen"])
    parts["pooled_fen"] = parts["pooled_fen"] + (amount - fund - person)
    account = have["account_fen"] * person // np.maximum(have["person_fen"], 1)
    account = np.maximum(account, person - have["cash_fen"])
    return {
        **parts,
        "total_fen": amount,
        "scope_fen": scope,
        "deductible_fen": np.zeros(len(amount), np.int64),
        "fund_fen": amount - person,
        "person_fen": person,
        "account_fen": account,
        "cash_fen": person - account,
        "hospital_fen": np.zeros(len(amount), np.int64),
    }


def refunds_in_part(scene: Scene) -> None:
    """One service is taken back; of several units, one."""
    rng = scene.stream("partial_refund")
    paid, lines = _one_line(scene, "partial_refund", scene.visits["kind_of_place"] != PHARMACY, _REFUNDED_IN_PART)
    steps = np.array([int(one * ONE) for one in lines["quantity"].to_pylist()], np.int64)
    units = np.where((steps > 0) & (steps % ONE == 0), steps // ONE, 1)
    charged = whole(lines, "amount_fen", "scope_fen")
    amount = charged["amount_fen"] // units
    parts = _part(paid, amount, charged["scope_fen"] // units)
    at = whole(paid, "settled_at")["settled_at"] + rng.integers(1, 61, len(paid)) * _DAY
    ids = scene.kept.ids("settlement", len(paid))
    back = scene.kept.add(
        "settlement",
        paid,
        settlement_id=ids,
        settled_at=_instants(at),
        refund=_all(True, len(paid)),
        reversal_of=paid["settlement_id"].combine_chunks(),
        **{name: pa.array(-part) for name, part in parts.items()},
    )
    scene.kept.add(
        "fee_line",
        lines,
        line_id=scene.kept.ids("fee_line", len(lines)),
        settlement_id=ids,
        occurred_at=_instants(at),
        reversal_of=lines["line_id"].combine_chunks(),
        quantity=pa.array([-(one / int(n)) for one, n in zip(lines["quantity"].to_pylist(), units, strict=True)]),
        amount_fen=pa.array(-amount),
        scope_fen=pa.array(-parts["scope_fen"]),
    )
    scene.spend(paid["insurance"], at, -parts["fund_fen"])
    of, why = paid["settlement_id"].to_pylist(), "one service of the visit was taken back"
    said = {"of": of, **_people(scene, paid), **_money_of(back)}
    scene.tell("partial_refund", "settlement", back, _days(at), why, said)


def corrected(scene: Scene) -> None:
    """Taken back within the hour and settled again without a service that had been charged by mistake."""
    near = np.isin(scene.visits["kind_of_place"], (TOWNSHIP, VILLAGE, OUTSIDE))
    paid, lines = _one_line(scene, "reversal", near, _REVERSED)
    charged = whole(lines, "amount_fen", "scope_fen")
    parts = _part(paid, charged["amount_fen"], charged["scope_fen"])
    at = whole(paid, "settled_at")["settled_at"] + 10 * _MINUTE
    gone = _take_back(scene, paid, _lines_of(scene, paid), at, refund=False)
    left = {name: pa.array(whole(paid, name)[name] - part) for name, part in parts.items() if name != "deductible_fen"}
    ids = scene.kept.ids("settlement", len(paid))
    again = scene.kept.add("settlement", paid, settlement_id=ids, settled_at=_instants(at + 5 * _MINUTE), **left)
    rest = _lines_of(scene, paid)
    rest = rest.filter(pc.invert(pc.is_in(rest["line_id"], lines["line_id"].combine_chunks())))
    of_visit = pc.index_in(rest["visit_id"].combine_chunks(), paid["visit_id"].combine_chunks())
    scene.kept.add("fee_line", rest, line_id=scene.kept.ids("fee_line", len(rest)), settlement_id=ids.take(of_visit))
    scene.spend(paid["insurance"], at, whole(again, "fund_fen")["fund_fen"])
    who, of = _people(scene, paid), paid["settlement_id"].to_pylist()
    why, said = "taken back within the hour", {"of": of, **who, **_money_of(gone)}
    scene.tell("reversal", "settlement", gone, _days(at), why, said)
    why, said = "settled again without a service charged by mistake", {"of": of, **who, **_money_of(again)}
    scene.tell("settled_again", "settlement", again, _days(at), why, said)


def late_claims(scene: Scene) -> None:
    """Visits of the last quarter outside the county, paid by hand and settled in the first months of the next year."""
    rng = scene.stream("late_claim")
    ended = scene.visits["ended_on"]
    year_end = (ended.astype("datetime64[D]").astype("datetime64[Y]") + 1).astype("datetime64[D]").astype(np.int64) - 1
    late = (scene.visits["kind_of_place"] == OUTSIDE) & (year_end - ended < _LATE_QUARTER_DAYS)
    chosen = scene.some("late_claim", late, _LATE)
    scene.used[chosen] = True
    paid = scene.kept.rows("settlement", chosen)
    day = year_end[chosen] + rng.integers(5, 80, len(chosen))
    at = day * _DAY + 10 * _HOUR + rng.integers(0, 6 * _HOUR, len(chosen)) // 1_000_000 * 1_000_000
    fund = whole(paid, "fund_fen", "settled_at")
    scene.spend(paid["insurance"], fund["settled_at"], -fund["fund_fen"])
    scene.spend(paid["insurance"], at, fund["fund_fen"])
    scene.kept.change("settlement", "settled_at", chosen, _instants(at))
    said = _money_of(paid) | {"effect_fen": np.zeros(len(chosen), np.int64)}
    why = "care of one year, settled in the next"
    scene.tell("late_claim", "settlement", paid, day, why, {**_people(scene, paid), **said})


def unknown_totals(scene: Scene) -> None:
    """Visits outside the county of which only the funds' part was reported."""
    outside = (scene.visits["kind_of_place"] == OUTSIDE) & (scene.visits["fund_fen"] > 0)
    chosen = scene.some("unknown_total", outside, _WITHOUT_TOTAL)
    scene.used[chosen] = True
    paid = scene.kept.rows("settlement", chosen)
    for name in ("total_fen", "scope_fen", "person_fen", "account_fen", "cash_fen"):
        scene.kept.change("settlement", name, chosen, pa.nulls(len(chosen), pa.int64()))
    said = {"fen": [None] * len(chosen), "fund_fen": scene.visits["fund_fen"][chosen]}
    day, why = scene.visits["ended_on"][chosen], "only the funds' part was reported"
    scene.tell("unknown_total", "settlement", paid, day, why, {**_people(scene, paid), **said})


def relatives_accounts(scene: Scene) -> None:
    """Residents whose cash an employee of the family paid in part from the personal account."""
    rng = scene.stream("relatives_account")
    insured = pc.equal(scene.kept.columns("settlement", "insurance")["insurance"], "resident").to_numpy()
    chosen = scene.some("relatives_account", insured & (scene.visits["cash_fen"] > 1), _BY_RELATIVES)
    scene.used[chosen] = True
    paid = scene.kept.rows("settlement", chosen)
    cash = scene.visits["cash_fen"][chosen]
    theirs = np.maximum(cash * rng.integers(20, 101, len(chosen)) // 100, 1)
    scene.kept.change("settlement", "relatives_account_fen", chosen, pa.array(theirs))
    scene.kept.change("settlement", "cash_fen", chosen, pa.array(cash - theirs))
    said = {"fen": theirs, "fund_fen": scene.visits["fund_fen"][chosen]}
    day, why = scene.visits["ended_on"][chosen], "paid in part from the account of a relative"
    scene.tell("relatives_account", "settlement", paid, day, why, {**_people(scene, paid), **said})


ALL = (refunds_in_full, entered_twice, refunds_in_part, corrected, late_claims, unknown_totals, relatives_accounts)
