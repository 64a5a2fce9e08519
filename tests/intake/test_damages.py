"""Damaged rows of every table in every form: each is reported with its place and rule, and nothing else happens."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from itertools import count
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.intake.damages import GOOD, KEYS, MONEY, Damage, Row, as_kept, fen, good, in_yuan, row_damages
from tests.intake.forms import value_of
from tests.intake.test_load import quarantine
from tests.intake.test_workbook import book
from tests.tiny import loaded
from yiheng.intake import Loaded
from yiheng.records import TABLES
from yiheng.runs import Workspace, run_load

# The damages of one load lie each in its own row and are judged each for itself, so that none need be shrunk.
AT_ONCE, LOADS = 100, 3
batches = settings(
    max_examples=LOADS, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
FORMS = ("ours", "csv", "gb18030", "xlsx", "parquet", "messages")
# Tables that messages carry row by row.
SENT = {"settlement": ("2304", "output", "setlinfo"), "fee_line": ("2301", "input", "feedetail")}
numbers = count()
judged: dict[str, set[Damage]] = {}
# Table, file, record, line, fault, column, value shown.
Said = tuple[str, str, int, int | None, str, str, str | None]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Workspace:
    return loaded(tmp_path_factory.mktemp("damages"))[0]


def tables_of(form: str) -> list[str]:
    return [t for t in GOOD if form != "messages" or t in SENT]


def damages_of(form: str) -> st.SearchStrategy[list[Damage]]:
    found = row_damages(tables_of(form), form != "ours")
    if form == "messages":
        # A message's line without a catalogue gets it from its code: nothing is wrong with it.
        found = found.filter(lambda d: d.cells not in {(("kind", None),), (("kind", ""),)})
    return st.lists(found, min_size=AT_ONCE, max_size=AT_ONCE, unique=True)


@pytest.mark.parametrize("form", FORMS)
def test_each_damaged_row_is_reported_and_all_others_land(form, workspace, tmp_path):
    # Each form has damages of its own, the same ones each time.
    @seed(FORMS.index(form))
    @batches
    @given(damages_of(form))
    def judge(damages: list[Damage]) -> None:
        one_load(form, damages, workspace, tmp_path / str(next(numbers)))
        judged.setdefault(form, set()).update(d for d in damages if d.faults)

    judge()


def test_more_than_a_thousand_different_damages_were_judged():
    if set(judged) == set(FORMS):
        assert len(set().union(*judged.values())) >= 1000


def one_load(form: str, damages: list[Damage], workspace: Workspace, folder: Path) -> None:
    folder.mkdir()
    yuan = form != "ours"
    given_rows: dict[str, list[Row]] = {table: [] for table in tables_of(form)}
    wanted: Counter[Said] = Counter()
    lands: dict[str, list[Row]] = {table: [] for table in given_rows}
    wrong: dict[str, list[tuple[Row, Damage]]] = {table: [] for table in given_rows}
    repeats: Counter[str] = Counter()
    for damage in damages:
        table, i = damage.table, next(numbers)
        rows = given_rows[table]
        beside = good(table, next(numbers))
        rows.append(in_yuan(table, beside) if yuan else beside)
        lands[table].append(beside)
        whole = good(table, i)
        first = in_yuan(table, whole) if yuan else whole
        bad = {**first, **dict(damage.cells)}
        if damage.doubled:
            rows.append(first)
            if not damage.faults:
                lands[table].append(whole)
                repeats[table] += 1
            else:
                wanted.update(said(form, table, len(rows), damage, first))
                wrong[table].append((first, damage))
        rows.append(bad)
        if damage.faults:
            wanted.update(said(form, table, len(rows), damage, bad))
            wrong[table].append((bad, damage))
    for table in given_rows:
        # A good row behind the last damage, and in front of all where a table has none.
        beside = good(table, next(numbers))
        given_rows[table].append(in_yuan(table, beside) if yuan else beside)
        lands[table].append(beside)

    before = {table: in_lake(workspace, table) for table in given_rows}
    result = run_load(workspace, [write(form, folder, given_rows)])
    assert not result.refused
    found = Counter(
        (q["table_name"], q["file"], q["row_number"], q["line"], q["fault"], q["column_name"], q["found"])
        for q in quarantine(workspace, result.run)
    )
    # A contradiction is not of one value.
    shown = Counter({said: n for said, n in found.items() if said[:-1] not in {w[:-1] for w in wanted if w[-1] is ANY}})
    assert places(found) == places(wanted), differences(places(found), places(wanted))
    exact = Counter({w: n for w, n in wanted.items() if w[-1] is not ANY})
    assert shown == exact, differences(shown, exact)
    for table, rows in given_rows.items():
        reconciled(result, table, rows, wrong[table], repeats[table], yuan)
        expected = Counter(tuple(sorted(as_kept(table, row).items())) for row in lands[table])
        # Nothing that was there is gone, and what came is just what should land.
        assert in_lake(workspace, table) == before[table] + expected, table


ANY = "any value"


def places(said: Counter[Said]) -> Counter[tuple]:
    return Counter(key[:-1] for key in said.elements())


def differences(found: Counter, wanted: Counter) -> str:
    return "\n".join(["said, not wanted:", *map(str, found - wanted), "wanted, not said:", *map(str, wanted - found)])


def said(form: str, table: str, record: int, damage: Damage, row: Row) -> list[Said]:
    """What must be said of a damaged row: a text file's header is line 1, so record n stands on line n + 1."""
    name, line = national_name(table), record + 1
    files: dict[str, tuple[str, int, int | None]] = {
        "ours": (f"{table}.csv", record, line), "csv": (f"{name}.csv", record, line),
        "gb18030": (f"{name}.csv", record, line), "xlsx": (f"county.xlsx/{name}", record, line),
        "parquet": (f"{name}.parquet", record, None),
    }  # fmt: skip
    if form == "messages":
        _, way, node = SENT[table]
        place: tuple[str, int, int | None] = (f"{table}.jsonl/{table} message {record} {way}.{node}", 1, None)
    else:
        place = files[form]
    found = []
    for fault, column in damage.faults:
        shown: str | None = ANY
        if fault == "key_used_twice":
            shown = row[column]
        elif (
            len(damage.cells) == 1
            and damage.cells[0][0] == column
            and not fault.endswith(("differ_from_fund_total", "differ_from_total"))
        ):
            # Readable values are shown as they were read; the others as they stand.
            shown = (
                as_kept_for_people(damage.shown)
                if fault.endswith(("_missing", "_unreadable", "_not_in_list", "_not_known"))
                else ANY
            )
        found.append((table, *place, fault, column, shown))
    return found


