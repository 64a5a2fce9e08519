"""Rules about persons, doctors and wards as plain SQL over the written tables, apart from what planted their faults."""

WITHOUT_BED = "('outpatient', 'emergency', 'chronic', 'pharmacy')"
STAYS = """with stay as (
    select v.*, s.scope_fen from visit v join settlement s using (visit_id) where kind = 'inpatient'),
call as (select v.*, s.scope_fen from visit v join settlement s using (visit_id) where kind <> 'inpatient')
"""


def too_frequent(kinds, most):
    return f"""{STAYS}
    select any_value(visit_id) filter (turn = {most + 1}), null, sum(scope_fen) from (
        select *, date_trunc('month', began_on) as month, row_number() over (
            partition by person_id, date_trunc('month', began_on) order by began_on, visit_id) as turn
        from call where kind in {kinds} and not planned_course)
    where turn > {most} group by person_id, month"""


SOLD = """
    select l.visit_id, l.line_id, l.scope_fen from stock_move m join settlement s using (settlement_id)
    join institution i on i.institution_id = m.institution_id and m.kind = 'sale'
    join fee_line l on l.visit_id = s.visit_id and l.item_code = m.item_code and l.occurred_at = m.moved_at
    """
SHORT = """where l.kind = '{}' and (m.institution_id, batch) in (
        select (institution_id, batch) from stock_move group by institution_id, batch having sum(quantity) < 0)"""
DISEASES = """(values ('I10', 'M03900'), ('E11.9', 'M01600'), ('I25.1', 'M04600'), ('J44.9', 'M05300'),
    ('N18.9', 'YHM001'), ('Z49.1', 'M07803')) disease(code, disease_code)"""
