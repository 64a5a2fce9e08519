"""The county keeps its contracts to the fen and looks like a county."""

import csv
from pathlib import Path

import ibis
import pyarrow.parquet as pq
import pytest

from yiheng.basis.refusals import Refusal
from yiheng.county import make_county
from yiheng.county.write import MADE, arrow_schema
from yiheng.records import TABLES
from yiheng.records.money import FUND_PARTS

REFERENCES = [(name, c.name, c.refers_to) for name in MADE for c in TABLES[name] if c.refers_to]


def bytes_of(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    for name, seed in (("once", 1), ("again", 1), ("other", 2)):
        make_county(tmp_path / name / "data", tmp_path / name / "labels.csv", people=200, seed=seed)
    once, again, other = (bytes_of(tmp_path / name) for name in ("once", "again", "other"))
    assert once == again
    assert other["data/fee_line.parquet"] != once["data/fee_line.parquet"]
    assert other["labels.csv"] != once["labels.csv"]


@pytest.mark.parametrize("name", MADE)
def test_a_table_has_the_columns_and_types_of_its_contract(county, name):
    schema = pq.read_schema(county.data / f"{name}.parquet")
    assert schema == arrow_schema(TABLES[name])
    kept = ibis.schema(dict(TABLES[name].schema.items())).to_pyarrow()
    assert [(f.name, f.type) for f in schema] == [(f.name, f.type) for f in kept]


@pytest.mark.parametrize("name", MADE)
def test_keys_are_unique_and_needed_values_present(county, name):
    table = TABLES[name]
    assert county.one(f"select count(*) from {name}") == county.county.rows[name] > 0
    key = ", ".join(table.key)
    assert county.rows(f"select {key} from {name} group by all having count(*) > 1") == []
    for column in table:
        if not column.null:
            assert county.one(f"select count(*) from {name} where {column.name} is null") == 0


@pytest.mark.parametrize(("table", "column", "target"), REFERENCES)
def test_references_resolve(county, table, column, target):
    key = TABLES[target].key[0]
    lost = f"select count(*) from {table} where {column} is not null and {column} not in (select {key} from {target})"
    assert county.one(lost) == 0


@pytest.mark.parametrize("name", MADE)
def test_contract_checks_and_code_lists_hold(county, name):
    rows = ibis.duckdb.from_connection(county.db).table(name)
    for check in TABLES[name].checks:
        assert rows.filter(check.fault(rows)).count().execute() == 0
    for column in TABLES[name]:
        if column.codes:
            used = {value for (value,) in county.rows(f"select distinct {column.name} from {name}")}
            assert used - {None} <= set(column.codes.words)


def test_a_settlement_is_the_sum_of_its_lines(county):
    assert (
        county.rows("""
        select settlement_id from settlement s left join fee_line l using (settlement_id)
        group by s.settlement_id, s.total_fen, s.scope_fen, s.visit_id
        having s.total_fen is distinct from sum(l.amount_fen) or s.scope_fen is distinct from sum(l.scope_fen)
            or bool_or(l.visit_id <> s.visit_id)""")
        == []
    )


def test_each_visit_is_settled_once_on_its_last_day(county):
    assert county.one("select count(*) from settlement") == county.one("select count(*) from visit")
    assert county.one("select count(distinct visit_id) from settlement") == county.county.rows["visit"]
    late = "select count(*) from settlement join visit using (visit_id) where settled_at::date <> ended_on"
    assert county.one(late) == 0


def test_a_line_is_quantity_times_price_and_covered_by_its_class(county):
    wrong = """select count(*) from fee_line
        where quantity::decimal(18, 4) * unit_price::decimal(18, 6) * 100 <> amount_fen
        or scope_fen <> sign(amount_fen)::bigint * case coverage
            when 'full' then abs(amount_fen) when 'partial' then abs(amount_fen) * 90 // 100 else 0 end"""
    assert county.one(wrong) == 0
    assert county.one("select count(*) from fee_line where quantity <> floor(quantity)") > 0


def test_no_payer_pays_a_negative_part(county):
    parts = (*FUND_PARTS, "fund_fen", "account_fen", "cash_fen", "scope_fen", "deductible_fen")
    assert county.one(f"select count(*) from settlement where least({', '.join(parts)}) < 0") == 0
    assert county.county.fund_fen == county.one("select sum(fund_fen) from settlement")


def test_the_main_diagnosis_comes_first_and_alone(county):
    assert county.one("select count(*) from diagnosis where is_main <> (ordinal = 1)") == 0
    counts = county.rows("select count(*), max(ordinal), sum(is_main::int) from diagnosis group by visit_id")
    assert len(counts) == county.county.rows["visit"]
    assert all(1 <= n <= 4 and last == n and main == 1 for n, last, main in counts)
    assert county.rows("select visit_id, code from diagnosis group by all having count(*) > 1") == []


def test_operations_fall_within_the_stay(county):
    assert (
        county.one("""select count(*) from operation join visit using (visit_id)
        where operated_on not between began_on and ended_on or kind <> 'inpatient'""")
        == 0
    )


def test_nobody_is_treated_before_birth_after_death_or_unenrolled(county):
    assert county.one("select count(*) from visit join person using (person_id) where began_on < born_on") == 0
    assert (
        county.one("""select count(*) from visit d join visit v using (person_id)
        where d.discharge_way = 'died' and v.began_on > d.ended_on
        and v.visit_id not in (select visit from label where rule = 'visit_after_death')""")
        == 0
    )
    assert (
        county.one("""select count(*) from visit v where not exists (
        from enrolment e where e.person_id = v.person_id
        and v.began_on between e.enrolled_from and e.enrolled_until)""")
        == 0
    )


def test_one_enrolment_per_person_and_year_with_two_consortia(town):
    assert (
        town.rows("""select person_id from enrolment group by person_id, year(enrolled_from)
        having count(*) > 1 or any_value(year(enrolled_from) <> year(enrolled_until))""")
        == []
    )
    share = dict(town.rows("select consortium, count(*) * 100 // sum(count(*)) over () from enrolment group by 1"))
    assert set(share) == {"xihai", "donghe"}
    assert 70 <= share["xihai"] <= 80


def test_nobody_visits_a_clinic_on_a_day_in_hospital(county):
    planted = "(select person from label)"
    assert (
        county.one(f"""select count(*) from visit s join visit o using (person_id)
        where s.kind = 'inpatient' and o.kind <> 'inpatient' and person_id not in {planted}
        and o.began_on between s.began_on and s.ended_on""")
        == 0
    )


def test_the_figures_are_those_of_a_county(town):
    py = town.one("select count(*) from enrolment")
    stays = town.one("select count(*) from visit where kind = 'inpatient'")
    assert 0.175 <= stays / py <= 0.215
    assert 4 <= (town.one("select count(*) from visit") - stays) / py <= 6
    of_stays = "from fee_line l join visit v using (visit_id) where v.kind = 'inpatient'"
    drugs = town.one(f"select sum(amount_fen) filter (l.kind in ('drug', 'herb')) / sum(amount_fen) {of_stays}")
    assert 0.25 <= drugs <= 0.40
    assert 12 <= town.one(f"select count(*) / {stays} {of_stays}") <= 28
    assert 6.5 <= town.one("select avg(ended_on - began_on) from visit where kind = 'inpatient'") <= 9


def test_a_stay_costs_most_outside_and_least_in_a_township(town):
    yuan = dict(
        town.rows("""select i.kind, avg(total_fen) / 100 from visit v join settlement using (visit_id)
        join institution i using (institution_id) where v.kind = 'inpatient' group by 1""")
    )
    assert 2_300 <= yuan["township"] <= 4_000
    assert 6_500 <= yuan["hospital"] <= 10_000
    assert 14_000 <= yuan["outside"] <= 23_000


def test_the_old_are_in_hospital_more(town):
    rate = town.rows("""select year(e.enrolled_from) - year(born_on) >= 65 as old, count(v.visit_id) / count(*)
        from enrolment e join person using (person_id) left join visit v on v.person_id = e.person_id
            and v.kind = 'inpatient' and year(v.began_on) = year(e.enrolled_from) group by 1 order by 1""")
    assert rate[1][1] > 2 * rate[0][1]


def test_the_institutions_are_those_of_the_model(town):
    kinds = dict(town.rows("select kind, count(*) from institution group by 1"))
    assert kinds == {"hospital": 2, "township": 7, "outside": 6, "village": 10, "pharmacy": 5}
    assert town.one("select count(distinct name) from institution") == sum(kinds.values())


def test_labels_and_data_stay_apart_and_nonsense_is_refused(tmp_path):
    with pytest.raises(Refusal, match="labels lie among the data"):
        make_county(tmp_path / "data", tmp_path / "data" / "labels.csv", people=200)
    with pytest.raises(Refusal, match="at least 200 people"):
        make_county(tmp_path / "data", tmp_path / "labels.csv", people=20)
    with pytest.raises(Refusal, match="do not follow each other"):
        make_county(tmp_path / "data", tmp_path / "labels.csv", people=200, years=(2022, 2024))


def test_the_answer_sheet_has_the_promised_columns(county):
    with county.labels.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    head = ["rule", "expect", "person", "visit", "line", "at_stake_fen", "why", "institution", "about"]
    assert list(rows[0]) == head
    assert sum(row["expect"] == "catch" for row in rows) == county.county.faults
    assert all(not row["at_stake_fen"] for row in rows if row["expect"] == "spare")


def test_the_page_about_the_county_names_every_table():
    page = (Path(__file__).parents[2] / "docs" / "reference" / "county.md").read_text("utf-8")
    assert [name for name in MADE if f"\n| `{name}` |" not in page] == []


def test_a_county_too_small_for_its_script_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(Refusal, match="a county of 200 people has no room for its planted faults"):
        make_county(tmp_path / "data", tmp_path / "labels.csv", people=200, years=(2025,))
