"""Personal data stops at the door: whatever the form, no value of it is under the workspace or in what is printed."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from tests.intake import forms
from tests.intake.test_load import quarantine, rows
from tests.intake.test_workbook import book
from tests.tiny import FILES, loaded, written
from yiheng.basis.hidden import masked
from yiheng.basis.refusals import Refusal
from yiheng.cli.main import main
from yiheng.intake import read_mapping, tidy
from yiheng.intake.parse import faults_of
from yiheng.records import PERSONAL_FIELDS, TABLES, is_personal
from yiheng.runs import Workspace, run_load

# Nobody's: no division begins with 99, no such phone, bank or street exists.
CERTIFICATE, PHONE, ADDRESS = "99029919010101000x", "19900001234", "虚构县 无此路 9 弄"
HIDDEN = {
    "psn_name": "欧阳虚构甲", "certno": CERTIFICATE, "tel": PHONE, "addr": ADDRESS, "coner_name": "上官虚构乙",
    "coner_tel": "19900005678", "bankacct": "6200009999000011112", "mdtrt_cert_no": "99029919020202002X", "备用": "虚构备注丙",
    "bilg_dr_name": "司徒虚构丁",
}  # fmt: skip
SECRETS = {*HIDDEN.values(), CERTIFICATE.upper(), ADDRESS.replace(" ", ""), "无此路"}
# The numbers of the tiny county's persons, long enough to be looked for.
NUMBERS = {"A": "PN880000000001", "B": "PN880000000002", "C": "PN880000000003"}


def good_county() -> forms.Rows:
    """The tiny county with personal fields everywhere."""
    tables = COUNTY()
    for table in tables.values():
        for row in table:
            row.update({"psn_no": NUMBERS[row["psn_no"]]} if "psn_no" in row else {})
            row.update(HIDDEN)
    return tables


def county() -> forms.Rows:
    """The same with rows that are wrong in ways that misplace personal values."""
    tables = good_county()
    person, visit = tables["psn_info_b"], tables["mdtrt_d"]
    person.append({**person[0], "psn_no": "PN880000000004", "gend": HIDDEN["psn_name"], "brdy": PHONE})
    person.append({**person[0], "psn_no": CERTIFICATE})
    visit.append({**visit[0], "mdtrt_id": "V8", "psn_no": HIDDEN["psn_name"]})
    visit.append({**visit[0], "mdtrt_id": "V9", "psn_no": CERTIFICATE, "med_type": ADDRESS})
    return tables


COUNTY, AUDIT = forms.county, forms.audit


def as_text(folder: Path) -> Path:
    made = forms.as_csv(folder, "gb18030", county())
    with (made / "psn_info_b.csv").open("a", encoding="gb18030") as file:
        file.write(f"PN9,1,{','.join(HIDDEN.values())},{PHONE}\n")
        file.write(f'PN9,"{HIDDEN["psn_name"]}\n')
    return made


def as_book(folder: Path) -> Path:
    folder.mkdir()
    sheets = {name: [list(table[0]), *(list(row.values()) for row in table)] for name, table in county().items()}
    return book(folder / "county.xlsx", sheets)


def as_parquet(folder: Path) -> Path:
    folder.mkdir()
    for name, table in county().items():
        pq.write_table(pa.Table.from_pylist(table), folder / f"{name}.parquet")
    return folder


def as_zip(folder: Path) -> Path:
    made = as_text(folder)
    with zipfile.ZipFile(folder.with_suffix(".zip"), "w") as packed:
        for file in made.iterdir():
            packed.write(file, file.name)
    return folder.with_suffix(".zip")


def as_sqlite(folder: Path) -> str:
    folder.mkdir()
    with sqlite3.connect(folder / "claims.db") as db:
        for name, table in county().items():
            db.execute(f"create table {name} ({', '.join(table[0])})")
            marks = ", ".join("?" * len(table[0]))
            db.executemany(f"insert into {name} values ({marks})", [tuple(row.values()) for row in table])
    return f"sqlite:///{folder / 'claims.db'}"


FORMS = {"csv": as_text, "xlsx": as_book, "parquet": as_parquet, "zip": as_zip, "sqlite": as_sqlite}


def said(*arguments: str) -> str:
    """What a verb prints on either stream; it may refuse, it may not fail."""
    done = CliRunner().invoke(main, list(arguments))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.output + done.stderr


def everything_under(folder: Path) -> str:
    """Every byte of every file, as UTF-8 and GB18030, and the values of what is compressed."""
    found = []
    for file in folder.rglob("*"):
        found.append(str(file))
        if not file.is_file():
            continue
        found += [file.read_bytes().decode(code, "replace") for code in ("utf-8", "gb18030")]
        if file.suffix == ".parquet":
            with duckdb.connect() as con:
                found.append(str(con.execute("from read_parquet(?)", [str(file)]).fetchall()))
        if file.suffix == ".xlsx":
            with zipfile.ZipFile(file) as packed:
                found += [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
    return "\n".join(found)


def shows_none_of(text: str, values: set[str]) -> bool:
    return not [value for value in values if value in text]


def key_of(space: Path) -> bytes:
    made = json.loads((space / "lake" / "key.json").read_text())
    return (Path(os.environ["YIHENG_KEYS"]) / f"{made['key']}.key").read_bytes()


def hashed(space: Path, value: str) -> str:
    return hmac.new(key_of(space), value.encode(), "sha256").hexdigest()


@pytest.mark.parametrize("number", ["kept", "hashed"])
@pytest.mark.parametrize("form", FORMS)
def test_no_personal_value_is_kept_or_printed(tmp_path, form, number):
    source, space = FORMS[form](tmp_path / "source"), tmp_path / "space"
    told = said("new", str(space), *(["--hash-person-id"] if number == "hashed" else []))
    given = ["--database", source] if form == "sqlite" else [str(source)]
    told += said("load", *given, "-w", str(space), "--rejects", str(space / "back.xlsx"))
    if form == "csv":
        told += said("audit", "-w", str(space)) + said("measure", "-w", str(space))
        told += said("load", "--draft-mapping", str(source / "psn_info_b.csv"))
    secrets = SECRETS | (set(NUMBERS.values()) if number == "hashed" else set())
    assert shows_none_of(told, secrets), told
    assert shows_none_of(everything_under(space), secrets)
    # The rows themselves landed, each person with the same hashes, made as anyone can make them with the key.
    persons = {r["person_id"]: r for r in rows(Workspace.open(space), "person")}
    assert {hashed(space, n) if number == "hashed" else n for n in NUMBERS.values()} <= set(persons)
    for person in persons.values():
        assert person["certificate_hash"] == hashed(space, CERTIFICATE.upper())
        assert (person["phone_hash"], person["address_hash"]) == (
            hashed(space, PHONE),
            hashed(space, "虚构县无此路9弄"),
        )
    # References hold between hashes as they do between numbers.
    assert len(rows(Workspace.open(space), "visit")) == 4


def test_no_personal_value_of_a_message_is_kept(tmp_path, monkeypatch, capfd):
    def audit(tables: forms.Rows, person: dict[str, str]) -> dict:
        message = AUDIT(tables, person)
        message["input"]["data"]["patient_dtos"][0].update({**HIDDEN, "patn_name": HIDDEN["psn_name"]})
        return message

    monkeypatch.setattr(forms, "county", good_county)
    monkeypatch.setattr(forms, "audit", audit)
    workspace = Workspace.new(tmp_path / "space", hash_person_id=True)
    run_load(workspace, [forms.as_messages(tmp_path / "source")])
    persons = rows(workspace, "person")
    assert {p["person_id"] for p in persons} == {hashed(workspace.folder, n) for n in NUMBERS.values()}
    assert {p["certificate_hash"] for p in persons} == {hashed(workspace.folder, CERTIFICATE.upper())}
    assert len(rows(workspace, "visit")) == 4
    told = "".join(capfd.readouterr())
    assert shows_none_of(told + everything_under(workspace.folder), SECRETS | set(NUMBERS.values()))


def test_a_misplaced_value_is_withheld_and_an_ordinary_one_is_told(tmp_path):
    source = as_text(tmp_path / "source")
    workspace = Workspace.new(tmp_path / "space")
    result = run_load(workspace, [source])
    found = {(f["fault"], f["found"]) for f in quarantine(workspace, result.run)}
    withheld = "（未保存：可能含个人信息）"
    assert {
        ("sex_not_in_list", withheld), ("born_on_unreadable", withheld), ("kind_not_in_list", withheld),
        ("person_id_is_a_certificate_number", withheld), ("person_not_known", withheld),
    } <= found  # fmt: skip
    bad = FILES["visit.csv"] + "V7,A,H1,nowhere,2025年1月1日,2025-02-30,0,0\n"
    workspace, result = loaded(tmp_path, visit=bad)
    found = {(f["fault"], f["found"]) for f in quarantine(workspace, result.run)}
    assert {("kind_not_in_list", "nowhere"), ("began_on_unreadable", "2025年1月1日")} <= found


def test_the_same_certificate_matches_however_it_is_written(tmp_path):
    head = "psn_no,gend,brdy,insu_admdvs,certno,tel,addr\n"
    first = f"P1,1,1950-01-01,370299,{CERTIFICATE},199 0000-1234,虚构县 无此路9弄\n"
    second = f"P2,1,1950-01-01,370299, {CERTIFICATE.upper()} ,+86 {PHONE},虚构县\u3000无此路 9弄\n"
    workspace = Workspace.new(tmp_path / "space")
    for name, row in (("psn_info_b_1.csv", first), ("psn_info_b_2.csv", second)):
        (tmp_path / name).write_text(head + row, "utf-8")
        assert run_load(workspace, [tmp_path / name]).clean
    one, two = rows(workspace, "person")
    for column in ("certificate_hash", "phone_hash", "address_hash"):
        assert one[column] == two[column] is not None
    # What comes out of the lake may come in again: a hash stays what it is, and the row is a duplicate.
    columns = list(one)
    again = [",".join(columns), ",".join("" if one[c] is None else str(one[c]) for c in columns)]
    (tmp_path / "person.csv").write_text("\n".join(again) + "\n", "utf-8")
    assert run_load(workspace, [tmp_path / "person.csv"]).tables["person"].duplicates == 1


def with_hashes(tmp_path: Path) -> Workspace:
    head, *lines = FILES["person.csv"].splitlines()
    text = "\n".join([f"{head},certno", *(f"{line},9902991901010100{n}" for n, line in enumerate(lines, start=11))])
    workspace, _ = loaded(tmp_path, person=text + "\n")
    return workspace


def test_the_key_stands_outside_the_workspace_for_its_owner_only(tmp_path):
    workspace = with_hashes(tmp_path)
    made = json.loads((workspace.folder / "lake" / "key.json").read_text())
    file = Path(os.environ["YIHENG_KEYS"]) / f"{made['key']}.key"
    assert file.stat().st_mode & 0o777 == 0o600 and not file.is_relative_to(workspace.folder)
    key = file.read_bytes()
    kept = b"".join(f.read_bytes() for f in workspace.folder.rglob("*") if f.is_file())
    assert len(key) == 32 and key not in kept and key.hex().encode() not in kept
    assert made["sha256"] == hashlib.sha256(key).hexdigest()


def test_without_its_key_nothing_is_loaded(tmp_path, monkeypatch):
    workspace = with_hashes(tmp_path)
    monkeypatch.setenv("YIHENG_KEYS", str(tmp_path / "elsewhere"))
    with pytest.raises(Refusal, match="the key of the workspace's hashes is gone"):
        run_load(workspace, [tmp_path / "source"])
    made = json.loads((workspace.folder / "lake" / "key.json").read_text())
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / f"{made['key']}.key").write_bytes(b"another key")
    with pytest.raises(Refusal, match="not the key"):
        run_load(workspace, [tmp_path / "source"])
    monkeypatch.setenv("YIHENG_KEYS", str(workspace.folder / "keys"))
    with pytest.raises(Refusal, match="inside the workspace"):
        run_load(workspace, [tmp_path / "source"])


def test_a_load_without_personal_values_needs_no_key(tmp_path, monkeypatch):
    monkeypatch.setenv("YIHENG_KEYS", str(tmp_path / "keys"))
    loaded(tmp_path)
    assert not (tmp_path / "keys").exists()


def test_the_setting_holds_for_all_loads_of_a_workspace(tmp_path):
    workspace, _ = loaded(tmp_path)
    settings = workspace.folder / "yiheng.toml"
    settings.write_text(settings.read_text("utf-8").replace("= false", "= true"), "utf-8")
    with pytest.raises(Refusal, match="the lake holds the numbers of persons as they came"):
        run_load(Workspace.open(workspace.folder), [tmp_path / "source"])
    settings.write_text(settings.read_text("utf-8").replace("= true", '= "yes"'), "utf-8")
    with pytest.raises(Refusal, match="no truth value"):
        run_load(Workspace.open(workspace.folder), [tmp_path / "source"])


MAPPING = """\
mapping: clinic
title: {{zh: 诊所, en: Clinic}}
source: a clinic
tables:
  - table: person
    files: "*.csv"
    columns:
      person_id: {number}
      sex: 性别
      born_on: 生日
      division: {division}
      certificate_hash: 身份证号
