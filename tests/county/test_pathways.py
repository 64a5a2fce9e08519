"""Front pages, referrals, registrations and health records agree with the visits they speak of."""

from yiheng.records import TABLES


def test_each_stay_has_one_front_page_that_agrees_with_it(county):
    assert county.one("select count(*) from front_page") == county.one(
        "select count(*) from visit where kind = 'inpatient'"
    )
    wrong = """select count(*) from front_page f join visit v using (visit_id)
        where v.kind <> 'inpatient' or admitted_at::date <> began_on or discharged_at::date <> ended_on
        or stay_days <> greatest(ended_on - began_on, 1) or f.discharge_way <> v.discharge_way
        or f.doctor <> v.doctor or f.admission_department <> v.department or declared_at::date <= ended_on"""
    assert county.one(wrong) == 0


def test_a_front_page_counts_its_diagnoses_and_operations(county):
    wrong = """select count(*) from front_page f
        where diagnosis_count <> (select count(*) from diagnosis d where d.visit_id = f.visit_id)
        or operation_count <> (select count(*) from operation o where o.visit_id = f.visit_id)
        or outpatient_diagnosis <> (select code from diagnosis d where d.visit_id = f.visit_id and is_main)"""
    assert county.one(wrong) == 0
    assert county.one("select sum(operation_count) from front_page") == county.county.rows["operation"]


def test_a_front_page_gives_the_age_and_nursing_of_the_stay(county):
    wrong = """select count(*) from front_page join visit using (visit_id) join person using (person_id)
        where age_years <> date_sub('year', born_on, began_on)
        or (age_years = 0 and age_days <> began_on - born_on) or (age_years > 0 and age_days is not null)"""
    assert county.one(wrong) == 0
    nursing = """select count(*) from front_page f join visit v using (visit_id)
        where second_nursing_days <> least(v.ended_on - v.began_on + 1, coalesce((select sum(quantity) from fee_line l
            where l.visit_id = f.visit_id and item_code = 'YHS110005'), 0))"""
    assert county.one(nursing) == 0


def test_a_front_page_is_nearly_complete(town):
    rare = {"age_days", "newborn_admission", "birth_weight_g", "admission_weight_g", "receiving_institution"}
    rare |= {"transfer_departments", "readmission_purpose", "ventilator_time", "blood_kind", "blood_units"}
    rare |= {"coma_before", "coma_after"}
    for column in TABLES["front_page"]:
        if column.name not in rare:
            assert 0.92 < town.one(f"select count({column.name}) / count(*) from front_page") <= 1, column.name


def test_a_transfer_names_who_takes_over_and_nobody_else_does(town):
    share = """select count(receiving_institution) filter (discharge_way = 'transferred'),
        count(*) filter (discharge_way = 'transferred'),
        count(receiving_institution) filter (discharge_way <> 'transferred') from front_page"""
    ((named, transferred, others),) = town.rows(share)
    assert others == 0
    assert named == transferred > 0
    assert (
        town.one("""select count(*) from front_page f join visit v on v.visit_id = f.visit_id
        where receiving_institution = institution_id or not exists (
            from referral r where r.visit_id = f.visit_id and to_institution = receiving_institution)
        and receiving_institution is not null""")
        == 0
    )


def test_a_referral_starts_at_its_visit_and_precedes_the_visit_at_its_target(town):
    wrong = """select count(*) from referral r join visit v using (visit_id)
        where r.person_id <> v.person_id or from_institution <> v.institution_id or referred_on <> v.ended_on
        or from_institution = to_institution"""
    assert town.one(wrong) == 0
    followed = """select count(*) from referral r join visit v using (visit_id)
        where v.discharge_way is distinct from 'transferred' and not exists (
            from visit n where n.person_id = r.person_id and n.institution_id = r.to_institution
            and n.began_on > r.referred_on and n.began_on <= r.referred_on + 14)"""
    assert town.one(followed) == 0


def test_referrals_go_up_and_down_between_kinds_of_place(town):
    ways = town.rows("""select direction, f.kind, t.kind, count(*) from referral r
        join institution f on f.institution_id = from_institution
        join institution t on t.institution_id = to_institution group by all""")
    down = {(a, b) for way, a, b, _ in ways if way == "down"}
    assert down and all(b in ("village", "township", "hospital") and a in ("hospital", "outside") for a, b in down)
    assert {a for way, a, _, _ in ways if way == "up"} >= {"village", "township"}


def test_nobody_gets_chronic_care_before_registration_or_after_it(town):
    codes = """(values ('I10', 'M03900'), ('E11.9', 'M01600'), ('I25.1', 'M04600'), ('J44.9', 'M05300'),
        ('N18.9', 'YHM001'), ('Z49.1', 'M07803')) code(illness, disease_code)"""
    lost = f"""select count(*) from visit v join diagnosis d on d.visit_id = v.visit_id and d.is_main
        left join {codes} on illness = d.code
        left join chronic_registration c on c.person_id = v.person_id and c.disease_code = code.disease_code
            and v.began_on > c.registered_from and v.began_on <= coalesce(c.registered_until, v.began_on)
        where v.kind = 'chronic' and c.person_id is null
        and v.visit_id not in (select visit from label where rule = 'chronic_without_registration')"""
    assert town.one(lost) == 0
    assert (
        town.one("""select count(*) from chronic_registration join person using (person_id)
        where registered_from < born_on or registered_until < registered_from""")
        == 0
    )


def test_managed_people_are_measured_each_quarter_and_others_less(town):
    quarters = """select managed, avg(n) from (select person_id, managed, count(distinct quarter(measured_on)) as n
        from health_record where measure = 'systolic' and year(measured_on) = 2024 group by all) group by 1 order by 1"""
    (_, others), (_, managed) = town.rows(quarters)
    assert others < 2.2 and managed > 3.8
    means = dict(town.rows("select managed, avg(reading) from health_record where measure = 'systolic' group by 1"))
    assert 128 < means[True] < means[False] < 152


def test_a_health_record_is_of_a_person_of_the_county_and_makes_sense(town):
    assert (
        town.one("""select count(*) from health_record h where not exists (from enrolment e
        where e.person_id = h.person_id and measured_on between enrolled_from and enrolled_until)""")
        == 0
    )
    assert (
        town.one("""select count(*) from health_record s join health_record d using (person_id, measured_on)
        where s.measure = 'systolic' and d.measure = 'diastolic' and s.reading <= d.reading""")
        == 0
    )
    limits = town.rows("select measure, min(reading), max(reading) from health_record group by 1 order by 1")
    assert [name for name, *_ in limits] == ["diastolic", "fasting_glucose", "hba1c", "systolic"]
    assert all(4 <= low <= high <= 220 for _, low, high in limits)
