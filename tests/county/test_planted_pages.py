"""Where asked for, front pages hold exactly the faults that their own answer sheet names."""

import pytest

from tests.county.county_on_disk import open_county
from yiheng.basis.refusals import Refusal
from yiheng.county import make_county

PAGES = "front_page f join visit v using (visit_id) join person p using (person_id)"
FOUND = {
    "discharged_before_admitted": "discharged_at < admitted_at and v.ended_on >= v.began_on",
    "stay_days_differ": "stay_days <> greatest(v.ended_on - v.began_on, 1)",
    "diagnosis_count_differs": "diagnosis_count <> (select count(*) from diagnosis d where d.visit_id = f.visit_id)",
    "main_field_missing": """admitted_at is null or discharged_at is null or stay_days is null
        or f.discharge_way is null or diagnosis_count is null""",
    "receiving_institution_missing": "v.discharge_way = 'transferred' and receiving_institution is null",
    "list_diagnosis_for_other_sex": """exists (from sex_conflict c where c.kind = 'dx'
        and c.forbidden_for = p.sex and starts_with(outpatient_diagnosis, c.code_prefix))""",
}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faulty")
    made = open_county(folder, people=4000, seed=7, quality_labels=folder / "quality.csv")
    made.db.execute(f"create view quality as from read_csv('{folder / 'quality.csv'}', all_varchar = true)")
    return made


def visits(made, rule, expect):
    return {v for (v,) in made.rows(f"select visit from quality where rule = '{rule}' and expect = '{expect}'")}


@pytest.mark.parametrize("rule", FOUND)
def test_a_check_finds_the_planted_pages_and_nothing_else(faulty, rule):
    found = {v for (v,) in faulty.rows(f"select f.visit_id from {PAGES} where {FOUND[rule]}")}
    assert found == visits(faulty, rule, "catch")
    assert len(found) >= 4
    near = visits(faulty, rule, "spare")
    assert len(near) >= 2 and not near & found


def test_the_sheet_knows_no_other_rule_and_names_the_person(faulty):
    assert {rule for (rule,) in faulty.rows("select distinct rule from quality")} == set(FOUND)
    lost = "select count(*) from quality q left join visit v on v.visit_id = q.visit and v.person_id = q.person"
    assert faulty.one(f"{lost} where v.visit_id is null") == 0


def test_only_the_front_pages_change(faulty, town):
    for file in sorted(town.data.iterdir()):
        same = file.read_bytes() == (faulty.data / file.name).read_bytes()
        assert same == (file.name != "front_page.parquet")
    assert town.labels.read_bytes() == faulty.labels.read_bytes()


@pytest.mark.parametrize("rule", [rule for rule in FOUND if rule != "list_diagnosis_for_other_sex"])
def test_without_the_sheet_no_page_is_wrong(town, rule):
    assert town.rows(f"select f.visit_id from {PAGES} where {FOUND[rule]}") == []


def test_the_second_sheet_stays_apart_from_the_data_too(tmp_path):
    with pytest.raises(Refusal, match="labels lie among the data"):
        data = tmp_path / "data"
        make_county(data, tmp_path / "labels.csv", people=200, quality_labels=data / "quality.csv")


def test_the_second_sheet_is_the_same_each_time(tmp_path):
    for name in ("once", "again"):
        folder = tmp_path / name
        make_county(folder / "data", folder / "l.csv", people=200, quality_labels=folder / "q.csv")
    once, again = tmp_path / "once", tmp_path / "again"
    assert (once / "q.csv").read_bytes() == (again / "q.csv").read_bytes()
    pages = "data/front_page.parquet"
    assert (once / pages).read_bytes() == (again / pages).read_bytes()
