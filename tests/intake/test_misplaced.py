"""Point 9: what belongs to a person and stands in a wrong place is neither kept nor printed anywhere."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pytest

from tests.intake.test_load import quarantine
from tests.intake.test_privacy import everything_under, said
from tests.tiny import FILES, loaded, with_row, written
from yiheng.basis.hidden import IN_LATIN, masked
from yiheng.records import TABLES
from yiheng.runs import Workspace, run_load

# 110101 19491231 002 ends with 4 (see test_privacy). The card: of 622202000000000000?, every second digit from the
# right doubled, 2+2+0+...: 6 2*2 2 2*2 0 2*2 = 6+4+2+4+0+4 = 20, so the check digit is 0.
CERTIFICATE, OLD, MOBILE, CARD = "110101194912310024", "110101491231002", "13900001234", "6222020000000000000"
NAME, LATIN, ADDRESS = "欧阳虚构", "OuyangFeng", "虚构县无此路9弄"
WRITINGS = {
    CERTIFICATE: [CERTIFICATE, "110101 19491231 0024", "110101-19491231-0024", "１１０１０１１９４９１２３１００２４"],
    OLD: [OLD, "110101 491231 002", "１１０１０１４９１２３１００２"],
    MOBILE: [MOBILE, "139 0000 1234", "139-0000-1234", "１３９００００１２３４"],
    CARD: [CARD, "6222 0200 0000 0000 000"],
}
NUMBERS = [one for writings in WRITINGS.values() for one in writings]
# What of them is looked for: also the longest part that is one number written in groups.
SIGNS = [*NUMBERS, "19491231", "0000 1234", "0000-1234"]


def none_of(text: str, signs: list[str]) -> list[str]:
    return [
        f"{sign}: …{text[max(text.index(sign) - 60, 0) : text.index(sign) + 40]}…" for sign in signs if sign in text
    ]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("around", ["{}", "张三{}.csv", "a{}b", "2025-{}", "编号：{}。", "load/{}/x", "+86 {}"])
def test_point_9_a_number_is_hidden_in_any_writing(number, around):
    text = around.format(number)
    hidden = masked(text)
    assert "***" in hidden and len(hidden) < len(text) and not none_of(hidden, SIGNS)
    assert masked(hidden) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "settlement_202501_20250131_0001.csv", "fee_list_d_2025-01-01_2025-12-31.csv", "20250101120000",
        # One digit beside the card's check digit, one after a certificate's.
        "6222020000000000001", "1101011949123100249", "load-1390000123480abc", "load-1234567890123450",
        "139000012348" + "a" * 52, "1,390,000,123,4 yuan", "2025/01/02/000123.csv", "H1 V1 370299",
    ],
)  # fmt: skip
def test_point_9_what_is_no_persons_stays(text):
    assert masked(text) == text


@pytest.mark.parametrize("name", [LATIN, "Zhang Wei", "LI_NA", "wang.xiaoming", "XiaomingWang", "Zhuge Liang"])
def test_point_9_a_chinese_name_in_latin_letters_is_withheld(name):
    with duckdb.connect() as con:
        assert con.execute("select regexp_full_match(?, ?)", [name, IN_LATIN]).fetchone() == (True,)


@pytest.mark.parametrize("code", ["nowhere", "H1", "YHX1", "inpatient", "J18.9", "hospital", "unknown", "test", "KB-7"])
def test_point_9_a_code_is_no_name(code):
    with duckdb.connect() as con:
        assert con.execute("select regexp_full_match(?, ?)", [code, IN_LATIN]).fetchone() == (False,)


WRONG = [*NUMBERS, NAME, LATIN, ADDRESS]


def in_every_column(table: str) -> str:
    """The table with rows at fault, each with one of the values in one of its columns, in all columns by turns."""
    head, first, *_ = FILES[f"{table}.csv"].splitlines()
    columns = head.split(",")
    rows = []
    for at in range(len(columns)):
        # Eleven digits are an amount where an amount belongs: nobody can tell it from a telephone.
        for value in [one for one in WRONG if columns[at] != TABLES[table].money or len(one) != len(MOBILE)]:
            row = first.split(",")
            # A fault of another column as well, so that the row is quarantined whatever this one takes.
            row[0 if at else 1] = "" if columns[0 if at else 1].endswith("_id") else "?"
            row[at] = value
            rows.append(",".join(row))
    return "\n".join([*FILES[f"{table}.csv"].splitlines(), *rows]) + "\n"


@pytest.mark.parametrize("table", ["person", "visit", "settlement", "diagnosis"])
def test_point_9_a_value_in_any_column_of_a_row_at_fault_is_withheld(table, tmp_path):
    source, space = written(tmp_path / "source", **{table: in_every_column(table)}), tmp_path / "space"
    told = said("new", str(space)) + said("load", str(source), "-w", str(space), "--rejects", str(tmp_path / "r.xlsx"))
    told += said("quality", "-w", str(space)) + said("quality", "-w", str(space), "--format", "json")
    told += said("load", "--draft-mapping", str(source / f"{table}.csv"))
    signs = [*SIGNS, NAME, LATIN, ADDRESS]
    assert not none_of(told, signs)
    assert (space / "runs").is_dir() and not none_of(everything_under(space / "runs"), signs)
    with zipfile.ZipFile(tmp_path / "r.xlsx") as packed:
        assert not none_of("".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist()), signs)


def test_point_9_columns_that_are_numbered_like_telephones_keep_their_numbers(tmp_path):
    numbered = FILES["settlement.csv"].replace("\nS", "\n1390000000")
    bad = numbered + "13900000009,V1,never,1,1,1,0\n"
    lines = FILES["fee_line.csv"].replace(",S", ",1390000000")
    workspace, result = loaded(tmp_path, settlement=bad, fee_line=lines)
    assert [row["row_key"] for row in quarantine(workspace, result.run)] == ["13900000009"]
    workspace, result = loaded(tmp_path / "b", settlement=with_row("settlement", "13900000009,V1,never,1,1,1,0"))
    assert [row["row_key"] for row in quarantine(workspace, result.run)] == [None]


def test_point_9_numbers_in_names_are_hidden_everywhere(tmp_path):
    """Names of files, folders, sheets, columns, members, keys, senders, tables, databases, mappings, policies, users."""
    told, space = "", tmp_path / "space"
    told += said("new", str(space))
    for number, at in zip((CERTIFICATE, OLD, MOBILE, CARD), range(4), strict=True):
        folder = tmp_path / f"source{at}" / f"甲{number}"
        columns = FILES["person.csv"].replace("division\n", f"division,备注{number},sexx{number}\n", 1).splitlines()
        people = "\n".join([columns[0], *(f"{line},1,2" for line in columns[1:])]) + "\n"
        written(
            folder,
            {f"person_{number}.csv": people, f"unknown{number}.csv": f"a{number},b\n1,2\n", f"x{number}.pdf": ""},
        )
        (folder / f"empty{number}.csv").write_text("")
        (folder / f"quote{number}.csv").write_text('a,b\n"1,2\n3,4\n')
        book = openpyxl.Workbook()
        book.active.title = f"乙{number}"
        book.active.append([f"丙{number}", "b"])
        book.active.append(["1", "2"])
        book.create_sheet(f"丁{number}"[:31]).append([f"k{number}", f"k{number}"])
        book.save(folder / f"visit{number}.xlsx")
        with zipfile.ZipFile(folder / f"z{number}.zip", "w") as packed:
            packed.writestr(f"里{number}/person{number}.csv", people)
            packed.writestr(f"里{number}/no{number}.bin", b"")
            packed.writestr(f"../out{number}.csv", people)
        messages = [
            {"infno": number, "input": {}, "output": {}},
            {
                "infno": "2207",
                "fixmedins_code": number,
                "mdtrtarea_admvs": number,
                f"key{number}": 1,
                "input": {number: 1},
            },
            {"infno": "4101", "sign_no": number, "input": {"setlinfo": [{number: number}, number]}},
            {"infno": "2208", "msgid": number, "input": {"data": {"setl_id": number, "mdtrt_id": number}}},
            {"infno": "2304", "infcode": number},
        ]
        for nth, message in enumerate(messages):
            (folder / f"m{nth}_{number}.json").write_text(json.dumps(message))
        (folder / f"bad{number}.json").write_text(f'{{"{number}": ')
        told += said("load", str(folder), "-w", str(space), "--as", f"甲{number}")
        # The same names where something lands.
        good = written(
            tmp_path / f"good{at}" / f"甲{number}", {f"person_{number}.csv": FILES["person.csv"], f"x{number}.pdf": ""}
        )
        told += said("load", str(good), "-w", str(space), "--as", f"甲{number}")
        told += said("load", str(folder / f"gone{number}.csv"), str(folder / f"x{number}.pdf"), "-w", str(space))
        database = folder / f"claims{number}.db"
        with sqlite3.connect(database) as db:
            db.execute(f'create table "person{number}" ("person_id", "note{number}")')
            db.execute(f'create table "t{number}" ("a")')
        for more in ([], ["--table", f"no{number}=person"], ["--table", f"t{number}=p{number}"]):
            told += said("load", "--database", f"sqlite:///{database}", *more, "-w", str(space))
        told += said("load", "--draft-mapping", str(folder / f"person_{number}.csv"))
        (folder / f"map{number}.yaml").write_text(
            f"mapping: m{number}\ntitle: {{zh: 甲{number}, en: a}}\nsource: {number}\nmoney: fen\ntables:\n"
            f"  - table: person{number}\n    files: '*'\n    columns: {{p{number}: q{number}}}\n"
        )
        told += said("load", str(folder), "--mapping", str(folder / f"map{number}.yaml"), "-w", str(space))
        told += said("load", str(folder), "--mapping", f"甲{number}", "-w", str(space))
        for verb in (["policy", "check"], ["settle"]):
            told += said(
                *verb,
                str(folder / f"map{number}.yaml"),
                *(["--year", "2025", "-w", str(space)] if verb == ["settle"] else []),
            )
        told += said("settle", "qingdao", "--year", "2025", "--party", f"丙{number}", "-w", str(space))
        told += said("explain", f"settle-{number}", "-w", str(space)) + said(f"verb{number}")
        told += said("sql", f"select x{number} from person", "-w", str(space))
        told += said("tables", "export", str(tmp_path / "out"), f"t{number}", "-w", str(space))
    assert not none_of(told, SIGNS)
    assert "***" in told
    kept = everything_under(space)
    assert "***" in kept and not none_of(kept, SIGNS)


def test_point_9_a_round_trip_through_csv_gives_the_same_values(tmp_path):
    """A spreadsheet sees text, not formulas; the lake gets back what it held."""
    texts = ["=1+1", "@x", "-A1", "+B2", "'=1", "-5.00", "甲"]
    goods = FILES["fee_line.csv"].splitlines()
    for at, text in enumerate(texts[:5], start=1):
        goods[at] = goods[at].replace("某药", text).replace("某检查", text)
    institutions = FILES["institution.csv"].replace("西海第一人民医院", '"=HYPERLINK(""http://x"")"')
    workspace, first = loaded(tmp_path, fee_line="\n".join(goods) + "\n", institution=institutions)
    assert first.clean
    told = said("tables", "export", str(tmp_path / "out"), "--as", "csv", "-w", str(workspace.folder))
    text = (tmp_path / "out" / "fee_line.csv").read_text("utf-8")
    assert ",'=1+1," in text and ",'@x," in text and ",'-A1," in text, told
    again = Workspace.new(tmp_path / "again")
    assert run_load(again, [Path(tmp_path / "out")]).clean
    query = "select line_id, item_name, amount_fen from fee_line order by line_id"
    names = "select institution_id, name from institution order by 1"
    for asked in (query, names):
        one, two = (said("sql", asked, "-w", str(space.folder), "--format", "json") for space in (workspace, again))
        assert one == two
    assert '"=1+1"' in said("sql", query, "-w", str(again.folder), "--format", "json")
    assert "'=1+1" in said("sql", query, "-w", str(again.folder), "--format", "csv")


def test_point_9_an_id_keeps_its_own_equals_sign(tmp_path):
    """A spreadsheet's ="..." and the apostrophe of our own CSV go; an = alone is a sign of the id."""
    lines = FILES["settlement.csv"].splitlines()
    last = lines[-1].split(",")
    more = [",".join([written, *last[1:]]) for written in ("=SQ1", "SQ1", "'=SQ2", '"=""SQ3"""')]
    workspace, result = loaded(tmp_path, settlement="\n".join([*lines, *more]) + "\n")
    assert quarantine(workspace, result.run) == []
    query = "select settlement_id from settlement where settlement_id like '%SQ%' order by 1"
    kept = said("sql", query, "-w", str(workspace.folder), "--format", "csv").split("\n\n")[0].split()
    # Our own CSV guards what a spreadsheet would take for a formula.
    assert kept[1:] == ["'=SQ1", "'=SQ2", "SQ1", "SQ3"]


