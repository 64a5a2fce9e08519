"""What goes beyond a limit of an item: one expression for each measure."""

from __future__ import annotations

import ibis
from ibis import _

from ..declare import Tables
from ..limited import Beyond
from ..views import TEN_THOUSAND, one_text

LEVELS = ("未定级", "一级", "二级", "三级")

# What every finding about an item selects.
CHARGE = ("person", "institution", "visit", "settlement", "scope_fen", "item_code", "item_name")

ZH = {
    "male": "男性", "female": "女性", "inpatient": "住院", "outpatient": "门诊", "emergency": "急诊",
    "chronic": "门诊慢特病", "pharmacy": "药店购药", "work_injury": "工伤保险", "maternity": "生育保险",
    "employee": "职工医保", "resident": "居民医保", "none": "不予支付",
}  # fmt: skip


def _rank(level: ibis.Value) -> ibis.Value:
    """The place of a level in their order; an unknown level has none."""
    return level.cases(*((one, rank) for rank, one in enumerate(LEVELS)))


def _in_zh(word: ibis.Value) -> ibis.Value:
    return word.cases(*ZH.items(), else_=word)


def _found(charges: ibis.Table, allowed: ibis.Value, had: ibis.Value) -> ibis.Table:
    """Charges of limited items as a finding needs them; limits are told in one text."""
    return charges.select(
        *CHARGE,
        line=charges.first_line,
        occurred_on=charges.first_on,
        allowed=allowed,
        had=had,
    )


def _charged(t: Tables, limits: ibis.Table) -> ibis.Table:
    """Charges of the limited items, each with all that its limits allow in one text."""
    told = limits.group_by("item_code").agg(
        item_name=_.item_name.min(),
        value=_.value.min(),
        allowed=one_text(_in_zh(_.value)),
    )
    return t["limited_charge"].join(told, "item_code")


def _by_number(column: str, most: bool) -> Beyond:
    def beyond(t: Tables, limits: ibis.Table) -> ibis.Table:
        charges = _charged(t, limits)
        limit, had = charges["value"].cast("int64"), charges[column]
        wrong = charges.filter(had > limit if most else had < limit)
        return _found(wrong, wrong["value"], wrong[column].cast("string"))

    return beyond


def _by_word(column: str) -> Beyond:
    """None of the words that the limits of the item allow; an unknown word is spared."""

    def beyond(t: Tables, limits: ibis.Table) -> ibis.Table:
        charges = _charged(t, limits).mutate(had=_in_zh(_[column]))
        fits = limits.select(fit_item=_.item_code, fit=_.value)
        kept = charges.filter(_[column].notnull(), _[column] != "unknown")
        wrong = kept.anti_join(fits, [kept.item_code == fits.fit_item, kept[column] == fits.fit])
        return _found(wrong, wrong.allowed, wrong.had)

    return beyond


def _below_level(t: Tables, limits: ibis.Table) -> ibis.Table:
    charges = _charged(t, limits)
    wrong = charges.filter(_rank(charges.level) < _rank(charges["value"]))
    return _found(wrong, wrong["value"], wrong.level)


def _by_diagnosis(forbidden: bool) -> Beyond:
    """Codes are few and rows are many: each code is matched once. A visit without diagnoses is spared."""

    def beyond(t: Tables, limits: ibis.Table) -> ibis.Table:
        codes = t["charged_diagnosis"].select("code").distinct()
        fits = codes.join(limits, codes.code.startswith(limits["value"])).select("code", fit_item=_.item_code)
        held = t["charged_diagnosis"].join(fits, "code").select(fit_visit=_.visit_id, fit_item=_.fit_item).distinct()
        charges = _charged(t, limits)
        diagnoses = t["charged_diagnosis"].group_by("visit_id").agg(had=one_text(_.code))
        charges = charges.join(diagnoses, "visit_id")
        same = [charges.visit_id == held.fit_visit, charges.item_code == held.fit_item]
        wrong = charges.semi_join(held, same) if forbidden else charges.anti_join(held, same)
        return _found(wrong, wrong.allowed, wrong.had)

    return beyond


def _more_units(t: Tables, limits: ibis.Table) -> ibis.Table:
    charges = _charged(t, limits).mutate(most=_["value"].cast("int64") * TEN_THOUSAND)
    return _over_units(charges.filter(_.units > _.most), line="last_line", on="last_on")


def _over(
    rows: ibis.Table, whole: ibis.Deferred, over: ibis.Deferred, *, line: str, on: str, **had: ibis.Deferred
) -> ibis.Table:
    """Rows of which only the part beyond the limit is at stake; the name of what was had says its unit."""
    return rows.select(
        *CHARGE,
        line=rows[line],
        occurred_on=rows[on],
        allowed=rows["value"],
        whole_part=whole,
        over_part=over,
        **had,
    )


