"""What is thrown at a workspace: cells, texts, bytes, types, names, options and state files, each with its blow."""

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
from click.testing import CliRunner
from hypothesis import strategies as st

from yiheng.basis.refusals import Refusal
from yiheng.cli.main import main
from yiheng.codes import CATALOGUE, read_edition
from yiheng.intake import read_mapping
from yiheng.policy import PolicyFile, read_policy
from yiheng.runs import Desk, Workspace, pack_workspace, read_bill, register_of, run_load, run_settle, unpack_workspace

from .tiny import BILL, DAY, FILES, MESSAGE

POLICY = Path(__file__).parents[1] / "policies" / "qingdao" / "2022.yaml"
MAPPING = Path(__file__).parents[1] / "mappings" / "us-desynpuf.yaml"
# No amount, no day, no number of anything, whoever reads it.
NO_NUMBER = (
    "1/3", "1_000", "inf", "-inf", "Infinity", "NaN", "nan", "0x10", "1e400", "1e-400", "9" * 5000, "--5", "5-", "1..5",
    "1,00,0", "²", "½", "٣", "１/３", "一百", "None", "true", "[1]", "{}", "1;2", "=1+1", "$5", "5 %%", "NULL0", "\x00",
)  # fmt: skip
NO_DAY = (
    "2025-02-30", "2025-13-01", "0000-00-00", "10000-01-01", "-2025-01-01", "2025-1-1-1", "inf", "1e9", "2025/02/30",
    "20250230", "yesterday", "２０２５年十三月", "2025-01-01T25:00:00", "=TODAY()", "1/3", "9" * 400,
)  # fmt: skip
ODD = (
    "", " ", "\t", "\x00", "\x1b[2J\x1b[H", "\u202e abc", "[/x]", "[bold]", "#set page()", "<script>alert(1)</script>",
    "=HYPERLINK(\"http://x\")", "'; drop table settlement; --", '"', "'", "../../etc/passwd", "{{7*7}}", "%s%n", "$(id)",
    "\ufeff", "\u2028", "a" * 70_000, "𝕏" * 500, "null", "~", "- x", "? y", "!!python/object:os.system x", "*a", "&a",
)  # fmt: skip
NUMBERS = ("total_fen", "scope_fen", "fund_fen", "person_fen", "amount_fen", "quantity", "unit_price", "ordinal")
DAYS = ("born_on", "enrolled_from", "enrolled_until", "began_on", "ended_on", "operated_on", "settled_at", "occurred_at")


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


# ---- how inputs are made


def texts() -> st.SearchStrategy[str]:
    """Texts that somebody would choose, and any other."""
    return st.one_of(st.sampled_from(ODD), st.text(max_size=60))


def spoiled(whole: bytes) -> st.SearchStrategy[bytes]:
    """A file with a few of its bytes turned, gone, doubled or put in, or cut short."""
    at = st.integers(0, len(whole) - 1)
    one = st.tuples(st.sampled_from(("turn", "drop", "double", "put", "cut")), at, st.binary(min_size=1, max_size=9))
    return st.lists(one, min_size=1, max_size=4).map(lambda blows: _spoil(whole, blows))


def _spoil(whole: bytes, blows: list[tuple[str, int, bytes]]) -> bytes:
    for how, at, put in blows:
        end = at + len(put)
        middle = {"turn": put, "drop": b"", "double": whole[at:end] * 2, "put": put + whole[at:end], "cut": b""}[how]
        whole = whole[:at] + middle + (b"" if how == "cut" else whole[end:])
    return whole


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


NAME = st.text(st.characters(blacklist_characters="/\0", blacklist_categories=("Cs",)), min_size=1, max_size=30)
ODD_NAMES = ("person[1]", "person*", "pers?n", "'person'", '"person"', "person{a,b}", "-w", "~", "person\n", "%41",
             "person#1", "[/x]", "西海[1]", "a;b", "$(id)", "person ", " person", "`id`", "person\\", "..person")  # fmt: skip


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


# ---- documents


def _bills(_place: Place) -> st.SearchStrategy[Any]:
    text = json.dumps(BILL, ensure_ascii=False)
    spots = [(table, column) for table, rows in BILL.items() if table != "visits" for column in rows[0]]
    values = st.one_of(
        texts(), st.none(), st.booleans(), st.integers(), st.floats(), st.lists(st.integers(), max_size=2),
        st.sampled_from(NO_NUMBER), st.sampled_from(NO_DAY), st.just({}),
    )  # fmt: skip
    return st.one_of(st.tuples(st.sampled_from(spots), values), spoiled(text.encode()), st.binary(max_size=200))


