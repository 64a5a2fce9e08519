"""Service withheld or overdone, measured for each institution in the last year, apart from what planted it.

Each query gives institution, what was counted, and of how many; the larger the share, the worse.
"""

LAST = "year(v.began_on) = (select max(year(began_on)) from visit)"
STAYS = f"""
with stay as (
    select v.*, d.code, s.total_fen, s.scope_fen, i.kind as place_kind
    from visit v join diagnosis d on d.visit_id = v.visit_id and is_main join settlement s on s.visit_id = v.visit_id
    join institution i on i.institution_id = v.institution_id
    where v.kind = 'inpatient' and {LAST} and v.visit_id not in (select visit from label where visit is not null)),
home as (
    select e.person_id, t.institution_id as centre from enrolment e
    join institution c on c.institution_id = e.institution_id
    join institution t on t.kind = 'township' and substr(t.name, 1, 3) = substr(c.name, 1, 3)
    where year(e.enrolled_from) = (select max(year(enrolled_from)) from enrolment))
"""
DRUGS = f"""
    select institution_id, sum({{0}}::double) filter (item_code = 'YHX000012'), sum({{0}}::double)
    from fee_line l join visit v using (visit_id) where l.kind = 'drug' and v.kind <> 'pharmacy' and {LAST} group by 1
    having sum(amount_fen) >= 10000000"""
FOUND_PLACES = {
    "outflow_of_people": STAYS
    + """select centre, count(*) filter (place_kind = 'outside'), count(*) from stay join home using (person_id) group by 1""",
    "self_pay_shift": STAYS
    + """select institution_id, count(*) filter ((total_fen - scope_fen) * 10 > total_fen), count(*)
    from stay where place_kind = 'township' group by 1""",
    "early_discharge": STAYS
    + """select a.institution_id, count(*) filter (exists (from stay b where b.person_id = a.person_id
        and b.institution_id <> a.institution_id and b.began_on - a.ended_on between 0 and 7)), count(*)
    from stay a where place_kind = 'township' group by 1""",
    "upcoded_illness": STAYS
    + """select institution_id, count(*) filter (code in ('J18.9', 'I63.9', 'I21.9')),
        count(*) filter (code in ('J18.9', 'I63.9', 'I21.9', 'J20.9', 'J06.9', 'I10', 'I25.1'))
    from stay where place_kind = 'township' group by 1""",
    "severe_sent_away": STAYS
    + """select institution_id, count(*) filter (discharge_way = 'transferred'), count(*) from stay
    where code in ('I63.9', 'I21.9', 'I50.9', 'C34.9', 'C18.9', 'C16.9') and not planned_course
        and place_kind = 'hospital' group by 1""",
    "few_services": STAYS
    + """, served as (
        select visit_id, count(distinct item_code) filter (kind = 'service' and item_code not in (
            select code_prefix from code_limits where measure = 'routine')) as services
        from fee_line group by 1)
    select institution_id, count(*) filter (services <= 1), count(*) from stay join served using (visit_id)
    where place_kind = 'township' and not planned_course group by 1""",
    "shifted_around_stay": STAYS
    + """
    select institution_id, count(*) filter (exists (from visit b where b.person_id = a.person_id
        and b.kind in ('outpatient', 'chronic', 'pharmacy')
        and (a.began_on - b.began_on between 1 and 3 or b.began_on - a.ended_on between 1 and 3))), count(*)
    from stay a where place_kind = 'township' and not planned_course group by 1""",
    "dissatisfied_patients": f"""
    with asked as (select visit_id, avg(score) as score from survey group by 1)
    select institution_id, count(*) filter (score < 60), count(*)
    from asked join visit v using (visit_id) join institution i using (institution_id)
    where i.kind = 'township' and {LAST} group by 1""",
    "low_positive_rate": f"""
    select institution_id, count(*) filter (not positive), count(*) from exam_result e join visit v using (visit_id)
    where e.kind = 'CT' and {LAST} group by 1 having count(*) >= 100""",
    "disease_drug_share": f"""
    select institution_id, sum(amount_fen) filter (l.kind in ('drug', 'herb')), sum(amount_fen)
    from fee_line l join visit v using (visit_id) join diagnosis d using (visit_id)
    where v.kind = 'inpatient' and is_main and code like 'K52%' and {LAST} group by 1
    having count(distinct visit_id) >= 15""",
    "pharmacy_growth": """
    with bought as (
        select v.institution_id, year(v.began_on) as y, sum(scope_fen)::double as fen, count(*) as n
        from visit v join settlement s using (visit_id) where v.kind = 'pharmacy' group by all)
    select a.institution_id, a.fen, b.fen from bought a join bought b using (institution_id)
    where a.y = (select max(y) from bought) and b.y = a.y - 1 and b.n >= 200""",
    "key_drug_money": DRUGS.format("amount_fen"),
    "key_drug_quantity": DRUGS.format("quantity"),
    "clinic_without_service": f"""
    select i.institution_id, (count(v.visit_id) = 0)::int, 1 from institution i
    left join visit v on v.institution_id = i.institution_id and {LAST} where i.kind = 'village' group by 1""",
}
