"""The files that say what a workspace holds: gone, empty, older, of another workspace; and loads of one name at once.

Whatever is asked then is answered rightly or refused with a cure; nothing is deleted; and the cure, to put the file
back, works.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace, run_audit, run_load, run_settle

from .kills import DONE, REFUSED, Child
from .loads import batch, load_file, prepared, state_of
from .runs import POLICY, YEAR, small_county

STATE = ("lake/catalog.sqlite", "lake/sets.sqlite", "lake/head.json", "lake/key.json", "runs/runs.jsonl")
KINDS = ("gone", "empty", "older", "foreign")
KEYS = "YIHENG_KEYS"
SMALL = 20
SEED = 20_250_103


def run(pairs: int, steps: int) -> Iterator[str]:
    """All of it; a line for each kind of blow.

    Raises:
        AssertionError: a traceback, a wrong answer, a refusal without a cure, a deleted file, a cure that fails.
    """
    with tempfile.TemporaryDirectory() as place, keys(Path(place) / "keys"):
        yield same_names(Path(place), pairs)
        ended: Counter[str] = Counter()
        for name in STATE:
            for kind in KINDS:
                (folder := Path(place) / kind / name).mkdir(parents=True)
                ended += damaged(folder, name, kind)
        yield (
            f"{len(STATE)} state files x {', '.join(KINDS)}: of {ended.total()} questions {ended[REFUSED]} were refused"
            f" with a cure, {ended[DONE]} answered rightly; no file was deleted, every file put back cured"
        )
        yield day(Path(place) / "day", steps)


@contextmanager
def keys(folder: Path) -> Iterator[None]:
    """Keep the keys of these workspaces apart from those of the user."""
    before = os.environ.get(KEYS)
    os.environ[KEYS] = str(folder)
    try:
        yield
    finally:
        os.environ.pop(KEYS)
        if before is not None:
            os.environ[KEYS] = before


def same_names(place: Path, pairs: int) -> str:
    """Two loads at once of folders that have the same name, with other rows."""
    (folder := place / "names").mkdir()
    workspace = prepared(folder)
    state = state_of(workspace)
    for number in range(pairs):
        named = []
        for sender in "ab":
            (into := folder / f"{number}{sender}").mkdir()
            named.append(batch(into, f"p{number}{sender}").rename(into / "export"))
        said = [child.ended() for child in [Child(load_file, workspace.folder, one) for one in named]]
        assert {how for how, _ in said} == {DONE}, said
        assert (seen := state_of(workspace)) == state.and_loads(2 * number + 2), (number, seen)
    assert not list(Workspace.open(workspace.folder).lake.check_files())
    return (
        f"{pairs} pairs of loads at once from folders of the same name: all rows of all {2 * pairs} landed, none twice"
    )


def damaged(folder: Path, name: str, kind: str) -> Counter[str]:
    """One state file damaged in one way: what a reader, an audit and a load say, and whether the cure works."""
    workspace, other = (hashed(folder / one) for one in ("mine", "other"))
    file = workspace.folder / name
    shutil.copyfile(file, folder / "older")
    for number in range(2):
        assert run_load(workspace, [batch(folder, f"later{number}", SMALL)]).clean
    run_audit(workspace, ["split_stay"])
    state, more = state_of(workspace), batch(folder, "more", SMALL)
    shutil.copyfile(file, folder / "kept")
    spoilt(file, kind, folder / "older", other.folder / name)
    there = files_of(workspace)
    ended = Counter([
        asked(lambda: state_of(workspace) == state),
        asked(lambda: bool(Workspace.open(workspace.folder).runs())),
        asked(lambda: run_audit(Workspace.open(workspace.folder), ["split_stay"])["findings"] == []),
        asked(lambda: run_load(Workspace.open(workspace.folder), [more]).tables["person"].accepted == SMALL),
    ])  # fmt: skip
    assert there <= files_of(workspace), there - files_of(workspace)
    shutil.copyfile(folder / "kept", file)
    cured(workspace)
    assert run_load(Workspace.open(workspace.folder), [batch(folder, "last", SMALL)]).clean
    return ended


def day(folder: Path, steps: int) -> str:
    """A day's loads, audits and settlements, with a state file taken away or spoilt before most of them."""
    folder.mkdir()
    dice, ended = random.Random(SEED), Counter[str]()
    workspace = small_county(folder)
    opened: Callable[[], Workspace] = lambda: Workspace.open(workspace.folder)  # noqa: E731
    works: dict[str, Callable[[], object]] = {
        "load": lambda: run_load(opened(), [batch(folder, f"day{dice.random()}", SMALL)]).clean,
        "audit": lambda: run_audit(opened())["run"],
        "settle": lambda: run_settle(opened(), POLICY, year=YEAR)["run"],
    }
    names = [name for name in STATE if (workspace.folder / name).exists()]
    shutil.copytree(workspace.folder, folder / "older")
    for _ in range(steps):
        work, name, kind = dice.choice([*works]), dice.choice(names), dice.choice(KINDS[:3])
        whole = state_of(workspace)
        right = works[work]() if work != "load" else None
        file, there = workspace.folder / name, files_of(workspace)
        shutil.copyfile(file, folder / "kept")
        spoilt(file, kind, folder / "older" / name, folder / "older" / name)
        how = asked(partial(_is_right, works[work], right))
        ended[how] += 1
        assert there <= files_of(workspace), there - files_of(workspace)
        if how == REFUSED:
            shutil.copyfile(folder / "kept", file)
            assert state_of(workspace) == whole
        cured(workspace)
    return (
        f"a day of {steps} loads, audits and settlements, before each a state file gone, empty or older:"
        f" {ended[REFUSED]} refused with a cure that worked, {ended[DONE]} right; no wrong zero, no file deleted"
    )


def _is_right(work: Callable[[], object], right: object) -> bool:
    """Whether a load is clean, or a run the one that it was before."""
    return work() == (True if right is None else right)


def hashed(folder: Path) -> Workspace:
    """A workspace whose persons are kept as keyed hashes, with one load and one audit."""
    folder.mkdir()
    workspace = Workspace.new(folder / "workspace", hash_person_id=True)
    (first := batch(folder, "first", SMALL)).joinpath("institution.csv").write_text(
        "institution_id,name,kind,division\nH1,西海第一人民医院,hospital,370299\n", "utf-8"
    )
    assert run_load(workspace, [first]).clean
    run_audit(workspace, ["split_stay"])
    return workspace


def spoilt(file: Path, kind: str, older: Path, foreign: Path) -> None:
    """Damage a state file."""
    if kind == "gone":
        file.unlink()
    elif kind == "empty":
        file.write_bytes(b"")
    else:
        shutil.copyfile(older if kind == "older" else foreign, file)


def asked(question: Callable[[], bool]) -> str:
    """Ask something: done when the answer is right, refused when it is a refusal with a cure."""
    try:
        assert question(), "a wrong answer"
    except Refusal as refusal:
        assert refusal.cure, refusal
        return REFUSED
    return DONE


def files_of(workspace: Workspace) -> set[tuple[str, int]]:
    """The data files, wherever in the lake, by name and size."""
    return {
        (f"{one.parent.name}/{one.name}", one.stat().st_size)
        for one in (workspace.folder / "lake").rglob("*-*.parquet")
    }


def cured(workspace: Workspace) -> None:
    """Nothing is wrong with state and data files any more."""
    lake = Workspace.open(workspace.folder).lake
    assert not [*lake.state.found(), *lake.check_files()]
