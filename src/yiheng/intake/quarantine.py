"""The rows that were not accepted: where they stood, what was wrong, what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from yiheng.basis.engine_paths import duckdb_copy
from yiheng.basis.evidence import Words
from yiheng.basis.hidden import CERTIFICATE, OLD
from yiheng.records import TABLES

from . import sql
from .judge import Verdicts
from .parse import Fault, faults_of
from .privacy import MOBILE, WITHHELD, shown_value
from .stage import Staging

COLUMNS = (
    "table_name VARCHAR, file VARCHAR, row_number BIGINT, line BIGINT, fault VARCHAR, column_name VARCHAR,"
    " found VARCHAR, says VARCHAR, says_en VARCHAR, expected VARCHAR, expected_en VARCHAR, fen BIGINT,"
    " institution_id VARCHAR, visit_id VARCHAR, row_key VARCHAR, occurred_on DATE"
)
# So many good rows show how a column is numbered.
ENOUGH_ROWS = 1_000
ROW_BROKEN = Fault(
    "row_broken",
    "",
    Words("整行无法解析（列数、引号或编码有误）", "the line is no row: wrong number of fields, quotes or encoding"),
    Words("与表头相同的列数", "as many fields as the header"),
)


@dataclass(frozen=True)
class FaultCount:
    """How often a fault occurred in a table of a load, with the first place: a line of a text, a row of all else."""

    table: str
    fault: str
    rows: int
    says: str
    says_en: str
    expected: str
    expected_en: str
    first: str
    first_en: str


def write_quarantine(
    con: duckdb.DuckDBPyConnection, staging: Staging, verdicts: dict[str, Verdicts], into: Path
) -> tuple[list[FaultCount], dict[str, int]]:
    """Write one line for each fault of each row; gives back fault counts and quarantined rows by table."""
    con.execute(f"create table quarantine ({COLUMNS})")
    quarantined = {}
    for name, verdict in verdicts.items():
        quarantined[name] = staging.bad_rows(name) + verdict.late_rows
        usual = _usual_forms(con, staging, name) if quarantined[name] else set()
        # Where a row stood is asked only for those that do not land: the numbers are dear for many files.
        shifts = _record_numbers(con, staging, name) if quarantined[name] else ""
        for bit, fault in enumerate(faults_of(TABLES[name])) if staging.bad_rows(name) else ():
            _insert(
                con, name, fault, f"(select * from {staging.bad(name)} where (_mask >> {bit}) & 1 = 1)", shifts, usual
            )
        if not verdict.late_rows:
            continue
        # A row that was well-formed keeps no raw text: its value is the one that was read.
        placed = f"(select *, null as _raw from {staging.placed(name, verdict.late)})"
        for number, fault in enumerate(verdict.faults):
            of_fault = f"(select _id from {verdict.late} where fault = {number})"
            _insert(con, name, fault, f"(select * from {placed} semi join {of_fault} using (_id))", shifts, usual)
    for table, file, line, kind in staging.broken:
        fault = ROW_BROKEN
        con.execute(
            "insert into quarantine values (?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?, null, null, null, null, null)",
            [table, file, line - 1 - staging.sources[file].above, line, fault.name, kind, *fault.says, *fault.expected],
        )
        quarantined[table] = quarantined.get(table, 0) + 1
    order = "table_name, file, row_number, fault, column_name, found"
    con.execute(duckdb_copy(f"select * from quarantine order by {order}", into, "format parquet"))
    counted = con.execute(
        "select table_name, fault, count(*), any_value(says), any_value(says_en), any_value(expected),"
        " any_value(expected_en), min(file), min_by(coalesce(line, row_number), (file, row_number)),"
        " min_by(line is not null, (file, row_number))"
        " from quarantine group by table_name, fault order by table_name, count(*) desc, fault"
    ).fetchall()
    faults = []
    for table, name, rows, says, says_en, expected, expected_en, file, number, is_line in counted:
        first = _first(staging, file, number, is_line)
        faults.append(FaultCount(table, name, rows, says, says_en, expected, expected_en, first.zh, first.en))
    return faults, quarantined


def _first(staging: Staging, file: str, number: int, is_line: bool) -> Words:
    """Where a row stood: on a line of a text where that is known, as a row of a sheet, else as which record."""
    source = staging.sources.get(file)
    if source is not None and source.form == "sheet":
        return Words(f"{file} 第 {number} 行", f"{file}, row {number}")
    if is_line:
        return Words(f"{file}:{number}", f"{file}:{number}")
    return Words(f"{file} 第 {number} 条记录", f"{file}, row {number}")


def _usual_forms(con: duckdb.DuckDBPyConnection, staging: Staging, name: str) -> set[str]:
    """Columns of codes whose good values mostly look like a telephone or a card: they are numbered so."""
    columns = [column.name for column in TABLES[name] if column.kind == "text" and column.codes is None]
    like = [f"coalesce(2 * count(*) filter ({_is_like(sql.name(c))}) > count({sql.name(c)}), false)" for c in columns]
    some = f"(from {staging.good(name)} limit {ENOUGH_ROWS})"
    found = con.execute(f"select {', '.join(like)} from {some}").fetchone() or ()
    return {column for column, usual in zip(columns, found, strict=True) if usual}


def _is_like(value: str) -> str:
    return f"regexp_matches({value}, '{MOBILE}') or regexp_full_match({value}, '[0-9]{{16,19}}')"


def _own(name: str, column: str, usual: set[str]) -> str:
    """SQL of the number of what the row belongs to, where it is one and may be shown."""
    if column not in TABLES[name].schema:
        return "null"
    shown = shown_value(TABLES[name][column], sql.name(column), usual=column in usual)
    return f"nullif({shown}, {sql.text(WITHHELD)})"


def _insert(con: duckdb.DuckDBPyConnection, name: str, fault: Fault, rows: str, shifts: str, usual: set[str]) -> None:
    money = TABLES[name].money
    # Whose row it is, as far as the row says so itself.
    institution, visit = (_own(name, column, usual) for column in ("institution_id", "visit_id"))
    path = sql.text(f'$."{fault.column}"')
    value = f"coalesce(json_extract_string(_raw, {path}), cast({sql.name(fault.column)} as VARCHAR))"
    found = shown_value(TABLES[name][fault.column], value, usual=fault.column in usual)
    con.execute(
        f"insert into quarantine select {sql.text(name)}, _file, _row + coalesce(shift, 0),"
        f" case when one_line then _row + shift + 1 + above end,"
        f" {sql.text(fault.name)}, {sql.text(fault.column)}, {found},"
        f" {sql.text(fault.says.zh)}, {sql.text(fault.says.en)},"
        f" {sql.text(fault.expected.zh)}, {sql.text(fault.expected.en)}, {_fen(money)},"
        f" {institution}, {visit}, {_row_key(name, usual)}, {_occurred_on(name)}"
        f" from {rows} r left join {shifts} s on s.file = r._file"
        f" and (s.after is null or r._row >= s.after) and (s.before is null or r._row < s.before)"
    )


def _fen(money: str | None) -> str:
    """SQL of the amount of a row; a certificate number in its place is no amount that anybody was paid."""
    if money is None:
        return "null"
    amount = sql.name(money)
    return f"case when not regexp_full_match(cast({amount} as VARCHAR), '{CERTIFICATE}|{OLD}') then {amount} end"


def _row_key(name: str, usual: set[str]) -> str:
    """SQL of the number by which a row of money is known, as it may be shown; null for rows that are no money."""
    table = TABLES[name]
    if not table.money:
        return "null"
    parts = []
    for key in table.key:
        path = sql.text(f'$."{key}"')
        text = f"coalesce(cast({sql.name(key)} as VARCHAR), json_extract_string(_raw, {path}))"
        # What must not be shown is no number by which others could be told apart.
        parts.append(f"nullif({shown_value(table[key], text, usual=key in usual)}, {sql.text(WITHHELD)})")
    return " || '|' || ".join(parts)


def _occurred_on(name: str) -> str:
    """SQL of the day of a row of money: of its first instant or day that can be read."""
    if not TABLES[name].money:
        return "null"
    days = [sql.name(column.name) for column in TABLES[name].columns if column.kind in ("instant", "day")]
    return f"coalesce({', '.join(f'cast({day} as DATE)' for day in days)})" if days else "null"


def _record_numbers(con: duckdb.DuckDBPyConnection, staging: Staging, name: str) -> str:
    """A table that turns the number of a readable row into the number of the record in its file.

    The reader numbers only the rows it could read; each broken line before a row shifts it by one.
    ``one_line`` says whether records and lines of the file correspond, so that a line can be named.
    """
    rows: list[tuple[str, int | None, int | None, int, bool, int]] = []
    for shown, source in staging.sources.items():
        broken = sorted({line for table, file, line, _ in staging.broken if table == name and file == shown})
        # The record on line L is record L - 1, less what stands above the header; before it stood L - 2 - i readable
        # rows.
        starts = [line - 1 - source.above - i for i, line in enumerate(broken)]
        read = staging.rows_read(shown, name)
        # Rows of a sheet carry their own number.
        one_line = source.form == "sheet" or source.lines == 1 + source.above + read + len(broken)
        edges: list[int | None] = [None, *starts, None]
        for shift in range(len(broken) + 1):
            rows.append((shown, edges[shift], edges[shift + 1], shift, one_line, source.above))
    con.execute(
        "create or replace temp table record_shift"
        " (file VARCHAR, after BIGINT, before BIGINT, shift BIGINT, one_line BOOLEAN, above BIGINT)"
    )
    con.executemany("insert into record_shift values (?, ?, ?, ?, ?, ?)", rows)
    return "record_shift"
