"""The run that breaks a year's spending down by institution and kind of care, against last year and the others."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import ibis
from ibis import _

from yiheng.basis.money import round_fen
from yiheng.basis.refusals import Refusal
from yiheng.lake import told

from .engine import Engine
from .making import making
from .manifest import Manifest, canonical, write_whole
from .workspace import Workspace

DRIVERS = "drivers.json"
Row = dict[str, Any]
Days = dict[tuple[str, int], int]
# Claims that are shown of one driver, the largest first.
MOST_CLAIMS = 50


@told()
def run_drivers(workspace: Workspace, year: int) -> Row:
    """Break the year's spending of every party down, on the data as it is now.

    Returns:
        ``parties``: person-days and fen of both years; ``institutions``: a row a party, institution and kind of visit
        with what it would have cost at last year's spending a person-day; ``kinds``: a row a party, kind of
        institution and kind of visit with what it would have cost at the others' spending a person-day. What cannot
        be expected, without a last year or without others, is None.

    Raises:
        Refusal: when no party answered for anybody in the year.
    """
    manifest = Manifest("drivers", {"year": year}, {"data": workspace.data()})
    with making(workspace, manifest) as folder:
        return drive(workspace, manifest, folder)


def drive(workspace: Workspace, manifest: Manifest, folder: Path) -> Row:
    """Break down what a manifest says into a folder."""
    year = manifest.inputs["year"]
    with closing(Engine(workspace, workspace.at(manifest.pins))) as engine:
        engine.views("cut_enrolment")
        tables = engine.as_computed()
        covered = tables["covered"].filter(_.year.isin([year - 1, year]), _.consortium.notnull())
        asked = covered.group_by("consortium", "year").agg(days=_.person_days.sum().cast("int64"))
        days = {(row["consortium"], row["year"]): row["days"] for row in engine.rows(asked)}
        with engine.plain_joins():
            spent = engine.rows(_spent(tables, year), ("consortium", "institution", "place", "kind", "year"))
    if not any(of_year == year for _party, of_year in days):
        known = ", ".join(sorted({str(of_year) for _party, of_year in days})) or "none near it"
        raise Refusal(
            f"no consortium answered for anybody in {year}",
            where="enrolment",
            expected=f"years with enrolments: {known}",
            cure="load the enrolments of that year or choose another --year",
        )
    result = {
        "run": manifest.run,
        "year": year,
        "parties": _parties(days, spent, year),
        "institutions": _institutions(days, spent, year),
        "kinds": _kinds(days, spent, year),
    }
    write_whole(folder / DRIVERS, canonical(result))
    manifest.write(folder, [DRIVERS])
    return result


@told()
def claims_of_driver(
    workspace: Workspace, pins: Mapping[str, Any], party: str, year: int, institution: str, kind: str, *,
    skip: int = 0, most: int = MOST_CLAIMS,
) -> list[Row]:  # fmt: skip
    """Settlements of a party's year at one institution, the largest first, behind those skipped: visit, days, fen."""
    with closing(Engine(workspace, workspace.at(pins))) as engine:
        tables = engine.as_defined()
        rows = _paid_where(tables).filter(
            _.consortium == party, _.year == year, _.institution == institution, _.kind == kind
        )
        order = rows.select("settlement_id", "visit_id", "began_on", "ended_on", "fund_fen").order_by(
            ibis.desc("fund_fen"), "settlement_id"
        )
        return engine.rows(order.limit(most, offset=skip))


def payers_of_visit(workspace: Workspace, pins: Mapping[str, Any], visit: str) -> set[str]:
    """The parties whose fund paid for a visit."""
    with closing(Engine(workspace, workspace.at(pins))) as engine:
        paid = engine.as_defined()["paid"].filter(_.visit_id == visit, _.consortium.notnull())
        return {row["consortium"] for row in engine.rows(paid.select("consortium").distinct())}


def _paid_where(tables: Mapping[str, ibis.Table]) -> ibis.Table:
    visits = tables["visit"].select("visit_id", "kind", "began_on", "ended_on", institution=_.institution_id)
    places = tables["institution"].select(institution=_.institution_id, place=_.kind)
    return tables["paid"].join(visits, "visit_id").left_join(places, "institution").drop("institution_right")


