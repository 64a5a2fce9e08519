"""Real public claims, end to end, against counts made by independent SQL over the source files."""

from __future__ import annotations

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.conftest import ROOT, shared_file
from yiheng.runs import run_audit, run_measure, run_settle


@pytest.fixture(scope="module")
def source():
    """The source files as they are, every column text; the beneficiaries with the year of their file."""
    con = duckdb.connect()
    folder = shared_file("synpuf")
    con.execute(f"create view claims as select * from read_csv('{folder}/*Inpatient*.csv', all_varchar=true)")
    con.execute(
        "create view people as select *, regexp_extract(filename, '1_0_([0-9]{4})_', 1) as year"
        f" from read_csv('{folder}/*Beneficiary*.csv', all_varchar=true, filename=true)"
    )
    # A second segment of a claim carries no dates of its own: it cannot be placed in a year.
    con.execute("create view dated as select * from claims where CLM_THRU_DT is not null")
    return con


def one(con, query: str):
    return con.execute(query).fetchone()[0]


def test_claims_read_are_accepted_quarantined_or_duplicates(synpuf, source):
    _, loaded = synpuf
    counts = loaded.tables["settlement"]
    assert counts.read == one(source, "select count(*) from claims") == 11503
    assert counts.accepted == one(source, "select count(*) from dated") == 11492
    assert counts.quarantined == 11
    assert counts.read == counts.accepted + counts.quarantined + counts.duplicates


def test_money_read_is_accepted_quarantined_or_duplicate(synpuf, source):
    _, loaded = synpuf
    counts = loaded.tables["settlement"]
    cents = "(sum(CLM_PMT_AMT::decimal(18, 2)) * 100)::bigint"
    assert counts.fen_read == one(source, f"select {cents} from claims")
    assert counts.fen_accepted == one(source, f"select {cents} from dated")
    assert counts.fen_read == counts.fen_accepted + counts.fen_quarantined + counts.fen_duplicates
    assert counts.fen_unknown == 0


def test_what_was_quarantined_says_why(synpuf):
    workspace, loaded = synpuf
    kept = pq.read_table(workspace.run_folder(loaded.run) / "quarantine.parquet").to_pylist()
    assert {(q["table_name"], q["fault"]) for q in kept} == {
        ("settlement", "settled_at_missing"),
        ("visit", "began_on_missing"),
    }
    assert len(kept) == 22


def test_people_and_state_years_agree(synpuf, source):
    _, loaded = synpuf
    assert loaded.tables["person"].accepted == one(source, "select count(distinct DESYNPUF_ID) from people")
    assert loaded.tables["enrolment"].accepted == one(source, "select count(*) from people")
    assert loaded.tables["institution"].accepted == one(source, "select count(distinct PRVDR_NUM) from claims")


def test_overlapping_stays_agree(synpuf, source):
    workspace, _ = synpuf
    found = run_audit(workspace, ["overlapping_stays"])["findings"]
    stays = """
        with stays as (
          select DESYNPUF_ID as person, CLM_ID as visit, CLM_ADMSN_DT as a, NCH_BENE_DSCHRG_DT as d,
                 row_number() over (partition by DESYNPUF_ID
                                    order by CLM_ADMSN_DT, NCH_BENE_DSCHRG_DT, CLM_ID) as n
          from dated)
        select distinct later.visit from stays later
        join stays earlier on earlier.person = later.person and earlier.n < later.n and later.a < earlier.d
    """
    visits = {row[0] for row in source.execute(stays).fetchall()}
    assert len(found) == len(visits) > 0
    assert {f["visit"] for f in found} == visits