FOUND = {
    "visit_after_death": STAYS
    + """
    select v.visit_id, null, v.scope_fen from call v join stay d using (person_id)
    where d.discharge_way = 'died' and v.began_on > d.ended_on""",
    "visit_during_stay": STAYS
    + """
    select distinct v.visit_id, null, v.scope_fen from call v join stay s using (person_id)
    where v.began_on > s.began_on and v.began_on < s.ended_on""",
    "far_places_same_day": STAYS
    + """
    select distinct a.visit_id, null, a.scope_fen from call a join institution i using (institution_id)
    join call b on b.person_id = a.person_id and b.began_on = a.began_on
    join institution j on j.institution_id = b.institution_id
    where i.kind = 'outside' and j.kind <> 'outside'""",
    "frequent_visits": too_frequent("('outpatient', 'emergency', 'chronic')", 25),
    "frequent_purchases": too_frequent("('pharmacy')", 10),
    "large_purchase": """
    select visit_id, null, scope_fen from visit join settlement using (visit_id)
    where kind = 'pharmacy' and total_fen > 500000""",
    "chronic_without_registration": f"""{STAYS}
    select v.visit_id, null, v.scope_fen from call v join diagnosis d on d.visit_id = v.visit_id and is_main
    join {DISEASES} on disease.code = d.code
    where v.kind = 'chronic' and not exists (from chronic_registration c where c.person_id = v.person_id
        and c.disease_code = disease.disease_code
        and v.began_on between registered_from and coalesce(registered_until, v.began_on))""",
    "hoarded_drug": """
    select visit_id, line_id, scope_fen from (
        select *, sum(days_supplied) over (
            partition by person_id, item_code, date_trunc('quarter', occurred_at) order by occurred_at, line_id) as held
        from fee_line join visit using (visit_id) where days_supplied > 0 and not planned_course)
    where held > 270""",
    "suspended_doctor": """
    select visit_id, null, scope_fen from visit v join settlement using (visit_id)
    join doctor d on d.institution_id = v.institution_id and d.doctor = v.doctor
    where v.began_on <= suspended_until""",
    "doctor_at_two_places": STAYS
    + """
    select distinct a.visit_id, null, a.scope_fen from call a join call b using (doctor, began_on)
    join institution i on i.institution_id = a.institution_id
    join institution j on j.institution_id = b.institution_id
    where a.institution_id <> b.institution_id and i.kind = 'township'""",
    "low_standard_stay": STAYS
    + """
    select visit_id, null, scope_fen from stay s where not exists (from fee_line l where l.visit_id = s.visit_id
        and item_code not in ('YHS110001', 'YHS110004', 'YHS110005', 'YHS110006', 'YHS110007'))""",
    "readmitted_elsewhere": STAYS
    + """
    select b.visit_id, null, b.scope_fen from stay a join stay b using (person_id)
    where b.began_on = a.ended_on and a.visit_id <> b.visit_id and a.institution_id <> b.institution_id
        and a.discharge_way = 'home' and not b.planned_course and not b.emergency""",
    "operation_for_other_sex": """
    select o.visit_id, o.ordinal::varchar, 0 from operation o join visit using (visit_id) join person p using (person_id)
    join sex_conflict c on c.kind = 'px' and c.forbidden_for = p.sex and starts_with(o.code, c.code_prefix)""",
    "operation_without_diagnosis": """
    with reason as (select code_prefix, list(value) as many from code_limits where kind = 'px' group by 1),
    held as (select visit_id, list(code) as codes from diagnosis group by 1)
    select visit_id, ordinal::varchar, 0 from operation o join held using (visit_id)
    join reason r on starts_with(o.code, r.code_prefix)
    where len(list_filter(codes, lambda c: len(list_filter(many, lambda m: starts_with(c, m))) > 0)) = 0""",
    "diagnosis_for_other_age": """
    select d.visit_id, d.ordinal::varchar, 0 from diagnosis d join visit using (visit_id) join person using (person_id)
    join code_limits l on l.kind = 'dx' and l.measure = 'min_age' and starts_with(d.code, l.code_prefix)
    where date_sub('year', born_on, began_on) < l.value::int""",
    "camera_off_at_sale": """
    select visit_id, null, scope_fen from visit v join settlement using (visit_id) join camera_span c using (institution_id)
    where not c.working and settled_at between span_from_at and span_until_at""",
    "trace_code_twice": """
    select l.visit_id, l.line_id, l.scope_fen from (
        select *, count(*) over before - 2 * count(*) filter (kind = 'sale_return') over before as out
        from stock_move where trace_code is not null
        window before as (partition by trace_code order by moved_at rows between unbounded preceding and current row)) m
    join settlement s using (settlement_id)
    join fee_line l on l.visit_id = s.visit_id and l.item_code = m.item_code and l.occurred_at = m.moved_at
    where m.kind = 'sale' and out > 1""",
    "trace_code_missing": """
    select l.visit_id, l.line_id, l.scope_fen from stock_move m join settlement s using (settlement_id)
    join fee_line l on l.visit_id = s.visit_id and l.item_code = m.item_code and l.occurred_at = m.moved_at
    where m.kind = 'sale' and m.trace_code is null""",
    "sold_more_than_bought": SOLD + SHORT.format("drug"),
    "consumable_more_than_bought": SOLD + SHORT.format("consumable"),
    "collective_stays": STAYS
    + """
    select visit_id, null, scope_fen from (
        select s.*, count(*) over (partition by institution_id, began_on, ended_on, left(d.code, 3)) as together
        from stay s join diagnosis d on d.visit_id = s.visit_id and is_main)
    where together >= 8""",
    "together_again": STAYS
    + """
    , met as (
        select a.visit_id, a.scope_fen, a.began_on, a.person_id, institution_id, b.person_id as other
        from call a join call b using (institution_id, began_on)
        where a.person_id <> b.person_id and not a.planned_course and not b.planned_course),
    often as (
        select person_id, other, institution_id from met
        group by all having count(distinct began_on) >= 5),
    seen as (
        select distinct visit_id, scope_fen, person_id, institution_id
        from met join often using (person_id, other, institution_id)
        where (person_id, institution_id) in (
            select (person_id, institution_id) from often group by person_id, institution_id having count(*) >= 3))
    select min(visit_id), null, sum(scope_fen) from seen group by person_id, institution_id""",
    "repeated_settlement": """
    with bill as (
        select v.*, s.settlement_id, s.total_fen, s.scope_fen, d.code
        from visit v join settlement s using (visit_id) join diagnosis d on d.visit_id = v.visit_id and d.is_main
        where v.kind <> 'pharmacy' and not v.planned_course)
    select distinct b.visit_id, null, b.scope_fen from bill a join bill b
        on a.person_id = b.person_id and a.institution_id = b.institution_id and a.kind = b.kind
        and a.began_on = b.began_on and a.ended_on = b.ended_on and a.code = b.code and a.total_fen = b.total_fen
        and a.settlement_id < b.settlement_id""",
    "stay_beyond_illness_days": STAYS
    + """
    select visit_id, null, scope_fen * (ended_on - began_on - 10) // (ended_on - began_on)
    from stay s join diagnosis d using (visit_id)
    where is_main and code like 'K35%' and ended_on - began_on > 10 and not planned_course""",
    "bed_for_outpatient": STAYS
    + """
    select visit_id, null, scope_fen from stay s join diagnosis d using (visit_id)
    where is_main and (code like 'L30%' or code like 'N76%') and ended_on - began_on <= 2 and not planned_course
        and not emergency and discharge_way = 'home' and visit_id not in (select visit_id from operation)""",
    "sold_without_prescription": SOLD + "where i.kind = 'pharmacy' and prescription and prescription_no is null",
    "prescription_without_visit": SOLD
    + """where i.kind = 'pharmacy' and prescribed_elsewhere and not exists (from visit v where v.person_id = m.person_id
        and v.kind <> 'pharmacy' and v.began_on <= moved_at::date and moved_at::date - v.ended_on <= 84)""",
    "proxy_for_many": """
    with bought as (select *, date_trunc('month', began_on) as month from proxy_purchase join visit using (visit_id))
    select visit_id, null, scope_fen from bought b join settlement using (visit_id)
    where 3 < (select count(distinct person_id) from bought c where c.proxy = b.proxy and c.month = b.month)""",
}
# What is found about rows that are no visits: the key of the row.
FOUND_ROWS = {
    "camera_dark": """
    select strftime(span_from_at, '%Y-%m-%d %H:%M:%S') from camera_span
    where not working and span_until_at - span_from_at > interval 24 hour""",
    "carer_at_two_places": """
    select care_visit_id from (
        select *, max(ended_at) over (partition by carer order by started_at, care_visit_id
            rows between unbounded preceding and 1 preceding) as busy_until from care_visit)
    where started_at < busy_until""",
    "care_impossible_duration": """
    select care_visit_id from care_visit
    where ended_at - started_at < interval 5 minute or ended_at - started_at > interval 12 hour""",
    "care_signature_copied": """
    select care_visit_id from (
        select *, row_number() over (partition by signature_hash order by started_at) as turn from care_visit)
    where turn > 1""",
}
