"""Files in: good rows land, bad ones are kept with the reason, nothing is lost, nothing is counted twice."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.tiny import FILES, loaded, with_row, written
from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace, run_load
from yiheng.runs.engine import Engine


def rows(workspace: Workspace, table: str) -> list[dict]:
    engine = Engine(workspace, workspace.lake.latest())
    found = engine.rows(engine.tables[table])
    engine.close()
    return found


def quarantine(workspace: Workspace, run: str) -> list[dict]:
    return pq.read_table(workspace.run_folder(run) / "quarantine.parquet").to_pylist()


def test_good_files_land_whole(tmp_path):
    _, result = loaded(tmp_path)
    assert result.clean
    assert {name: c.accepted for name, c in result.tables.items()} == {
        "institution": 3, "person": 3, "enrolment": 3, "visit": 4, "diagnosis": 4, "operation": 1,
        "settlement": 4, "fee_line": 5,
    }  # fmt: skip
    # 60,000 + 90,000 + 3,000 + 50,000
    assert result.tables["settlement"].fen_read == result.tables["settlement"].fen_accepted == 203000


def test_the_same_files_again_change_nothing(tmp_path):
    workspace, first = loaded(tmp_path)
    again = run_load(workspace, [tmp_path / "source"])
    assert again.snapshot.number == first.snapshot.number
    for name, counts in again.tables.items():
        assert (counts.accepted, counts.quarantined) == (0, 0), name
        assert counts.duplicates == counts.read == first.tables[name].read
    assert again.tables["settlement"].fen_duplicates == 203000


def test_a_doubled_file_in_one_load_lands_once(tmp_path):
    source = written(tmp_path / "source")
    (source / "settlement_copy.csv").write_text(FILES["settlement.csv"], "utf-8")
    counts = run_load(Workspace.new(tmp_path / "ws"), [source]).tables["settlement"]
    assert (counts.read, counts.accepted, counts.duplicates) == (8, 4, 4)
    assert (counts.fen_read, counts.fen_accepted, counts.fen_duplicates) == (406000, 203000, 203000)


def test_two_files_of_one_name_in_two_folders_both_land(tmp_path):
    head, *people = FILES["person.csv"].splitlines()
    for name, row in zip("ab", people, strict=False):
        written(tmp_path / "source" / name, {"person.csv": f"{head}\n{row}\n"})
    result = run_load(Workspace.new(tmp_path / "ws"), [tmp_path / "source"])
    assert result.clean and result.tables["person"].accepted == 2
    assert set(result.sources) == {"person.csv", "b/person.csv"}


def test_two_loads_of_one_folder_are_two_runs(tmp_path):
    bad = FILES["person.csv"].replace("female", "x").replace("male", "y")
    source = written(tmp_path / "source", {"person.csv": bad})
    workspace = Workspace.new(tmp_path / "ws")
    first, second = (run_load(workspace, [source]) for _ in range(2))
    assert first.snapshot.number == second.snapshot.number == 0
    assert first.run != second.run
    assert len(quarantine(workspace, first.run)) == len(quarantine(workspace, second.run)) == 3


def test_a_corrected_row_supersedes_and_the_old_one_stays_in_its_snapshot(tmp_path):
    workspace, first = loaded(tmp_path)
    corrected = FILES["settlement.csv"].replace("100000,90000,60000,40000", "100000,90000,70000,30000")
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "settlement.csv").write_text(corrected, "utf-8")
    second = run_load(workspace, [tmp_path / "again"])
    counts = second.tables["settlement"]
    assert (counts.accepted, counts.corrected, counts.duplicates) == (1, 1, 3)
    # point 13: settlement S… of 600.00 yuan from the fund is 700.00 now
    assert (counts.fen_superseded, counts.fen_corrected) == (600_00, 700_00)
    now = {r["settlement_id"]: r["fund_fen"] for r in rows(workspace, "settlement")}
    assert now == {"S1": 70000, "S2": 90000, "S3": 3000, "S4": 50000}
    engine = Engine(workspace, workspace.lake.at(first.snapshot.number))
    before = {r["settlement_id"]: r["fund_fen"] for r in engine.rows(engine.tables["settlement"])}
    assert before["S1"] == 60000


# Table, the bad row, the fault it must be quarantined for, the value shown.
BAD_ROWS = [
    ("person", "D,3,1980-01-01,resident,370299", "sex_not_in_list", "3"),
    ("person", "D,male,1980-02-30,resident,370299", "born_on_unreadable", "1980-02-30"),
    ("person", "D,male,1880-01-01,resident,370299", "born_on_out_of_range", "1880-01-01"),
    ("person", ",male,1980-01-01,resident,370299", "person_id_missing", None),
    ("visit", "V9,A,H1,inpatient,2025-05-02,2025-05-01,0,0", "discharged_before_admitted", "2025-05-01"),
    ("visit", "V9,Z,H1,inpatient,2025-05-02,2025-05-03,0,0", "person_not_known", "Z"),
    ("visit", "V9,A,H9,inpatient,2025-05-02,2025-05-03,0,0", "institution_not_known", "H9"),
    ("visit", "V9,A,H1,weird,2025-05-02,2025-05-03,0,0", "kind_not_in_list", "weird"),
    ("enrolment", "A,xihai,T1,2026-02-01,2026-01-01", "enrolment_ends_before_it_starts", "2026-01-01"),
    ("diagnosis", "V1,0,J18.9,肺炎,0", "ordinal_out_of_range", "0"),
    ("diagnosis", "V1,2,J18.9,肺炎,maybe", "is_main_unreadable", "maybe"),
    ("settlement", "S9,V1,2025-01-15,1.5,1,1,1", "total_fen_unreadable", "1.5"),
    ("settlement", "S9,V1,2025-01-15,,1,abc,1", "fund_fen_unreadable", "abc"),
    ("settlement", "S9,V1,2025-01-15,100,90,60,50", "payers_differ_from_total", None),
    ("settlement", "S9,V1,soon,100,90,60,40", "settled_at_unreadable", "soon"),
    ("fee_line", "F9,V1,S1,YHX1,某药,drug,1.00001,1,100,100,2025-01-11", "quantity_unreadable", "1.00001"),
    ("fee_line", "F9,V1,S8,YHX1,某药,drug,1,1,100,100,2025-01-11", "settlement_not_known", "S8"),
    ("fee_line", "F9,V1,S1,YHX1,某药,drug,1,1,100,200,2025-01-11", "scope_exceeds_amount", "200"),
]


@pytest.mark.parametrize(("table", "row", "fault", "value"), BAD_ROWS, ids=[b[2] + "-" + str(b[3]) for b in BAD_ROWS])
def test_a_bad_row_is_quarantined_with_place_and_reason_and_the_others_land(tmp_path, table, row, fault, value):
    workspace, result = loaded(tmp_path, **{table: with_row(table, row)})
    counts, good = result.tables[table], FILES[f"{table}.csv"].count("\n") - 1
    assert (counts.read, counts.accepted, counts.quarantined) == (good + 1, good, 1)
    kept = [q for q in quarantine(workspace, result.run) if q["fault"] == fault]
    assert len(kept) == 1, result.faults
    assert (kept[0]["table_name"], kept[0]["file"], kept[0]["line"]) == (table, f"{table}.csv", good + 2)
    assert kept[0]["says"] and kept[0]["expected"] and kept[0]["says_en"]
    if value is not None:
        assert kept[0]["found"] == value
    assert not result.clean


def test_what_refers_to_a_quarantined_row_is_quarantined_with_it(tmp_path):
    bad = FILES["visit.csv"].replace(
        "V1,A,H1,inpatient,2025-01-10,2025-01-15", "V1,A,H1,inpatient,2025-01-10,2025-01-05"
    )
    _, result = loaded(tmp_path, visit=bad)
    assert {name: c.quarantined for name, c in result.tables.items()} == {
        "institution": 0, "person": 0, "enrolment": 0, "visit": 1, "diagnosis": 1, "operation": 0,
        "settlement": 1, "fee_line": 2,
    }  # fmt: skip
    assert result.tables["settlement"].fen_quarantined == 60000
    assert result.tables["settlement"].fen_accepted == 143000


def test_the_same_key_with_other_content_lands_neither(tmp_path):
    twice = with_row("person", "A,male,1950-01-01,resident,370299")
    workspace, result = loaded(tmp_path, person=twice)
    assert (result.tables["person"].accepted, result.tables["person"].quarantined) == (2, 2)
    assert {q["line"] for q in quarantine(workspace, result.run) if q["fault"] == "key_used_twice"} == {2, 5}


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("S9,V1", "MISSING COLUMNS"),
        ("S9,V1,2025-01-15,100,90,60,40,7", "TOO MANY COLUMNS"),
        ('S9,"V1"x,2025-01-15,100,90,60,40', "UNQUOTED VALUE"),
    ],
)
def test_a_broken_line_is_counted_and_the_lines_after_it_keep_their_number(tmp_path, row, kind):
    text = FILES["settlement.csv"].splitlines()
    broken = "\n".join([*text[:2], row, *text[2:], "S8,V1,never,100,90,60,40"]) + "\n"
    workspace, result = loaded(tmp_path, settlement=broken)
    counts = result.tables["settlement"]
    assert (counts.read, counts.accepted, counts.quarantined, counts.fen_unknown) == (6, 4, 2, 1)
    assert [(q["fault"], q["line"], q["found"]) for q in quarantine(workspace, result.run)] == [
        ("row_broken", 3, kind),
        ("settled_at_unreadable", 7, "never"),
    ]


def test_a_value_over_two_lines_keeps_the_row_number_and_names_no_wrong_line(tmp_path):
    text = FILES["institution.csv"].replace("西海第一人民医院", '"西海第一\n人民医院"')
    workspace, result = loaded(tmp_path, institution=text + "X1,某院,castle,三级,370299\n")
    (kept,) = [q for q in quarantine(workspace, result.run) if q["table_name"] == "institution"]
    assert (kept["row_number"], kept["line"]) == (4, None)


def test_national_names_and_yuan_come_to_the_same_rows(tmp_path):
    workspace, _ = loaded(tmp_path)
    national = tmp_path / "national"
    written(
        national,
        {
            "fixmedins_b.csv": FILES["institution.csv"].replace(
                "institution_id,name,kind,level,division", "fixmedins_code,fixmedins_name,kind,hosp_lv,fix_blng_admdvs"
            ),
            "psn_info_b.csv": "psn_no,gend,brdy,insutype,insu_admdvs\nA,2,1950-01-01,390,370299\n"
            "B,1,1960-02-02,310,370299\nC,1,1970-03-03,390,370299\n",
            "mdtrt_d.csv": "mdtrt_id,psn_no,fixmedins_code,med_type,begntime,endtime,planned_course,emergency\n"
            "V1,A,H1,2101,2025-01-10 08:00:00,2025-01-15 09:00:00,0,0\n",
            "setl_d_202501.csv": "setl_id,mdtrt_id,setl_time,medfee_sumamt,inscp_scp_amt,fund_pay_sumamt,psn_part_amt\n"
            "S1,V1,2025-01-15 10:00:00,1000.00,900,600.0,400\n",
        },
    )
    result = run_load(workspace, [national])
    assert result.clean
    for name, counts in result.tables.items():
        assert counts.duplicates == counts.read, name


def test_yuan_finer_than_a_fen_are_refused(tmp_path):
    workspace, _ = loaded(tmp_path)
    more = written(
        tmp_path / "more", {"setl_d.csv": "setl_id,mdtrt_id,setl_time,fund_pay_sumamt\nS7,V1,2025-01-15,600.005\n"}
    )
    result = run_load(workspace, [more])
    assert [f.fault for f in result.faults] == ["fund_fen_unreadable"]
    assert result.tables["settlement"].fen_unknown == 1


def test_gb18030_is_recognised(tmp_path):
    source = written(tmp_path / "source")
    (source / "institution.csv").write_bytes(FILES["institution.csv"].encode("gb18030"))
    workspace = Workspace.new(tmp_path / "ws")
    assert run_load(workspace, [source]).clean
    assert {r["name"] for r in rows(workspace, "institution")} == {"西海第一人民医院", "大场镇中心卫生院", "省立医院"}


def test_parquet_and_csv_come_to_the_same_rows(tmp_path):
    workspace, _ = loaded(tmp_path)
    table = pa.table(
        {
            "settlement_id": ["S1"],
            "visit_id": ["V1"],
            "settled_at": pa.array([1736935200], pa.timestamp("s")),
            "total_fen": [100000],
            "scope_fen": [90000],
            "fund_fen": [60000],
            "person_fen": [40000],
        }
    )
    pq.write_table(table, tmp_path / "settlement.parquet")
    counts = run_load(workspace, [tmp_path / "settlement.parquet"]).tables["settlement"]
    assert (counts.read, counts.duplicates) == (1, 1)


def test_a_parquet_float_is_read_by_its_written_form(tmp_path):
    workspace, _ = loaded(tmp_path)
    table = pa.table({"setl_id": ["S7", "S8"], "mdtrt_id": ["V1", "V1"], "setl_time": ["2025-01-15"] * 2,
                      "fund_pay_sumamt": [0.1 + 0.2, 600.25]})  # fmt: skip
    pq.write_table(table, tmp_path / "setl_d.parquet")
    result = run_load(workspace, [tmp_path / "setl_d.parquet"])
    # 0.30000000000000004 is no amount; 600.25 is.
    assert (result.tables["settlement"].accepted, result.tables["settlement"].quarantined) == (1, 1)
    assert {r["fund_fen"] for r in rows(workspace, "settlement") if r["settlement_id"] == "S8"} == {60025}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("settlement.csv", b"settlement_id,visit_id,setled_at,fund_fen\n", ["settlement.csv:1", "settled_at", "did you mean 'settled_at'?"]),
        ("settlement.csv", b"", ["settlement.csv:1", "the file is empty"]),
        ("settlement.csv", b"a,a,b\n", ["the column 'a' appears twice"]),
        ("settlement.csv", b"a,,b\n", ["column 2 has no name"]),
        ("unknown.csv", b"x,y\n1,2\n", ["fits no table", "rename the file"]),
        ("settlement.parquet", b"no parquet", ["not a readable Parquet file"]),
        ("settlement.csv", b"settlement_id\n" + b"\xff\xfe\x00\x81" * 9, ["neither UTF-8 nor GB18030"]),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_whole_and_the_others_land(tmp_path, name, content, words):
    source = written(tmp_path / "source", {"institution.csv": FILES["institution.csv"]})
    (source / name).write_bytes(content)
    result = run_load(Workspace.new(tmp_path / "ws"), [source])
    assert result.tables["institution"].accepted == 3
    assert list(result.tables) == ["institution"]
    (refused,) = result.refused
    for word in words:
        assert word in refused


@pytest.mark.parametrize("name", ["absent.csv", "letter.docx"])
def test_nothing_to_load_is_refused(tmp_path, name):
    if name != "absent.csv":
        (tmp_path / name).write_text("x")
    with pytest.raises(Refusal, match="no such file|are not read"):
        run_load(Workspace.new(tmp_path / "ws"), [tmp_path / name])


def test_columns_that_no_contract_knows_are_named_and_not_kept(tmp_path):
    text = (
        FILES["person.csv"]
        .replace("division\n", "division,psn_name,certno\n")
        .replace("370299\n", "370299,张三,37020019500101\n")
    )
    workspace, result = loaded(tmp_path, person=text)
    assert result.aside == {"person.csv": ["psn_name"]}
    kept = b"".join(f.read_bytes() for f in workspace.folder.rglob("*") if f.is_file())
    assert "张三".encode() not in kept and b"37020019500101" not in kept


def test_point_3_the_first_place_of_a_fault_says_line_or_row_as_what_it_is(tmp_path):
    """A line where one is known; a row of a sheet; else which record of the file, counted below the header."""
    workspace, _ = loaded(tmp_path)
    head = "visit_id,person_id,institution_id,kind,began_on\n"
    good, bad = "V8,A,H1,inpatient,2025-04-01\n", "V9,A,H1,inpatient,never\n"
    plain = written(tmp_path / "plain", {"visit.csv": head + good + bad})
    # A cell with a line end: records and lines do not correspond any more.
    wrapped = written(tmp_path / "wrapped", {"visit.csv": head.replace("\n", ",note\n") + 'V7,A,H1,inpatient,2025-04-01,"a\nb"\n'
                                             + bad.replace("\n", ",c\n")})  # fmt: skip
    columns = head.strip().split(",")
    packed = tmp_path / "visit.parquet"
    pq.write_table(
        pa.Table.from_pylist([dict(zip(columns, one.strip().split(","), strict=True)) for one in (good, bad)]), packed
    )
    places = []
    for path in (plain, wrapped, packed):
        (fault,) = run_load(workspace, [path]).faults
        places.append((fault.first, fault.first_en))
    assert places == [
        ("visit.csv:3", "visit.csv:3"),
        ("visit.csv 第 2 条记录", "visit.csv, row 2"),
        ("visit.parquet 第 2 条记录", "visit.parquet, row 2"),
    ]