def test_frequent_stays_agree(synpuf, source):
    workspace, _ = synpuf
    found = run_audit(workspace, ["frequent_stays"])["findings"]
    # Who comes on the day of discharge from another hospital is transferred: the files do not say how a stay ended.
    query = """
        with stays as (
          select DESYNPUF_ID as person, CLM_ADMSN_DT as a, PRVDR_NUM as place,
                 lag(PRVDR_NUM) over in_order as place_before, lag(NCH_BENE_DSCHRG_DT) over in_order as d_before
          from dated
          window in_order as (partition by DESYNPUF_ID order by CLM_ADMSN_DT, NCH_BENE_DSCHRG_DT, CLM_ID))
        select person, left(a, 4)::int, count(*) from stays
        where not coalesce(place <> place_before and a = d_before, false)
        group by all having count(*) > 6
    """
    assert {(f["person"], f["evidence"]["year"], f["evidence"]["stays"]) for f in found} == set(
        source.execute(query).fetchall()
    )


def test_admissions_and_payments_by_state_and_year_agree(synpuf, source):
    workspace, _ = synpuf
    rows = run_measure(workspace, ["mean_stay_days", "in_county_fund_share"], ["consortium", "year"])["rows"]
    query = """
        select p.SP_STATE_CODE, c.year::bigint, count(*), (sum(CLM_PMT_AMT::decimal(18, 2)) * 100)::bigint,
               sum(greatest(date_diff('day', strptime(CLM_ADMSN_DT, '%Y%m%d'), strptime(NCH_BENE_DSCHRG_DT, '%Y%m%d')), 1))::bigint
        from (select *, left(CLM_THRU_DT, 4) as year from dated) c
        join people p on p.DESYNPUF_ID = c.DESYNPUF_ID and p.year = c.year
        group by all
    """
    independent = {
        (state, year): (stays, cents, days) for state, year, stays, cents, days in source.execute(query).fetchall()
    }
    stays = {(r["consortium"], r["year"]): (r["bottom"], r["top"]) for r in rows if r["indicator"] == "mean_stay_days"}
    money = {(r["consortium"], r["year"]): r["bottom"] for r in rows if r["indicator"] == "in_county_fund_share"}
    assert stays == {key: (n, days) for key, (n, _, days) in independent.items()}
    assert money == {key: cents for key, (_, cents, _) in independent.items()}
    assert sum(n for n, _ in stays.values()) == 11492


def test_statements_by_state_agree_with_the_policy_worked_in_sql(synpuf, source):
    workspace, _ = synpuf
    # The sample thins out towards its end: one state has 5 claims where the last quarter would have 50.
    result = run_settle(workspace, ROOT / "policies" / "us-desynpuf", year=2010, although="the sample thins out")
    assert result["refused"] == [] and result["unattributed"] == {}
    # In whole cents: budget = (2008 + 2009) / 2 x 1.02, half a cent up.
    query = """
        with spend as (
          select p.SP_STATE_CODE as state, p.year,
                 coalesce(sum((c.CLM_PMT_AMT::decimal(18, 2) * 100)::bigint), 0)::hugeint as cents
          from people p left join dated c on p.DESYNPUF_ID = c.DESYNPUF_ID and p.year = left(c.CLM_THRU_DT, 4)
          group by all),
        wide as (
          select state, sum(cents) filter (year < '2010') as base, sum(cents) filter (year = '2010') as spent
          from spend group by state)
        select state, ((base * 102 * 2 + 200) // 400)::varchar, spent::varchar from wide
    """
    wanted = {state: (int(budget), int(spent)) for state, budget, spent in source.execute(query).fetchall()}
    got = {}
    for s in result["statements"]:
        figures = {name: int(yuan.replace(".", "")) for name, yuan in s["figures"].items()}
        got[s["party"]] = (figures["budget"], figures["spend"])
        surplus = max(figures["budget"] - figures["spend"], 0)
        overrun = max(figures["spend"] - figures["budget"], 0)
        limit = (figures["budget"] * 2 * 2 + 100) // 200
        assert figures["kept"] == surplus
        assert figures["fund_bears"] == min(overrun, limit)
        assert figures["party_bears"] == overrun - figures["fund_bears"]
    assert got == wanted
    assert len(got) == 52