# 3*7+7*9+0*10+2*5+1*8+2*4 + 1*2+9*1+9*6+0*3+0*7+1*9 + 0*10+1*5+1*8+2*4+3*2 = 211 = 19*11 + 2, whose sign is X.
REAL, WRONG_SIGN = "37021219900101123X", "370212199001011234"


def column_of(table: str, column: str, value: str) -> str:
    """A table of the tiny county with one more row, whose column holds the value and whose key is its own."""
    head, first, *_ = FILES[f"{table}.csv"].splitlines()
    columns, row = head.split(","), first.split(",")
    if column not in columns:
        columns, row = [*columns, column], [*row, ""]
    row[0] = "NEW1" if column != columns[0] else row[0]
    row[columns.index(column)] = value
    added = [f"{line}," if len(columns) > len(head.split(",")) else line for line in FILES[f"{table}.csv"].splitlines()]
    return "\n".join([",".join(columns), *added[1:], ",".join(row)]) + "\n"


def faults_with(tmp_path, table: str, column: str, value: str) -> set[str]:
    workspace, result = loaded(tmp_path, **{table: column_of(table, column, value)})
    found = {row["fault"] for row in quarantine(workspace, result.run) if row["column_name"] == column}
    if f"{column}_is_a_certificate_number" in found:
        assert not none_of(everything_under(workspace.folder / "runs"), [REAL, WRONG_SIGN, MOBILE])
    return found


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("visit", "visit_id", f"{REAL}-20250301"), ("visit", "visit_id", f"V{REAL}"), ("visit", "visit_id", f"2025-{REAL}-1"),
        ("visit", "visit_id", f"张{REAL}"), ("visit", "visit_id", f"X{REAL}X"), ("settlement", "settlement_id", f"{REAL}_1"),
        ("fee_line", "line_id", f"L{REAL.lower()}/2"), ("institution", "institution_id", f"H{REAL}"),
        ("person", "person_id", f"P{REAL}"), ("person", "person_id", f"{REAL}-1"), ("person", "person_id", WRONG_SIGN),
        ("visit", "department", WRONG_SIGN), ("visit", "department", f"内科{REAL}"), ("fee_line", "department", REAL),
        ("visit", "doctor", WRONG_SIGN), ("visit", "doctor", f"王{REAL}"),
        ("visit", "department", "13812345678"), ("visit", "doctor", "13812345678"), ("visit", "doctor", "王138-1234-5678"),
        ("visit", "doctor", "王13012345678"), ("fee_line", "doctor", "１３８１２３４５６７８"),
    ],
)  # fmt: skip
def test_point_9_a_certificate_in_any_code_is_quarantined(table, column, value, tmp_path):
    assert f"{column}_is_a_certificate_number" in faults_with(tmp_path, table, column, value)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        # Division, day and number: of a visit, or with a day long ago and a check sign that is not right.
        ("visit", "visit_id", "370212202503010001"), ("visit", "visit_id", f"{WRONG_SIGN}-20250301"),
        ("visit", "visit_id", "V370212202503010001-2"), ("institution", "institution_id", f"H{WRONG_SIGN}"),
        ("person", "person_id", f"P{WRONG_SIGN}"),
        # More digits around it: no certificate can be told from a number.
        ("settlement", "settlement_id", "3702121990010112340"), ("settlement", "settlement_id", f"1{REAL}"),
        # Eleven digits may count; a code may be made of a city of Hebei.
        ("visit", "visit_id", "13812345678"), ("settlement", "settlement_id", "13812345678"), ("visit", "doctor", "13010000123"),
        ("visit", "doctor", "D370212000123"), ("visit", "department", "A03.01"), ("visit", "department", "138123456789"),
    ],
)  # fmt: skip
def test_point_9_a_number_that_is_no_certificate_for_sure_is_taken(table, column, value, tmp_path):
    assert f"{column}_is_a_certificate_number" not in faults_with(tmp_path, table, column, value)
