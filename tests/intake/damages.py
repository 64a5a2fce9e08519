"""Good rows of every table, and what can go wrong with one: each damage knows by itself what must be said of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import strategies as st

from yiheng.records import TABLES

Row = dict[str, str | None]

# Rows that refer to the tiny county; ``{i}`` makes each a thing of its own.
GOOD: dict[str, Row] = {
    "institution": {"institution_id": "I{i}", "name": "某院", "kind": "hospital", "level": "三级", "division": "370299"},
    "person": {
        "person_id": "P{i}", "sex": "female", "born_on": "1950-01-01", "insurance": "resident", "division": "西海县",
    },
    "enrolment": {
        "person_id": "A", "consortium": "c{i}", "institution_id": "T1", "enrolled_from": "2025-01-01",
        "enrolled_until": "2025-12-31",
    },
    "visit": {
        "visit_id": "W{i}", "person_id": "A", "institution_id": "H1", "kind": "inpatient", "began_on": "2025-01-10",
        "ended_on": "2025-01-15", "emergency": "0",
    },
    "diagnosis": {"visit_id": "V1", "ordinal": "1{i}", "code": "J18.9", "name": "肺炎", "is_main": "1"},
    "operation": {"visit_id": "V4", "ordinal": "1{i}", "code": "47.0901", "operated_on": "2025-03-05"},
    "settlement": {
        "settlement_id": "N{i}", "visit_id": "V1", "settled_at": "2025-01-15 10:00:00", "total_fen": "100000",
        "scope_fen": "90000", "fund_fen": "60000", "pooled_fen": "45000", "civil_servant_fen": "1000",
        "supplement_fen": "2000", "critical_illness_fen": "3000", "large_cost_fen": "4000", "aid_fen": "5000",
        "other_fund_fen": "0", "person_fen": "39000", "account_fen": "9000", "cash_fen": "30000",
        "hospital_fen": "1000", "refund": "0",
    },
    "fee_line": {
        "line_id": "L{i}", "visit_id": "V1", "settlement_id": "S1", "item_code": "XA1", "item_name": "某药",
        "kind": "drug", "quantity": "10", "unit_price": "30.00", "amount_fen": "30000", "scope_fen": "20000",
        "occurred_at": "2025-01-11 08:00:00", "days_supplied": "3",
    },
}  # fmt: skip
MONEY = {"settlement": "fund_fen", "fee_line": "amount_fen"}
KEYS = {
    "institution": ("institution_id",), "person": ("person_id",),
    "enrolment": ("person_id", "consortium", "enrolled_from"), "visit": ("visit_id",),
    "diagnosis": ("visit_id", "kind", "ordinal"), "operation": ("visit_id", "ordinal"), "settlement": ("settlement_id",),
    "fee_line": ("line_id", "visit_id"),
}  # fmt: skip
# What must be there, and what each column can be wrong in: written from the contracts, not taken out of them.
REQUIRED = {
    "institution": "institution_id name kind division",
    "person": "person_id sex born_on division",
    "enrolment": "person_id consortium enrolled_from enrolled_until",
    "visit": "visit_id person_id institution_id kind began_on",
    "diagnosis": "visit_id ordinal code is_main",
    "operation": "visit_id ordinal code",
    "settlement": "settlement_id visit_id settled_at fund_fen",
    "fee_line": "line_id visit_id item_code quantity unit_price amount_fen occurred_at",
}
LISTED = {"institution": "kind", "person": "sex insurance", "visit": "kind", "fee_line": "kind"}
DAYS = {
    "person": "born_on", "enrolment": "enrolled_from enrolled_until", "visit": "began_on ended_on",
    "operation": "operated_on", "settlement": "settled_at", "fee_line": "occurred_at",
}  # fmt: skip
AMOUNTS = {
    "settlement": "total_fen scope_fen fund_fen pooled_fen civil_servant_fen supplement_fen critical_illness_fen"
    " large_cost_fen aid_fen other_fund_fen person_fen account_fen cash_fen hospital_fen",
    "fee_line": "amount_fen scope_fen",
}
COUNTS = {"diagnosis": "ordinal", "operation": "ordinal", "fee_line": "days_supplied"}
FLAGS = {"visit": "emergency", "diagnosis": "is_main", "settlement": "refund"}
REFERENCES = {
    "enrolment": {"person_id": "person", "institution_id": "institution"},
    "visit": {"person_id": "person", "institution_id": "institution"},
    "diagnosis": {"visit_id": "visit"},
    "operation": {"visit_id": "visit"},
    "settlement": {"visit_id": "visit"},
    "fee_line": {"visit_id": "visit", "settlement_id": "settlement"},
}
# Two columns that change places: what is wrong afterwards, fault and column.
SWAPPED = [
    ("person", "sex", "born_on", {("sex_not_in_list", "sex"), ("born_on_unreadable", "born_on")}),
    ("enrolment", "enrolled_from", "enrolled_until", {("enrolment_ends_before_it_starts", "enrolled_until")}),
    ("enrolment", "person_id", "institution_id", {("person_not_known", "person_id"), ("institution_not_known", "institution_id")}),
    ("visit", "began_on", "ended_on", {("discharged_before_admitted", "ended_on")}),
    ("visit", "person_id", "institution_id", {("person_not_known", "person_id"), ("institution_not_known", "institution_id")}),
    ("visit", "kind", "began_on", {("kind_not_in_list", "kind"), ("began_on_unreadable", "began_on")}),
    ("diagnosis", "ordinal", "code", {("ordinal_unreadable", "ordinal")}),
    ("diagnosis", "is_main", "name", {("is_main_unreadable", "is_main")}),
    ("operation", "visit_id", "code", {("visit_not_known", "visit_id")}),
    ("settlement", "total_fen", "person_fen", {("payers_differ_from_total", "third_party_fen"), ("person_parts_differ_from_person_total", "cash_fen")}),
    ("settlement", "visit_id", "settled_at", {("settled_at_unreadable", "settled_at")}),
    ("settlement", "fund_fen", "pooled_fen", {("fund_parts_differ_from_fund_total", "other_fund_fen"), ("payers_differ_from_total", "third_party_fen")}),
    ("fee_line", "amount_fen", "scope_fen", {("scope_exceeds_amount", "scope_fen")}),
    ("fee_line", "kind", "item_code", {("kind_not_in_list", "kind")}),
    ("fee_line", "visit_id", "settlement_id", {("visit_not_known", "visit_id"), ("settlement_not_known", "settlement_id")}),
]  # fmt: skip
# A fen more or less in one of them, and which sums no longer add up.
FUND_SUM, PAYERS_SUM, PERSON_SUM = (
    ("fund_parts_differ_from_fund_total", "other_fund_fen"), ("payers_differ_from_total", "third_party_fen"),
    ("person_parts_differ_from_person_total", "cash_fen"),
)  # fmt: skip
SUMS = {
    "total_fen": {PAYERS_SUM}, "fund_fen": {FUND_SUM, PAYERS_SUM}, "person_fen": {PAYERS_SUM, PERSON_SUM},
    "hospital_fen": {PAYERS_SUM}, "cash_fen": {PERSON_SUM}, "account_fen": {PERSON_SUM}, "pooled_fen": {FUND_SUM},
    "civil_servant_fen": {FUND_SUM}, "supplement_fen": {FUND_SUM}, "critical_illness_fen": {FUND_SUM},
    "large_cost_fen": {FUND_SUM}, "aid_fen": {FUND_SUM}, "other_fund_fen": {FUND_SUM},
}  # fmt: skip


# A column that takes any text, for the second of two rows with one key.
FREE = {"institution": "level", "person": "division", "diagnosis": "name", "operation": "code", "fee_line": "item_name"}


@dataclass(frozen=True)
class Damage:
    """Changed cells of one row, and what must be said: fault and column. A doubled row comes again, changed or not."""

    table: str
    cells: tuple[tuple[str, str | None], ...]
    faults: frozenset[tuple[str, str]]
    doubled: bool = False

    @property
    def shown(self) -> str | None:
        """The value that must be shown, where one cell is wrong; None where the cell is empty."""
        return (self.cells[0][1] or "").strip(" ") or None

    @property
    def loses_its_amount(self) -> bool:
        return any(c == MONEY.get(self.table) and f in (f"{c}_missing", f"{c}_unreadable") for f, c in self.faults)


def good(table: str, i: int) -> Row:
    return {name: (text or "").replace("{i}", str(i)) for name, text in GOOD[table].items()}


def _pairs(columns: dict[str, str]) -> st.SearchStrategy[tuple[str, str]]:
    return st.sampled_from([(table, column) for table, names in columns.items() for column in names.split()])


def _one_cell(columns: dict[str, str], fault: str, values: st.SearchStrategy) -> st.SearchStrategy[Damage]:
    def damage(at: tuple[str, str], value: str | None) -> Damage:
        said = {(f"{at[1]}_{fault}", at[1])}
        # A hospital's share that cannot be read counts as none, as one that is not there.
        also = {PAYERS_SUM} if at[1] == "hospital_fen" else set()
        return Damage(at[0], ((at[1], value),), frozenset(said | also))

    return st.builds(damage, _pairs(columns), values)


def _no_days() -> st.SearchStrategy[str]:
    years, marks = st.integers(1900, 2100), st.sampled_from(["-", "/", ""])
    never = st.one_of(
        st.tuples(st.just(2), st.integers(30, 99)), st.tuples(st.sampled_from([4, 6, 9, 11]), st.integers(31, 99)),
        st.tuples(st.integers(13, 99), st.integers(1, 28)), st.tuples(st.integers(1, 12), st.just(0)),
        st.tuples(st.just(0), st.integers(1, 28)),
    )  # fmt: skip
    impossible = st.builds(lambda y, md, mark: f"{y}{mark}{md[0]:02d}{mark}{md[1]:02d}", years, never, marks)
    # A leap day of a year without one.
    no_leap = years.filter(lambda y: y % 4 or (y % 100 == 0 and y % 400)).map(lambda y: f"{y}-02-29")
    late = st.builds(lambda h: f"2025-01-15 {h}:00:00", st.integers(25, 99))
    words = st.sampled_from([
        "soon", "infinity", "-infinity", "epoch", "today", "2025", "2025-01", "2025013", "202512", "45000", "2025-01-1",
        "99999-01-01", "0044-03-15 (BC)", "-2025-01-02",
        "2025-01-15 02:00:00 UTC", "2025年1月2日", "15.01.2025", "01/15/2025", "2025-01-15x", "2025-01-15 10:61:00",
    ])  # fmt: skip
    return st.one_of(impossible, no_leap, late, words)


def _no_numbers() -> st.SearchStrategy[str]:
    marks = st.sampled_from(["元", "a", ",000", "e3", "..1", "%", "￥", " 5", "-", "O", "１"])
    words = st.sampled_from(["inf", "--1", "+-1", "0x1F", "一百", ".", "1,5"])
    return st.one_of(st.builds(lambda n, mark: f"{n}{mark}", st.integers(0, 10**6), marks), words)


def _finer(digits: int) -> st.SearchStrategy[str]:
    """Numbers with one decimal more than are kept, the last one not zero."""
    return st.builds(
        lambda n, tail, last: f"{n}.{tail:0{digits}d}{last}",
        st.integers(-(10**6), 10**6), st.integers(0, 10**digits - 1), st.integers(1, 9),
    )  # fmt: skip


def _larger(digits: int) -> st.SearchStrategy[str]:
    return st.integers(10**digits, 10 ** (digits + 4)).map(str)


def _swapped(table: str, one: str, other: str, faults: set[tuple[str, str]], yuan: bool) -> Damage:
    row = good(table, 0) if not yuan else in_yuan(table, good(table, 0))
    return Damage(table, ((one, row[other]), (other, row[one])), frozenset(faults))


def _fen_off(column: str, by: int, yuan: bool) -> Damage:
    row = {**GOOD["settlement"], column: str(int(GOOD["settlement"][column] or 0) + by)}
    value = in_yuan("settlement", row)[column] if yuan else row[column]
    return Damage("settlement", ((column, value),), frozenset(SUMS[column]))


def _orphan(at: tuple[str, str], n: int) -> Damage:
    table, column = at
    return Damage(table, ((column, f"no-{n}"),), frozenset({(f"{REFERENCES[table][column]}_not_known", column)}))


def _doubled_with_other_content(table: str) -> st.SearchStrategy[Damage]:
    clash = frozenset({("key_used_twice", KEYS[table][0])})
    return st.integers(0, 10**6).map(lambda n: Damage(table, ((FREE[table], f"其他{n}"),), clash, doubled=True))


def in_yuan(table: str, row: Row) -> Row:
    """The same row with its amounts in yuan, as they stand under national names."""
    amounts = AMOUNTS.get(table, "").split()
    return {k: f"{Decimal(v) / 100:.2f}" if k in amounts and v else v for k, v in row.items()}


def row_damages(tables: list[str], yuan: bool) -> st.SearchStrategy[Damage]:
    """One damage of one row of the tables; amounts in yuan or in fen."""
    texts = st.sampled_from(["?", "没有", "9x"]) | st.integers(0, 999).map(lambda n: f"zz{n}")
    flags = st.sampled_from(["maybe", "-1", "10", "yess"]) | st.integers(2, 999).map(str)
    before_1900 = st.dates(dt.date(1600, 1, 1), dt.date(1899, 12, 31)).map(str)
    wrong = [
        (REQUIRED, "missing", st.sampled_from([None, "", " ", "   "])),  # other signs for nothing: tests/field 09
        (LISTED, "not_in_list", texts),
        (DAYS, "unreadable", _no_days()),
        (AMOUNTS, "unreadable", _no_numbers() | (_finer(2) | _larger(14) if yuan else _finer(0) | _larger(18))),
        (COUNTS, "unreadable", _no_numbers() | _finer(0) | _larger(18)),
        ({"fee_line": "quantity"}, "unreadable", _no_numbers() | _finer(4) | _larger(12)),
        ({"fee_line": "unit_price"}, "unreadable", _no_numbers() | _finer(6) | _larger(10)),
        (FLAGS, "unreadable", flags),
        ({"person": "born_on"}, "out_of_range", before_1900),
        ({"diagnosis": "ordinal", "operation": "ordinal"}, "out_of_range", st.integers(-999, 0).map(str)),
        ({"fee_line": "days_supplied"}, "out_of_range", st.integers(-999, -1).map(str)),
    ]
    there = [({t: c for t, c in columns.items() if t in tables}, *what) for columns, *what in wrong]
    found = [_one_cell(columns, fault, values) for columns, fault, values in there if columns]
    references = [(table, column) for table in REFERENCES if table in tables for column in REFERENCES[table]]
    found.append(st.builds(_orphan, st.sampled_from(references), st.integers(0, 10**6)))
    for off in (st.integers(1, 500), st.integers(-500, -1)):
        found.append(st.builds(_fen_off, st.sampled_from(sorted(SUMS)), off, st.just(yuan)))
    found.append(st.sampled_from([_swapped(*swap, yuan) for swap in SWAPPED if swap[0] in tables]))
    found.append(st.sampled_from(tables).map(lambda table: Damage(table, (), frozenset(), doubled=True)))
    found.append(st.sampled_from([t for t in FREE if t in tables]).flatmap(_doubled_with_other_content))
    return st.one_of(found)


def fen(table: str, row: Row, yuan: bool) -> int:
    """The amount of a row that can be read, in fen."""
    value = Decimal(row[MONEY[table]] or 0)
    return int(value * 100) if yuan else int(value)


def as_kept(table: str, row: Row) -> dict[str, object]:
    """What a good row, under our names and in fen, must look like in the lake."""
    read = {
        "day": dt.date.fromisoformat, "instant": dt.datetime.fromisoformat, "fen": int, "count": int, "quantity": Decimal,
        "price": Decimal, "yes": lambda v: v == "1", "text": str,
    }  # fmt: skip
    return {c.name: read[c.kind](row[c.name]) if row.get(c.name) else c.default for c in TABLES[table]}
