"""Rules about goods sold: before a dark camera, with a doubtful trace code, of what was never bought."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.policy import Limits

from ..declare import Tables, rule
from ..limited import RULE_BASE
from .views import OF_VISIT, staked

TRACED = "医保药品耗材追溯码信息采集应用（医保办发〔2025〕7 号等）；条例第四十条（串换、倒卖药品）"
TRACE_READS = ("institution", "stock_move", "settlement", "visit", "fee_line")


@rule(
    zh="监控中断结算",
    official_code=None,
    weight="clue",
    says=Words(
        "{institution} 的监控从 {dark_from} 起中断，其间参保人 {person} 的购药（{visit}）仍于 {settled_at} 结算",
        "the camera of {institution} was off from {dark_from}; a visit of {person} ({visit}) was settled at "
        "{settled_at}",
    ),
    reads=("visit", "settlement", "camera_span"),
    source="零售药店定点管理（视频监控要求）；线索，不单独定性",
    not_for="停电、检修等已报备的中断",
)
def camera_off_at_sale(t: Tables, limits: Limits) -> ibis.Table:
    """Settled while the camera of the place was off."""
    dark = t["camera_span"].filter(~_.working)
    dark = dark.select("span_from_at", "span_until_at", place=_.institution_id)
    visits = t["visit"].semi_join(dark, _.institution_id == dark.place)
    paid = t["settlement"].select("settled_at", visit_id="visit_id").join(visits, "visit_id")
    off = paid.join(
        dark,
        [
            paid.institution_id == dark.place,
            paid.settled_at >= dark.span_from_at,
            dark.span_until_at.isnull() | (paid.settled_at <= dark.span_until_at),
        ],
    )
    found = off.group_by(**OF_VISIT).agg(
        settled_at=_.settled_at.min().cast("string"), dark_from=_.span_from_at.min().cast("string")
    )
    return staked(t, found)


def _doubtful(t: Tables, odd: str) -> ibis.Table:
    return t["doubtful_sale"].filter(_.odd == odd).drop("odd")


@rule(
    zh="追溯码重复结算",
    official_code=None,
    weight="suspicion",
    says=Words(
        "{institution} 于 {occurred_on} 向参保人 {person} 销售的“{item_name}”（明细 {line}）追溯码 {trace_code} "
        "此前已经售出",
        "{institution} sold {item_name} to {person} on {occurred_on} (line {line}) with a trace code sold before: "
        "{trace_code}",
    ),
    reads=TRACE_READS,
    source=TRACED,
    not_for="退回后再售；拆零销售",
)
def trace_code_twice(t: Tables, limits: Limits) -> ibis.Table:
    """A pack whose trace code was sold before and did not come back in between."""
    return _doubtful(t, "sold_again")


@rule(
    zh="追溯码缺失",
    official_code=None,
    weight="suspicion",
    says=Words(
        "{institution} 于 {occurred_on} 向参保人 {person} 销售“{item_name}”（明细 {line}），没有上传追溯码",
        "{institution} sold {item_name} to {person} on {occurred_on} (line {line}) without a trace code",
    ),
    reads=TRACE_READS,
    source=TRACED,
    not_for="中药饮片、拆零等不要求追溯码的药品",
)
def trace_code_missing(t: Tables, limits: Limits) -> ibis.Table:
    """A sale of a drug for which no trace code was uploaded."""
    return _doubtful(t, "untraced").drop("trace_code")


@rule(
    zh="药品进销存异常",
    official_code="GZ10000202001000",
    weight="suspicion",
    says=Words(
        "{institution} 于 {occurred_on} 向参保人 {person} 销售“{item_name}”（明细 {line}），该批次 {batch} "
        "的销售多于购进",
        "{institution} sold {item_name} to {person} on {occurred_on} (line {line}) of batch {batch}, of which "
        "more was sold "
        "than bought",
    ),
    reads=TRACE_READS,
    source=f"{RULE_BASE} 药品进销存异常；条例第四十条（虚构、串换）",
    not_for="期初库存未上传的机构",
)
def sold_more_than_bought(t: Tables, limits: Limits) -> ibis.Table:
    """Sales of a batch of which more went out than ever came in; consumables are left out."""
    return _doubtful(t, "short_drug").drop("trace_code")


@rule(
    zh="医用耗材进销存异常",
    official_code="GZ10000203001000",
    weight="suspicion",
    says=Words(
        "{institution} 于 {occurred_on} 向参保人 {person} 销售或使用耗材“{item_name}”（明细 {line}），"
        "该批次 {batch} 的销售多于购进",
        "{institution} sold or used {item_name} for {person} on {occurred_on} (line {line}) of batch {batch}, of which "
        "more was sold than bought",
    ),
    reads=TRACE_READS,
    source=f"{RULE_BASE} 医用耗材进销存异常；条例第四十条（虚构、串换）",
    not_for="期初库存未上传的机构；不上传耗材进销存的机构",
)
def consumable_more_than_bought(t: Tables, limits: Limits) -> ibis.Table:
    """Sales of a batch of consumables of which more went out than ever came in."""
    return _doubtful(t, "short_consumable").drop("trace_code")
