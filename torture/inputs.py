"""What is thrown at readers of documents, the command, state files and packs; and all kinds of inputs together."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from hypothesis import strategies as st

from yiheng.basis.refusals import Refusal
from yiheng.cli.main import main
from yiheng.codes import CATALOGUE, read_edition
from yiheng.intake import read_mapping
from yiheng.payment import check_policy
from yiheng.policy import PolicyFile, read_policy
from yiheng.runs import Workspace, read_bill, register_of, run_settle, unpack_workspace

from .odd import DAYS, NO_DAY, NO_NUMBER, NUMBERS, ODD_NAMES, spoiled, texts
from .thrown import LOADS, POLICY, Blow, Place
from .tiny import BILL

MAPPING = Path(__file__).parents[1] / "mappings" / "us-desynpuf.yaml"


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
    # As `yiheng policy check` and every settlement do: a value is a number only where it is asked for.
    check_policy(read)
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
    held |= {
        f"runs/{run}/{name}": place.workspace.folder / "runs" / run / name
        for name in ("manifest.json", "statements.json")
    }
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
    **LOADS,
    "bills": Blow(_bills, _check_bill, 12, lambda _: json.dumps(BILL).encode()),
    "policies": Blow(lambda _: _documents(POLICY, True), _policy, 12, lambda _: (False, 0, "", POLICY.read_bytes())),
    "mappings": Blow(lambda _: _documents(MAPPING, False), _mapping, 8, lambda _: (False, 0, "", MAPPING.read_bytes())),
    "facts": Blow(_facts, _settle_facts, 3, lambda _: ("", FACTS.encode())),
    "code lists": Blow(_lists, _read_list, 6, lambda _: ("", PRICES.encode())),
    "words of a command": Blow(_options, _say, 6, lambda _: ("sql", ["select 1"])),
    "state files": Blow(
        _state, _open_spoiled, 6, lambda place: (STATE[0], (place.workspace.folder / STATE[0]).read_bytes())
    ),
    "packs": Blow(_packs, _unpack, 6, lambda place: place.pack.read_bytes()),
}
