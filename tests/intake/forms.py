"""The tiny county under national names, in every form in which it may come."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.intake.test_workbook import book
from tests.tiny import FILES
from yiheng.records import TABLES

SQL_TYPES = {
    "fen": "numeric(16,2)", "quantity": "numeric(16,4)", "price": "numeric(16,6)", "day": "date",
    "instant": "timestamp", "count": "integer",
}  # fmt: skip
Rows = dict[str, list[dict[str, str]]]


def county() -> Rows:
    """National table name → rows under national names, amounts in yuan, national codes.

    Line numbers begin with their visit and columns that no message carries are left out,
    so that all forms can say the same.
    """
    found: Rows = {}
    for name, text in FILES.items():
        table = TABLES[name.removesuffix(".csv")]
        head, *lines = [line.split(",") for line in text.splitlines()]
        rows = [dict(zip(head, line, strict=True)) for line in lines]
        found[table.aliases[0]] = [national(table, row) for row in rows]
    return found


def national(table, row: dict[str, str]) -> dict[str, str]:
    row = {k: v for k, v in row.items() if k not in ("planned_course", "emergency")}
    if table.name == "fee_line":
        row["line_id"] = f"{row['visit_id']}-{row['line_id']}"
        row["item_code"] = {"YHX1": "XA1", "YHX2": "001102000040000"}[row["item_code"]]
    columns = [table[ours] for ours in row]
    names = [c.aliases[0] if c.aliases else c.name for c in columns]
    return {name: value_of(c, row[c.name]) for name, c in zip(names, columns, strict=True)}


def value_of(column, value: str) -> str:
    if column.kind == "fen":
        return f"{int(value) // 100}.{int(value) % 100:02d}"
    if column.codes is not None:
        return next(iter(column.codes.words[value]), value)
    return value


def as_csv(folder: Path, encoding: str = "utf-8", tables: Rows | None = None) -> Path:
    folder.mkdir()
    for name, rows in (tables or county()).items():
        lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding)
    return folder


def as_xlsx(file: Path) -> Path:
    """Amounts and quantities are number cells, as a hospital's clerk would have them."""

    def cell(table: str, name: str, value: str) -> object:
        kind = TABLES[next(t.name for t in TABLES.values() if table in t.aliases)].column_under(name).kind
        return float(value) if kind in ("fen", "quantity", "price", "count") else value

    sheets = {
        table: [list(rows[0]), *([cell(table, k, v) for k, v in row.items()] for row in rows)]
        for table, rows in county().items()
    }
    return book(file, sheets)


def as_messages(folder: Path) -> Path:
    """Institutions and enrolments, which no message carries, as CSV; all else as messages."""
    tables = county()
    as_csv(folder, tables={name: tables.pop(name) for name in ("fixmedins_b", "psn_fix_d")})
    settled = [{"infno": "2304", "infcode": 0, "output": {"setlinfo": row}} for row in tables["setl_d"]]
    # Numbers as JSON numbers: 600.00 must not become 600.0000000001 on the way.
    text = json.dumps(settled, ensure_ascii=False).replace('"fund_pay_sumamt": "', '"fund_pay_sumamt": ')
    for row in tables["setl_d"]:
        text = text.replace(
            f'"fund_pay_sumamt": {row["fund_pay_sumamt"]}"', f'"fund_pay_sumamt": {row["fund_pay_sumamt"]}'
        )
    (folder / "settled.json").write_text(text, "utf-8")
    lines = [
        {"infno": "2301", "input": {"feedetail": sent(tables["fee_list_d"], v["mdtrt_id"])}} for v in tables["mdtrt_d"]
    ]
    lists = [settlement_list(tables, v["mdtrt_id"]) for v in tables["mdtrt_d"]]
    audited = [audit(tables, person) for person in tables["psn_info_b"]]
    text = "\n".join(json.dumps(m, ensure_ascii=False) for m in (*lines, *lists, *audited))
    (folder / "sent.jsonl").write_bytes(text.encode("gb18030"))
    return folder


def sent(rows: list[dict[str, str]], visit: str) -> list[dict[str, str]]:
    mine = [dict(row) for row in rows if row["mdtrt_id"] == visit]
    for row in mine:
        # A hospital numbers its lines inside a visit, and does not send the catalogue.
        row["feedetl_sn"] = row.pop("bkkp_sn").removeprefix(f"{visit}-")
        del row["list_type"]
    return mine


def settlement_list(tables: Rows, visit: str) -> dict:
    def of(name: str, ordinal: str) -> list[dict[str, str]]:
        rows = sorted((row for row in tables[name] if row["mdtrt_id"] == visit), key=lambda row: row[ordinal])
        return [{k: v for k, v in row.items() if k not in ("mdtrt_id", ordinal)} for row in rows]

    nodes = {"diseinfo": of("setl_list_diag_d", "diag_srt_no"), "oprninfo": of("setl_list_oprn_d", "oprn_srt_no")}
    return {"infno": "4101", "input": {"setlinfo": {"mdtrt_id": visit, "psn_name": "张三"}, **nodes}}


def audit(tables: Rows, person: dict[str, str]) -> dict:
    def visit(row: dict[str, str]) -> dict[str, str]:
        names = {"fixmedins_code": "medins_id", "begntime": "adm_date", "endtime": "dscg_date"}
        return {names.get(k, k): v for k, v in row.items() if k != "psn_no"} | {"insutype": person["insutype"]}

    visits = [visit(row) for row in tables["mdtrt_d"] if row["psn_no"] == person["psn_no"]]
    patient = {"patn_id": person["psn_no"], "gend": person["gend"], "brdy": person["brdy"], "patn_name": "张三",
               "poolarea": person["insu_admdvs"], "curr_mdtrt_id": visits[0]["mdtrt_id"], "fsi_encounter_dtos": visits}  # fmt: skip
    return {"infno": "3101", "input": {"data": {"trig_scen": "1", "patient_dtos": [patient]}}}


def create_statements() -> list[str]:
    """The tables of a database with the types that a bureau's tables have."""
    made = []
    for name, rows in county().items():
        table = next(t for t in TABLES.values() if name in t.aliases)
        columns = ", ".join(f"{c} {SQL_TYPES.get(table.column_under(c).kind, 'varchar(200)')}" for c in rows[0])
        made.append(f"create table {name} ({columns})")
    return made


def insert_statements() -> list[str]:
    return [
        f"insert into {name} ({', '.join(row)}) values ({', '.join(repr(v) for v in row.values())})"
        for name, rows in county().items()
        for row in rows
    ]


def as_sqlite(file: Path) -> str:
    with sqlite3.connect(file) as con:
        for statement in (*create_statements(), *insert_statements()):
            con.execute(statement)
    con.close()
    return f"sqlite:///{file}"
