"""Damaged files: broken lines, lost ends, wrong encodings, wrong headers. Reported in their place or refused whole."""

from __future__ import annotations

import io
import json
import zipfile
from functools import partial
from itertools import count
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, seed
from hypothesis import strategies as st

from tests.intake.test_damages import batches
from tests.intake.test_load import quarantine
from tests.intake.test_workbook import book
from tests.tiny import loaded
from yiheng.intake import Loaded
from yiheng.runs import Workspace, run_load

HEAD = ("psn_no", "gend", "insu_admdvs", "brdy")
numbers = count()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Workspace:
    return loaded(tmp_path_factory.mktemp("files"))[0]


def people(many: int = 4) -> list[tuple[str, ...]]:
    """Persons that no load has seen; the last column is a day, so that a value cut short shows."""
    return [(f"P{next(numbers)}", "2", "西海县", "1950-01-01") for _ in range(many)]


def text(rows: list[tuple[str, ...]]) -> str:
    return "".join(",".join(row) + "\n" for row in (HEAD, *rows))


def load_all(workspace: Workspace, folder: Path, files: dict[str, bytes]) -> tuple[Loaded, list[dict], list[str]]:
    """Load files of persons beside a good one; gives what was said, what was quarantined, and the refusals."""
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    beside = people(2)
    (folder / "person_good.csv").write_text(text(beside), "utf-8")
    result = run_load(workspace, [folder])
    counts = result.tables["person"]
    assert counts.read == counts.accepted + counts.quarantined + counts.duplicates
    assert {row[0] for row in beside} <= kept_people(workspace)
    return result, quarantine(workspace, result.run), result.refused


def kept_people(workspace: Workspace) -> set[str]:
    files = workspace.lake.files("person", workspace.lake.latest())
    return {key for file in files for key in pq.read_table(file, columns=["person_id"])["person_id"].to_pylist()}


def refusal_of(name: str, refused: list[str]) -> str:
    told = [one for one in refused if one.startswith((f"{name}:", f"{name} ", f"{name}/"))]
    assert len(told) == 1, (name, told)
    return told[0]


# ---- lines that are no rows

BROKEN_LINES = st.one_of(
    # Too few fields, too many, a quote closed too early, bytes of another encoding.
    st.tuples(st.just("few"), st.integers(1, len(HEAD) - 1)),
    st.tuples(st.just("many"), st.integers(1, 30)),
    st.tuples(st.just("quote"), st.integers(0, len(HEAD) - 1)),
    st.tuples(st.just("bytes"), st.sampled_from([0xC0, 0xE9, 0xFC, 0xFE, 0xFF])),
)


def broken_line(row: tuple[str, ...], how: tuple[str, int]) -> bytes:
    what, n = how
    if what == "few":
        return ",".join(row[:n]).encode()
    if what == "many":
        return ",".join([*row, *["x"] * n]).encode()
    if what == "quote":
        return ",".join(f'"{v}"x' if i == n else v for i, v in enumerate(row)).encode()
    return ",".join(row).encode() + bytes([n])


def test_a_line_that_is_no_row_is_told_by_its_number(workspace, tmp_path):
    seen = set()

    @seed(0)
    @batches
    @given(st.lists(BROKEN_LINES, min_size=30, max_size=30, unique=True))
    def judge(damages) -> None:
        folder = tmp_path / str(next(numbers))
        lines, bad, right = [",".join(HEAD).encode()], [], []
        for how in damages:
            for row in people(2):
                right.append(row[0])
                lines.append(",".join(row).encode())
            bad.append(len(lines) + 1)
            lines.append(broken_line(people(1)[0], how))
        result, said, refused = load_all(workspace, folder, {"person_bad.csv": b"\n".join(lines) + b"\n"})
        assert not refused and result.tables["person"].read == 2 + len(lines) - 1
        assert [(q["file"], q["line"], q["fault"]) for q in said] == [("person_bad.csv", n, "row_broken") for n in bad]
        assert set(right) <= kept_people(workspace)
        seen.update(damages)

    judge()
    assert len(seen) >= 30


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quoted", [False, True])
def test_a_quote_that_is_not_closed_refuses_the_file_because_it_swallows_the_rows_after_it(
    workspace, tmp_path, end, quoted
):
    """Everywhere in the file; in one with all values quoted, where one of the quotes is lost."""
    files, keys = {}, []
    for at in range(1, 4):
        for column in range(len(HEAD)):
            rows = people(6)
            lines = [[f'"{v}"' if quoted else v for v in row] for row in (HEAD, *rows)]
            lines[at][column] = lines[at][column][:-1] if quoted else '"' + lines[at][column]
            files[f"person_{at}_{column}.csv"] = (end.join(map(",".join, lines)) + end).encode()
            keys += [row[0] for row in rows]
    _, said, refused = load_all(workspace, tmp_path / "quotes", files)
    told = {line.split(": ")[0] for line in refused}
    for name in files:
        at = int(name.split("_")[1])
        # A quote that is followed by another on its own line breaks this line only.
        here = [q["line"] for q in said if q["file"] == name]
        assert f"{name}:{at + 1}" in told or here == [at + 1], (name, refused, here)
    assert any("a quote is not closed on this line" in line for line in refused)
    # Of a file that was refused nothing has landed, of the others all but one row.
    refused_files = {n for n in files if any(line.startswith(n) for line in refused)}
    landed = [k for k in keys if k in kept_people(workspace)]
    assert len(landed) == 5 * (len(files) - len(refused_files))


