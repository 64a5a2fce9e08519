"""What stands after refunds and reversals, and which visits are planned: the tables that rules and measures read.

What was taken back in full counts nowhere: neither the settlement nor what took it back, nor their lines, nor a visit
of which no settlement is left. What was taken back in part stands once, with what is left of it.

Refunds are few among many rows: the small views below name what they touch, and the large tables are read without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import ibis
from ibis import _

from .money import SETTLEMENT

Tables = Mapping[str, ibis.Table]
View = Callable[[Tables], ibis.Table]
MONEY = tuple(column.name for column in SETTLEMENT if column.kind == "fen")

# Later than any day: the end of a stay that still lasts.
OPEN_END = ibis.date("9999-12-31")
WESTERN = "western"
# A line is the one it is inside its visit.
LINE = ("line_id", "visit_id")
TRANSFERRED = ("transferred", "transferred_down")


class AsItStands:
    """Marks tables that already hold only what stands."""


class Standing(Mapping[str, ibis.Table], AsItStands):
    """Tables of which visits, settlements and fee lines hold only what stands."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def __getitem__(self, name: str) -> ibis.Table:
        reduce = REDUCED.get(name)
        return reduce(self._tables) if reduce else self._tables[name]

    def __contains__(self, name: object) -> bool:
        return name in self._tables

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


def standing(tables: Tables) -> Tables:
    """Tables as they stand; tables that hold nothing else stay as they are."""
    return tables if isinstance(tables, AsItStands) else Standing(tables)


def over_standing(views: Mapping[str, View]) -> dict[str, View]:
    """Views that read what stands, with the small views of what does not."""
    return {**FEW_VIEWS, **{name: _reading(view) for name, view in views.items()}}


def _reading(view: View) -> View:
    return lambda tables: view(standing(tables))


def western(t: Tables) -> ibis.Table:
    """The diagnoses of the western list, which groups and rules go by; a lake of before knows no other."""
    return t["diagnosis"].filter(_.kind.fill_null(WESTERN) == WESTERN)


def takes_back(paid: ibis.Table) -> ibis.Value:
    """Whether a settlement takes another one back."""
    amount = ibis.coalesce(paid.total_fen, paid.fund_fen)
    return paid.refund.fill_null(False) | paid.reversal_of.notnull() | (amount < 0).fill_null(False)


def handed_over(discharge_way: ibis.Value, elsewhere: ibis.Value, gap_days: ibis.Value) -> ibis.Value:
    """Whether a stay elsewhere that began on the day of discharge is a transfer; not where people were sent home.

    A way of discharge that nobody wrote down is taken in favour of the hospital.
    """
    way = discharge_way.fill_null("transferred").isin(TRANSFERRED)
    return (elsewhere & (gap_days == 0) & way).fill_null(False)


def settlement_taken_back(t: Tables) -> ibis.Table:
    """Settlements that were taken back, in full or in part, and those that did so: each with the one it comes to.

    A refund names what it takes back, or else the one settlement of its visit that it can mean: that of the opposite
    amount, or the only one. A refund of all that a visit paid takes all of it back. Of any other nothing is known but
    its amount: it stands beside the rest.
    """
    paid = t["settlement"].select(
        "settlement_id",
        "visit_id",
        "reversal_of",
        amount=ibis.coalesce(_.total_fen, _.fund_fen),
        back=takes_back(t["settlement"]),
    )
    back = paid.filter(_.back)
    named = back.filter(_.reversal_of.notnull())
    # What takes back a reversal comes to the settlement that the reversal had taken back.
    first = named.select(reversal=_.settlement_id, first=_.reversal_of)
    by_name = named.left_join(first, named.reversal_of == first.reversal)
    by_name = by_name.select("settlement_id", root=ibis.coalesce(_.first, _.reversal_of))
    unnamed = back.filter(_.reversal_of.isnull())
    others = paid.semi_join(unnamed, "visit_id").filter(~_.back)
    others = others.anti_join(by_name.select(settlement_id=_.root), "settlement_id")
    whole = _of_whole_visit(paid.semi_join(unnamed, "visit_id"))
    left = unnamed.anti_join(whole, "settlement_id")
    alike = _of_opposite_amount(left, others)
    only = others.group_by("visit_id").agg(count=_.count(), root=_.settlement_id.min()).filter(_["count"] == 1)
    alone = left.anti_join(alike, "settlement_id").join(only, "visit_id").select("settlement_id", "root")
    links = ibis.union(by_name.anti_join(whole, "settlement_id"), whole, alike, alone)
    links = links.semi_join(paid, links.root == paid.settlement_id)
    return ibis.union(links, links.select(settlement_id=_.root, root=_.root), distinct=True)


def _of_whole_visit(paid: ibis.Table) -> ibis.Table:
    """Of visits that paid nothing in all, everything, under the first of it."""
    sums = paid.group_by("visit_id").agg(
        amount=_.amount.sum(),
        known=_.amount.count(),
        rows=_.count(),
        root=_.settlement_id.min(where=~_.back),
    )
    nothing = sums.filter(_.amount <= 0, _.known == _.rows, _.root.notnull()).select("visit_id", "root")
    return paid.join(nothing, "visit_id").select("settlement_id", "root")


