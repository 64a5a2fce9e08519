"""The rule about single-use pieces that were charged more than once: a stent, a joint, a plate."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.policy import Limits

from ..declare import Tables, rule
from ..views import TEN_THOUSAND, in_millionths, in_units

PIECE = ("visit_id", "item_code")


@rule(
    zh="一次性耗材重复计费",
    official_code=None,
    weight="suspicion",
    says=Words(
        "就诊 {visit} 的一次性耗材“{item_name}”有 {lines} 笔按单件计费，共 {had_units} 件，"
        "首笔之外的部分疑为同一件重复计费",
        "visit {visit} was charged for the single-use “{item_name}” in {lines} lines of one piece, {had_units} pieces; "
        "all beyond the first line may be one piece charged again",
    ),
    reads=("visit", "fee_line"),
    beside=("operation", "stock_move", "settlement"),
    source="医保基金使用的效率提升策略（来源 D）：心脏支架重复收费（同一支架多次计费）；条例第三十八条第（三）项",
    not_for="各件追溯码不同的；各日都有手术的分次植入；已退费的；一笔计多件的那一笔",
    stages=("during", "after"),
)
def single_use_twice(t: Tables, limits: Limits) -> ibis.Table:
    """A dear piece of one use charged in several lines of a visit, with no trace code or operation for each.

    A line of several pieces is no piece charged again and spares no other line; a refund of several pieces takes back
    such lines first.
    """
    # A fen is ten thousand millionths of a yuan.
    dear = in_millionths(_.unit_price) >= limits["single_use_fen"].value * TEN_THOUSAND
    pieces = t["fee_line"].filter(_.kind == "consumable", dear)
    pieces = pieces.mutate(units=in_units(_.quantity), day=_.occurred_at.date())
    # One piece charged again is charged in lines of one piece.
    one, several_units = _.units.abs() <= TEN_THOUSAND, _.units.abs() > TEN_THOUSAND
    charged_one = one & (_.units > 0)
    charged = pieces.group_by(*PIECE).agg(
        lines=charged_one.sum().cast("int64"),
        days=_.day.nunique(where=charged_one),
        all_units=_.units.sum().cast("int64"),
        had_units=_beside(_.units, one, several_units),
        first_units=_.units.max(where=one),
        item_name=ibis.coalesce(_.item_name, _.item_code).min(),
        scope_fen=_beside(_.scope_fen, one, several_units),
        line=_.line_id.max(where=charged_one),
        settlement=_.settlement_id.min(),
        occurred_on=_.day.max(where=charged_one),
    )
    several = charged.filter(_.lines > 1, _.had_units > TEN_THOUSAND, _.first_units == TEN_THOUSAND)
    operated = t["operation"].group_by("visit_id").agg(operated_days=_.operated_on.nunique())
    told = several.left_join(operated, "visit_id").drop("visit_id_right").left_join(_traced(t), PIECE)
    doubtful = told.filter(
        (_.days < _.lines) | (_.operated_days.fill_null(0) < _.days),
        _.traces.fill_null(0) * TEN_THOUSAND < _.all_units,
    )
    who = t["visit"].select("visit_id", person=_.person_id, institution=_.institution_id)
    return doubtful.join(who, "visit_id").select(
        *("person", "institution", "settlement", "line", "occurred_on", "scope_fen"),
        *("item_code", "item_name", "lines", "had_units"),
        visit=_.visit_id,
        whole_part=_.had_units,
        over_part=_.had_units - TEN_THOUSAND,
    )


def _beside(of: ibis.Deferred, one: ibis.Deferred, several: ibis.Deferred) -> ibis.Deferred:
    """A sum over lines of one piece, less what was taken back beyond the lines of several."""
    rest = ibis.least(of.sum(where=several).fill_null(0), 0)
    return (of.sum(where=one).fill_null(0) + rest).cast("int64")


def _traced(t: Tables) -> ibis.Table:
    """How many packs with a trace code of their own went into a visit, by item."""
    packs = t["stock_move"].filter(_.kind == "sale", _.trace_code.notnull())
    paid = t["settlement"].select("settlement_id", "visit_id")
    return packs.join(paid, "settlement_id").group_by(*PIECE).agg(traces=_.trace_code.nunique())
