"""Settlement lists with all that is coded and charged of their stays: the rows that quality checks judge."""

from __future__ import annotations

from functools import reduce

import ibis
from ibis import _

from yiheng.records import WESTERN, western

from .declare import Tables
from .quality import UNIT_KEYS
from .views import LIMITS

# Two codes that one combination code stands for.
COMBINED = (("I10", "I50"), ("I10", "N18"))
SEXES = ("male", "female")
# The code lists that the checks read, where they were loaded.
CODES = ("gray_code", "sex_conflict", "coding_rule")


def listed(t: Tables) -> ibis.Table:
    """One row a settlement list, or finished stay without one, with its visit, person, codes and sums."""
    born = t["person"].select(person=_.person_id, born_on=_.born_on)
    page = t["front_page"].mutate(list_number=_.visit_id)
    # How a stay ended is judged as the list says it.
    rows = t["visited"].drop("discharge_way").join(born, "person")
    # Each side has one row a visit at most, so none multiplies the lists.
    for side in (page, _coded(t), _operated(t), _settled(t), _charged(t)):
        rows = rows.left_join(side, "visit_id").drop("visit_id_right")
    rows = rows.filter(
        _.list_number.notnull() | ((_.visit_kind == "inpatient") & _.ended_on.notnull()),
    )
    # Without a single list nobody can say whether one is missing or was not loaded.
    any_list = t["front_page"].count().as_scalar() > 0
    rows = rows.mutate(
        has_list=_.list_number.notnull(),
        lacks_list=ibis.ifelse(any_list, _.list_number.isnull(), ibis.null("boolean")),
        diagnoses=_.diagnoses.fill_null(0),
        mains=_.mains.fill_null(0),
        operations=_.operations.fill_null(0),
        list_admitted_on=_.admitted_at.date(),
        list_discharged_on=_.discharged_at.date(),
        visit_days=_.ended_on.delta(_.began_on, unit="day"),
    )
    rows = rows.mutate(
        days_to_listing=_.declared_at.date().delta(_.list_discharged_on, unit="day").cast("int64"),
        newborn=ibis.coalesce(_.age_days, _.list_admitted_on.delta(_.born_on, unit="day"))
        <= LIMITS["newborn_days"].value,
        age_by_birth=_completed_years(rows.born_on, rows.admitted_at.date()),
    )
    return _against_sex(t, _with_gray(rows, t))


def hospital_month(t: Tables) -> ibis.Table:
    """One row an institution and month with finished stays: counts and sums that a hospital's totals show."""
    keys = list(UNIT_KEYS)
    months = t["stay"].group_by(keys).agg(stays=_.count(), lengths=_.stay_days.nunique(), length=_.stay_days.min())
    bills = (
        t["stay"]
        .filter(_.total_fen > 0, _.unknown_totals == 0)
        .group_by("institution", "month", "total_fen")
        .agg(same=_.count())
        .group_by("institution", "month")
        .agg(bills=_.same.sum(), repeated=_.same.sum(where=_.same > 1).fill_null(0))
    )
    lines = (
        t["charged"]
        .filter(_.visit_kind == "inpatient")
        .group_by("institution", "month")
        .agg(charged_stays=_.count(), charged_fen=_.amount_fen.sum(), drugs_fen=_.drug_fen.sum())
    )
    for side in (bills, lines):
        months = months.left_join(side, ["institution", "month"]).drop("institution_right", "month_right")
    months = months.mutate(starts=(_.month + "-01").cast("date"))
    in_order = {"group_by": "institution", "order_by": "starts"}
    before = months.mutate(_starts=_.starts.lag().over(**in_order), _stays=_.stays.lag().over(**in_order))
    adjoining = (before._starts.cast("timestamp") + ibis.interval(months=1)).cast("date") == before.starts
    # A month without a row may have had no stays, or not have been loaded.
    return before.mutate(stays_before=ibis.ifelse(adjoining, before._stays, ibis.null("int64"))).drop(
        "_starts", "_stays", "starts"
    )


def _coded(t: Tables) -> ibis.Table:
    of_the_west = _.kind.fill_null(WESTERN) == WESTERN
    apart = [_.code.startswith(one).any() & _.code.startswith(other).any() for one, other in COMBINED]
    return (
        t["diagnosis"]
        .group_by("visit_id")
        .agg(
            diagnoses=_.count(),
            different_diagnoses=_.code.nunique(),
            mains=(_.is_main & of_the_west).sum(),
            main_code=_.code.min(where=_.is_main & of_the_west),
            main_condition=_.admission_condition.min(where=_.is_main & of_the_west),
            combined_apart=reduce(lambda one, other: one | other, apart),
        )
    )


