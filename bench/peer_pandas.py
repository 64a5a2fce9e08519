"""The same load and the same ten rules written in pandas, as a careful analyst would."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd

from yiheng.codes import LISTS, SHIPPED_FILES, read_edition
from yiheng.records import TABLES

from .rule_sets import CHOSEN, FOUND, SETS, said

# The tables that a load of claims is made of, and that the rules read.
CLAIMS = ("institution", "person", "enrolment", "visit", "diagnosis", "operation", "settlement", "fee_line")
# What the rules read of them.
READ = {
    "person": ("person_id", "sex"),
    "visit": (
        "visit_id", "person_id", "institution_id", "kind", "began_on", "ended_on", "planned_course", "emergency"
    ),
    "diagnosis": ("visit_id", "code", "is_main"),
    "settlement": ("settlement_id", "visit_id", "scope_fen"),
    "fee_line": (
        "line_id", "settlement_id", "visit_id", "item_code", "occurred_at", "quantity", "days_supplied", "scope_fen"
    ),
}  # fmt: skip
TIMES = {"day": "datetime64[us]", "instant": "datetime64[us]"}


def read(folder: Path, form: str, name: str) -> pd.DataFrame:
    """A table with the types of its contract."""
    if form == "parquet":
        frame = pd.read_parquet(folder / form / f"{name}.parquet")
    else:
        frame = pd.read_csv(folder / form / f"{name}.csv", dtype=str, keep_default_na=False, na_values=[""])
    for column in TABLES[name]:
        if column.name not in frame:
            frame[column.name] = None
        elif column.kind in TIMES:
            frame[column.name] = pd.to_datetime(frame[column.name], errors="coerce")
        elif column.kind in ("fen", "count"):
            frame[column.name] = pd.to_numeric(frame[column.name], errors="coerce").astype("Int64")
        elif column.kind in ("quantity", "price"):
            frame[column.name] = pd.to_numeric(frame[column.name].astype(str), errors="coerce")
        elif column.kind == "yes" and form == "csv":
            frame[column.name] = frame[column.name].map({"true": True, "false": False, "1": True, "0": False})
    return frame


def check(name: str, frame: pd.DataFrame, parents: dict[str, set[str]]) -> pd.DataFrame:
    """Required values, code lists, references, contradictions and doubled keys; keeps the good rows."""
    bad = pd.Series(False, index=frame.index)
    for column in TABLES[name]:
        values = frame[column.name]
        if not column.null:
            bad |= values.isna()
        if column.codes is not None:
            bad |= values.notna() & ~values.isin(list(column.codes.words))
        if column.refers_to is not None:
            bad |= values.notna() & ~values.isin(parents[column.refers_to])
    if name == "visit":
        bad |= (frame.ended_on < frame.began_on).fillna(False)
    if name == "settlement":
        payers = frame.fund_fen + frame.person_fen + frame.hospital_fen.fillna(0) + frame.third_party_fen.fillna(0)
        bad |= (payers != frame.total_fen).fillna(False)
        bad |= (frame.account_fen + frame.cash_fen != frame.person_fen).fillna(False)
    if name == "fee_line":
        bad |= (frame.scope_fen.abs() > frame.amount_fen.abs()).fillna(False)
    good = frame[~bad].drop_duplicates(list(TABLES[name].key))
    parents[name] = set(good[TABLES[name].key[0]])
    return good


def load(folder: Path, form: str) -> int:
    parents: dict[str, set[str]] = {}
    out = folder / f"pandas-{form}"
    out.mkdir(exist_ok=True)
    lines = 0
    for name in CLAIMS:
        good = check(name, read(folder, form, name), parents)
        good.to_parquet(out / f"{name}.parquet", compression="zstd")
        lines = len(good)
    return lines


def audit(folder: Path, form: str) -> dict[str, list[Any]]:
    kept = folder / f"pandas-{form}"
    t = {name: pd.read_parquet(kept / f"{name}.parquet", columns=list(columns)) for name, columns in READ.items()}
    points = pd.DataFrame(read_edition(LISTS["knowledge_point"], SHIPPED_FILES["knowledge_point"]).rows)
    conflicts = pd.DataFrame(read_edition(LISTS["sex_conflict"], SHIPPED_FILES["sex_conflict"]).rows)
    stays = stays_of(t)
    rules = {
        "split_stay": lambda: split_stay(stays),
        "frequent_stays": lambda: frequent_stays(stays),
        "overlapping_stays": lambda: overlapping_stays(stays),
        "duplicate_charge": lambda: duplicate_charge(t, points),
        "drug_for_other_sex": lambda: drug_for_other_sex(t, points),
        "over_frequency": lambda: over_frequency(t, points),
        "charged_outside_stay": lambda: charged_outside_stay(t),
        "diagnosis_for_other_sex": lambda: diagnosis_for_other_sex(t, conflicts),
        "visit_during_stay": lambda: visit_during_stay(t, stays),
        "hoarded_drug": lambda: hoarded_drug(t),
    }
    return {name: told(rules[name]()) for name in SETS[CHOSEN]}


def told(found: pd.DataFrame) -> list[Any]:
    """What each side tells of its findings; they are few, and what they do not name is empty."""
    rows = found.reindex(columns=list(FOUND))
    rows["occurred_on"] = pd.to_datetime(rows.occurred_on).dt.strftime("%Y-%m-%d")
    rows["at_stake_fen"] = rows.at_stake_fen.fillna(0).astype("int64")
    return said(rows.astype(object).where(rows.notna(), None).itertuples(index=False, name=None))


# A finding about a visit names it so.
OF_VISIT = {
    "person_id": "person",
    "institution_id": "institution",
    "visit_id": "visit",
    "settlement_id": "settlement",
    "line_id": "line",
    "began_on": "occurred_on",
    "scope_fen": "at_stake_fen",
}
# A finding about a line or an item is dated by the day it was charged.
OF_LINE = {**OF_VISIT, "began_on": "began_on", "day": "occurred_on"}


def stays_of(t: dict[str, pd.DataFrame]) -> pd.DataFrame:
    main = t["diagnosis"][t["diagnosis"].is_main.astype(bool)].groupby("visit_id").code.min()
    stays = t["visit"][t["visit"].kind == "inpatient"].copy()
    of_stays = t["settlement"][t["settlement"].visit_id.isin(stays.visit_id)].groupby("visit_id")
    stays["illness"] = stays.visit_id.map(main).str[:3]
    stays["scope_fen"] = stays.visit_id.map(of_stays.scope_fen.sum())
    stays["settlement_id"] = stays.visit_id.map(of_stays.settlement_id.min())
    stays["planned"] = stays.planned_course.fillna(False).astype(bool)
    stays["urgent"] = stays.emergency.fillna(False).astype(bool)
    return stays.sort_values(["person_id", "began_on", "ended_on", "visit_id"])


def split_stay(stays: pd.DataFrame) -> pd.DataFrame:
    same = stays.dropna(subset=["illness"])
    left = same.groupby(["person_id", "institution_id", "illness"]).ended_on.shift()
    gap = (same.began_on - left).dt.days
    return same[gap.between(0, 15) & ~same.planned & ~same.urgent].rename(columns=OF_VISIT)


def frequent_stays(stays: pd.DataFrame) -> pd.DataFrame:
    counted = stays[~stays.planned].copy()
    counted["year"] = counted.began_on.dt.year
    beyond = counted[counted.groupby(["person_id", "year"]).cumcount() >= 6].groupby(["person_id", "year"])
    first = beyond[["institution_id", "visit_id", "settlement_id", "began_on"]].first()
    return first.join(beyond.scope_fen.sum()).reset_index().rename(columns=OF_VISIT)


def overlapping_stays(stays: pd.DataFrame) -> pd.DataFrame:
    ended = stays.dropna(subset=["ended_on"])
    before = ended.groupby("person_id").ended_on.transform(lambda s: s.shift().cummax())
    return ended[ended.began_on < before].rename(columns=OF_VISIT)


def lines_with_visit(t: dict[str, pd.DataFrame], codes: set[str]) -> pd.DataFrame:
    watched = t["fee_line"][t["fee_line"].item_code.isin(codes)]
    visits = t["visit"][["visit_id", "person_id", "institution_id", "began_on", "ended_on"]]
    lines = watched.merge(visits, on="visit_id")
    lines["day"] = lines.occurred_at.dt.normalize()
    return lines


def duplicate_charge(t: dict[str, pd.DataFrame], points: pd.DataFrame) -> pd.DataFrame:
    pairs = points[points.rule_class == "医疗服务项目重复收费"]
    pair = pairs[["item_code", "value"]].drop_duplicates().set_axis(["item_code_a", "item_code_b"], axis=1)
    lines = lines_with_visit(t, {*pair.item_code_a, *pair.item_code_b})
    day = lines.groupby(["person_id", "institution_id", "visit_id", "day", "item_code"], as_index=False).agg(
        n=("quantity", "sum"),
        scope_fen=("scope_fen", "sum"),
        line_id=("line_id", "min"),
        settlement_id=("settlement_id", "min"),
    )
    day = day[day.n > 0]
    both = day.merge(pair, left_on="item_code", right_on="item_code_b")
    both = both.merge(
        day[["visit_id", "day", "item_code"]],
        left_on=["visit_id", "day", "item_code_a"],
        right_on=["visit_id", "day", "item_code"],
    )
    return both.rename(columns=OF_LINE)


def drug_for_other_sex(t: dict[str, pd.DataFrame], points: pd.DataFrame) -> pd.DataFrame:
    limited = (
        points[(points.rule_class == "药品区分性别使用") & (points.measure == "sex")].groupby("item_code").value.min()
    )
    lines = lines_with_visit(t, set(limited.index))
    who = t["person"].set_index("person_id").sex
    lines["is"], lines["limited"] = lines.person_id.map(who), lines.item_code.map(limited)
    wrong = lines[(lines["is"] != "unknown") & (lines["is"] != lines.limited)]
    sums = wrong.groupby(["person_id", "institution_id", "visit_id", "item_code"], as_index=False).agg(
        n=("quantity", "sum"),
        scope_fen=("scope_fen", "sum"),
        line_id=("line_id", "min"),
        settlement_id=("settlement_id", "min"),
        day=("day", "min"),
    )
    return sums[sums.n > 0].rename(columns=OF_LINE)


def over_frequency(t: dict[str, pd.DataFrame], points: pd.DataFrame) -> pd.DataFrame:
    per_day = points[(points.rule_class == "医疗服务项目限定频次") & (points.measure == "most_per_day")]
    most = per_day.groupby("item_code").value.min().astype("int64")
    lines = lines_with_visit(t, set(most.index)).dropna(subset=["ended_on"])
    sums = lines.groupby(
        ["person_id", "institution_id", "visit_id", "item_code", "began_on", "ended_on"], as_index=False
    ).agg(
        n=("quantity", "sum"),
        scope_fen=("scope_fen", "sum"),
        line_id=("line_id", "max"),
        settlement_id=("settlement_id", "min"),
        day=("day", "max"),
    )
    limit = ((sums.ended_on - sums.began_on).dt.days + 1) * sums.item_code.map(most)
    over = sums[sums.n > limit].copy()
    # The quantities of the county are whole: the part beyond the limit is cut down to whole fen.
    n, limit = over.n.astype("int64"), limit[over.index].astype("int64")
    over["scope_fen"] = over.scope_fen.astype("int64") * (n - limit) // n
    return over.rename(columns=OF_LINE)


def charged_outside_stay(t: dict[str, pd.DataFrame]) -> pd.DataFrame:
    stays = t["visit"][(t["visit"].kind == "inpatient") & t["visit"].ended_on.notna()]
    stays = stays[["visit_id", "person_id", "institution_id", "began_on", "ended_on"]]
    lines = t["fee_line"][t["fee_line"].quantity > 0].merge(stays, on="visit_id")
    lines["day"] = lines.occurred_at.dt.normalize()
    return lines[(lines.day < lines.began_on) | (lines.day > lines.ended_on)].rename(columns=OF_LINE)


def diagnosis_for_other_sex(t: dict[str, pd.DataFrame], conflicts: pd.DataFrame) -> pd.DataFrame:
    codes = pd.Series(t["diagnosis"].code.unique())
    forbidden = pd.concat(
        pd.DataFrame({"code": codes[codes.str.startswith(row.code_prefix)], "sex": row.forbidden_for})
        for row in conflicts[conflicts.kind == "dx"].itertuples()
    ).drop_duplicates()
    visits = t["visit"][["visit_id", "person_id", "institution_id", "began_on"]]
    found = t["diagnosis"].merge(forbidden, on="code").merge(visits, on="visit_id")
    return found.merge(t["person"][["person_id", "sex"]], on=["person_id", "sex"]).rename(columns=OF_VISIT)


def visit_during_stay(t: dict[str, pd.DataFrame], stays: pd.DataFrame) -> pd.DataFrame:
    ended = stays.dropna(subset=["ended_on"])[["person_id", "began_on", "ended_on"]]
    calls = t["visit"][t["visit"].kind != "inpatient"][["visit_id", "person_id", "institution_id", "began_on"]]
    both = calls.merge(ended, on="person_id", suffixes=("", "_stay"))
    within = both[(both.began_on > both.began_on_stay) & (both.began_on < both.ended_on)].drop_duplicates("visit_id")
    paid = t["settlement"][t["settlement"].visit_id.isin(within.visit_id)].groupby("visit_id")
    paid = paid.agg(scope_fen=("scope_fen", "sum"), settlement_id=("settlement_id", "min"))
    return within.join(paid, on="visit_id").rename(columns=OF_VISIT)


def hoarded_drug(t: dict[str, pd.DataFrame]) -> pd.DataFrame:
    visits = t["visit"][~t["visit"].planned_course.fillna(False).astype(bool)]
    visits = visits[["visit_id", "person_id", "institution_id"]]
    lines = t["fee_line"][t["fee_line"].days_supplied > 0].merge(visits, on="visit_id")
    lines["quarter"] = lines.occurred_at.dt.to_period("Q")
    lines["days"] = lines.days_supplied.where(lines.quantity > 0, -lines.days_supplied)
    quarter = ["person_id", "item_code", "quarter"]
    many = lines.groupby(quarter, as_index=False).days.sum()
    lines = lines.merge(many[many.days > 270][quarter], on=quarter).sort_values(["occurred_at", "line_id"])
    lines["day"] = lines.occurred_at.dt.normalize()
    held = lines.groupby(quarter).days.cumsum()
    return lines[(held > 270) & (lines.days > 0)].rename(columns=OF_LINE)


if __name__ == "__main__":
    work, place, kind, *_ = sys.argv[1:]
    start = time.perf_counter()
    result: Any = {"load": load, "audit": audit}[work](Path(place), kind)
    print(json.dumps({"seconds": time.perf_counter() - start, "result": result}))
