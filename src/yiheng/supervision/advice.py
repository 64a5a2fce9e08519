"""What a doctor or cashier should know of each line before it is paid: covered or not, own share, what is cheaper."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.basis.money import Fen, round_fen

from .declare import Tables, shown

WHOLE = 1000
FEN = 100
NO_FEN = ibis.null("int64")

COVERED = {
    "full": Words("全额纳入医保范围", "is covered in full"),
    "partial": Words("部分纳入医保范围", "is covered in part"),
    "none": Words("不在医保范围内", "is not covered"),
    None: Words(
        "是否在医保范围内未知（目录和明细都没有写明）", "may be covered or not: neither catalogue nor line tells"
    ),
}


def advice(t: Tables) -> ibis.Table:
    """One row a charged line: coverage, what the person's own share is counted from, the cheapest equivalent.

    ``covered_fen`` is what the line itself says; ``payable_fen`` is its amount, at most at the limit price, and
    ``own_per_mille`` what of it the catalogue leaves to the person. ``saved_fen`` is cut down to whole fen. Only a
    known lower price counts as cheaper.
    """
    items = t["catalogue"].drop("holds_from", "holds_until").rename(
        of_item="item_code", listed_name="item_name", listed_coverage="coverage", listed_price="unit_price"
    ).drop("kind")  # fmt: skip
    lines = t["fee_line"].filter(_.quantity > 0)
    lines = lines.left_join(items, lines.item_code == items.of_item)
    lines = lines.mutate(
        coverage=ibis.coalesce(_.listed_coverage, _.coverage),
        price=ibis.coalesce(_.unit_price, _.listed_price),
        name=ibis.coalesce(_.item_name, _.listed_name, _.item_code),
    )
    lines = lines.mutate(
        amount_known_fen=ibis.coalesce(_.amount_fen, _fen(_.price * _.quantity)),
        share=ibis.coalesce(_.own_per_mille, _.coverage.cases(("full", 0), ("none", WHOLE))),
    )
    lines = lines.mutate(payable_fen=ibis.least(_.amount_known_fen, _fen(_.limit_price * _.quantity)))
    both = lines.left_join(_cheapest(t), "equivalent_group")
    saved = both.mutate(saved_fen=_fen((_.price - _.other_price) * _.quantity)).mutate(
        cheaper=(_.other_price < _.price).fill_null(False)
    )
    return saved.select(
        "visit_id",
        "line_id",
        "item_code",
        "coverage",
        "price",
        "payable_fen",
        item_name=_.name,
        amount_fen=_.amount_known_fen,
        covered_fen=_.scope_fen,
        own_per_mille=_.share.cast("int64"),
        cheaper_code=ibis.ifelse(_.cheaper, _.other_code, ibis.null("string")),
        cheaper_name=ibis.ifelse(_.cheaper, _.other_name, ibis.null("string")),
        cheaper_domestic=ibis.ifelse(_.cheaper, _.other_domestic, ibis.null("boolean")),
        cheaper_price=ibis.ifelse(_.cheaper, _.other_price, ibis.null("decimal(16, 6)")),
        saved_fen=ibis.ifelse(_.cheaper, _.saved_fen, NO_FEN),
    )


def own_fen(row: Mapping[str, Any]) -> int | None:
    """What of a row's amount the person bears outside the policy, None where it is not known.

    What the line says is covered goes first; else what the catalogue covers is rounded half up. Deductible and rates
    of the fund are not in it.
    """
    amount, covered, share = (row[name] for name in ("amount_fen", "covered_fen", "own_per_mille"))
    if amount is not None and covered is None and share is not None:
        covered = round_fen(Fraction(row["payable_fen"] * (WHOLE - share), WHOLE), "half_up").n
    return None if amount is None or covered is None else amount - covered


def told(row: Mapping[str, Any]) -> Words:
    """The sentence about a row of advice."""
    name, covered, own = row["item_name"], COVERED[row["coverage"]], own_fen(row)
    zh, en = f"“{name}”{covered.zh}", f"“{name}” {covered.en}"
    if own is None:
        zh, en = f"{zh}，范围外自付未知（缺少金额或先自付比例）", f"{en}; the own share is unknown"
    elif own:
        yuan = Fen(own)
        zh, en = f"{zh}，范围外自付 {yuan} 元", f"{en}; {yuan} yuan are the person's own"
    if row["cheaper_code"] is not None:
        made = Words("国产", "domestic, ") if row["cheaper_domestic"] else Words("", "")
        price, saved = shown("price", row["cheaper_price"]), Fen(row["saved_fen"])
        zh = f"{zh}；{made.zh}同效“{row['cheaper_name']}”单价 {price} 元，可省 {saved} 元"
        en = f"{en}; equivalent: “{row['cheaper_name']}” ({made.en}{price} yuan each) saves {saved} yuan"
    return Words(zh, en)


def _fen(yuan: ibis.Deferred) -> ibis.Deferred:
    """Yuan as whole fen, cut down."""
    return (yuan * FEN).floor().cast("int64")


def _cheapest(t: Tables) -> ibis.Table:
    """The cheapest item of each group of equivalents."""
    known = t["catalogue"].filter(_.equivalent_group.notnull(), _.unit_price.notnull())
    turn = ibis.row_number().over(group_by="equivalent_group", order_by=["unit_price", "item_code"])
    return (
        known.mutate(turn=turn)
        .filter(_.turn == 0)
        .select(
            "equivalent_group",
            other_code=_.item_code,
            other_name=_.item_name,
            other_price=_.unit_price,
            other_domestic=_.domestic,
        )
    )
