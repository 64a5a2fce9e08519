"""Tables that many rules read, computed once for all: limits of items, lines and charges of limited items."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.records import OPEN_END, handed_over, over_standing, western

from .declare import Tables

# Measures whose value is the code of another item.
OF_ANOTHER_ITEM = ("contains", "not_with", "needs")
# Measures that ask what was charged on one day.
PAIRED_ON_A_DAY = ("contains", "not_with")
BY_DAY = (*PAIRED_ON_A_DAY, "least_gap_days")
TEN_THOUSAND = 10_000
MILLION = 1_000_000


def in_units(quantity: ibis.Deferred) -> ibis.Deferred:
    """A quantity as a whole number of ten-thousandths, so that sums stay exact on every engine."""
    return (quantity * TEN_THOUSAND).cast("int64")


def in_millionths(price: ibis.Deferred) -> ibis.Deferred:
    """A price as a whole number of millionths of a yuan."""
    return (price * MILLION).cast("int64")


def one_text(words: ibis.Deferred) -> ibis.Deferred:
    """The words of a group as one text, in an order that every engine knows."""
    return words.collect().sort().join("、")


def pharmacies(t: Tables) -> ibis.Table:
    """The institutions that are pharmacies."""
    return t["institution"].filter(_.kind == "pharmacy")


def limit_of_item(t: Tables) -> ibis.Table:
    """One row a limit of an item: from the published knowledge points and from the place's own list."""
    columns = ("rule_class", "item_code", "item_name", "measure", "value")
    published = t["knowledge_point"].filter(_.measure.notnull())
    return ibis.union(published.select(*columns), t["item_limit"].select(*columns), distinct=True)


def limited_line(t: Tables) -> ibis.Table:
    """The fee lines of items that some limit speaks of, and all herbs: whether one stands alone shows beside others."""
    limits = t["limit_of_item"]
    others = limits.filter(_.measure.isin(OF_ANOTHER_ITEM)).select(item_code=_.value)
    watched = ibis.union(limits.select("item_code"), others, distinct=True).mutate(watched=ibis.literal(True))
    lines = t["fee_line"].left_join(watched, "item_code").filter(_.watched | (_.kind == "herb"))
    return lines.select(
        "visit_id",
        "item_code",
        "kind",
        "scope_fen",
        "days_supplied",
        line=_.line_id,
        settlement=_.settlement_id,
        charged_name=ibis.coalesce(_.item_name, _.item_code),
        charged_on=_.occurred_at.date(),
        units=in_units(_.quantity),
        price=in_millionths(_.unit_price),
    )


def limited_day(t: Tables) -> ibis.Table:
    """One row a visit, day and item that is limited by the day: what of it was not taken back on that day.

    The other item of a pair is common, the first is not: only visits that were charged a first item are looked at.
    """
    limits = t["limit_of_item"]
    first = limits.filter(_.measure.isin(BY_DAY)).select("item_code")
    others = limits.filter(_.measure.isin(PAIRED_ON_A_DAY)).select(item_code=_.value)
    visits = t["limited_line"].semi_join(first, "item_code").select("visit_id").distinct()
    return (
        t["limited_line"]
        .semi_join(ibis.union(first, others, distinct=True), "item_code")
        .semi_join(visits, "visit_id")
        .group_by("visit_id", "charged_on", "item_code")
        .agg(
            charged_name=_.charged_name.min(),
            units=_.units.sum(),
            scope_fen=_.scope_fen.sum(),
            line=_.line.min(),
            settlement=_.settlement.min(),
        )
        .filter(_.units > 0)
    )


def limited_charge(t: Tables) -> ibis.Table:
    """One row a visit and limited item not taken back, with what a limit can ask of visit, person and place."""
    charged = (
        t["limited_line"]
        .group_by("visit_id", "item_code")
        .agg(
            units=_.units.sum(),
            scope_fen=_.scope_fen.sum(),
            first_line=_.line.min(),
            last_line=_.line.max(),
            settlement=_.settlement.min(),
            first_on=_.charged_on.min(),
            last_on=_.charged_on.max(),
        )
        .filter(_.units > 0)
    )
    visit = t["visit"].select(
        "visit_id",
        "began_on",
        "ended_on",
        "department",
        visit_kind=_.kind,
        person=_.person_id,
        institution=_.institution_id,
    )
    who = t["person"].select("sex", "born_on", person=_.person_id)
    place = t["institution"].select("level", institution=_.institution_id)
    paid = t["settlement"].select("insurance", settlement=_.settlement_id)
    joined = charged.join(visit, "visit_id").left_join(who, "person").drop("person_right")
    joined = joined.left_join(place, "institution").drop("institution_right")
    joined = joined.left_join(paid, "settlement").drop("settlement_right")
    return joined.mutate(
        visit=_.visit_id,
        age=full_years(_.born_on, _.began_on),
        age_days=_.began_on.delta(_.born_on, unit="day").cast("int64"),
    ).drop("born_on")