def test_a_blank_line_changes_nothing(workspace, tmp_path):
    rows = people(4)
    lines = text(rows).splitlines()
    content = "\n".join([*lines[:2], "", *lines[2:], "P,2"]) + "\n"
    result, said, _ = load_all(workspace, tmp_path / "blank", {"person_b.csv": content.encode()})
    assert [(q["fault"], q["line"]) for q in said] == [("row_broken", 7)]
    assert result.tables["person"].accepted == 2 + 4


# ---- files that were cut off

CUTS = st.lists(st.integers(0, 10_000), min_size=25, max_size=25, unique=True)


def test_a_text_cut_off_anywhere_is_told_by_its_last_line(workspace, tmp_path):
    cut_at = set()

    @seed(0)
    @batches
    @given(CUTS)
    def judge(places: list[int]) -> None:
        files, wanted, refused_files, keys = {}, {}, set(), []
        for place in places:
            rows = people()
            content = text(rows).encode()
            at = place % len(content)
            name = f"person_{place}.csv"
            files[name] = content[:at]
            cut_at.add(at)
            whole = content[:at].count(b"\n")
            rest = content[:at].rpartition(b"\n")[2]
            if whole == 0 and rest != ",".join(HEAD).encode():
                refused_files.add(name)
                continue
            keys += [row[0] for row in rows[: max(whole - 1, 0)]]
            fields = rest.count(b",") + 1
            if whole and rest:
                if fields < len(HEAD):
                    wanted[name] = (whole + 1, "row_broken")
                elif rest.endswith(b","):
                    wanted[name] = (whole + 1, "born_on_missing")
                elif not rest.endswith(b"1950-01-01"):
                    wanted[name] = (whole + 1, "born_on_unreadable")
                else:
                    keys.append(rows[whole - 1][0])
        _, said, refused = load_all(workspace, tmp_path / str(next(numbers)), files)
        assert {q["file"]: (q["line"], q["fault"]) for q in said} == wanted
        assert len(refused) == len(refused_files)
        for name in refused_files:
            refusal_of(name, refused)
        assert set(keys) <= kept_people(workspace)

    judge()
    assert len(cut_at) >= 40


def workbook(rows: list[tuple[str, ...]], folder: Path) -> bytes:
    return book(folder / "made.xlsx", {"psn_info_b": [list(HEAD), *map(list, rows)]}).read_bytes()


def parquet(rows: list[tuple[str, ...]], folder: Path) -> bytes:
    made = io.BytesIO()
    pq.write_table(pa.table({name: [row[i] for row in rows] for i, name in enumerate(HEAD)}), made)
    return made.getvalue()


def archive(rows: list[tuple[str, ...]], folder: Path) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("person.csv", text(rows))
    return made.getvalue()


def message(rows: list[tuple[str, ...]], folder: Path) -> bytes:
    patients = [{"patn_id": a, "gend": b, "poolarea": c, "brdy": d} for a, b, c, d in rows]
    sent = [{"infno": "3101", "input": {"data": {"patient_dtos": [patient]}}} for patient in patients]
    return json.dumps(sent, ensure_ascii=False).encode()


MAKERS = {"xlsx": workbook, "parquet": parquet, "zip": archive, "json": message}


@pytest.mark.parametrize("ending", MAKERS)
def test_a_packed_file_cut_off_anywhere_is_refused_whole(ending, workspace, tmp_path):
    cut_at = set()

    @seed(0)
    @batches
    @given(CUTS)
    def judge(places: list[int]) -> None:
        files = {}
        before = kept_people(workspace)
        for place in places:
            content = MAKERS[ending](people(), tmp_path)
            cut_at.add(place % len(content))
            files[f"person_{place}.{ending}"] = content[: place % len(content)]
        result, said, refused = load_all(workspace, tmp_path / str(next(numbers)), files)
        assert not said and len(refused) == len(files) and list(result.sources) == ["person_good.csv"]
        for name in files:
            refusal_of(name, refused)
        assert len(kept_people(workspace) - before) == 2

    judge()
    assert len(cut_at) >= 40


