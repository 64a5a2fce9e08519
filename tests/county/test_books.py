"""Monthly sums agree with the rows behind them; cameras, care and complaints make sense."""


def test_the_funds_spent_what_was_settled_in_the_month(county):
    settled = """select insurance, date_trunc('month', settled_at)::date, sum(fund_fen)::bigint from settlement
        group by all order by all"""
    spent = "select fund, month_from, flow_fen from fund_flow where kind = 'spending' and flow_fen <> 0 order by all"
    assert county.rows(settled) == county.rows(spent)


def test_a_balance_is_the_one_before_with_income_and_without_spending(town):
    flows = "(pivot fund_flow on kind using sum(flow_fen) group by fund, month_from)"
    wrong = f"""select count(*) from (select *, lag(balance) over (partition by fund order by month_from) as before
        from {flows}) where before is not null and balance <> before + income - spending"""
    assert town.one(wrong) == 0
    assert town.one(f"select count(*) from {flows}") == 2 * 48
    assert town.one(f"select min(balance) from {flows}") > 0
    shares = town.rows(f"select fund, sum(spending) / sum(income) from {flows} group by 1")
    assert all(0.8 < share < 1.15 for _, share in shares)


def test_costs_are_those_of_the_countys_departments_and_follow_their_charges(county):
    lost = """select count(*) from cost where cost_fen <= 0
        or (institution_id, department) not in (select (institution_id, department) from department)"""
    assert county.one(lost) == 0
    drugs = """select v.institution_id, v.department, date_trunc('month', occurred_at)::date as month,
        sum(amount_fen)::bigint * 95 // 100 as expected
        from fee_line l join visit v using (visit_id) join institution i using (institution_id)
        where l.kind in ('drug', 'herb') and i.kind in ('hospital', 'township') group by all"""
    wrong = f"""select count(*) from ({drugs}) d left join cost c on c.institution_id = d.institution_id
        and c.department = d.department and c.month_from = d.month and c.kind = 'drugs'
        where cost_fen is distinct from expected and expected > 0"""
    assert county.one(wrong) == 0
    charged = """select sum(amount_fen) from fee_line join visit using (visit_id) join institution i using (institution_id)
        where i.kind in ('hospital', 'township')"""
    assert 0.85 < county.one("select sum(cost_fen) from cost") / county.one(charged) < 1.05


def test_camera_spans_follow_each_other_and_turn_about(county):
    spans = """(select *, lag(span_until_at) over turn as before, lag(working) over turn as worked
        from camera_span window turn as (partition by institution_id order by span_from_at))"""
    assert county.one(f"select count(*) from {spans} where before <> span_from_at or worked = working") == 0
    assert county.one("select count(*) from camera_span where span_until_at is null") == 5
    assert county.one("select count(*) from camera_span where not working") >= 5


def test_nothing_is_sold_while_a_camera_is_down(town):
    assert (
        town.one("""select count(*) from camera_span c join stock_move m using (institution_id)
        where not working and m.kind = 'sale' and moved_at between span_from_at and span_until_at
        and replace(settlement_id, 'S', 'V') not in (select visit from label where rule = 'camera_off_at_sale')""")
        == 0
    )


def test_no_carer_is_at_two_places_and_nobody_is_cared_for_in_hospital(town):
    assert (
        town.one("""select count(*) from care_visit a join care_visit b using (carer)
        where a.care_visit_id < b.care_visit_id and a.started_at < b.ended_at and b.started_at < a.ended_at
        and b.care_visit_id not in (select about from label where rule = 'carer_at_two_places')""")
        == 0
    )
    assert (
        town.one("""select count(*) from care_visit c join visit v using (person_id)
        where v.kind = 'inpatient' and c.started_at::date between v.began_on and v.ended_on""")
        == 0
    )
    assert (
        town.one("""select count(*) from care_visit c where not exists (from enrolment e
        where e.person_id = c.person_id and c.started_at::date between enrolled_from and enrolled_until)""")
        == 0
    )


def test_a_complaint_follows_a_visit_within_the_month(town):
    assert town.county.rows["complaint"] >= 4
    assert (
        town.one("""select count(*) from complaint c where not exists (from visit v
        where v.institution_id = c.institution_id and c.received_on - v.ended_on between 1 and 30)""")
        == 0
    )