def _check_bill(place: Place, thrown: Any) -> None:
    if isinstance(thrown, bytes):
        place.desk.check(read_bill(place.file("bill.json", thrown)), "bill.json")
        return
    (table, column), value = thrown
    bill = json.loads(json.dumps(BILL))
    bill[table][0][column] = value
    place.desk.check(read_bill(place.file("bill.json", json.dumps(bill).encode())), "bill.json")
    no_value = NO_NUMBER if column in NUMBERS else NO_DAY if column in DAYS else ()
    assert not (isinstance(value, str) and value in no_value), f"{table}.{column} = {value[:40]!r} was taken"


def _documents(file: Path, shares: bool) -> st.SearchStrategy[Any]:
    """A file with one scalar of one line exchanged, or spoiled bytes."""
    lines = file.read_text("utf-8").splitlines()
    spots = [i for i, line in enumerate(lines) if ": " in line and not line.lstrip().startswith("#")]
    places = [i for i in spots if "value: " in lines[i] and lines[i].rstrip("}").split("value: ")[1][:1].isdigit()]
    put = st.tuples(st.just(False), st.sampled_from(spots), texts()).map(lambda one: (*one, _put(lines, *one[1:])))
    bytes_ = spoiled(file.read_bytes()).map(lambda whole: (False, 0, "", whole))
    if not shares:
        return st.one_of(put, bytes_)
    share = st.tuples(st.just(True), st.sampled_from(places), st.sampled_from(NO_NUMBER))
    return st.one_of(put, bytes_, share.map(lambda one: (*one, _put(lines, *one[1:], key="value: "))))


def _put(lines: list[str], at: int, text: str, key: str = ": ") -> bytes:
    head, _, tail = lines[at].partition(key)
    rest = tail[tail.index(",") :] if "," in tail else "}" if tail.endswith("}") else ""
    changed = [*lines[:at], f"{head}{key}{text}{rest}", *lines[at + 1 :]]
    return "\n".join(changed).encode("utf-8", "surrogatepass")


def _policy(place: Place, thrown: tuple[bool, int, str, bytes]) -> None:
    no_share, at, value, text = thrown
    read: PolicyFile = read_policy(place.file("2022.yaml", text))
    assert not no_share, f"line {at + 1}: the share {value[:40]!r} was taken as {read.policy.values}"


def _mapping(place: Place, thrown: tuple[bool, int, str, bytes]) -> None:
    read_mapping(place.file("mapping.yaml", thrown[3]))


FACTS = "party,year,spend,base_spend\nxihai,2025,1000.00,900.00\ndonghe,2025,500.00,400.00\n"
PRICES = """\
item_code,item_name,kind,coverage,own_per_mille,limit_price,unit_price,equivalent_group,domestic
YHX1,某药,drug,partial,200,1280.00,30.00,,false
"""


def _facts(_place: Place) -> st.SearchStrategy[Any]:
    amount = st.sampled_from(NO_NUMBER).filter(lambda text: "," not in text)
    return st.one_of(
        amount.map(lambda value: (value, FACTS.replace("1000.00", value).encode())),
        texts().map(lambda value: ("", FACTS.replace("xihai", value).encode("utf-8", "surrogatepass"))),
        spoiled(FACTS.encode()).map(lambda text: ("", text)),
    )


def _settle_facts(place: Place, thrown: tuple[str, bytes]) -> None:
    no_amount, text = thrown
    settled = run_settle(place.copy(), POLICY, year=2025, facts=place.file("facts.csv", text))
    told = [one["party"] for one in settled["statements"]]
    assert not (no_amount and "xihai" in told), f"the amount {no_amount[:40]!r} was taken"


def _lists(_place: Place) -> st.SearchStrategy[Any]:
    figures, value = st.sampled_from(("200", "1280.00", "30.00")), st.sampled_from(NO_NUMBER)
    put = st.tuples(figures, value.filter(lambda text: "," not in text))
    return st.one_of(
        put.map(lambda one: (one[1], PRICES.replace(*one).encode())),
        spoiled(PRICES.encode()).map(lambda text: ("", text)),
    )


def _read_list(place: Place, thrown: tuple[str, bytes]) -> None:
    no_price, text = thrown
    read = read_edition(CATALOGUE, place.file("catalogue.csv", text))
    assert not no_price, f"the figure {no_price[:40]!r} was taken as {read.rows}"


