"""Rules about pharmacies: prescriptions that are not there, cameras that stay dark, purchases for others."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.policy import Limits

from ..declare import Tables, rule
from ..few import Least
from ..like import placed
from ..views import charged_sale, pharmacies
from .views import OF_VISIT, staked

RETAIL = "零售药店医疗保障定点管理暂行办法；来源 B（处方保管、代购登记、视频监控）"
SALES = ("institution", "stock_move", "settlement", "visit", "fee_line")


@rule(
    zh="无处方销售处方药",
    official_code=None,
    weight="suspicion",
    says=Words(
        "{institution} 于 {occurred_on} 向参保人 {person} 销售处方药“{item_name}”（明细 {line}），没有处方号",
        "{institution} sold {item_name}, a prescription drug, to {person} on {occurred_on} (line {line}) without a "
        "prescription",
    ),
    reads=SALES,
    source=RETAIL,
    not_for="不上传处方号的药店；非处方药",
)
def sold_without_prescription(t: Tables, limits: Limits) -> ibis.Table:
    """A prescription drug that a pharmacy sold without the number of a prescription."""
    return t["doubtful_sale"].filter(_.odd == "unprescribed").drop("odd", "trace_code")


@rule(
    zh="购药无对应就诊",
    official_code=None,
    weight="suspicion",
    says=Words(
        "{institution} 于 {occurred_on} 凭外购处方向参保人 {person} 销售“{item_name}”（明细 {line}），"
        "此前 {within} 天内该人没有就诊",
        "{institution} sold {item_name} to {person} on {occurred_on} (line {line}) on a prescription from elsewhere; "
        "in the {within} days before, nobody had seen that person",
    ),
    reads=SALES,
    source=f"{RETAIL}；来源 D（药店刷卡记录与就诊记录不匹配）",
    not_for="处方由统筹区外机构开具而就诊未上传的；药店自有或互联网医院处方",
)
def prescription_without_visit(t: Tables, limits: Limits) -> ibis.Table:
    """Sold on a prescription from elsewhere to a person whom nobody had seen in the days a prescription may hold."""
    within = limits["prescription_days"].value
    sales = t["stock_move"].semi_join(pharmacies(t), "institution_id")
    sales = sales.filter(_.kind == "sale", _.prescription, _.prescribed_elsewhere, _.person_id.notnull())
    bought = sales.select("move_id", "person_id", bought_on=_.moved_at.date())
    # A stay that has not ended still lasts.
    seen = t["visit"].filter(_.kind != "pharmacy").semi_join(bought, "person_id")
    seen = seen.select("ended_on", seen_on=_.began_on, who=_.person_id)
    since = bought.bought_on - ibis.interval(days=within)
    met = bought.semi_join(
        seen,
        [
            bought.person_id == seen.who,
            bought.bought_on >= seen.seen_on,
            seen.ended_on.isnull() | (seen.ended_on >= since),
        ],
    )
    unseen = sales.anti_join(met, "move_id").mutate(odd=ibis.literal("unseen"))
    return charged_sale(t, unseen).drop("odd", "trace_code").mutate(within=ibis.literal(within))


@rule(
    zh="监控长时间中断",
    official_code=None,
    weight="suspicion",
    says=Words(
        "{institution} 的视频监控自 {dark_from} 起中断，到 {dark_until} 已超过 {most} 小时；"
        "建议自中断时起暂停其医保结算，恢复正常后解除",
        "the camera of {institution} went off at {dark_from} and more than {most} hours later, at {dark_until}, it was "
        "still off; proposed: suspend its settlements until it works again",
    ),
    reads=("institution", "camera_span", "settlement"),
    source=RETAIL,
    not_for="停业或检修等已报备的中断；恰为上限的中断",
)
def camera_dark(t: Tables, limits: Limits) -> ibis.Table:
    """A pharmacy whose camera stays off for longer than its settlements may go on unseen."""
    most = limits["camera_dark_hours"].value
    dark = t["camera_span"].filter(~_.working).semi_join(pharmacies(t), "institution_id")
    # What has no end lasted at least until the last that is known of the fund.
    known = t["settlement"].agg(known_until=_.settled_at.max())
    dark = dark.cross_join(known).mutate(until=ibis.coalesce(_.span_until_at, _.known_until))
    none = ibis.null("string")
    return dark.filter(_.until > _.span_from_at + ibis.interval(hours=most)).select(
        person=none,
        institution=_.institution_id,
        visit=none,
        settlement=none,
        line=none,
        occurred_on=_.span_from_at.date(),
        scope_fen=ibis.literal(0, "int64"),
        about=_.span_from_at.cast("string"),
        dark_from=_.span_from_at.cast("string"),
        dark_until=_.until.cast("string"),
        most=ibis.literal(most),
    )


@rule(
    zh="药店费用增长偏高",
    official_code=None,
    weight="clue",
    says=Words(
        "{institution} {year} 年购药费用（范围内）{covered_fen} 元，上年 {before_fen} 元；同期其他药店由 "
        "{others_before_fen} 元变为 {others_fen} 元，其变化达到其他药店的 {most_per_mille} 以上",
        "{institution}, {year}: {covered_fen} yuan covered, {before_fen} the year before; at the other pharmacies "
        "{others_before_fen} became {others_fen}; it grew to more than {most_per_mille} of what they did",
    ),
    reads=("visit", "settlement", "institution"),
    source="来源 B（药店医保费用年度增长）",
    least=Least("purchases", "pharmacy_least_purchases"),
    not_for="新开业或并入其他门店的药店；上年购药少的药店",
)
def pharmacy_growth(t: Tables, limits: Limits) -> ibis.Table:
    """What is covered at a pharmacy grew far more from one year to the next than at all other pharmacies together."""
    bought = t["visit"].filter(_.kind == "pharmacy").semi_join(pharmacies(t), "institution_id")
    bought = bought.select("visit_id", "began_on", institution=_.institution_id, year=_.began_on.year().cast("int64"))
    paid = t["settlement"].select("visit_id", "scope_fen").join(bought, "visit_id")
    years = paid.group_by("institution", "year").agg(
        covered_fen=_.scope_fen.sum().cast("int64"), purchases=_.count(), occurred_on=_.began_on.max()
    )
    before = years.select("institution", before_fen=_.covered_fen, purchases_before=_.purchases, year=_.year + 1)
    both = years.join(before, ["institution", "year"])
    pool = both.group_by("year").agg(pool_fen=_.covered_fen.sum(), pool_before_fen=_.before_fen.sum())
    both = both.join(pool, "year").mutate(
        others_fen=(_.pool_fen - _.covered_fen).cast("int64"),
        others_before_fen=(_.pool_before_fen - _.before_fen).cast("int64"),
        most_per_mille=ibis.literal(limits["pharmacy_growth_per_mille"].value, "int64"),
    )
    # The factors are whole; their products are too long for 64 bits, and their last digits decide nothing.
    own, theirs = _.covered_fen.cast("float64") * _.others_before_fen, _.before_fen.cast("float64") * _.others_fen
    grown = both.filter(
        _.purchases_before >= limits["pharmacy_least_purchases"].value,
        own * limits["per_mille"].value > theirs * _.most_per_mille,
    )
    return placed(grown.drop("pool_fen", "pool_before_fen"))


@rule(
    zh="一人为多人代购",
    official_code=None,
    weight="clue",
    says=Words(
        "{institution} 登记的代办人在 {month} 为 {persons} 人代购，超过 {most} 人；"
        "其中参保人 {person} 的购药为 {visit}",
        "a proxy registered by {institution} bought for {persons} persons in {month}, more than {most}; for {person} "
        "it was {visit}",
    ),
    reads=("visit", "settlement", "proxy_purchase"),
    source=RETAIL,
    not_for="养老机构、福利机构的集中代购；家庭成员人数较多的代办人",
)
def proxy_for_many(t: Tables, limits: Limits) -> ibis.Table:
    """One proxy buys for more persons in a calendar month than a family has."""
    most = limits["proxy_persons"].value
    made = t["proxy_purchase"].select("visit_id", "proxy").join(t["visit"], "visit_id")
    made = made.mutate(month=_.began_on.strftime("%Y-%m"))
    many = made.group_by("proxy", "month").agg(persons=_.person_id.nunique().cast("int64")).filter(_.persons > most)
    found = made.join(many, ["proxy", "month"]).select("month", "persons", **OF_VISIT, most=ibis.literal(most, "int64"))
    return staked(t, found)
