"""Orders, examinations, sales and surveys follow from the charges and visits behind them."""


def test_an_order_stands_behind_a_drug_of_a_stay_and_ends_within_it(county):
    assert (
        county.one("""select count(*) from order_line o join visit v using (visit_id)
        where v.kind <> 'inpatient' or o.doctor <> v.doctor or o.stopped_at < o.ordered_at
        or o.ordered_at::date < v.began_on or o.stopped_at::date > v.ended_on
        or o.days_supplied <> o.stopped_at::date - o.ordered_at::date + 1""")
        == 0
    )
    assert (
        county.one("""select count(*) from order_line o where not exists (from fee_line l
        where l.visit_id = o.visit_id and l.item_code = o.item_code and l.kind = 'drug'
        and l.occurred_at = o.ordered_at and l.quantity = o.quantity)""")
        == 0
    )
    assert 0 < county.county.rows["order_line"] * 3 < county.county.rows["fee_line"]


def test_each_imaging_that_was_kept_has_one_result(county):
    charged = """select visit_id, item_code, count(*) from fee_line l
        where item_code in ('YHS220005', 'YHS220006', 'YHS220007', 'YHS210005', 'YHS210006')
        group by 1, 2 having bool_and(quantity > 0) order by 1, 2"""
    found = "select visit_id, item_code, count(*) from exam_result group by 1, 2 order by 1, 2"
    assert county.rows(charged) == county.rows(found)


def test_a_machine_did_what_its_results_say(town):
    counted = """select equipment_id, date_trunc('month', examined_at)::date, institution_id, e.kind, count(*),
        count(*) filter (positive) from exam_result e join visit using (visit_id)
        where equipment_id is not null group by all order by 1, 2"""
    told = """select equipment_id, month_from, institution_id, kind, uses, positives from equipment
        where uses > 0 order by 1, 2"""
    assert town.rows(counted) == town.rows(told)
    assert {kind for (kind,) in town.rows("select distinct kind from equipment")} == {"CT", "MRI", "DR", "US"}
    assert (
        town.one("""select count(*) from exam_result join visit using (visit_id) join institution i using (institution_id)
        where (equipment_id is null) <> (i.kind = 'outside')""")
        == 0
    )


def test_one_visit_in_fifty_is_asked_and_answers_after_it(town):
    asked = town.one("select count(distinct visit_id) from survey")
    visits = town.one("select count(*) from visit where kind <> 'pharmacy'")
    assert 0.015 < asked / visits < 0.025
    assert (
        town.one("""select count(*) from survey join visit using (visit_id)
        where answered_on <= ended_on or score not between 0 and 100 or kind = 'pharmacy'""")
        == 0
    )
    assert town.rows("select visit_id from survey group by 1 having count(*) <> 3") == []
    assert 75 < town.one("select avg(score) from survey") < 90


NEVER_BOUGHT = ("sold_more_than_bought", "consumable_more_than_bought")
SOLD = """select s.* from stock_move s where kind in ('sale', 'sale_return')"""


def test_each_line_of_a_drug_or_a_tracked_consumable_of_a_pharmacy_or_hospital_is_one_sale(county):
    lines = """select l.settlement_id, v.institution_id, v.person_id, l.item_code, -l.quantity, l.unit_price, l.occurred_at
        from fee_line l join visit v using (visit_id) join institution i using (institution_id)
        where (l.kind = 'drug' or l.item_code = 'YHC000110') and i.kind in ('pharmacy', 'hospital') order by all"""
    sales = f"""select settlement_id, institution_id, person_id, item_code, quantity, unit_price, moved_at
        from ({SOLD}) order by all"""
    assert county.rows(lines) == county.rows(sales)
    assert county.one("select count(*) from stock_move where (kind = 'sale') <> (quantity < 0)") == 0


def planted(*rules):
    """The settlements of the faults of rules: a visit and its settlement have the same number."""
    return f"(select replace(visit, 'V', 'S') from label where rule in {(*rules, '')} and expect = 'catch')"


def test_no_batch_is_sold_beyond_what_was_bought_or_before_it_came(county):
    short = f"(select batch from stock_move where settlement_id in {planted(*NEVER_BOUGHT)})"
    assert (
        county.rows(f"""select batch from stock_move where batch not in {short}
        group by institution_id, item_code, batch
        having sum(quantity) < 0 or count(*) filter (kind = 'purchase') <> 1
        or min(moved_at) < min(moved_at) filter (kind = 'purchase')""")
        == []
    )


def test_a_trace_code_is_sold_once(county):
    twice = "select trace_code from stock_move where kind = 'sale' group by 1 having count(*) > 1 and trace_code is not null"
    labelled = "(select replace(visit, 'V', 'S') from label where rule = 'trace_code_twice')"
    assert (
        county.one(f"""select count(*) from ({twice}) t where not exists (
        from stock_move m where m.trace_code = t.trace_code and settlement_id in {labelled})""")
        == 0
    )
    missing = f"kind = 'sale' and settlement_id not in {planted('trace_code_missing')}"
    assert county.one(f"select count(*) from stock_move where trace_code is null and {missing}") == 0


def test_the_stock_at_the_end_of_a_month_is_what_moved_until_then(county):
    moved = """select institution_id, item_code, month_from, in_stock, used,
        (select sum(quantity) from stock_move m where m.institution_id = s.institution_id and m.item_code = s.item_code
            and moved_at < s.month_from + interval 1 month) as left_over,
        (select coalesce(-sum(quantity) filter (kind <> 'purchase'), 0) from stock_move m
            where m.institution_id = s.institution_id and m.item_code = s.item_code
            and date_trunc('month', moved_at) = s.month_from) as gone from stock_level s"""
    assert county.one(f"select count(*) from ({moved}) where in_stock <> left_over or used <> gone") == 0
    assert county.one("select min(in_stock) from stock_level where item_code not in ('YHX000124', 'YHC000110')") >= 0