def _over_units(rows: ibis.Table, *, line: str, on: str) -> ibis.Table:
    return _over(rows, _.units, _.units - _.most, line=line, on=on, had_units=_.units)


def _most_per_day(t: Tables, limits: ibis.Table) -> ibis.Table:
    """Several days charged on one day are no fault; the days of a visit that has not ended are unknown."""
    charges = _charged(t, limits).filter(_.ended_on.notnull())
    charges = charges.mutate(days=(_.ended_on.delta(_.began_on, unit="day") + 1).cast("int64"))
    charges = charges.mutate(most=_.days * _["value"].cast("int64") * TEN_THOUSAND)
    return _over_units(charges.filter(_.units > _.most), line="last_line", on="last_on")


def _lines(t: Tables, limits: ibis.Table) -> ibis.Table:
    """Lines of the limited items, with their visit; what was taken back whole is left out."""
    return _of_visit(t, t["limited_line"].filter(_.units > 0).join(_told(limits), "item_code"))


def _told(limits: ibis.Table) -> ibis.Table:
    """One limit an item."""
    return limits.group_by("item_code").agg(item_name=_.item_name.min(), value=_["value"].min())


def _of_visit(t: Tables, rows: ibis.Table) -> ibis.Table:
    kept = t["limited_charge"].select("visit_id", "item_code", "visit", "person", "institution")
    return rows.join(kept, ["visit_id", "item_code"])


def _grams_a_day(t: Tables, limits: ibis.Table) -> ibis.Table:
    """All herbs of the class weigh together."""
    lines = _of_visit(t, t["limited_line"].join(_told(limits), "item_code"))
    days = (
        lines.group_by("visit", "person", "institution", "charged_on", "value")
        .agg(
            item_name=_.item_name.min(),
            units=_.units.sum(),
            scope_fen=_.scope_fen.sum(),
            line=_.line.max(),
            settlement=_.settlement.min(),
            item_code=_.item_code.min(),
        )
        .mutate(most=_["value"].cast("int64") * TEN_THOUSAND)
        .filter(_.units > _.most)
    )
    return _over_units(days, line="line", on="charged_on")


def _days_supplied(t: Tables, limits: ibis.Table) -> ibis.Table:
    lines = _lines(t, limits).mutate(most=_["value"].cast("int64"))
    wrong = lines.filter(_.days_supplied > _.most)
    return _over(wrong, _.days_supplied, _.days_supplied - _.most, line="line", on="charged_on", had=_.days_supplied)


def _daily_units(t: Tables, limits: ibis.Table) -> ibis.Table:
    """The daily dose that a line gives for the days it is to last; days that nobody wrote down are unknown."""
    lines = _lines(t, limits).mutate(most=_["value"].cast("int64") * TEN_THOUSAND * _.days_supplied)
    return _over_units(lines.filter(_.days_supplied > 0, _.units > _.most), line="line", on="charged_on")


def _days_used(t: Tables, limits: ibis.Table) -> ibis.Table:
    """The days after the last payable one are at stake, whole."""
    day = ibis.window(group_by=["visit_id", "item_code"], order_by="charged_on")
    lines = _lines(t, limits).mutate(turn=ibis.dense_rank().over(day))
    late = lines.filter(_.turn >= _["value"].cast("int64"))
    return (
        late.group_by("person", "institution", "visit", "item_code", "item_name", "value")
        .agg(
            settlement=_.settlement.min(),
            scope_fen=_.scope_fen.sum(),
            line=_.line.min(),
            occurred_on=_.charged_on.min(),
            had=(_.turn.max() + 1).cast("string"),
        )
        .mutate(allowed=_["value"])
        .drop("value")
    )


def _covered(t: Tables, limits: ibis.Table) -> ibis.Table:
    """What the policy covered beyond the limit is at stake."""
    charges = _charged(t, limits).mutate(most=_["value"].cast("int64"))
    charges = charges.filter(_.scope_fen > _.most)
    found = _over(charges, _.scope_fen, _.scope_fen - _.most, line="last_line", on="last_on", had_fen=_.scope_fen)
    return found.mutate(limit_fen=_.allowed.cast("int64"))


def _dearer(t: Tables, limits: ibis.Table) -> ibis.Table:
    lines = _lines(t, limits).mutate(most=_["value"].cast("int64") * TEN_THOUSAND)
    found = _over(
        lines.filter(_.price > _.most), _.price, _.price - _.most, line="line", on="charged_on", had_price=_.price
    )
    return found.mutate(limit_fen=_.allowed.cast("int64"))


