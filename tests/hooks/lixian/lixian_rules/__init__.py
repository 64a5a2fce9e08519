"""Audit rules of Lixian county."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.hooks import MEASURED, Limits, Tables, Words, limited, rule

NOTICE = "漓县医保局 2025 年第 7 号通知（示例）"


@rule(
    zh="夜间购药",
    official_code=None,
    weight="clue",
    says=Words(
        "参保人 {person} 于 {occurred_on} {sold_at_hour} 时在 {institution} 购药，该时段药店不营业",
        "{person} bought at {institution} on {occurred_on} after {sold_at_hour} o'clock, when pharmacies are closed",
    ),
    reads=("visit", "settlement"),
    source=f"{NOTICE}第三条",
    not_for="二十四小时营业的药店",
    stages=("during", "after"),
)
def night_sales(t: Tables, limits: Limits) -> ibis.Table:
    """A purchase at a pharmacy that was settled at night; one whose hour is unknown is spared."""
    sold = t["visit"].filter(_.kind == "pharmacy").join(t["settlement"], "visit_id")
    sold = sold.mutate(sold_at_hour=_.settled_at.hour().cast("int64"))
    closed = (_.sold_at_hour >= limits["night_begins"].value) | (_.sold_at_hour < limits["night_ends"].value)
    return sold.filter(closed).select(
        "sold_at_hour",
        "scope_fen",
        person=_.person_id,
        institution=_.institution_id,
        visit=_.visit_id,
        settlement=_.settlement_id,
        line=ibis.null("string"),
        occurred_on=_.settled_at.date(),
    )


infusion_outside_hospital = limited(
    "infusion_outside_hospital",
    "输液限住院使用",
    None,
    "An infusion that is paid for in-patients only, charged in another visit.",
    {"visit_kind": MEASURED["visit_kind"]},
    source=f"{NOTICE}第四条",
)
