"""Formulas of the workbook are live, rest on other cells, and give the values that are written beside them."""

from __future__ import annotations

import re
from decimal import Decimal

import openpyxl
import pytest

from yiheng.statements import write_workbook

from .settled import HOSTILE, POLICY, settled

CELL = re.compile(r"(?:(\w+)!)?\b([A-Z]+\d+)\b")
FIGURES = ("总额预算", "基金支出", "结余", "超支", "结余留用", "基金分担", "医共体承担")


class Counted:
    """A workbook whose formulas are worked out here: sums, differences, MAX and ROUND over cells."""

    def __init__(self, file):
        self.book = openpyxl.load_workbook(file)
        self.kept = openpyxl.load_workbook(file, data_only=True)

    def cell(self, sheet: str, place: str) -> Decimal:
        value = self.book[sheet][place].value
        if isinstance(value, str) and value.startswith("="):
            return self.formula(sheet, value[1:])
        return Decimal(repr(value))

    def formula(self, sheet: str, text: str) -> Decimal:
        if text.startswith("MAX("):
            return max(self.formula(sheet, text.removeprefix("MAX(").removesuffix(",0)")), Decimal(0))
        if text.startswith("ROUND("):
            return round(self.formula(sheet, text.removeprefix("ROUND(").removesuffix(",2)")), 2)
        whole = Decimal(0)
        for sign, part in re.findall(r"([+-]?)([^+-]+)", text):
            found = CELL.fullmatch(part)
            value = self.cell(found[1] or sheet, found[2]) if found else Decimal(part)
            whole += -value if sign == "-" else value
        return whole

    def formulas(self, sheet: str):
        for row in self.book[sheet].iter_rows():
            for cell in row:
                if cell.data_type == "f" and not cell.value.startswith("=SUMPRODUCT"):
                    yield cell, self.formula(sheet, cell.value[1:]), self.kept[sheet][cell.coordinate].value


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ws")
    result = settled(folder, "东河,1050000.00,1000000.00", "西海,1180000.13,1000000.07")
    write_workbook(result, folder / "s.xlsx")
    return Counted(folder / "s.xlsx")


def test_every_formula_gives_the_value_that_is_kept_with_it(workbook):
    for sheet in ("计算依据", "账户", "核对"):
        found = list(workbook.formulas(sheet))
        assert found
        for cell, worked_out, kept in found:
            assert worked_out == Decimal(str(kept)), f"{sheet}!{cell.coordinate} {cell.value}"


def test_the_seven_figures_of_each_party_are_formulas_over_their_parts(workbook):
    sheet = workbook.book["计算依据"]
    live = {(row[0].value, row[2].value): row[6] for row in sheet.iter_rows(min_row=2) if row[6].value}
    assert set(live) == {(party, figure) for party in ("东河", "西海") for figure in FIGURES}
    for (_, figure), cell in live.items():
        assert sheet.cell(cell.row, 8).value == cell.value, "the formula stands beside as text"
        assert workbook.formula("计算依据", cell.value[1:]) == workbook.cell("计算依据", f"F{cell.row}")
        assert cell.value.startswith("=MAX(") == (figure in ("结余", "超支"))


def test_surplus_and_overrun_take_budget_and_spending_in_their_order(workbook):
    sheet = workbook.book["计算依据"]
    rows = list(sheet.iter_rows(min_row=2))
    for figure, order in (("结余", ["总额预算", "基金支出"]), ("超支", ["基金支出", "总额预算"])):
        formula = next(row[6].value for row in rows if row[2].value == figure and row[6].value)
        places = [place for _, place in CELL.findall(formula)]
        assert [sheet[place.replace("F", "E")].value.strip("　") for place in places] == order


def test_a_changed_cell_changes_the_formulas_and_the_check(workbook):
    sheet = workbook.book["核对"]
    assert {workbook.formula("核对", c.value[1:]) for c in sheet[2][2:]} == {0}
    shown = workbook.book["清算结果"]["D2"]
    was, shown.value = shown.value, 1
    try:
        # 1 is written where 1,090,000 stood: the formula's cell is larger by 1,089,999.
        assert workbook.formula("核对", sheet["C2"].value[1:]) == Decimal("1089999")
        assert workbook.formula("核对", sheet["J2"].value[1:]) == Decimal("-1089999")
    finally:
        shown.value = was


def test_the_check_of_all_adds_every_difference(workbook):
    sheet = workbook.book["核对"]
    assert sheet["A4"].value == "差额绝对值合计（应为 0）"
    assert sheet["C4"].value == "=SUMPRODUCT(ABS(C2:L3))"
    assert sheet.max_column == 12 and sheet["L3"].value.startswith("=ROUND(")


def test_accounts_are_sums_of_transfers(workbook):
    balances = {
        (row[0].value, row[2].value): workbook.formula("账户", row[5].value[1:])
        for row in workbook.book["账户"].iter_rows(min_row=2)
    }
    assert balances[("西海", "医保基金")] == Decimal("-1144500.08")
    assert balances[("西海", "总额预算")] == 0
    assert balances[("东河", "内部分配·学科建设")] == Decimal("8000.00")


def test_an_amount_that_a_cell_cannot_hold_is_text_and_in_no_formula(tmp_path):
    # A place that allows more money than any fund has: its figures have more digits than a cell keeps.
    text = (POLICY / "2022.yaml").read_text("utf-8")
    beyond = tmp_path / "beyond" / "2022.yaml"
    beyond.parent.mkdir()
    beyond.write_text(text.replace("unit: yuan\n", 'unit: yuan\n    most: "100000000000000000"\n'), "utf-8")
    result = settled(tmp_path, "东河,10500000000000000.01,10000000000000000.03", policy=beyond)
    write_workbook(result, tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    assert book["清算结果"]["E2"].value == "10500000000000000.01"
    live = [row[2] for row in book["计算依据"].iter_rows(min_row=2, values_only=True) if row[6]]
    # Even the 400,000,000,000,000.02 that are kept have seventeen digits; only the two that are nothing are left.
    assert live == ["基金分担", "医共体承担"]
    assert book["账户"]["D2"].value == "10900000000000000.03"
    checked = [cell.value for cell in book["核对"][2][2:]]
    assert [bool(check) for check in checked] == [False] * 5 + [True] * 2 + [False] * 3


@pytest.mark.parametrize("party", HOSTILE)
def test_hostile_names_stay_text_in_the_workbook(party, tmp_path):
    row = '"{}",1050000.00,1000000.00'.format(party.replace('"', '""'))
    write_workbook(settled(tmp_path, row), tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    for sheet in ("清算结果", "计算依据", "转账", "账户", "核对"):
        assert book[sheet]["A2"].value == party and book[sheet]["A2"].data_type == "s"