def _operated(t: Tables) -> ibis.Table:
    return (
        t["operation"]
        .group_by("visit_id")
        .agg(
            operations=_.count(),
            main_operation=_.code.min(where=_.is_main),
            first_operation=_.operated_on.min(),
            last_operation=_.operated_on.max(),
        )
    )


def _settled(t: Tables) -> ibis.Table:
    return (
        t["settlement"]
        .group_by("visit_id")
        .agg(
            settlement_id=_.settlement_id.min(),
            total_fen=ibis.ifelse(_.total_fen.isnull().any(), ibis.null("int64"), _.total_fen.sum().cast("int64")),
        )
    )


def _charged(t: Tables) -> ibis.Table:
    return (
        t["fee_line"]
        .group_by("visit_id")
        .agg(
            lines_fen=ibis.ifelse(_.amount_fen.isnull().any(), ibis.null("int64"), _.amount_fen.sum().cast("int64")),
            services=(_.kind == "service").sum(),
        )
    )


def _completed_years(born: ibis.expr.types.DateValue, day: ibis.expr.types.DateValue) -> ibis.expr.types.IntegerValue:
    before_birthday = ibis.ifelse(day.strftime("%m%d") < born.strftime("%m%d"), 1, 0)
    return day.year() - born.year() - before_birthday


def _against_sex(t: Tables, rows: ibis.Table) -> ibis.Table:
    """With the codes of each list that the person's sex cannot have; unknown on days without the list."""
    columns = ("outpatient_for_other_sex", "diagnosis_for_other_sex", "operation_for_other_sex")
    if "sex_conflict" not in t:
        return rows.mutate(sex_is_judged=ibis.null("boolean"), **dict.fromkeys(columns, ibis.null("string")))
    sex = rows.select("visit_id", "sex")
    sides = (
        (rows.select("visit_id", code=_.outpatient_diagnosis), "dx"),
        (western(t).select("visit_id", "code"), "dx"),
        (t["operation"].select("visit_id", "code"), "px"),
    )
    for column, (codes, kind) in zip(columns, sides, strict=True):
        prefixes = t["sex_conflict"].filter(_.kind == kind)
        # Few codes are different, so the prefixes are compared with these alone.
        different = codes.select("code").distinct()
        forbidden = (
            different.join(prefixes, different.code.startswith(prefixes.code_prefix))
            .select("code", sex=_.forbidden_for)
            .distinct()
        )
        found = codes.join(sex, "visit_id").join(forbidden, ["code", "sex"]).group_by("visit_id")
        rows = rows.left_join(found.agg(**{column: _.code.min()}), "visit_id").drop("visit_id_right")
    judged = _held(rows, t["sex_conflict"])
    known = ibis.ifelse(judged.sex.isin(SEXES) & judged.held, True, ibis.null("boolean"))
    return judged.mutate(sex_is_judged=known).drop("span_from", "span_until", "held")


def _with_gray(rows: ibis.Table, t: Tables) -> ibis.Table:
    """Adds whether the main code is a gray one; unknown where no edition of the list holds on the day of discharge."""
    if "gray_code" not in t:
        return rows.mutate(main_is_gray=ibis.null("boolean"))
    dated = _held(rows, t["gray_code"])
    gray = t["gray_code"].select(gray="code", gray_from="holds_from", gray_until="holds_until").distinct()
    found = dated.left_join(
        gray,
        [
            dated.main_code == gray.gray,
            dated.span_from.identical_to(gray.gray_from),
            dated.span_until.identical_to(gray.gray_until),
        ],
    )
    is_gray = ibis.ifelse(found.held & found.main_code.notnull(), found.gray.notnull(), ibis.null("boolean"))
    return found.mutate(main_is_gray=is_gray).drop("span_from", "span_until", "held", "gray", "gray_from", "gray_until")


def _held(rows: ibis.Table, codes: ibis.Table) -> ibis.Table:
    """Adds the days of the edition that holds on the day of discharge, and ``held``: true, or null where none does."""
    spans = codes.select(span_from="holds_from", span_until="holds_until", held=True).distinct()
    day = rows.list_discharged_on
    return rows.left_join(
        spans,
        [
            spans.span_from.isnull() | (spans.span_from <= day),
            spans.span_until.isnull() | (spans.span_until >= day),
        ],
    )
