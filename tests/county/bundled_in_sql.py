"""Charges that their names give away, as plain SQL over the shipped list, apart from what planted them."""

# Whether a name holds all the words of any alternative: "CT&增强|磁共振&增强".
NAMED = """len(list_filter(string_split({words}, '|'),
    lambda a: a <> '' and len(list_filter(string_split(a, '&'), lambda w: not contains({name}, w))) = 0)) > 0"""


def named(words, name="item_name"):
    return NAMED.format(words=f"coalesce({words}, '')", name=name)


FOUND = {
    "bundled_charge": f"""
    with line as (select *, occurred_at::date as day from fee_line),
    daily as (
        select visit_id, item_code, item_name, day, min(line_id) as line, sum(scope_fen) as scope
        from line where kind = 'service' group by all having sum(quantity) > 0),
    kept as (select visit_id, item_code, sum(scope_fen) as scope from line group by all having sum(quantity) > 0),
    side as (
        select bundle, scope as span, item_name,
            {named("trigger")} and not {named("trigger_without")} as first,
            {named("charged")} and not {named("charged_without")} as second
        from bundled_charges, (select distinct item_name from fee_line)),
    pair as (
        select b.visit_id, b.item_code, b.day, b.line, b.scope, k.scope as left_over
        from side x join side y on y.bundle = x.bundle and x.first and y.second and not y.first
        join daily a on a.item_name = x.item_name
        join daily b on b.item_name = y.item_name and b.visit_id = a.visit_id
            and (x.span = 'same_visit' or b.day = a.day)
        join kept k on k.visit_id = b.visit_id and k.item_code = b.item_code
        where (a.visit_id, a.item_code) in (select (visit_id, item_code) from kept)
            and (b.visit_id, b.day) not in (select (visit_id, day) from daily where item_name like '%抢救%')
            and b.visit_id not in (
                select visit_id from visit where planned_course or emergency or kind = 'emergency')),
    told as (select distinct * from pair)
    select visit_id, min(line), least(sum(scope), any_value(left_over)) from told group by visit_id, item_code""",
    "hours_beyond_stay": """
    select visit_id, line, scope * (n - cap) // n from (
        select visit_id, max(line_id) as line, sum(scope_fen)::hugeint as scope, (sum(quantity) * 10000)::hugeint as n,
            (any_value(ended_on - began_on + 1) * 24 * 10000)::hugeint as cap
        from fee_line join visit using (visit_id)
        where item_name like '%每小时%' and ended_on is not null group by visit_id, item_code)
    where n > cap""",
    # The county charges no dear piece twice for a reason: no trace code or operation need be looked at.
    "single_use_twice": """
    select visit_id, line, scope * (n - first) // n from (
        select visit_id, max(line_id) filter (quantity > 0) as line, sum(scope_fen)::hugeint as scope,
            (sum(quantity) * 10000)::hugeint as n, (max(quantity) * 10000)::hugeint as first
        from fee_line where kind = 'consumable' and unit_price >= 500 and abs(quantity) <= 1
        group by visit_id, item_code having count(*) filter (quantity > 0) > 1)
    where n > first and first = 10000""",
}