@pytest.mark.parametrize("ending", MAKERS)
def test_changed_bytes_of_a_packed_file_never_crash_and_a_checksum_lets_nothing_wrong_in(ending, workspace, tmp_path):
    changes = st.lists(
        st.tuples(st.integers(0, 10_000), st.integers(1, 255), st.integers(0, 8)), min_size=40, max_size=40, unique=True
    )

    @seed(0)
    @batches
    @given(changes)
    def judge(damages) -> None:
        files, right = {}, set()
        before = kept_people(workspace)
        for place, change, lost in damages:
            rows = people(15)
            right |= {row[0] for row in rows}
            content = bytearray(MAKERS[ending](rows, tmp_path))
            at = place % len(content)
            content[at] ^= change
            del content[at + 1 : at + 1 + lost]
            files[f"person_{place}_{change}_{lost}.{ending}"] = bytes(content)
        _, said, refused = load_all(workspace, tmp_path / str(next(numbers)), files)
        assert refused
        if ending in ("xlsx", "zip"):
            new = kept_people(workspace) - before
            assert not said and len(new - right) == 2

    judge()


# ---- encodings and headers


def recoded(rows: list[tuple[str, ...]], encoding: str) -> bytes:
    return text(rows).encode(encoding)


# What must be missed when their column is not there.
LOST = {"psn_no": "person_id", "gend": "sex", "insu_admdvs": "division", "brdy": "born_on"}


def without(name: str, rows: list[tuple[str, ...]]) -> bytes:
    return recoded(rows, "utf-8").replace(name.encode(), b"other", 1)


WRONG_TEXTS = {
    "utf-16": lambda rows: recoded(rows, "utf-16"),
    "utf-16-le": lambda rows: recoded(rows, "utf-16-le"),
    "utf-16-be": lambda rows: recoded(rows, "utf-16-be"),
    "utf-32": lambda rows: recoded(rows, "utf-32"),
    "gb18030 with a broken byte": lambda rows: recoded(rows, "gb18030").replace(b"\n", b"\xff\n", 1),
    "gb18030 cut in a character": lambda rows: recoded(rows, "gb18030") + "县".encode("gb18030")[:1],
    "latin-1 in ascii": lambda rows: text([(*row[:2], "Fianarantsoa \xe9,", row[3]) for row in rows]).encode("latin-1"),
    "two marks of utf-8": lambda rows: b"\xef\xbb\xbf" * 2 + recoded(rows, "utf-8"),
    "empty": lambda rows: b"",
    "only nulls": lambda rows: bytes(200),
    "no header": lambda rows: recoded(rows, "utf-8").split(b"\n", 1)[1],
    "an empty first line": lambda rows: b"\n" + recoded(rows, "utf-8"),
    "a doubled name": lambda rows: recoded(rows, "utf-8").replace(b"gend", b"PSN_NO"),
    "a name left out": lambda rows: recoded(rows, "utf-8").replace(b"gend", b""),
    "header on two lines": lambda rows: recoded(rows, "utf-8").replace(b"gend", b'"ge\nnd"'),
    **{f"without {name}": partial(without, name) for name in HEAD},
}  # fmt: skip


def test_a_text_in_another_encoding_or_with_another_header_is_refused_whole(workspace, tmp_path):
    files = {f"person_{what.replace(' ', '_')}.csv": make(people()) for what, make in WRONG_TEXTS.items()}
    before = kept_people(workspace)
    _, said, refused = load_all(workspace, tmp_path / "encodings", files)
    assert not said
    assert len(refused) == len(files), set(files) - {line.split(":")[0] for line in refused}
    for name in files:
        told = refusal_of(name, refused)
        lost = LOST.get(name.removeprefix("person_without_").removesuffix(".csv"))
        assert lost is None or f"needs: {lost} (" in told
    assert len(kept_people(workspace) - before) == 2


def test_a_doubled_header_is_a_row_that_is_wrong_and_a_mark_of_utf8_is_nothing(workspace, tmp_path):
    doubled = text(people()).replace("brdy\n", "brdy\n" + ",".join(HEAD) + "\n", 1)
    files = {"person_a.csv": doubled.encode(), "person_b.csv": b"\xef\xbb\xbf" + text(people()).encode()}
    result, said, refused = load_all(workspace, tmp_path / "headers", files)
    assert not refused
    assert {(q["file"], q["line"], q["fault"]) for q in said} == {
        ("person_a.csv", 2, "sex_not_in_list"), ("person_a.csv", 2, "born_on_unreadable"),
    }  # fmt: skip
    assert result.tables["person"].accepted == 2 + 4 + 4


