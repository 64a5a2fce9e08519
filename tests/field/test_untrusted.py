"""Point 11: files made to fill memory, disk or time are answered with a sentence; and point 13: so is a wrong path."""

from __future__ import annotations

import io
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yiheng.basis.refusals import Refusal

from .conftest import loaded, yiheng

SETTLED = b"settlement_id,visit_id,settled_at,fund_fen\nB1,K1,2025-03-09 11:00:00,100\n"


def refused(folder, path) -> str:
    with pytest.raises(Refusal) as found:
        loaded(folder, path)
    assert str(found.value)
    return str(found.value)


def packed(path, members: dict[str, bytes]):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


def test_point_11_numbers_with_gigantic_exponents_are_quarantined(county, tmp_path):
    file = tmp_path / "settlement.csv"
    file.write_bytes(SETTLED + b"B2,K1,2025-03-09 11:00:00,1e999999999\nB3,K1,2025-03-09 11:00:00," + b"9" * 100_000)
    assert [(f.fault, f.rows) for f in loaded(county, file).faults] == [("fund_fen_unreadable", 2)]


def test_point_11_wide_decimals_and_doubles_of_parquet_are_quarantined(county, tmp_path):
    for name, values in (
        ("wide", pa.array([10**37], pa.decimal128(38, 0))),
        ("double", pa.array([1e300], pa.float64())),
        ("wider", pa.array([10**60], pa.decimal256(70, 0))),
    ):
        rows = {"settlement_id": [name], "visit_id": ["K1"], "settled_at": ["2025-03-09 11:00:00"], "fund_fen": values}
        pq.write_table(pa.table(rows), tmp_path / f"settlement_{name}.parquet")
        assert [f.fault for f in loaded(county, tmp_path / f"settlement_{name}.parquet").faults] == [
            "fund_fen_unreadable"
        ]


def test_point_11_a_parquet_file_of_nothing_but_repetition_is_refused(county, tmp_path):
    key = pa.DictionaryArray.from_arrays(pa.array([0] * 4_000_000, pa.int32()), pa.array(["B1"]))
    pq.write_table(pa.table({"settlement_id": key}), tmp_path / "settlement.parquet", compression="zstd")
    assert "the file says that it holds 4,000,000 rows in" in refused(county, tmp_path / "settlement.parquet")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"x" * 5_000_000, "settlement.csv:1: the first line has more than 1,048,576 signs"),
        (",".join(f"c{i}" for i in range(5_000)).encode() + b"\n", "settlement.csv:1: the header has 5,000 columns"),
    ],
)
def test_point_11_a_gigantic_line_or_thousands_of_columns_are_refused(county, tmp_path, content, says):
    (tmp_path / "settlement.csv").write_bytes(content)
    assert says in refused(county, tmp_path / "settlement.csv")


def test_point_11_a_gigantic_line_below_a_header_is_told_by_its_number(county, tmp_path):
    (tmp_path / "settlement.csv").write_bytes(SETTLED + b"B2,K1,2025-03-09 11:00:00," + b"x" * 5_000_000 + b"\n")
    result = loaded(county, tmp_path / "settlement.csv")
    assert [(f.fault, f.first) for f in result.faults] == [("row_broken", "settlement.csv:3")]


def test_point_11_an_archive_in_an_archive_is_named_and_never_opened(county, tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as made:
        made.writestr("settlement.csv", SETTLED)
    assert "all.zip/inner.zip: found no data to load" in refused(
        county, packed(tmp_path / "all.zip", {"inner.zip": inner.getvalue()})
    )


def test_point_11_an_archive_that_grows_beyond_reason_is_refused(county, tmp_path):
    file = packed(tmp_path / "bomb.zip", {"settlement.csv": bytes(300_000_000)})
    assert "bomb.zip: the archive would unpack from" in refused(county, file)


def test_point_11_an_archive_of_very_many_files_is_refused(county, tmp_path):
    file = packed(tmp_path / "many.zip", {f"{n}.csv": b"" for n in range(10_001)})
    assert "many.zip: the archive holds 10,001 files" in refused(county, file)


def test_point_11_a_path_in_an_archive_leads_nowhere(county, tmp_path):
    file = packed(tmp_path / "a.zip", {"../../settlement.csv": SETTLED})
    assert loaded(county, file).tables["settlement"].accepted == 1
    assert not (tmp_path.parent / "settlement.csv").exists()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("none.csv", "there is no such file"),
        ("empty", "found no data to load"),
        ("notes", "found no data to load"),
        ("settlement.doc", "files ending in '.doc' are not read"),
    ],
)
def test_point_13_what_cannot_be_loaded_is_a_sentence(county, tmp_path, name, says):
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "readme.md").write_text("x")
    (tmp_path / "settlement.doc").write_text("x")
    done = yiheng("load", tmp_path / name, "-w", county)
    assert done.exit_code == 2 and says in done.output


@pytest.mark.parametrize(
    "words",
    [
        ("settle", "qingdao", "--facts"), ("codes", "load", "--list", "catalogue"), ("sample", "estimate"),
        ("rules", "precision", "same_service_twice", "--labels"), ("settle", "yangxi", "--year", "2025", "--with"),
    ],
    ids=lambda words: " ".join(words[:2]),
)  # fmt: skip
@pytest.mark.parametrize("name", ["none.csv", "folder"])
def test_point_13_a_wrong_path_is_a_sentence_for_every_verb(county, tmp_path, words, name):
    (tmp_path / "folder").mkdir()
    done = yiheng(*words, tmp_path / name, "-w", county)
    assert done.exit_code == 2 and name in done.output