def as_kept_for_people(value: str | None) -> str | None:
    """What may be a name (other than plain letters), a certificate (15 to 19 digits) or a phone is not kept."""
    if value is None:
        return None
    words = any(not (" " <= c <= "~" or c in "年月日时分秒元") for c in value)
    numbers = re.findall("[0-9]+", value)
    number = any(15 <= len(digits) <= 19 or re.fullmatch("1[3-9][0-9]{9}", digits) for digits in numbers)
    return "（未保存：可能含个人信息）" if words or number else value


def national_name(table: str) -> str:
    return TABLES[table].aliases[0]


def national(table: str, row: Row) -> Row:
    """The same row under national names; amounts are in yuan already, codes become national ones."""
    contract = TABLES[table]
    named: Row = {}
    for name, value in row.items():
        column = contract[name]
        listed = column.codes is not None and value in column.codes.words
        named[(column.aliases or (name,))[0]] = value_of(column, value or "") if listed else value
    return named


def write(form: str, folder: Path, tables: dict[str, list[Row]]) -> Path:
    """The rows of all tables in one of the forms."""
    if form != "ours":
        tables = {table: [national(table, row) for row in rows] for table, rows in tables.items()}
    if form == "xlsx":
        sheets = {
            national_name(t): [list(rows[0]), *[list(row.values()) for row in rows]] for t, rows in tables.items()
        }
        return book(folder / "county.xlsx", sheets)
    for table, rows in tables.items():
        name = table if form in ("ours", "messages") else national_name(table)
        if form == "parquet":
            schema = pa.schema({column: pa.string() for column in rows[0]})
            pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / f"{name}.parquet")
        elif form == "messages":
            infno, way, node = SENT[table]
            sent = [json.dumps({"infno": infno, way: {node: row}}, ensure_ascii=False) for row in rows]
            (folder / f"{name}.jsonl").write_text("\n".join(sent), "utf-8")
        else:
            encoding = "gb18030" if form == "gb18030" else "utf-8"
            with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(rows[0])
                writer.writerows(row.values() for row in rows)
    return folder


def reconciled(
    result: Loaded, table: str, rows: list[Row], wrong: list[tuple[Row, Damage]], repeats: int, yuan: bool
) -> None:
    counts = result.tables[table]
    accepted = len(rows) - len(wrong) - repeats
    assert (counts.read, counts.accepted, counts.quarantined, counts.duplicates) == (
        len(rows), accepted, len(wrong), repeats,
    )  # fmt: skip
    assert counts.fen_read == counts.fen_accepted + counts.fen_quarantined + counts.fen_duplicates
    if table in MONEY:
        each = {"settlement": 60000, "fee_line": 30000}[table]
        known = sum(fen(table, row, yuan) for row, damage in wrong if not damage.loses_its_amount)
        assert (counts.fen_accepted, counts.fen_duplicates) == (accepted * each, repeats * each)
        assert counts.fen_quarantined == known
        assert counts.fen_unknown == sum(damage.loses_its_amount for _, damage in wrong)


def in_lake(workspace: Workspace, table: str) -> Counter[tuple]:
    """The rows of a table that a reader sees now."""
    files = workspace.lake.files(table, workspace.lake.latest())
    names = [c.name for c in TABLES[table]]
    if not files:
        return Counter()
    rows = duckdb.execute(f"select {', '.join(names)} from read_parquet(?)", [files]).fetchall()
    return Counter(tuple(sorted(zip(names, row, strict=True))) for row in rows)


def test_the_good_rows_are_good_and_have_the_keys_of_their_tables():
    for table, row in GOOD.items():
        assert TABLES[table].key == KEYS[table] and set(row) <= {c.name for c in TABLES[table]}