def _too_soon(t: Tables, limits: ibis.Table) -> ibis.Table:
    days = _of_visit(t, t["limited_day"].join(_told(limits), "item_code"))
    before = {"group_by": ["person", "item_code"], "order_by": ["charged_on", "visit_id"]}
    days = days.mutate(last_on=_.charged_on.lag().over(**before))
    days = days.mutate(gap=_.charged_on.delta(_.last_on, unit="day").cast("int64"))
    return days.filter(_.gap < _["value"].cast("int64")).select(
        *CHARGE,
        "line",
        occurred_on=_.charged_on,
        allowed=_["value"],
        had=_.gap.cast("string"),
        last_on=_.last_on,
    )


def _alone(t: Tables, limits: ibis.Table) -> ibis.Table:
    herbs = t["limited_line"].filter(_.kind == "herb", _.units > 0)
    others = herbs.anti_join(limits, "item_code").select("visit_id").distinct()
    lines = _lines(t, limits).anti_join(others, "visit_id")
    return lines.select(
        *CHARGE,
        "line",
        occurred_on=_.charged_on,
        allowed=ibis.literal("复方", "string"),
        had=ibis.literal("单方", "string"),
    )


def _with_another(t: Tables, limits: ibis.Table) -> ibis.Table:
    """Both on one day of one visit; the other item is at stake."""
    pairs = limits.select(with_item=_.item_code, item_code=_["value"]).distinct()
    day, who = t["limited_day"], t["visit"]
    with_day = day.select("visit_id", "charged_on", with_item=_.item_code, with_name=_.charged_name)
    both = day.join(pairs, "item_code").join(with_day, ["visit_id", "charged_on", "with_item"])
    who = who.select("visit_id", person=_.person_id, institution=_.institution_id)
    return both.join(who, "visit_id").select(
        "person",
        "institution",
        "settlement",
        "scope_fen",
        "item_code",
        "line",
        "with_item",
        "with_name",
        item_name=_.charged_name,
        visit=_.visit_id,
        occurred_on=_.charged_on,
        about=_.with_item,
    )


def _without_needed(t: Tables, limits: ibis.Table) -> ibis.Table:
    charges = _charged(t, limits)
    held = t["limited_charge"].select(fit_visit=_.visit_id, needed=_.item_code)
    met = limits.select(fit_item=_.item_code, needed=_["value"]).join(held, "needed").select("fit_visit", "fit_item")
    met = met.distinct()
    wrong = charges.anti_join(met, [charges.visit_id == met.fit_visit, charges.item_code == met.fit_item])
    return _found(wrong, wrong.allowed, ibis.literal("无", "string"))


def _second_full_price(t: Tables, limits: ibis.Table) -> ibis.Table:
    """Of the operations of a group on one day all but the dearest are due at half their full price."""
    class_limits = t["limit_of_item"].semi_join(limits.select("item_code").distinct(), "item_code")
    full = class_limits.filter(_.measure == "full_price_fen").select("item_code", full=_["value"].cast("int64"))
    groups = limits.select("item_code", "item_name", "value").distinct()
    lines = t["limited_line"].filter(_.units > 0).join(groups, "item_code").join(full.distinct(), "item_code")
    lines = _of_visit(t, lines)
    dearest = {"group_by": ["visit_id", "charged_on", "value"], "order_by": [ibis.desc("price"), "line"]}
    lines = lines.mutate(turn=ibis.row_number().over(**dearest), twice=_.price * 2)
    lines = lines.mutate(full=_.full * TEN_THOUSAND).filter(_.turn > 0, _.twice > _.full)
    return _over(lines, _.twice, _.twice - _.full, line="line", on="charged_on", had_price=_.price, full_price=_.full)


BEYOND: dict[str, Beyond] = {
    "sex": _by_word("sex"),
    "max_age": _by_number("age", True),
    "min_age": _by_number("age", False),
    "max_age_days": _by_number("age_days", True),
    "level": _below_level,
    "visit_kind": _by_word("visit_kind"),
    "department": _by_word("department"),
    "insurance": _by_word("insurance"),
    "diagnosis": _by_diagnosis(False),
    "not_diagnosis": _by_diagnosis(True),
    "most_per_day": _most_per_day,
    "most_units": _more_units,
    "most_grams_a_day": _grams_a_day,
    "most_daily_units": _daily_units,
    "most_days_supplied": _days_supplied,
    "most_days": _days_used,
    "most_fen": _covered,
    "most_price_fen": _dearer,
    "least_gap_days": _too_soon,
    "not_alone": _alone,
    "not_with": _with_another,
    "contains": _with_another,
    "needs": _without_needed,
    "group": _second_full_price,
}