def paid_stay(t: Tables) -> ibis.Table:
    """Stays in hospital with their main diagnosis and what their settlements cover: few of all visits.

    ``handed_over`` is true where the person came on the same day from a stay elsewhere: a transfer, no new admission.
    """
    stays = t["visit"].filter(_.kind == "inpatient")
    before = {"group_by": "person_id", "order_by": ["began_on", "_last", "visit_id"]}
    stays = stays.mutate(_last=ibis.coalesce(_.ended_on, OPEN_END)).mutate(
        handed_over=handed_over(
            # Without an earlier stay there is no gap, whatever the way is read as.
            _.discharge_way.lag().over(**before),
            _.institution_id.lag().over(**before) != _.institution_id,
            _.began_on.delta(_.ended_on.lag().over(**before), unit="day"),
        )
    )
    main = western(t).filter(_.is_main).semi_join(stays, "visit_id")
    main = main.group_by("visit_id").agg(diagnosis=_.code.min())
    covered = t["settlement"].semi_join(stays, "visit_id")
    covered = covered.group_by("visit_id").agg(settlement=_.settlement_id.min(), scope_fen=_.scope_fen.sum())
    joined = stays.left_join(main, "visit_id").drop("visit_id_right").left_join(covered, "visit_id")
    return joined.select(
        "planned_course",
        "emergency",
        "discharge_way",
        "handed_over",
        "diagnosis",
        "settlement",
        scope_fen=_.scope_fen.cast("int64"),
        person=_.person_id,
        institution=_.institution_id,
        visit=_.visit_id,
        admitted_on=_.began_on,
        discharged_on=_.ended_on,
    )


def drug_use(t: Tables) -> ibis.Table:
    """One row an institution and year: what its drugs came to, and the watched ones among them; pharmacies left out."""
    key = t["code_limit"].filter(_.kind == "item", _.measure == "key_drug")
    key = key.select(item_code=_.code_prefix).distinct().mutate(key=ibis.literal(True))
    visits = t["visit"].filter(_.kind != "pharmacy")
    visits = visits.select("visit_id", "began_on", institution=_.institution_id, year=_.began_on.year().cast("int64"))
    drugs = t["fee_line"].filter(_.kind == "drug").mutate(units=in_units(_.quantity))
    lines = drugs.join(visits, "visit_id").left_join(key, "item_code")
    sums = {
        "drug_fen": _.amount_fen.sum(),
        "drug_units": _.units.sum(),
        "key_fen": _.amount_fen.sum(where=_.key),
        "key_units": _.units.sum(where=_.key),
        "key_scope_fen": _.scope_fen.sum(where=_.key),
    }
    whole = {name: one.fill_null(0).cast("int64") for name, one in sums.items()}
    return lines.group_by("institution", "year").agg(**whole, occurred_on=_.began_on.max())


def moved(t: Tables) -> ibis.Table:
    """Movements of goods without the sales of which the bill was taken back and no return was recorded."""
    stands = t["settlement"].select("settlement_id")
    undone = t["settlement_taken_back"].anti_join(stands, t["settlement_taken_back"].root == stands.settlement_id)
    sales = t["stock_move"].filter(_.kind == "sale").semi_join(undone, "settlement_id")
    back = t["stock_move"].filter(_.kind == "sale_return")
    same = ["institution_id", "item_code", "batch"]
    returned = back.select(*same, back_of=_.trace_code).distinct()
    alike = [*(sales[name] == returned[name] for name in same), sales.trace_code.identical_to(returned.back_of)]
    return t["stock_move"].anti_join(sales.anti_join(returned, alike), "move_id")


def doubtful_sale(t: Tables) -> ibis.Table:
    """Sales of which something is ``odd``, with the lines that were charged for them: looked up once for all rules."""
    sales = t["stock_move"].filter(_.kind == "sale")
    odd = {
        "sold_again": _sold_again(t),
        "untraced": sales.filter(_.trace_code.isnull()),
        "unprescribed": sales.filter(_.prescription, _.prescription_no.isnull()).semi_join(
            pharmacies(t), "institution_id"
        ),
    }
    columns = ("move_id", "settlement_id", "item_code", "batch", "trace_code", "moved_at")
    few = [rows.select(*columns, odd=ibis.literal(name)) for name, rows in odd.items()]
    return charged_sale(t, ibis.union(*few, _short(t).select(*columns, "odd")))