def _of_opposite_amount(back: ibis.Table, others: ibis.Table) -> ibis.Table:
    """The first refund of an amount takes back the first settlement of it, and so on."""
    turn = ibis.row_number().over(group_by=["visit_id", "amount"], order_by="settlement_id")
    back = back.mutate(amount=-_.amount).mutate(turn=turn).select("visit_id", "amount", "turn", "settlement_id")
    others = others.mutate(turn=turn).select("visit_id", "amount", "turn", root=_.settlement_id)
    return back.join(others, ["visit_id", "amount", "turn"]).select("settlement_id", "root")


def net_settlement(t: Tables) -> ibis.Table:
    """What is left of each settlement that was taken back: its own row with the sums of all that belong to it.

    An amount of which one part is unknown is unknown. ``stands`` is false where nothing is left.
    """
    links = t["settlement_taken_back"]
    members = t["settlement"].join(links, "settlement_id")
    sums = {name: ibis.ifelse(_[name].count() == _.count(), _[name].sum(), None).cast("int64") for name in MONEY}
    left = ibis.coalesce(_.total_fen, _.fund_fen).sum()
    net = members.group_by("root").agg(stands=(left > 0).fill_null(True), **sums)
    columns = t["settlement"].columns
    own = t["settlement"].drop(*MONEY)
    return own.join(net, own.settlement_id == net.root).select(*columns, "stands")


def visit_taken_back(t: Tables) -> ibis.Table:
    """Visits of which every settlement was taken back in full."""
    gone = _settlement_gone(t)
    visits = t["settlement"].semi_join(gone, "settlement_id").select("visit_id").distinct()
    rest = t["settlement"].semi_join(visits, "visit_id").anti_join(gone, "settlement_id")
    return visits.anti_join(rest.filter(~takes_back(rest)), "visit_id")


def line_taken_back(t: Tables) -> ibis.Table:
    """Lines of settlements or visits that were taken back, and those of an item of which a visit keeps nothing."""
    lines = t["fee_line"].select("line_id", "visit_id", "settlement_id", "item_code", "quantity")
    less = lines.filter(_.quantity < 0).select("visit_id", "item_code").distinct()
    touched = lines.semi_join(less, ["visit_id", "item_code"])
    kept = touched.group_by("visit_id", "item_code").agg(units=_.quantity.sum()).filter(_.units <= 0)
    return ibis.union(
        touched.semi_join(kept, ["visit_id", "item_code"]).select(*LINE),
        lines.semi_join(_settlement_gone(t), "settlement_id").select(*LINE),
        lines.semi_join(t["visit_taken_back"], "visit_id").select(*LINE),
        distinct=True,
    )


def planned_by_diagnosis(t: Tables) -> ibis.Table:
    """Visits that are courses planned by diagnosis, whatever flag they carry: by their main diagnosis, or beside it."""
    rules = t["coding_rule"].filter(_.kind == "dx", _.measure.isin(["planned_course", "planned_beside"])).drop("kind")
    codes = western(t).select("code").distinct()
    # Codes are few and rows are many: each code is matched once.
    told = codes.join(rules, codes.code.startswith(rules.code_prefix)).drop("code_prefix").distinct()
    held = western(t).select("visit_id", "code", "is_main").join(told, "code")
    main = western(t).filter(_.is_main).select("visit_id", main=_.code)
    alone = held.filter(_.measure == "planned_course", _.is_main).drop("code", "is_main")
    beside = held.filter(_.measure == "planned_beside").join(main, "visit_id")
    beside = beside.filter(beside.main.startswith(beside["value"])).select(*alone.columns)
    dated = ibis.union(alone, beside).join(t["visit"].select("visit_id", "began_on"), "visit_id")
    return dated.filter(holding(_.began_on)).select("visit_id").distinct()


def holding(on: ibis.Value) -> ibis.Value:
    """Whether the edition of a row of a code list holds on a day."""
    since, until = _.holds_from, _.holds_until
    return (since.isnull() | (since <= on)) & (until.isnull() | (on <= until))


def _settlement_gone(t: Tables) -> ibis.Table:
    nothing = t["net_settlement"].filter(~_.stands).select(root=_.settlement_id)
    return t["settlement_taken_back"].semi_join(nothing, "root").select("settlement_id")


def _settlements(t: Tables) -> ibis.Table:
    untouched = t["settlement"].anti_join(t["settlement_taken_back"], "settlement_id")
    net = t["net_settlement"].filter(_.stands).drop("stands")
    return ibis.union(untouched, net).anti_join(t["visit_taken_back"], "visit_id")


def _visits(t: Tables) -> ibis.Table:
    visits = t["visit"].anti_join(t["visit_taken_back"], "visit_id")
    planned = t["planned_by_diagnosis"].select(planned_visit=_.visit_id)
    told = visits.left_join(planned, visits.visit_id == planned.planned_visit)
    return told.mutate(planned_course=_.planned_visit.notnull().ifelse(True, _.planned_course)).drop("planned_visit")


def _lines(t: Tables) -> ibis.Table:
    return t["fee_line"].anti_join(t["line_taken_back"], LINE)


REDUCED: dict[str, View] = {"settlement": _settlements, "visit": _visits, "fee_line": _lines}

# In the order in which they build on each other; each is small.
FEW_VIEWS: dict[str, View] = {
    view.__name__: view
    for view in (
        *(settlement_taken_back, net_settlement, visit_taken_back, line_taken_back),
        planned_by_diagnosis,
    )
}
