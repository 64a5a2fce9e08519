"""Rows go out under either spelling and come back the same; the SQL prompt reads and does nothing else."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import duckdb
import pytest

from tests.tiny import loaded, with_row, written
from yiheng.basis.refusals import Refusal
from yiheng.county import make_county
from yiheng.records import TABLES
from yiheng.runs import Workspace, run_load
from yiheng.runs.tables import export, query, row_counts


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Workspace:
    """A county with rows in every table."""
    folder = tmp_path_factory.mktemp("whole")
    make_county(folder / "source", folder / "labels.csv", people=200)
    workspace = Workspace.new(folder / "workspace")
    assert run_load(workspace, [folder / "source"]).clean
    assert all(row_counts(workspace).values()), row_counts(workspace)
    return workspace


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> Workspace:
    return loaded(tmp_path_factory.mktemp("tiny"))[0]


def content(workspace: Workspace, table: str) -> list[tuple]:
    files = workspace.lake.files(table, workspace.lake.latest())
    columns = ", ".join(c.name for c in TABLES[table])
    return duckdb.execute(
        f"select sha256(string_agg(r::varchar, '|' order by r::varchar)), count(*) from (select {columns} from read_parquet(?)) r",
        [files],
    ).fetchall()


@pytest.mark.parametrize(("spelling", "form"), [("ours", "parquet"), ("platform", "csv"), ("interface", "parquet")])
def test_an_export_loads_again_as_the_same_rows(whole, tmp_path, spelling, form):
    before = whole.lake.latest().number
    out = export(whole, tmp_path / "out", spelling=spelling, form=form)
    assert list(out) == list(TABLES)
    other = Workspace.new(tmp_path / "other")
    result = run_load(other, [tmp_path / "out"])
    assert result.clean and result.aside == {} and result.refused == []
    for table in TABLES:
        assert content(other, table) == content(whole, table), table
    again = run_load(whole, [tmp_path / "out"])
    assert all(c.duplicates == c.read for c in again.tables.values())
    assert whole.lake.latest().number == before


def test_a_national_view_says_yuan_and_national_codes_exactly(tiny):
    # S3 of the tiny county: 5000 fen, 3000 paid by the fund, 2000 by the person.
    platform = query(
        tiny,
        "select setl_time, medfee_sumamt, fund_pay_sumamt, psn_pay, third_party_fen from setl_d where setl_id = 'S3'",
    )
    assert platform.rows == [(dt.datetime(2025, 3, 1, 10), Decimal("50.00"), Decimal("30.00"), Decimal("20.00"), None)]
    assert platform.columns == ["setl_time", "medfee_sumamt", "fund_pay_sumamt", "psn_pay", "third_party_fen"]
    assert query(tiny, "select typeof(medfee_sumamt) from setlinfo limit 1").rows == [("DECIMAL(18,2)",)]
    # Word and code are one to one for sex; not for insurance, which keeps our words.
    people = query(tiny, "select psn_no, gend, insutype, brdy, insu_admdvs from psn_info_b order by 1")
    assert people.rows[0] == ("A", "2", "resident", dt.date(1950, 1, 1), "370299")
    assert query(tiny, "select mdtrt_id, maindiag_flag from diseinfo order by 1 limit 1").rows == [("V1", "1")]
    assert (
        query(tiny, "select sum(inscp_scp_amt) a from feedetail union all select sum(inscp_amt) from fee_list_d").rows
        == [(Decimal("3250.00"),)] * 2
    )


def test_a_query_of_an_older_set_sees_the_older_rows(tmp_path):
    workspace, first = loaded(tmp_path)
    assert run_load(
        workspace, [written(tmp_path / "more", {"person.csv": with_row("person", "D,male,1980-01-01,resident,370299")})]
    ).clean
    count = "select count(*) from person"
    assert query(workspace, count).rows == [(4,)]
    assert query(workspace, count, at=first.snapshot.number).rows == [(3,)]
    assert query(workspace, count, at=0).rows == [(0,)]


def test_rows_beyond_the_most_are_cut_and_said(tiny):
    found = query(tiny, "select visit_id from visit order by 1", most=3)
    assert found.rows == [("V1",), ("V2",), ("V3",)] and found.cut
    assert not query(tiny, "select visit_id from visit", most=4).cut


@pytest.mark.parametrize(
    "text",
    [
        "select * from read_text('{folder}/yiheng.toml')",
        "select * from read_csv('/etc/passwd')",
        "select * from glob('{folder}/*')",
        "copy (select 1) to '{folder}/out.csv'",
        "copy (select 1 person_id) to '{file}' (use_tmp_file false)",
        "drop view person",
        "create table t (a int)",
        "attach '{folder}/casework.sqlite3'",
        "set enable_external_access = true",
        "install httpfs",
        "select 1; drop view person",
        "select 1; select 2",
        "selec 1",
        "select nothing from person",
        "",
    ],
)
def test_a_query_can_only_read_the_tables(tiny, text):
    file = tiny.lake.files("person", tiny.lake.latest())[0]
    with pytest.raises(Refusal):
        query(tiny, text.format(folder=tiny.folder, file=file))
    assert query(tiny, "select count(*) from person").rows == [(3,)]
    assert not (tiny.folder / "out.csv").exists()


def test_an_export_names_what_it_does_not_know_and_overwrites_nothing(tiny, tmp_path):
    with pytest.raises(Refusal, match="setl_d"):
        export(tiny, tmp_path / "out", ["setl_dd"])
    assert list(export(tiny, tmp_path / "out", ["setl_d"], form="csv")) == ["settlement"]
    with pytest.raises(Refusal, match="there already"):
        export(tiny, tmp_path / "out", ["settlement"], form="csv")
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal, match="cannot be written"):
        export(tiny, tmp_path / "file", ["settlement"])