def _short(t: Tables) -> ibis.Table:
    """Sales of batches of which more went out than ever came in; by its lines an item shows as a consumable."""
    batch = ["institution_id", "item_code", "batch"]
    # A stocktaking counts what is there: nothing came in.
    short = (
        moved(t)
        .filter(_.kind != "stocktaking")
        .group_by(batch)
        .agg(left_units=in_units(_.quantity).sum())
        .filter(_.left_units < 0)
    )
    sales = moved(t).filter(_.kind == "sale").semi_join(short, batch)
    consumables = t["fee_line"].filter(_.kind == "consumable").select("item_code").distinct()
    consumables = consumables.mutate(odd=ibis.literal("short_consumable"))
    return sales.left_join(consumables, "item_code").mutate(odd=_.odd.fill_null("short_drug"))


def _sold_again(t: Tables) -> ibis.Table:
    """Sales of a pack that was sold before and did not come back in between; parts of one make up a pack at most."""
    moves = moved(t).filter(_.trace_code.notnull(), _.kind.isin(["sale", "sale_return"]))
    # A part of a pack is as much of it as its quantity; all else is the pack.
    part = _.split.fill_null(False) & (_.quantity.abs() < 1)
    size = ibis.ifelse(part, in_units(_.quantity.abs()), TEN_THOUSAND)
    moves = moves.mutate(step=ibis.ifelse(_.kind == "sale", size, -size))
    several = moves.group_by("trace_code").agg(moves=_.count()).filter(_.moves > 1)
    # What comes back at an instant comes back before it is sold again.
    so_far = ibis.cumulative_window(group_by="trace_code", order_by=["moved_at", "step", "move_id"])
    moves = moves.semi_join(several, "trace_code").mutate(out=_.step.sum().over(so_far))
    return moves.filter(_.kind == "sale", _.out > TEN_THOUSAND)


def charged_sale(t: Tables, moves: ibis.Table) -> ibis.Table:
    """Sales, told apart by ``odd``, as the lines charged for them; without its line a sale names its visit alone."""
    moves = moves.select("odd", "moved_at", "batch", "trace_code", "settlement_id", sold_item=_.item_code)
    visits = t["visit"].select("visit_id", person=_.person_id, institution=_.institution_id)
    paid = t["settlement"].select("settlement_id", "visit_id")
    sales = moves.join(paid, "settlement_id").join(visits, "visit_id")
    lines = t["fee_line"].select("line_id", "scope_fen", "item_code", "item_name", "occurred_at", charged=_.visit_id)
    charged = sales.left_join(
        lines,
        [sales.visit_id == lines.charged, sales.sold_item == lines.item_code, sales.moved_at == lines.occurred_at],
    )
    return charged.group_by(
        "odd", "person", "institution", visit=_.visit_id, line=_.line_id, occurred_on=_.moved_at.date()
    ).agg(
        settlement=_.settlement_id.min(),
        scope_fen=_.scope_fen.max(),
        item_name=ibis.coalesce(_.item_name, _.sold_item).min(),
        batch=_.batch.min(),
        trace_code=_.trace_code.min(),
    )


def charged_diagnosis(t: Tables) -> ibis.Table:
    """The diagnoses of visits in which an item was charged that is limited by diagnosis."""
    items = t["limit_of_item"].filter(_.measure.isin(["diagnosis", "not_diagnosis"])).select("item_code").distinct()
    visits = t["limited_charge"].semi_join(items, "item_code").select("visit_id").distinct()
    return western(t).semi_join(visits, "visit_id").select("visit_id", "code").distinct()


def full_years(born: ibis.Deferred, on: ibis.Deferred) -> ibis.Deferred:
    """Full years between two days: a birthday counts from its own day on."""
    later = (born.month() > on.month()) | ((born.month() == on.month()) & (born.day() > on.day()))
    return (on.year() - born.year() - ibis.ifelse(later, 1, 0)).cast("int64")


# In the order in which they build on each other.
VIEWS = over_standing(
    {
        view.__name__: view
        for view in (
            *(paid_stay, limit_of_item, limited_line, limited_day, limited_charge, charged_diagnosis),
            *(drug_use, doubtful_sale),
        )
    }
)
