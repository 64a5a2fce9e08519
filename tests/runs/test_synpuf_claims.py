"""Repeated claims, and claims that contradict their stay: what is found equals what plain SQL over the files finds."""

from __future__ import annotations

from collections import Counter

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.conftest import shared_file
from tests.runs.spoiled_claims import write_spoiled
from yiheng.intake import read_mapping
from yiheng.runs import Workspace, run_audit, run_load

AMOUNTS = ("CLM_PMT_AMT", "NCH_BENE_IP_DDCTBL_AMT", "NCH_BENE_PTA_COINSRNC_LBLTY_AM", "NCH_BENE_BLOOD_DDCTBL_LBLTY_AM")
COVERED = " + ".join(f"(a.{name}::decimal(18, 2) * 100)::bigint" for name in AMOUNTS)
TOTAL = f"{COVERED} + (a.NCH_PRMRY_PYR_CLM_PD_AMT::decimal(18, 2) * 100)::bigint"
# A claim that repeats one with a smaller number: same person, provider, days, first diagnosis and amounts. A claim with
# an empty amount has no total, so what was paid is compared; what is covered is unknown too, which is shown as nothing
# at stake.
REPEATED = """
    select distinct b.CLM_ID, coalesce(b.covered, 0) from bill a join bill b
    on a.DESYNPUF_ID = b.DESYNPUF_ID and a.PRVDR_NUM = b.PRVDR_NUM and a.CLM_ADMSN_DT = b.CLM_ADMSN_DT
    and a.NCH_BENE_DSCHRG_DT = b.NCH_BENE_DSCHRG_DT and a.ICD9_DGNS_CD_1 = b.ICD9_DGNS_CD_1
    and a.total is not distinct from b.total and (a.total is not null or a.cents = b.cents)
    and coalesce(a.total, a.cents) > 0 and a.CLM_ID < b.CLM_ID
"""
# Days are written as 20080308, so their order as text is their order in time.
BACKWARDS = "select CLM_ID, cents from bill where NCH_BENE_DSCHRG_DT < CLM_ADMSN_DT"
LINE_OUTSIDE = """
    select CLM_ID, cents from bill
    where (CLM_FROM_DT < CLM_ADMSN_DT or CLM_FROM_DT > NCH_BENE_DSCHRG_DT) and NCH_BENE_DSCHRG_DT >= CLM_ADMSN_DT
"""
SETTLED_OUTSIDE = "select CLM_ID from bill where CLM_THRU_DT < CLM_ADMSN_DT or CLM_THRU_DT > NCH_BENE_DSCHRG_DT"
SECOND_SEGMENTS = "select CLM_ID, (CLM_PMT_AMT::decimal(18, 2) * 100)::bigint from claims where SEGMENT <> '1'"
CALL_DURING_STAY = """
    select distinct c.CLM_ID,
        ((c.CLM_PMT_AMT::decimal(18, 2) + c.NCH_BENE_PTB_DDCTBL_AMT::decimal(18, 2)
          + c.NCH_BENE_PTB_COINSRNC_AMT::decimal(18, 2)) * 100)::bigint
    from calls c join bill b on b.DESYNPUF_ID = c.DESYNPUF_ID
    where c.CLM_FROM_DT > b.CLM_ADMSN_DT and c.CLM_FROM_DT < b.NCH_BENE_DSCHRG_DT
"""
OVERLAPS = """
    select distinct later.CLM_ID, coalesce(later.covered, 0) from bill later join bill earlier
    on earlier.DESYNPUF_ID = later.DESYNPUF_ID and earlier.CLM_ID <> later.CLM_ID
    and (earlier.CLM_ADMSN_DT, earlier.NCH_BENE_DSCHRG_DT, earlier.CLM_ID)
        < (later.CLM_ADMSN_DT, later.NCH_BENE_DSCHRG_DT, later.CLM_ID)
    and later.CLM_ADMSN_DT < earlier.NCH_BENE_DSCHRG_DT
"""


def files(folder):
    """The claims in a folder as they are, every column text, and those with dates as bills in whole cents."""
    con = duckdb.connect()
    con.execute(f"create view claims as select * from read_csv('{folder}/*Inpatient*.csv', all_varchar=true)")
    con.execute(
        f"create table bill as select a.*, {TOTAL} as total, {COVERED} as covered,"
        " (a.CLM_PMT_AMT::decimal(18, 2) * 100)::bigint as cents from claims a where a.CLM_THRU_DT is not null"
    )
    return con


@pytest.fixture(scope="module")
def source():
    return files(shared_file("synpuf"))


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory):
    """The spoiled files, the workspace they were loaded into, and what the load and the audit said."""
    folder = tmp_path_factory.mktemp("spoiled")
    write_spoiled(folder)
    con = files(folder / "data")
    con.execute(f"create view calls as select * from read_csv('{folder}/data/*Outpatient*.csv', all_varchar=true)")
    workspace = Workspace.new(folder / "workspace")
    loaded = run_load(workspace, [folder / "data"], read_mapping(folder / "mapping.yaml"))
    rules = ["repeated_settlement", "charged_outside_stay", "visit_during_stay", "overlapping_stays"]
    return con, workspace, loaded, run_audit(workspace, rules)["findings"]


def found(findings, rule):
    return Counter((f["visit"], f["at_stake_fen"]) for f in findings if f["rule"] == rule)


def wanted(con, query):
    return Counter(con.execute(query).fetchall())


def quarantined(workspace, loaded, table, fault):
    kept = pq.read_table(workspace.run_folder(loaded.run) / "quarantine.parquet").to_pylist()
    return Counter((q["visit_id"], q["fen"]) for q in kept if (q["table_name"], q["fault"]) == (table, fault))


