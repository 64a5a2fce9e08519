"""Spark finds what DuckDB finds, row by row, and leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.supervision.test_county_labels import PLACES, SURE
from tests.tiny import loaded
from yiheng.basis.refusals import Refusal
from yiheng.codes import SHIPPED_FILES
from yiheng.runs import Workspace, load_codes, replay, run_audit
from yiheng.runs.on_spark import Spark, start, stop
from yiheng.runs.results import checked_manifest

# A small county is planned longer than it is computed: no code is compiled for it, and nothing is spread.
SMALL = {
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "1",
}


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    """One session for all engines of this module."""
    session = start(tmp_path_factory.mktemp("spark") / "scratch", **SMALL)
    yield session
    stop(session)


@pytest.fixture(scope="module")
def audited(county, spark):
    """The audit of the county on each engine."""
    return {engine: run_audit(county, engine=engine) for engine in ("duckdb", "spark")}


@pytest.mark.parametrize("rule", SURE)
def test_a_rule_finds_the_same_rows_on_both(rule, audited):
    on_duckdb, on_spark = ([f for f in audited[engine]["findings"] if f["rule"] == rule] for engine in audited)
    assert on_duckdb, f"nothing shows whether {rule} is the same on both"
    assert on_spark == on_duckdb


def test_rules_about_institutions_find_the_same_on_both(district, spark):
    on_duckdb, on_spark = (
        run_audit(district, list(PLACES), engine=engine)["findings"] for engine in ("duckdb", "spark")
    )
    assert {one["rule"] for one in on_duckdb} == set(PLACES)
    assert on_spark == on_duckdb


def test_what_could_be_judged_and_what_is_at_stake_is_the_same_on_both(audited):
    assert audited["spark"] == audited["duckdb"]


def test_the_manifest_says_what_the_run_stood_on(county, audited):
    manifest = checked_manifest(county.find_run(audited["spark"]["run"]))
    assert (manifest["engine"], "pyspark" in manifest["versions"]) == ("spark", True)


def test_a_replay_stands_on_what_the_run_stood_on(county, spark, monkeypatch):
    run = run_audit(county, ["split_stay"], engine="spark")["run"]
    stood_on = []
    monkeypatch.setattr("yiheng.runs.engine.machine", lambda on, scratch: stood_on.append(on) or Spark(scratch))
    again = replay(county, run)
    assert (again.same, stood_on, "pyspark" in again.versions) == (True, ["spark"], True)


def test_what_an_older_file_lacks_is_unknown_and_a_folder_may_have_any_name(tmp_path, spark):
    folder = tmp_path / "西海 [1]{a}=b*"
    folder.mkdir()
    pq.write_table(pa.table({"id": ["a"]}), folder / "old.parquet")
    pq.write_table(pa.table({"id": ["b", "c"], "fen": [2**53 + 1, None]}), folder / "new.parquet")
    schema = ibis.schema({"id": "string", "fen": "int64"})
    with closing(Spark(tmp_path / "scratch")) as machine:
        table = machine.read("t", schema, [str(folder / "old.parquet"), str(folder / "new.parquet")])
        rows = machine.arrow(table, ("fen", "id")).to_pylist()
        machine.write(table, ("id",), tmp_path / "written.parquet")
        empty = machine.arrow(machine.empty("none", schema), ("id",))
    assert rows == [{"id": "a", "fen": None}, {"id": "c", "fen": None}, {"id": "b", "fen": 2**53 + 1}]
    assert pq.read_table(tmp_path / "written.parquet")["id"].to_pylist() == ["a", "b", "c"]
    assert (empty.num_rows, empty.schema) == (0, schema.to_pyarrow())


def test_a_session_of_its_own_ends_with_its_java_and_its_folder(tmp_path):
    workspace, _ = loaded(tmp_path)
    settings = workspace.folder / "yiheng.toml"
    settings.write_text(settings.read_text("utf-8") + 'engine = "spark"\n', "utf-8")
    audit = (
        "import sys; from pathlib import Path; from pyspark import SparkContext\n"
        "from yiheng.runs import Workspace, run_audit\n"
        "workspace = Workspace.open(Path(sys.argv[1]))\n"
        "found = [len(run_audit(workspace, ['overlapping_stays'])['rules']) for _ in range(2)]\n"
        "print(found, SparkContext._gateway, sorted(f.name for f in workspace.folder.glob('.scratch*')))\n"
    )
    done = subprocess.run([sys.executable, "-c", audit, workspace.folder], capture_output=True, text=True, check=False)
    assert done.stdout == "[1, 1] None []\n", done.stderr


def test_without_spark_the_refusal_says_what_to_install(tmp_path):
    asked = (
        "import sys; sys.modules['pyspark'] = None\n"
        "from pathlib import Path; from yiheng.basis.refusals import Refusal; from yiheng.runs.machines import machine\n"
        "try: machine('spark', Path(sys.argv[1]))\n"
        "except Refusal as refusal: print(refusal.what, '|', refusal.cure)\n"
    )
    done = subprocess.run([sys.executable, "-c", asked, tmp_path / "s"], capture_output=True, text=True, check=False)
    what, cure = done.stdout.split(" | ")
    assert what == "Spark is not installed: pyspark is missing"
    assert ".[spark]" in cure and "openjdk-17-jre-headless" in cure


def test_without_java_the_refusal_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(Refusal, match="needs Java"):
        start(tmp_path / "scratch")


def test_an_engine_that_is_not_there_is_refused(county):
    with pytest.raises(Refusal, match="no engine 'sparc'"):
        run_audit(county, engine="sparc")


def test_point_5_a_workspace_may_be_named_by_a_relative_path(tmp_path, spark, monkeypatch):
    loaded(tmp_path)
    monkeypatch.chdir(tmp_path)
    here = Workspace.open(Path("workspace"))
    # Lists are files of the workspace as well, and not of its lake.
    load_codes(here, SHIPPED_FILES["sex_conflict"], "sex_conflict")
    rules = ["diagnosis_for_other_sex"]
    on_spark, on_duckdb = (run_audit(here, rules, engine=engine) for engine in ("spark", "duckdb"))
    assert on_spark["run"] == on_duckdb["run"] and on_spark["rules"] == on_duckdb["rules"]