# ---- the command, and what the workspace holds

SAID: dict[str, tuple[str, ...]] = {
    "settle": ("qingdao", "--year"), "audit": ("--rule",), "measure": ("--year",), "explain": ("official", "xihai"),
    "check": ("--on",), "official": ("show",), "sql": (), "statement": (), "policy": ("show",), "codes": ("show",),
    "tables": ("export",), "score": (), "sample": ("draw",), "replay": (), "unpack": (), "load": (), "rules": ("show",),
}  # fmt: skip


def _options(_place: Place) -> st.SearchStrategy[Any]:
    words = st.one_of(texts(), st.sampled_from(NO_NUMBER), st.sampled_from(NO_DAY), st.sampled_from(ODD_NAMES))
    usable = words.filter(lambda text: "\x00" not in text and len(text) < 5000)
    return st.tuples(st.sampled_from(sorted(SAID)), st.lists(usable, min_size=1, max_size=2))


def _say(place: Place, thrown: tuple[str, list[str]]) -> None:
    verb, words = thrown
    done = CliRunner().invoke(main, ["-w", str(place.workspace.folder), verb, *SAID[verb], *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    assert done.exit_code in (0, 1, 2), f"exit {done.exit_code}: {done.output[-300:]}"
    if done.exit_code == 2:
        assert done.output.strip(), "refused without a word"
        raise Refusal(done.output)


STATE = ("yiheng.toml", "runs/runs.jsonl", "lake/key.json")


def _state(place: Place) -> st.SearchStrategy[Any]:
    held = {name: place.workspace.folder / name for name in STATE}
    run = place.workspace.runs("settle")[0]["run"]
    held |= {f"runs/{run}/{name}": place.workspace.folder / "runs" / run / name for name in ("manifest.json", "statements.json")}
    whole = {name: file.read_bytes() for name, file in held.items() if file.exists()}
    return st.one_of(*(st.tuples(st.just(name), spoiled(text)) for name, text in whole.items()))


def _open_spoiled(place: Place, thrown: tuple[str, bytes]) -> None:
    copy = place.copy().folder
    (copy / thrown[0]).write_bytes(thrown[1])
    workspace = Workspace.open(copy)
    register_of(workspace)
    for one in workspace.runs("settle"):
        workspace.result(one["run"], "statements.json")


def _packs(place: Place) -> st.SearchStrategy[Any]:
    return spoiled(place.pack.read_bytes())


def _unpack(place: Place, thrown: bytes) -> None:
    into = place.folder / "unpacked"
    shutil.rmtree(into, ignore_errors=True)
    unpack_workspace(place.file("county.yiheng", thrown), into)
    held = {f.relative_to(into): f.read_bytes() for f in into.rglob("*") if f.is_file()}
    shutil.rmtree(into)
    unpack_workspace(place.pack, into)
    assert held == {f.relative_to(into): f.read_bytes() for f in into.rglob("*") if f.is_file()}, "another workspace"


BLOWS = {
    "cells of a load": Blow(_cells, _load_cell, 5, lambda _: (("person.csv", "division"), "370299")),
    "files of a load": Blow(_files, _load_file, 4, lambda place: ("b.xlsx", _book(place))),
    "types of columns": Blow(_types, _load_types, 3, lambda _: ("day32", ("visit.csv", "began_on"), DAY)),
    "names of files and folders": Blow(_names, _load_named, 3, lambda _: ("some", "person")),
    "bills": Blow(_bills, _check_bill, 12, lambda _: json.dumps(BILL).encode()),
    "policies": Blow(lambda _: _documents(POLICY, True), _policy, 12, lambda _: (False, 0, "", POLICY.read_bytes())),
    "mappings": Blow(lambda _: _documents(MAPPING, False), _mapping, 8, lambda _: (False, 0, "", MAPPING.read_bytes())),
    "facts": Blow(_facts, _settle_facts, 3, lambda _: ("", FACTS.encode())),
    "code lists": Blow(_lists, _read_list, 6, lambda _: ("", PRICES.encode())),
    "words of a command": Blow(_options, _say, 6, lambda _: ("sql", ["select 1"])),
    "state files": Blow(_state, _open_spoiled, 6, lambda place: (STATE[0], (place.workspace.folder / STATE[0]).read_bytes())),
    "packs": Blow(_packs, _unpack, 6, lambda place: place.pack.read_bytes()),
}
