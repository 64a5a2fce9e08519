"""Every planted fault is there, exactly as its label says, and nothing else looks like one."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import shared_file
from tests.county.bundled_in_sql import FOUND as BUNDLED
from tests.county.conduct_in_sql import FOUND as CONDUCT
from tests.county.conduct_in_sql import FOUND_ROWS
from tests.county.county_on_disk import open_county
from tests.county.limits_in_sql import FOUND as LIMITS
from tests.county.neglect_in_sql import FOUND_PLACES
from tests.county.rules_in_sql import FOUND as FIRST
from yiheng.county.catalogue import ITEMS, NUMBER, PAIRS, UNITS_PER_DAY
from yiheng.county.faults_of_amounts import AMOUNTS
from yiheng.county.faults_of_company import COMPANY
from yiheng.county.faults_of_limits import LIMITS as LIMITED

FOUND = FIRST | LIMITS | CONDUCT | BUNDLED


def found(made, rule):
    return sorted((visit, line or "", int(fen)) for visit, line, fen in made.rows(FOUND[rule]))


def labelled(made, rule, expect):
    rows = made.rows(
        f"select visit, coalesce(line, ''), at_stake_fen from label where rule = '{rule}' and expect = '{expect}'"
    )
    return sorted((visit, line, int(fen) if fen else None) for visit, line, fen in rows)


@pytest.mark.parametrize("rule", FOUND)
def test_a_rule_finds_the_planted_faults_and_nothing_else(county, rule):
    assert found(county, rule) == labelled(county, rule, "catch")


@pytest.mark.parametrize("rule", FOUND)
def test_a_larger_county_of_another_seed_holds_no_chance_find(town, rule):
    assert found(town, rule) == labelled(town, rule, "catch")


@pytest.mark.parametrize("rule", FOUND)
def test_a_near_miss_is_spared(county, rule):
    near = {visit for visit, _, _ in labelled(county, rule, "spare")}
    assert len(near) >= 2
    assert not near & {visit for visit, _, _ in found(county, rule)}


def labelled_rows(made, rule, expect):
    rows = made.rows(f"select about from label where rule = '{rule}' and expect = '{expect}'")
    return sorted(about for (about,) in rows)


@pytest.mark.parametrize("rule", FOUND_ROWS)
def test_a_rule_finds_the_planted_rows_and_nothing_else(county, town, rule):
    for made in (county, town):
        rows = sorted(key for (key,) in made.rows(FOUND_ROWS[rule]))
        assert rows == labelled_rows(made, rule, "catch")
        near = labelled_rows(made, rule, "spare")
        assert len(near) >= 2 and not set(near) & set(rows)


def test_the_smallest_county_has_two_faults_and_two_near_misses_of_each_rule(tmp_path):
    small = open_county(tmp_path, people=200, seed=3)
    counted = Counter(small.rows("select rule, expect from label"))
    assert set(counted) == {
        (rule, expect) for rule in (*FOUND, *FOUND_ROWS, *FOUND_PLACES) for expect in ("catch", "spare")
    }
    assert min(n for (rule, _), n in counted.items() if rule not in FOUND_PLACES) >= 2
    for rule in FOUND:
        assert found(small, rule) == labelled(small, rule, "catch")


def test_one_year_alone_can_be_made(tmp_path):
    short = open_county(tmp_path, people=300, years=(2025,))
    assert short.rows("select min(year(began_on)), max(year(ended_on)) from visit") == [(2025, 2025)]
    for rule in FOUND:
        assert found(short, rule) == labelled(short, rule, "catch")


def test_the_label_names_the_person_of_the_visit(county):
    assert county.one("""select count(*) from label l join visit v on v.visit_id = l.visit
        and v.person_id = l.person and v.institution_id = l.institution""") == county.one(
        "select count(visit) from label"
    )


def test_planted_visits_stand_among_the_others(county):
    middle = county.one("select count(*) / 2 from visit")
    low = county.one(f"select count(*) from label where substr(visit, 2)::int < {middle}")
    assert 0 < low < county.one("select count(*) from label")


def test_the_shipped_knowledge_points_are_those_the_county_charges_by(county):
    code = {key: ITEMS[number].code for key, number in NUMBER.items()}
    points = county.rows('select rule_class, item_codes, "constraint" from knowledge_points')
    pairs = {codes for kind, codes, _ in points if kind == "医疗服务项目重复收费"}
    assert pairs == {f"{code[a]}|{code[b]}" for a, b in PAIRS}
    hours = {"小时": 24, "日": 1, "天": 1}
    capped = {codes: hours[unit] for kind, codes, unit in points if kind == "医疗服务项目限定频次"}
    assert capped == {code[key]: units for key, units in UNITS_PER_DAY.items()}
    drugs = {c for kind, codes, _ in points if kind == "药品区分性别使用" for c in codes.split("|")}
    assert drugs == {item.code for item in ITEMS if item.sex}


def test_the_shipped_limits_are_those_the_county_plants_by(county):
    code = {key: ITEMS[number].code for key, number in NUMBER.items()}
    planted = {
        (limit.rule_class, code[limit.item], limit.measure, code.get(value, value))
        for limit in (*LIMITED, *AMOUNTS, *COMPANY)
        for value in limit.values
    }
    assert planted == set(county.rows("select rule_class, item_code, measure, value from item_limits"))
    watched = "select rule_class, unnest(string_split(item_codes, '|')) from knowledge_points"
    assert {(rule_class, item) for rule_class, item, *_ in planted} <= set(county.rows(watched))


def test_official_codes_of_the_limits_are_those_of_the_published_list(county):
    with shared_file("national/rules_2025.csv").open(encoding="utf-8") as file:
        published = {row["name"]: row["official_code"] or None for row in csv.DictReader(file)}
    for table in ("item_limits", "knowledge_points"):
        for name, code in county.rows(f"select distinct rule_class, official_code from {table}"):
            assert code == published.get(name), name


def test_the_page_about_the_county_names_every_planted_rule():
    page = (Path(__file__).parents[2] / "docs" / "reference" / "county.md").read_text("utf-8")
    assert [rule for rule in (*FOUND, *FOUND_ROWS, *FOUND_PLACES) if f"\n| `{rule}` |" not in page] == []


def test_all_invented_codes_say_so(county):
    assert all(item.code.startswith("YH") for item in ITEMS)
    assert county.one("select bool_and(starts_with(point_id, 'YH')) from knowledge_points")
    assert county.one("select bool_and(starts_with(source_rule, 'YH')) from sex_conflict")
