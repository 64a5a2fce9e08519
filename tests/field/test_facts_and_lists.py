"""Field cases 01, 02 and 28: facts files and code lists in the one dialect of CSV (point 10, readers)."""

from __future__ import annotations

import pytest

from yiheng.documents import read_delimited

from .conftest import field, said, yiheng


def test_01_a_cell_with_a_decimal_comma_comes_whole():
    (row,) = read_delimited(field("01-decimal-comma/facts.csv"))
    assert (row.line, row.cells["base_spend"], row.cells["spend"]) == (2, "1000,50", "900,25")


def test_01_a_comma_that_groups_nothing_is_refused_with_its_line(county):
    """It may not become 100,050.00, of which the budget would be 100,050.00 x 1.09 = 109,054.50."""
    done = yiheng("settle", "qingdao", "--facts", field("01-decimal-comma/facts.csv"), "-w", county)
    assert "facts.csv:2:base_spend: '1000,50' is not an amount" in done.output
    assert "109,054.50" not in done.output


@pytest.mark.parametrize(
    ("file", "cells"), [("facts.csv", 9), ("facts_last.csv", 7)]
)  # party, year, nothing, 1 000 000.00, 1 050 000.00: 3 + 3 + 3 cells; 3 + 1 + 3 cells
def test_02_amounts_whose_commas_are_not_quoted_are_refused_by_line(county, file, cells):
    done = yiheng("settle", "qingdao", "--facts", field("02-unquoted-thousands") / file, "-w", county)
    assert done.exit_code == 2
    assert f"{file}:2: this row has {cells} cells, the header 5" in done.output


def test_02_a_column_that_stands_twice_is_refused_by_name(county):
    done = yiheng("settle", "qingdao", "--facts", field("02-unquoted-thousands/facts_twice.csv"), "-w", county)
    assert done.exit_code == 2
    assert "facts_twice.csv:1: the column 'base_spend' appears twice (columns 4 and 6)" in done.output


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("unquoted.csv", "unquoted.csv:2: this row has 10 cells, the header 9"),
        ("twice.csv", "twice.csv:1: the column 'limit_price' appears twice (columns 6 and 10)"),
        ("nan.csv", "nan.csv:2: limit_price 'NaN' is no price in yuan"),
        ("inf.csv", "inf.csv:2: unit_price 'Infinity' is no price in yuan"),
        ("comma.csv", "comma.csv:2: limit_price '1280,50' is no price in yuan"),
    ],
)
def test_28_a_catalogue_with_extra_cells_doubled_columns_or_no_prices_is_refused(county, file, says):
    done = yiheng("codes", "load", field("28-catalogue-csv") / file, "--list", "catalogue", "-w", county)
    assert done.exit_code == 2 and says in done.output


def test_28_the_same_line_with_its_price_in_quotes_gives_the_own_share_that_was_worked_out(county, tmp_path):
    """1,500.00 charged, 1,280.00 at most, 20 % own share: 1,500.00 - 1,280.00 x 0.8 = 476.00."""
    text = field("28-catalogue-csv/unquoted.csv").read_text("utf-8")
    right = tmp_path / "catalogue.csv"
    right.write_text(text.replace("1,280.00", '"1280.00"'), "utf-8")
    assert yiheng("codes", "load", right, "--list", "catalogue", "-w", county).exit_code == 0
    bill = field("29-check-bill/plain.json")
    checked = said(yiheng("check", bill, "--on", "2025-06-30", "-w", county, "--format", "json"))
    assert [line["own_fen"] for line in checked["lines"]] == [47_600]
