"""What is thrown at a load: cells, files, types of columns and names; and the county that all inputs are thrown at."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from hypothesis import strategies as st

from yiheng.runs import Desk, Workspace, pack_workspace, run_load, run_settle

from .odd import DAYS, NAME, NO_DAY, NO_NUMBER, NUMBERS, ODD_NAMES, spoiled, texts
from .tiny import DAY, FILES, MESSAGE

POLICY = Path(__file__).parents[1] / "policies" / "qingdao" / "2022.yaml"


@dataclass(frozen=True)
class Blow:
    """A kind of input: how it is made for a place, and what is done with it.

    Attributes:
        weight: its share of all inputs; what is quick is tried more often.
        sound: an input of the kind that is taken: without one every refusal would pass for a good one.
    """

    strategy: Callable[[Place], st.SearchStrategy[Any]]
    strike: Callable[[Place, Any], None]
    weight: int
    sound: Callable[[Place], Any]


class Place:
    """The tiny county, a desk for bills, and a folder for what is thrown."""

    def __init__(self, folder: Path, workspace: Workspace) -> None:
        self.folder, self.workspace = folder, workspace
        self.desk = Desk(workspace, DAY)
        self.pack = folder / "county.yiheng"
        pack_workspace(workspace, self.pack)

    @classmethod
    def made(cls, folder: Path) -> Place:
        """A place in an empty folder."""
        source = folder / "source"
        source.mkdir(parents=True)
        for name, text in FILES.items():
            (source / name).write_text(text, "utf-8")
        workspace = Workspace.new(folder / "county")
        assert run_load(workspace, [source]).clean
        run_settle(workspace, POLICY, year=2025)
        return cls(folder, workspace)

    def file(self, name: str, content: bytes) -> Path:
        """A file alone in a folder, in place of the one before."""
        into = self.folder / "thrown"
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir()
        (into / name).write_bytes(content)
        return into / name

    def copy(self) -> Workspace:
        """A copy of the county, in place of the one before."""
        into = self.folder / "copy"
        shutil.rmtree(into, ignore_errors=True)
        shutil.copytree(self.workspace.folder, into)
        return Workspace.open(into)

    def load(self, *files: Path) -> Any:
        """Load into a copy; whatever comes, every row is accounted for."""
        loaded = run_load(self.copy(), [*files])
        for name, counts in loaded.tables.items():
            told = counts.accepted + counts.quarantined + counts.duplicates + counts.withdrawn
            assert counts.read == told, f"{name}: {counts}"
        return loaded


def _table_file(name: str) -> tuple[list[str], list[list[str]]]:
    head, *rows = FILES[name].splitlines()
    return head.split(","), [row.split(",") for row in rows]


# ---- cells and files of a load


def _cells(_place: Place) -> st.SearchStrategy[Any]:
    places = [(name, column) for name in FILES for column in _table_file(name)[0]]
    anywhere = st.tuples(st.sampled_from(places), texts())
    typed = [
        st.tuples(st.sampled_from([p for p in places if p[1] in columns]), st.sampled_from(no_value))
        for columns, no_value in ((NUMBERS, NO_NUMBER), (DAYS, NO_DAY))
    ]
    return st.one_of(anywhere, *typed)


def _load_cell(place: Place, thrown: tuple[tuple[str, str], str]) -> None:
    (name, column), value = thrown
    head, rows = _table_file(name)
    rows[0][head.index(column)] = '"' + value.replace('"', '""') + '"'
    text = "\n".join([",".join(head), *map(",".join, rows)]) + "\n"
    loaded = place.load(place.file(name, text.encode("utf-8", "surrogatepass")))
    counts = loaded.tables[name.removesuffix(".csv")]
    assert counts.read >= 1
    if (column in NUMBERS and value in NO_NUMBER) or (column in DAYS and value in NO_DAY):
        assert counts.quarantined, f"{column} = {value[:40]!r} was taken: {counts}"


def _files(place: Place) -> st.SearchStrategy[Any]:
    csv = {name: text.encode() for name, text in FILES.items()}
    others = {"m.jsonl": json.dumps(MESSAGE, ensure_ascii=False).encode(), "b.xlsx": _book(place), "z.zip": _zip(place)}
    others["visit.parquet"] = _parquet(place, "visit.csv")
    chosen = [st.tuples(st.just(name), spoiled(whole)) for name, whole in {**csv, **others}.items()]
    return st.one_of(*chosen, st.tuples(st.sampled_from([*csv, *others]), st.binary(max_size=400)))


def _load_file(place: Place, thrown: tuple[str, bytes]) -> None:
    place.load(place.file(*thrown))


def _book(place: Place) -> bytes:
    file = place.folder / "made.xlsx"
    with xlsxwriter.Workbook(file) as book:
        for name, text in FILES.items():
            sheet = book.add_worksheet(name.removesuffix(".csv"))
            for number, line in enumerate(text.splitlines()):
                sheet.write_row(number, 0, line.split(","))
    return file.read_bytes()


def _zip(place: Place) -> bytes:
    file = place.folder / "made.zip"
    with zipfile.ZipFile(file, "w") as packed:
        for name, text in FILES.items():
            packed.writestr(name, text)
    return file.read_bytes()


def _parquet(place: Place, name: str) -> bytes:
    head, rows = _table_file(name)
    file = place.folder / "made.parquet"
    pq.write_table(pa.table({column: [row[i] for row in rows] for i, column in enumerate(head)}), file)
    return file.read_bytes()


TYPES: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "bool": (pa.bool_(), st.booleans()),
    "int8": (pa.int8(), st.integers(-128, 127)),
    "uint64": (pa.uint64(), st.integers(0, 2**64 - 1)),
    "double": (pa.float64(), st.floats()),
    "half": (pa.float16(), st.floats(width=16)),
    "decimal": (pa.decimal128(38, 10), st.decimals(-(10**20), 10**20, allow_nan=False, places=10)),
    "decimal256": (pa.decimal256(60, 0), st.integers(-(10**50), 10**50).map(lambda n: n)),
    "binary": (pa.binary(), st.binary(max_size=20)),
    "fixed": (pa.binary(3), st.binary(min_size=3, max_size=3)),
    "large": (pa.large_string(), texts().filter(lambda text: text.isprintable())),
    "coded": (pa.dictionary(pa.int8(), pa.string()), st.sampled_from(["A", "B", ""])),
    "list": (pa.list_(pa.int64()), st.lists(st.integers(0, 9), max_size=3)),
    "struct": (pa.struct({"a": pa.string()}), st.fixed_dictionaries({"a": st.text(max_size=3)})),
    "map": (pa.map_(pa.string(), pa.int64()), st.just([("a", 1)])),
    "nothing": (pa.null(), st.none()),
    "day32": (pa.date32(), st.dates()),
    "day64": (pa.date64(), st.dates()),
    "time": (pa.time64("ns"), st.integers(0, 86_399_999_999_999)),
    "span": (pa.duration("s"), st.integers(0, 10**9)),
    "nanoseconds": (pa.timestamp("ns", "Asia/Shanghai"), st.integers(-(2**62), 2**62)),
    "seconds": (pa.timestamp("s"), st.integers(-(2**40), 2**40)),
}


def _types(_place: Place) -> st.SearchStrategy[Any]:
    places = [(name, column) for name in FILES for column in _table_file(name)[0]]

    def column(named: str) -> st.SearchStrategy[Any]:
        return st.tuples(st.just(named), st.sampled_from(places), TYPES[named][1])

    return st.sampled_from(sorted(TYPES)).flatmap(column)


def _load_types(place: Place, thrown: tuple[str, tuple[str, str], Any]) -> None:
    kind, (name, column), value = thrown
    head, rows = _table_file(name)
    columns = {one: pa.array([row[i] for row in rows]) for i, one in enumerate(head)}
    columns[column] = pa.array([value] * len(rows), TYPES[kind][0])
    pq.write_table(pa.table(columns), place.file(f"{name.removesuffix('.csv')}.parquet", b""))
    place.load(place.folder / "thrown")


def _names(_place: Place) -> st.SearchStrategy[Any]:
    odd = st.sampled_from([name for name in ODD_NAMES if "/" not in name])
    usual = NAME.filter(lambda name: name.strip(". ") and len(name.encode()) < 200)
    return st.tuples(st.one_of(odd, usual), st.one_of(odd, usual))


def _load_named(place: Place, thrown: tuple[str, str]) -> None:
    """A file in a folder, both so named, beside neighbours that a pattern would also find."""
    folder = place.file("x", b"").parent / thrown[0]
    folder.mkdir()
    near = FILES["person.csv"].replace("A,", "NEAR,", 1)
    for neighbour in ("person1", "person", "persa", "personab"):
        (folder / f"{neighbour}.csv").write_text(near, "utf-8")
    named = folder / f"{thrown[1]}.csv"
    named.write_text(FILES["person.csv"], "utf-8")
    loaded = place.load(named)
    counts = loaded.tables["person"]
    # The same rows are there already: had a neighbour been read, a row would be new.
    assert (counts.read, counts.duplicates) == (3, 3), counts


LOADS = {
    "cells of a load": Blow(_cells, _load_cell, 5, lambda _: (("person.csv", "division"), "370299")),
    "files of a load": Blow(_files, _load_file, 4, lambda place: ("b.xlsx", _book(place))),
    "types of columns": Blow(_types, _load_types, 3, lambda _: ("day32", ("visit.csv", "began_on"), DAY)),
    "names of files and folders": Blow(_names, _load_named, 3, lambda _: ("some", "person")),
}
