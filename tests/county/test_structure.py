"""Departments, doctors and consortia fit the visits that name them."""


def test_every_department_and_doctor_that_a_row_names_is_listed(county):
    for table in ("visit", "fee_line l join visit using (visit_id)"):
        prefix = "l." if "fee_line" in table else ""
        for column in ("department", "doctor"):
            lost = f"""select count(*) from {table} where {prefix}{column} is not null
                and (institution_id, {prefix}{column}) not in (select (institution_id, {column}) from {column})"""
            assert county.one(lost) == 0
    surgeons = """select count(*) from operation join visit using (visit_id)
        where (institution_id, surgeon) not in (select (institution_id, doctor) from doctor)"""
    assert county.one(surgeons) == 0
    assert county.one("select count(*) from operation where surgeon is null or anaesthesia is null") == 0


def test_a_family_doctor_works_where_the_person_is_signed(county):
    assert (
        county.one("""select count(*) from enrolment where family_doctor is not null
        and (institution_id, family_doctor) not in (select (institution_id, doctor) from doctor)""")
        == 0
    )
    assert 0.6 < county.one("select count(family_doctor) / count(*) from enrolment") < 0.8


def test_a_suspended_doctor_treats_nobody(town):
    assert town.one("select count(*) from doctor where suspended_until >= '2026-01-01'") > 0
    assert (
        town.one("""select count(*) from visit v join doctor d using (institution_id, doctor)
        where v.began_on <= d.suspended_until
        and v.visit_id not in (select visit from label where rule = 'suspended_doctor')""")
        == 0
    )


def test_each_consortium_has_one_lead_on_any_day_and_nobody_two_homes(county):
    days = "(select unnest(generate_series(date '2022-01-01', date '2025-12-31', interval 1 day))::date as day)"
    held = f"from membership join {days} on day >= member_from and day <= coalesce(member_until, day)"
    assert county.rows(f"select day, consortium {held} group by all having count(*) filter (role = 'lead') <> 1") == []
    assert county.rows(f"select day, institution_id {held} group by all having count(*) > 1") == []


def test_one_hospital_moved_to_the_other_consortium_in_a_past_year(county):
    moved = county.rows("""select institution_id, max(member_until), count(*) from membership
        group by 1 having count(distinct consortium) > 1""")
    assert len(moved) == 1 and moved[0][1].year == 2023
    assert {role for (role,) in county.rows("select distinct role from membership")} == {
        "lead",
        "member",
        "township",
        "village",
    }


def test_a_clinic_belongs_to_the_consortium_that_answers_for_most_of_its_people(town):
    other = town.one("""select count(*) filter (m.consortium <> e.consortium) / count(*)
        from enrolment e join membership m on m.institution_id = e.institution_id and m.role in ('township', 'village')
            and e.enrolled_from between m.member_from and coalesce(m.member_until, e.enrolled_from)""")
    assert other < 0.03


def test_kind_of_person_fits_age_and_insurance(town):
    assert town.rows("""select distinct insurance, person_kind from person order by all""") == [
        ("employee", "11"),
        ("employee", "12"),
        ("resident", "14"),
        ("resident", "15"),
    ]
    assert town.one("select count(*) from person where low_income and insurance <> 'resident'") == 0
    assert 0 < town.one("select count(*) filter (low_income) / count(*) from person") < 0.05


def test_the_first_diagnosis_was_there_on_admission_and_only_stays_say_so(county):
    assert (
        county.one("""select count(*) from diagnosis join visit using (visit_id)
        where (visit.kind = 'inpatient') <> (admission_condition is not null)
        or is_main and admission_condition <> 'present'""")
        == 0
    )


def test_only_drugs_taken_home_last_for_days(county):
    wrong = """select count(*) from fee_line l join visit v using (visit_id)
        where (l.kind = 'drug' and v.kind <> 'inpatient' and quantity > 0) <> (days_supplied is not null)"""
    assert county.one(wrong) == 0
    assert county.one("select min(days_supplied) from fee_line") > 0


def test_stays_are_paid_by_group(county):
    assert (
        county.one("""select count(*) from settlement join visit using (visit_id)
        where (payment_way = 'drg') <> (kind = 'inpatient')""")
        == 0
    )
