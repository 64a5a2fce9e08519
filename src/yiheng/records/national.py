"""The tables as the national standards write them: file names, field names, and an SQL view of each.

The interface (what an institution sends) and the platform's tables (what a fund extracts) spell some
fields differently (nhsa.md §0.3). A view is named after a national table and uses the spelling of that table.
"""

from __future__ import annotations

from typing import Literal

from . import TABLES
from .declare import Codes, Column, Table

Spelling = Literal["ours", "platform", "interface"]
SPELLINGS: tuple[Spelling, ...] = ("ours", "platform", "interface")

# Fields that only the platform's tables call so; all other national names are the interface's or both's.
PLATFORM_FIELDS: dict[str, frozenset[str]] = {
    "institution": frozenset({"fix_blng_admdvs"}),
    "person": frozenset({"insu_admdvs"}),
    "settlement": frozenset({"inscp_amt", "othfund_pay", "psn_pay", "cash_payamt"}),
    "fee_line": frozenset({"bkkp_sn", "hilist_name", "inscp_amt", "bilg_dept_code", "bilg_dr_code"}),
    "referral": frozenset({"begndate"}),
    "order_line": frozenset(
        {"drord_detl_id", "frqu_dscr", "used_days", "drord_begntime", "drord_endtime", "drord_dr_code"}
    ),
}
PLATFORM_TABLES = ("_d", "_b")


def spelling_of(national_table: str) -> Spelling:
    """Tables of the platform end in ``_d`` or ``_b``; the others are nodes of the interface's messages."""
    return "platform" if national_table.endswith(PLATFORM_TABLES) else "interface"


def table_name(table: Table, spelling: Spelling) -> str:
    """What a file of the table is called; a table without a national name keeps ours."""
    if spelling == "ours" or not table.aliases:
        return table.name
    return next((alias for alias in table.aliases if spelling_of(alias) == spelling), table.aliases[0])


def field_name(table: Table, column: Column, spelling: Spelling) -> str:
    """What the column is called; a column without a national name keeps ours."""
    if spelling == "ours" or not column.aliases:
        return column.name
    platform = PLATFORM_FIELDS.get(table.name, frozenset())
    return next((a for a in column.aliases if (a in platform) == (spelling == "platform")), column.aliases[0])


def national_codes(codes: Codes) -> dict[str, str]:
    """The national code of every word, where words and codes are one to one; else empty.

    Which of several codes a row came with was not kept, so such a list keeps our words throughout.
    """
    found = {}
    for word, incoming in codes.words.items():
        # '01' and '1' are one code, and a Chinese label is none.
        numbers = {int(code): code for code in reversed(incoming) if code.isascii() and code.isdigit()}
        # The codes for unknown all say the same.
        if len(numbers) != 1 and not (numbers and word == "unknown"):
            return {}
        found[word] = next(reversed(numbers.values()))
    return found


def select_sql(table: Table, spelling: Spelling) -> str:
    """SQL (DuckDB) of the table's rows in a spelling, read from the table under our name.

    Under a national field name amounts are yuan as DECIMAL with two digits (exact), flags are '1' and '0',
    and codes are national where a list is one to one. A column without a national name stays as it is.
    """
    columns = [f'{_value(c, field_name(table, c, spelling))} as "{field_name(table, c, spelling)}"' for c in table]
    return f'select {", ".join(columns)} from "{table.name}"'


def views() -> dict[str, str]:
    """The SQL of a view for each national table: by national name, the first of each spelling."""
    return {
        name: select_sql(table, spelling)
        for table in TABLES.values()
        for spelling in SPELLINGS[1:]
        if spelling_of(name := table_name(table, spelling)) == spelling and name in table.aliases
    }


def _value(column: Column, name: str) -> str:
    ours = f'"{column.name}"'
    if name == column.name:
        return ours
    if column.kind == "fen":
        return f"(cast({ours} as DECIMAL(18,0)) * cast('0.01' as DECIMAL(2,2)))"
    if column.kind == "yes":
        return f"case when {ours} then '1' when not {ours} then '0' end"
    if column.codes is not None and (known := national_codes(column.codes)):
        whens = " ".join(f"when '{word}' then '{code}'" for word, code in known.items())
        return f"case {ours} {whens} end"
    return ours
