"""Field cases 18, 19, 20 and 24: text files as they come out of systems and spreadsheets (points 10 and 11, readers)."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace

from .conftest import field, loaded, said, yiheng


def names(folder) -> dict[str, str]:
    lake = Workspace.open(folder).lake
    files = lake.files("institution", lake.latest())
    return {row["institution_id"]: row["name"] for file in files for row in pq.read_table(file).to_pylist()}


@pytest.mark.parametrize(
    ("case", "right"),
    [
        ("surname-lu", {"E1": "陆录", "E2": "没梅"}),
        ("one-char-gbk", {"E1": "鲁"}),
        ("two-char-gbk", {"E1": "美鲁路"}),
        ("euro-gb18030", {"E1": "某院€①㎡"}),
        ("extB-gb18030", {"E1": "𠮷𤭢䶮卫生室", "E2": "㵐㙍𬭊村卫生室"}),
        ("extB-utf8bom", {"E1": "𠮷𤭢䶮卫生室"}),
        ("private-use", {"E1": "某\ue5e5院"}),
        ("nul", {"E1": "某\0院"}),
    ],
)
def test_18_names_come_as_they_were_written(county, case, right):
    assert loaded(county, field("18-encodings") / case).clean
    assert names(county).items() >= right.items()


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ("big5", "institution.csv: the text is Big5 (Traditional Chinese)"),
        ("utf16", "institution.csv: the text is UTF-16"),
        ("utf16le-nobom", "institution.csv: the text is UTF-16 or UTF-32"),
        # The header and 500 rows stand above the byte.
        ("gb-broken", "institution.csv:502: this line holds a byte that is neither UTF-8 nor GB18030"),
    ],
)
def test_18_an_encoding_that_is_not_read_is_named_or_its_line_is(county, case, says):
    with pytest.raises(Refusal) as refused:
        loaded(county, field("18-encodings") / case)
    assert says in str(refused.value)


# What must come of each layout: rows accepted and quarantined, and the line of each quarantined row.
LAYOUTS = {
    # 1000.5, 1000.500, +12 and -0.00 (lines 3, 5, 16 and 17) are amounts.
    "amounts": (4, [2, 4, *range(6, 16), 18, 19]),
    "backslash-quote": (1, [2]),
    "concatenated-bom": (2, [3]),
    "cr-only": (2, []),
    "crcrlf": (2, []),
    "crlf-then-lf": (3, []),
    "ctrl-z": (1, [3]),
    # Read as one row, which then takes back a settlement that is not there; where cells hold line ends, rows are counted.
    "embedded-newline": (1, [None]),
    "excel-dates": (5, [5, 6, 7, 8]),
    "footer": (1, [3]),
    "footer-2": (1, [4]),
    "lf-then-cr": (3, []),
    "lf-then-crlf": (3, []),
    "line-sep": (1, []),
    "mixed-eol": (3, []),
    "nbsp-amount": (0, [2]),
    "quotes-tab": (2, []),
    "sep-line": (1, []),
    "too-many-nonempty": (0, [2, 3]),
    "trailing-delims-data": (1, []),
}


@pytest.mark.parametrize("case", LAYOUTS)
def test_19_each_layout_is_read_or_its_rows_are_told_by_line(county, case):
    result = loaded(county, field("19-text-layout") / case)
    accepted, lines = LAYOUTS[case]
    counts = result.tables["settlement"]
    assert (counts.accepted, counts.quarantined, counts.read) == (accepted, len(lines), accepted + len(lines))
    kept = pq.read_table(Workspace.open(county).run_folder(result.run) / "quarantine.parquet").to_pylist()
    assert sorted({row["line"] for row in kept}) == lines
    assert not result.refused


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ("title-line", "settlement.csv:1: column 2 has no name"),
        ("trailing-delims", "settlement.csv:1: column 5 has no name"),
        ("header-newline", "settlement.csv:1: the file lacks columns that table 'settlement' needs: fund_fen"),
    ],
)
def test_19_a_header_that_is_none_refuses_the_file(county, case, says):
    with pytest.raises(Refusal) as refused:
        loaded(county, field("19-text-layout") / case)
    assert says in str(refused.value)


def test_20_control_signs_in_names_and_ids_pass_through_load_rejects_quality_and_export(county, tmp_path):
    rejects = tmp_path / "rejects.xlsx"
    done = yiheng("load", field("20-control-chars"), "-w", county, "--rejects", rejects, "--format", "json")
    assert done.exit_code in (0, 1) and rejects.exists()
    assert set(said(done)["tables"]) == {"institution", "settlement"}
    assert yiheng("quality", "--xlsx", tmp_path / "quality.xlsx", "-w", county).exit_code in (0, 1)
    assert yiheng("tables", "export", tmp_path / "out", "settlement", "--as", "csv", "-w", county).exit_code == 0


def test_24_a_bill_whose_lines_differ_from_its_total_by_a_fen_is_told(county):
    """K1: 3 x 166,667 = 500,001 against 500,000. K4: 0 + 400,000 + 400,001 = 800,001 against 400,000.
    K3: 950,000 - 50,000 = 900,000 agrees. K5 has no lines: unknown."""
    loaded(county, field("24-lines-and-total"))
    rows = said(yiheng("quality", "-w", county, "--format", "json"))["rows"]
    judged = [row for row in rows if row["check"] == "total_differs_from_lines"]
    found = {(row["institution"], row["month"]): (row["valid"], row["invalid"], row["unknown"]) for row in judged}
    assert found == {
        ("H37001", "2025-03"): (0, 1, 0),
        ("H37001", "2024-03"): (0, 1, 1),
        ("O37009", "2025-06"): (1, 0, 0),
    }
