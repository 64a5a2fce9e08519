"""Point A4: a run is named by the content of its data: not by order, files, loads, names, folders or machines."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import duckdb
import pytest

from tests.conftest import ROOT
from tests.tiny import FILES, loaded, written
from yiheng.basis.hashes import sha256
from yiheng.basis.refusals import Refusal
from yiheng.lake import content
from yiheng.records import TABLES
from yiheng.runs import Workspace, replay, run_audit, run_load, run_measure, run_quality, run_settle

POLICY = ROOT / "policies" / "qingdao"
# What a person's certificate number makes of a workspace: a key of its own.
PERSONS = FILES["person.csv"].replace("division\n", "division,certno\n").replace("370299\n", "370299,{}\n")
PROXIES = "visit_id,agnter_certno,registered_at\nV1,{},2025-01-10 09:00:00\nV3,{},2025-03-01 09:00:00\n"


def backwards(text: str) -> str:
    """A CSV with its rows from last to first."""
    head, *rows = text.splitlines()
    return "\n".join([head, *reversed(rows)]) + "\n"


def outcome(workspace: Workspace) -> dict[str, str]:
    """The run of each verb, and the hash of all that it gave."""
    runs = [
        run_settle(workspace, POLICY, year=2025),
        run_audit(workspace, ["split_stay"]),
        run_measure(workspace, [], ["consortium", "year"]),
        run_quality(workspace),
    ]
    found = {}
    for one in runs:
        folder = workspace.find_run(one["run"])
        found[one["run"]] = ""
        for name in json.loads((folder / "manifest.json").read_text("utf-8"))["outputs"]:
            found[one["run"]] += sha256(folder / name)
    return found


def test_point_4_the_same_data_in_three_orders_and_places_is_the_same_run(tmp_path):
    one, _ = loaded(tmp_path / "one")
    # Other names of files, rows from last to first, every row twice, the settlements in two loads.
    other = Workspace.new(tmp_path / "other" / "西海 county")
    rows = {name: backwards(text) + backwards(text).split("\n", 1)[1] for name, text in FILES.items()}
    late = rows.pop("settlement.csv")
    fees = rows.pop("fee_line.csv")
    run_load(other, [written(tmp_path / "b", rows)])
    head, *settlements = late.splitlines()
    for part, some in (("c", settlements[:3]), ("d", settlements[3:])):
        run_load(other, [written(tmp_path / part, {"setl_d.csv": "\n".join([head, *some]) + "\n"})])
    run_load(other, [written(tmp_path / "e", {"fee_list_d.csv": fees})])
    # Loaded wrong, then corrected, then the same files again.
    third = Workspace.new(tmp_path / "third")
    wrong = {**FILES, "settlement.csv": FILES["settlement.csv"].replace("60000,40000", "50000,50000")}
    run_load(third, [written(tmp_path / "f", wrong)])
    for _ in range(2):
        run_load(third, [written(tmp_path / "g")])
    assert other.lake.latest().number == 4 and third.lake.latest().number == 2
    assert outcome(one) == outcome(other) == outcome(third)


def test_point_4_other_data_is_another_run_and_no_two_loads_share_an_id(tmp_path):
    one, first = loaded(tmp_path / "one")
    fen = FILES["settlement.csv"].replace("60000,40000", "60001,39999")
    other, second = loaded(tmp_path / "other", settlement=fen)
    assert not set(outcome(one)) & set(outcome(other))
    third, again = loaded(tmp_path / "third")
    assert len({first.run, second.run, again.run}) == 3
    assert third.data() == one.data() and run_load(third, [tmp_path / "third" / "source"]).run != again.run


def test_point_4_the_key_of_personal_values_is_no_content_but_who_shares_one_is(tmp_path):
    def workspace(name: str, *proxies: str) -> Workspace:
        persons = PERSONS.format("370202195001011234", "370202196002021235", "370202197003031236")
        made, found = loaded(tmp_path / name, person=persons, proxy_purchase=PROXIES.format(*proxies))
        assert found.clean, found.faults
        return made

    one, other = (
        workspace("one", "370202199001011234", "370202199001011234"),
        workspace("other", "370202199001011234", "370202199001011234"),
    )
    assert (one.folder / "lake" / "key.json").read_text() != (other.folder / "lake" / "key.json").read_text()
    assert one.data() == other.data() and "proxy_purchase" in one.data()
    # The same numbers of rows, but two buyers where there was one.
    assert workspace("third", "370202199001011234", "370202199101011234").data() != one.data()


def test_the_hash_of_a_table_worked_out_by_hand(tmp_path):
    """Two rows, written as the docs say, hashed and added in plain Python."""
    workspace, _ = loaded(tmp_path)
    end, absent = "\x1f.", "\x1fn"
    columns = [column.name for column in TABLES["operation"]]
    assert columns[:6] == ["visit_id", "ordinal", "code", "name", "is_main", "operated_on"]
    row = ["V4", "1", "47.0901", "阑尾切除术", "true", "2025-03-05"]
    row += [absent if TABLES["operation"][name].kind == "text" else "" for name in columns[6:]]
    text = "".join(value + end for value in row)
    added = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
    told = f"{content.contract(TABLES['operation'])} 1 {added:064x} "
    assert workspace.data()["operation"] == hashlib.sha256(told.encode()).hexdigest()


def test_values_cannot_be_moved_across_the_sign_between_them(tmp_path):
    """A text that holds the separator, and one that is absent or empty, are other rows."""
    rows = [
        ("A\x1f.B", "C"),
        ("A", "B\x1f.C"),
        ("A\x1fn", "C"),
        ("A", None),
        ("A", ""),
        ("A\x1f", "uC"),
        ("A", "\x1fuC"),
    ]
    found = set()
    for number, (code, name) in enumerate(rows):
        file = tmp_path / f"{number}.parquet"
        duckdb.execute(
            f"copy (select 'V' visit_id, 1::bigint ordinal, $code::varchar code, $name::varchar as name, true is_main)"
            f" to '{file}' (format parquet)",
            {"code": code, "name": name},
        )
        found.add(content.content_of(TABLES["diagnosis"], file))
    assert len(found) == len(rows)


def test_a_run_from_elsewhere_is_refused_where_its_data_is_not(tmp_path):
    workspace, _ = loaded(tmp_path)
    with pytest.raises(Refusal, match="does not hold the data of this run.*settlement"):
        workspace.at({"data": {**workspace.data(), "settlement": "0" * 64}})


def test_rows_changed_under_the_lake_are_found_by_a_replay(tmp_path):
    workspace, _ = loaded(tmp_path)
    run = run_settle(workspace, POLICY, year=2025)["run"]
    assert replay(workspace, run).same
    (file,) = workspace.lake.files("diagnosis", workspace.lake.latest())
    kept = Path(file).read_bytes()
    # A code that is written with as many bytes: the file has the same length.
    changed = kept.replace(b"K35.8", b"K35.9")
    assert changed != kept
    Path(file).write_bytes(changed)
    with pytest.raises(Refusal, match="a data file of 'diagnosis' is not as it was written"):
        replay(workspace, run)


def test_point_4_zones_and_languages_of_machines_change_nothing(tmp_path):
    """One county, loaded and run on machines of three zones and two languages."""
    source = written(tmp_path / "source")
    script = textwrap.dedent(
        """
        import json, sys
        from pathlib import Path
        from tests.soundness.test_identity import outcome
        from yiheng.runs import Workspace, run_load
        workspace = Workspace.new(Path(sys.argv[1]))
        run_load(workspace, [Path(sys.argv[2])])
        print(json.dumps(outcome(workspace)))
        """
    )
    told = []
    for number, machine in enumerate(
        ({"TZ": "America/New_York", "LC_ALL": "C"}, {"TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8"}, {"TZ": "UTC"})
    ):
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / f"ws{number}"), str(source)],
            env={**os.environ, **machine}, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        told.append(json.loads(done.stdout))
    assert told[0] == told[1] == told[2]