"""


def mapped(tmp_path: Path, number: str = "编号", division: str = "区划", *, hash_person_id: bool = False) -> Workspace:
    tmp_path.mkdir(exist_ok=True)
    workspace = Workspace.new(tmp_path / f"space{hash_person_id}", hash_person_id=hash_person_id)
    (tmp_path / "m.yaml").write_text(MAPPING.format(number=number, division=division), "utf-8")
    line = f"P1,1,1950-01-01,370299,{CERTIFICATE},{HIDDEN['psn_name']}"
    (tmp_path / "病人.csv").write_text(f"编号,性别,生日,区划,身份证号,姓名\n{line}\n", "utf-8")
    assert run_load(workspace, [tmp_path / "病人.csv"], read_mapping(tmp_path / "m.yaml")).clean
    return workspace


def test_a_mapping_takes_a_personal_field_only_where_its_hash_is_kept(tmp_path):
    workspace = mapped(tmp_path)
    assert rows(workspace, "person")[0]["certificate_hash"] == hashed(workspace.folder, CERTIFICATE.upper())
    with pytest.raises(Refusal, match=r"m.yaml:11: '姓名' is personal and would be kept in 'division'"):
        mapped(tmp_path / "second", division="upper(姓名)")
    with pytest.raises(Refusal, match=r"m.yaml:8: '身份证号' is personal and would be kept in 'person_id'"):
        mapped(tmp_path / "third", number="身份证号")
    workspace = mapped(tmp_path, number="身份证号", hash_person_id=True)
    assert rows(workspace, "person")[0]["person_id"] == hashed(workspace.folder, CERTIFICATE.upper())
    assert shows_none_of(everything_under(workspace.folder), SECRETS)


def test_a_file_without_a_header_is_refused_without_quoting_it(tmp_path):
    (tmp_path / "person.csv").write_text(f"{HIDDEN['psn_name']},{CERTIFICATE}\n", "utf-8")
    told = said("load", str(tmp_path / "person.csv"), "-w", str(Workspace.new(tmp_path / "space").folder))
    assert "column 2 of the header is a value, not a name" in told and shows_none_of(told, SECRETS)


def test_the_scratch_of_a_killed_load_is_gone_when_the_workspace_is_opened(tmp_path):
    workspace, _ = loaded(tmp_path)
    left = workspace.folder / "lake" / "staging" / "load-1" / "tmp1"
    left.mkdir(parents=True)
    (left / "0.csv").write_text(HIDDEN["psn_name"], "utf-8")
    assert Workspace.open(workspace.folder).lake and not left.parent.parent.exists()


def test_the_scratch_of_a_running_load_stays(tmp_path):
    workspace, _ = loaded(tmp_path)
    with workspace.lake.writing("load-1") as writing:
        (writing.staging / "0.csv").touch()
        other = "from yiheng.lake import Lake; from pathlib import Path; import sys; Lake(Path(sys.argv[1]))"
        subprocess.run([sys.executable, "-c", other, str(workspace.lake.folder)], check=True)
        assert (writing.staging / "0.csv").exists()


def test_no_column_of_a_contract_has_a_personal_alias_but_those_that_are_hashed():
    for table in TABLES.values():
        for column in table:
            personal = [n for n in (*column.aliases, column.zh, column.name) if is_personal(n)]
            assert bool(personal) == (column.personal not in (None, "person")), f"{table.name}.{column.name} {personal}"
            if column.name == "person_id" or column.refers_to == "person":
                assert column.personal == "person", f"{table.name}.{column.name}"


@pytest.mark.parametrize(
    "field", ["PSN_NAME", "患者姓名", "联系电话", "家庭住址", "ID_CARD", "mobile", "开户银行", "patient_name"]
)
def test_other_layouts_call_personal_fields_alike(field):
    assert is_personal(field)


@pytest.mark.parametrize(
    "field", ["fixmedins_name", "dise_name", "med_list_codg", "psn_no", "NDC", "机构名称", "个人账户支出"]
)
def test_ordinary_fields_are_not_personal(field):
    assert not is_personal(field)


def test_each_declared_field_is_personal_and_declared_once():
    fields = [field for named in PERSONAL_FIELDS.values() for field in named]
    assert all(map(is_personal, fields)) and len(fields) == len(set(fields))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("110101199003074514", "110101199003074514"),
        (" 110101-19900307-4514", "110101199003074514"),
        # Fifteen signs of before 1999 get their century and a check sign; weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2 over
        # 1 1 0 1 0 1 1 9 9 0 0 3 0 7 4 5 1 make
        # 7+9+5+4+2+9+54+27+35+32+20+2 = 206; 206 mod 11 = 8, whose sign is 4.
        ("110101900307451", "110101199003074514"),
        ("P-17", "P-17"),
        (None, None),
    ],
)
def test_point_10_a_certificate_number_is_written_one_way_before_it_is_hashed(given, kept):
    con = duckdb.connect()
    tidy.prepare(con)
    con.execute("create table given as select ?::VARCHAR as one", [given])
    assert con.execute("select in_full(one) from given").fetchone() == (kept,)


# 110101 19491231 002 and its check sign: 1*7+1*9+0*10+1*5+0*8+1*4 + 1*2+9*1+4*6+9*3+1*7+2*9+3*10+1*5 + 0*8+0*4+2*2 = 151;
# 151 mod 11 = 8, whose sign is 4.
WRITINGS = [
    "110101194912310024", "11010119491231002X", "110101 19491231 0024", "110101-19491231-0024", "1101 0119 4912 3100 24",
    "１１０１０１１９４９１２３１００２４", "110101194912\u200b310024",
    "13900001234", "139 0000 1234", "139-0000-1234", "１３９００００１２３４", "+8613900001234", "1 3 9 0 0 0 0 1 2 3 4",
]  # fmt: skip
TEXTS_FOR_PEOPLE = [(table.name, column.name) for table in TABLES.values() for column in table if column.free]


@pytest.mark.parametrize(
    "name", ["某药", "某药 0.9% 100ml*10 2025-01-15", "耗材 20250115001", "GB/T 2261.1-2003 1000 2000"]
)
def test_point_10_ordinary_names_hold_no_personal_number(name):
    assert not held(name) and masked(name) == name


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize("around", ["{}", "西海医院（王医生{}）", "王 3 {} 号"])
def test_point_10_a_personal_number_in_a_name_is_found_in_any_writing(writing, around):
    assert held(around.format(writing))


def held(name: str) -> bool:
    con = duckdb.connect()
    tidy.prepare(con)
    con.execute("create table given as select ?::VARCHAR as one", [name])
    return con.execute("select holds_a_number(one) from given").fetchone() == (True,)


@pytest.mark.parametrize(("table", "column"), TEXTS_FOR_PEOPLE)
def test_point_10_every_text_for_people_is_judged_for_personal_numbers(table, column):
    assert f"{column}_holds_a_personal_number" in [fault.name for fault in faults_of(TABLES[table])]


def test_point_10_a_number_in_a_name_lands_nowhere(tmp_path):
    source, space = tmp_path / "source", tmp_path / "space"
    files = dict(FILES)
    files["institution.csv"] += f"H9,西海 139 0000 1234,hospital,三级,370299\nH8,{WRITINGS[0]},hospital,三级,370299\n"
    files["fee_line.csv"] = files["fee_line.csv"].replace("某检查", f"某检查 {WRITINGS[2]}", 1)
    files["diagnosis.csv"] = files["diagnosis.csv"].replace("肺炎", WRITINGS[5])
    files["department.csv"] = "department,institution_id,name\nD1,H1,内科 tel:13900001234\n"
    # Names of files, of members of an archive, of sheets and of columns.
    files[f"visit_{WRITINGS[7]}.csv"] = files.pop("visit.csv")
    files[f"{WRITINGS[0]}.md"] = "x"
    written(source, files)
    with zipfile.ZipFile(source / f"{WRITINGS[0]}.zip", "w") as packed:
        packed.writestr(f"operation_{WRITINGS[0]}.csv", files["operation.csv"])
        packed.writestr(f"settlement_{WRITINGS[7]}.csv", "x\n1\n")
    line = [row.split(",") for row in files["settlement.csv"].splitlines()]
    book(source / f"王{WRITINGS[9]}.xlsx", {f"settlement {WRITINGS[7]}": line, f"{WRITINGS[0]}": [["a"], ["b"]]})
    said("new", str(space))
    told = said("load", str(source), "-w", str(space), "--rejects", str(space / "back.xlsx"), "--format", "json")
    told += said("load", str(source), "-w", str(space))
    assert shows_none_of(told + everything_under(space), set(WRITINGS))
    assert "_holds_a_personal_number" in told and "visit_***" in told
    # What has no number in it landed all the same.
    assert len(rows(Workspace.open(space), "visit")) == 4