def test_the_samples_hold_no_repeated_claim_and_one_that_is_near(synpuf, source):
    workspace, _ = synpuf
    findings = run_audit(workspace, ["repeated_settlement"])["findings"]
    assert found(findings, "repeated_settlement") == wanted(source, REPEATED) == Counter()
    near = source.execute("""
        select DESYNPUF_ID, count(*), count(distinct ICD9_DGNS_CD_1), count(distinct CLM_PMT_AMT) from bill
        group by DESYNPUF_ID, PRVDR_NUM, CLM_ADMSN_DT, NCH_BENE_DSCHRG_DT having count(*) > 1""").fetchall()
    assert near == [("3CC5A762CC919C39", 2, 2, 2)]


def test_what_the_samples_charge_twice_under_one_number_is_quarantined_with_its_amount(synpuf, source):
    twice = source.execute("select CLM_ID from claims group by CLM_ID having count(*) > 1 order by 1").fetchall()
    segments = wanted(source, SECOND_SEGMENTS)
    assert [visit for (visit,) in twice] == sorted(visit for visit, _ in segments)
    assert quarantined(*synpuf, "settlement", "settled_at_missing") == segments
    assert (len(segments), sum(cents for _, cents in segments.elements())) == (11, 34_600_000)


def test_no_claim_of_the_samples_lies_outside_its_stay(synpuf, source):
    """Eleven begin after admission, with interim bills before them; none before it or after discharge."""
    _, loaded = synpuf
    for query in (BACKWARDS, LINE_OUTSIDE, SETTLED_OUTSIDE):
        assert source.execute(query).fetchall() == []
    assert {fault.fault for fault in loaded.faults} == {"settled_at_missing", "began_on_missing"}
    assert source.execute("select count(*) from bill where CLM_FROM_DT > CLM_ADMSN_DT").fetchone() == (11,)


def test_the_overlaps_of_the_samples_have_the_amounts_of_their_claims(synpuf, source):
    workspace, _ = synpuf
    overlaps = wanted(source, OVERLAPS)
    assert found(run_audit(workspace, ["overlapping_stays"])["findings"], "overlapping_stays") == overlaps
    assert (len(overlaps), sum(cents for _, cents in overlaps.elements())) == (288, 159_185_600)
    unknown = source.execute("select CLM_ID from bill where covered is null").fetchall()
    assert len(unknown) == 343
    assert len({visit for visit, _ in overlaps} & {visit for (visit,) in unknown}) == 154


def test_repeated_claims_are_found_and_near_misses_spared(spoiled):
    con, _, _, findings = spoiled
    repeated = wanted(con, REPEATED)
    assert found(findings, "repeated_settlement") == repeated
    # Turn 0 comes 118 times among 11492 claims and turn 1 119 times; of turn 1 the claim itself is the later one.
    signs = Counter(visit[0] if visit[0] in "R0N" else "" for visit, _ in repeated)
    assert signs == {"R": 118, "": 119}


def test_a_repeated_stay_overlaps_the_one_it_repeats(spoiled):
    con, _, _, findings = spoiled
    backwards = "NCH_BENE_DSCHRG_DT < CLM_ADMSN_DT"
    con.execute(f"create or replace temp view kept as select * from bill where not ({backwards})")
    overlaps = wanted(con, OVERLAPS.replace("bill", "kept"))
    assert found(findings, "overlapping_stays") == overlaps
    repeated = {visit for visit, _ in wanted(con, REPEATED)}
    within_a_day = con.execute("select CLM_ID from bill where CLM_ADMSN_DT = NCH_BENE_DSCHRG_DT").fetchall()
    assert repeated - {visit for (visit,) in within_a_day} <= {visit for visit, _ in overlaps}


def test_a_stay_that_ends_before_it_begins_is_quarantined_with_its_settlement(spoiled):
    con, workspace, loaded, findings = spoiled
    backwards = wanted(con, BACKWARDS)
    visits = quarantined(workspace, loaded, "visit", "discharged_before_admitted")
    assert Counter(visit for visit, _ in visits.elements()) == Counter(visit for visit, _ in backwards.elements())
    assert quarantined(workspace, loaded, "settlement", "visit_not_known") == backwards
    # Turn 10 comes 119 times.
    assert len(backwards) == 119
    assert not {f["visit"] for f in findings} & {visit for visit, _ in backwards}


def test_claims_dated_outside_their_stay_are_found(spoiled):
    con, _, _, findings = spoiled
    outside = wanted(con, LINE_OUTSIDE)
    assert found(findings, "charged_outside_stay") == outside
    # Turns 11 and 12; turn 13, on the day of discharge, is spared.
    assert len(outside) == 119 + 119


def test_service_elsewhere_during_a_stay_is_found(spoiled):
    con, _, _, findings = spoiled
    during = wanted(con, CALL_DURING_STAY)
    assert found(findings, "visit_during_stay") == during
    # Each costs 120 + 10 + 20. Turn 14 is a day after admission, which a stay of a night has not; turns 15 and 16 are on
    # the first and last day, and found only within another stay.
    assert {cents for _, cents in during} == {15_000}
    own = con.execute("""
        select count(*) from calls c join bill b on c.CLM_ID = 'C' || b.CLM_ID
        where c.CLM_FROM_DT > b.CLM_ADMSN_DT and c.CLM_FROM_DT < b.NCH_BENE_DSCHRG_DT""").fetchone()
    assert (len(during), own) == (114, (108,))