@pytest.mark.parametrize("chinese", [1, 2, 3, 40])
def test_a_broken_byte_in_a_text_with_little_chinese_does_not_turn_it_into_another_encoding(
    chinese, workspace, tmp_path
):
    """Three UTF-8 characters less one byte are eight bytes, which GB18030 would read as four other characters."""
    rows = people(3)
    rows = [(*rows[0][:2], "西海县" * chinese, rows[0][3]), *((*row[:2], "370299", row[3]) for row in rows[1:])]
    content = text(rows).encode().replace("县".encode() + b",", "县".encode()[:-1] + b",")
    _, said, refused = load_all(workspace, tmp_path / str(chinese), {"person_b.csv": content})
    assert not refused
    assert [(q["file"], q["line"], q["fault"]) for q in said] == [("person_b.csv", 2, "row_broken")]


def test_gb18030_that_happens_to_be_utf8_is_read_as_gb18030(workspace, tmp_path):
    (row,) = people(1)
    assert "某药".encode("gb18030").decode("utf-8") == "ĳҩ"
    content = text([(*row[:2], "某药", row[3])]).encode("gb18030")
    load_all(workspace, tmp_path / "gb", {"person_gb.csv": content})
    files = workspace.lake.files("person", workspace.lake.latest())
    assert [p["division"] for f in files for p in pq.read_table(f).to_pylist() if p["person_id"] == row[0]] == ["某药"]


def test_half_a_character_in_a_message_refuses_its_file(workspace, tmp_path):
    (row,) = people(1)
    content = message([row], tmp_path).replace("西海县".encode(), b"\\ud800")
    _, _, refused = load_all(workspace, tmp_path / "half", {"person_m.json": content})
    assert "person_m.json: the file cannot be read" in refused[0]


def test_mixed_line_ends_are_read_and_a_row_at_fault_keeps_its_line(workspace, tmp_path):
    """A header and three rows end in \\r\\n, \\r\\n, \\r and \\n; the row on line 4 has lost its day."""
    lines = text(people(4)).splitlines()
    lines[3] = lines[3].removesuffix("1950-01-01")
    mixed = "".join(line + end for line, end in zip(lines, ("\r\n", "\r\n", "\r", "\n", ""), strict=True))
    result, said, refused = load_all(workspace, tmp_path / "mixed", {"person_m.csv": mixed.encode()})
    assert not refused and result.tables["person"].accepted == 2 + 3
    assert [(q["file"], q["line"], q["fault"]) for q in said] == [("person_m.csv", 4, "born_on_missing")]


def test_a_line_that_names_the_delimiter_stands_above_the_header_and_counts_as_a_line(workspace, tmp_path):
    rows = people(4)
    lines = [";".join(row) for row in (HEAD, *rows)]
    lines[2] = lines[2].removesuffix("1950-01-01")
    lines[3] = "合计"
    content = "\n".join(["sep=;", *lines]) + "\n"
    result, said, refused = load_all(workspace, tmp_path / "sep", {"person_s.csv": content.encode()})
    assert not refused and result.tables["person"].accepted == 2 + 2
    assert [(q["line"], q["fault"]) for q in said] == [(4, "born_on_missing"), (5, "row_broken")]


@pytest.mark.parametrize("kind", [pa.int8(), pa.int32(), pa.int64()])
def test_whole_yuan_of_any_width_are_read_exactly_and_too_large_ones_are_reported(kind, workspace, tmp_path):
    most = {8: 127, 32: 2_147_483_647, 64: 9_223_372_036_854_775_807}[kind.bit_width]
    key = f"K{kind.bit_width}"
    found = pa.table({"setl_id": [key, f"{key}a"], "mdtrt_id": ["V1", "V1"], "setl_time": ["2025-01-15"] * 2,
                      "fund_pay_sumamt": pa.array([100, most], kind)})  # fmt: skip
    pq.write_table(found, tmp_path / "setl_d.parquet")
    result = run_load(workspace, [tmp_path / "setl_d.parquet"])
    if kind.bit_width == 64:
        assert [f.fault for f in result.faults] == ["fund_fen_unreadable"]
        assert result.tables["settlement"].fen_accepted == 10000
    else:
        assert result.clean and result.tables["settlement"].fen_accepted == (100 + most) * 100


def test_sums_beyond_the_largest_number_of_the_engine_still_reconcile(workspace, tmp_path):
    head = "settlement_id,visit_id,settled_at,fund_fen\n"
    lines = [f"H{i},V1,2025-01-15,{10**18 - 1}\n" for i in range(12)]
    (tmp_path / "settlement.csv").write_text(head + "".join(lines))
    counts = run_load(workspace, [tmp_path / "settlement.csv"]).tables["settlement"]
    assert counts.fen_read == counts.fen_accepted == 12 * (10**18 - 1)
