"""A catalogue is taken whole or refused, with the line and what is wrong with it."""

from __future__ import annotations

import pytest

from yiheng.basis.refusals import Refusals
from yiheng.codes import CATALOGUE, read_edition

HEAD = "item_code,item_name,kind,coverage,own_per_mille,limit_price,unit_price,equivalent_group,domestic\n"
GOOD = "X1,阿司匹林,drug,partial,100,0.50,0.40,阿司匹林 100mg 片,true\n"


def read(folder, *rows):
    file = folder / "catalogue.csv"
    file.write_text(HEAD + "".join(rows), encoding="utf-8")
    return read_edition(CATALOGUE, file).rows


def test_what_is_empty_is_unknown(tmp_path):
    whole, bare = read(tmp_path, GOOD, "X2,阿司匹林,drug,full,,,,,\n")
    assert (whole["own_per_mille"], str(whole["limit_price"]), whole["domestic"]) == (100, "0.500000", True)
    assert [bare[name] for name in ("own_per_mille", "limit_price", "unit_price", "equivalent_group", "domestic")] == [
        None
    ] * 5


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",阿司匹林,drug,full,,,,,\n", "item_code or item_name is empty"),
        ("X2,阿司匹林,pill,full,,,,,\n", "kind 'pill' is not known"),
        ("X2,阿司匹林,drug,half,,,,,\n", "coverage 'half' is not known"),
        ("X2,阿司匹林,drug,partial,1001,,,,\n", "own_per_mille '1001' is no whole number from 0 to 1000"),
        ("X2,阿司匹林,drug,full,,NaN,,,\n", "limit_price 'NaN' is no price in yuan"),
        ("X2,阿司匹林,drug,full,,,1e999999,,\n", "unit_price '1e999999' is no price in yuan"),
        ("X2,阿司匹林,drug,full,,,0,,\n", "a price must be above zero"),
        ("X2,阿司匹林,drug,full,,,,,perhaps\n", "domestic 'perhaps' is not true or false"),
        (GOOD, "item 'X1' stands here a second time"),
    ],
)
def test_a_row_that_cannot_be_used_refuses_the_file_and_says_where(tmp_path, row, said):
    with pytest.raises(Refusals) as refused:
        read(tmp_path, GOOD, row)
    (one,) = refused.value.found
    assert said in str(one) and "catalogue.csv:3" in str(one)