def _spent(tables: Mapping[str, ibis.Table], year: int) -> ibis.Table:
    """Fen as settled, refunds and all; settlements as they stand: neither a refund nor what it took back in full."""
    paid = _paid_where(tables).filter(_.year.isin([year - 1, year]), _.consortium.notnull())
    net = tables["net_settlement"].select(net_settlement=_.settlement_id, stands=_.stands)
    back = tables["settlement_taken_back"].select(touched_settlement=_.settlement_id)
    paid = paid.left_join(back, paid.settlement_id == back.touched_settlement)
    paid = paid.left_join(net, paid.settlement_id == net.net_settlement)
    stands = _.touched_settlement.isnull() | _.stands.fill_null(False)
    return paid.group_by("consortium", "year", "institution", "place", "kind").agg(
        fen=_.fund_fen.sum().cast("int64"), settlements=stands.sum().cast("int64")
    )


def _parties(days: Days, spent: list[Row], year: int) -> list[Row]:
    fen: dict[tuple[str, int], int] = {}
    for row in spent:
        key = row["consortium"], row["year"]
        fen[key] = fen.get(key, 0) + (row["fen"] or 0)
    return [
        {
            "party": party,
            "person_days": days[party, year],
            "person_days_before": days.get((party, year - 1)),
            "fen": fen.get((party, year), 0),
            "fen_before": fen.get((party, year - 1)) if (party, year - 1) in days else None,
        }
        for party in sorted(party for party, of_year in days if of_year == year)
    ]


def _institutions(days: Days, spent: list[Row], year: int) -> list[Row]:
    found: dict[tuple[str, ...], Row] = {}
    for row in spent:
        key = tuple(row[name] for name in ("consortium", "institution", "kind"))
        one = found.setdefault(
            key,
            {
                "party": row["consortium"], "institution": row["institution"], "place": row["place"],
                "kind": row["kind"], "fen": 0, "settlements": 0, "fen_before": 0, "settlements_before": 0,
            },
        )  # fmt: skip
        ending = "" if row["year"] == year else "_before"
        one[f"fen{ending}"], one[f"settlements{ending}"] = row["fen"] or 0, row["settlements"]
    told = []
    for one in found.values():
        now, before = (days.get((one["party"], of)) for of in (year, year - 1))
        if now is None:
            continue
        expected = _expected(one["fen_before"], before, now)
        told.append({**one, "expected_fen": expected, "more_fen": _more(one["fen"], expected)})
    return sorted(told, key=lambda one: (one["party"], -abs(one["more_fen"] or 0), one["institution"], one["kind"]))


def _kinds(days: Days, spent: list[Row], year: int) -> list[Row]:
    fen: dict[tuple[str, str | None, str], int] = {}
    for row in spent:
        if row["year"] == year:
            key = row["consortium"], row["place"], row["kind"]
            fen[key] = fen.get(key, 0) + (row["fen"] or 0)
    parties = [party for party, of_year in days if of_year == year]
    told = []
    for party in sorted(parties):
        others = [one for one in parties if one != party]
        days_of_others = sum(days[one, year] for one in others)
        for place, kind in sorted({(place or "", kind) for _party, place, kind in fen}):
            own = fen.get((party, place or None, kind), 0)
            fen_of_others = sum(fen.get((one, place or None, kind), 0) for one in others)
            expected = _expected(fen_of_others, days_of_others or None, days[party, year])
            row = {"party": party, "place": place or None, "kind": kind, "fen": own}
            told.append({**row, "expected_fen": expected, "more_fen": _more(own, expected)})
    return sorted(told, key=lambda one: (one["party"], -abs(one["more_fen"] or 0), one["place"] or "", one["kind"]))


def _expected(fen: int, of_days: int | None, days: int) -> int | None:
    """The same money a person-day for other person-days, rounded to whole fen; unknown without any."""
    return round_fen(Fraction(fen * days, of_days), "half_up").n if of_days else None


def _more(fen: int, expected: int | None) -> int | None:
    return None if expected is None else fen - expected
