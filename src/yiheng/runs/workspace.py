"""A workspace: the folder that holds a county's lake, policies, code lists and runs."""

from __future__ import annotations

import getpass
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yiheng.lake
from yiheng import __version__
from yiheng.basis.engine_paths import whole_path
from yiheng.basis.hidden import masked
from yiheng.basis.refusals import Refusal, nearest
from yiheng.documents import own_bytes
from yiheng.lake import told

from .listed import SET, SHA256, ended, note_begun, note_ended, note_written
from .manifest import DEFAULT_ENGINE, MANIFEST
from .results import checked

FILE = "yiheng.toml"
FORMAT = 3
HASHED = "hash_person_id"
ENGINE = "engine"
DEMO = "demo"
NAMES = "names"


@dataclass(frozen=True)
class Workspace:
    """An opened workspace.

    Attributes:
        by: who works in it, for the list of runs; the user of the operating system where it says nothing.
    """

    folder: Path
    by: str = field(default="", compare=False)

    @classmethod
    def new(
        cls, folder: Path, *, hash_person_id: bool = False, demo: bool = False, names: Mapping[str, str] | None = None
    ) -> Workspace:
        """Make an empty workspace.

        Args:
            hash_person_id: whether the fund's own number of a person is kept as a keyed hash only.
            demo: whether it is filled with a synthetic county; the demo changes no other workspace.
            names: what consortia are called, by their id.

        Raises:
            Refusal: when the folder already is one, or holds other things.
        """
        whole_path(folder)
        if (folder / FILE).exists():
            raise Refusal("this is a workspace already", where=str(folder), cure="use it, or choose another folder")
        if folder.exists() and any(folder.iterdir()):
            raise Refusal("the folder is not empty", where=str(folder), cure="choose an empty or new folder")
        for name in ("policies", "codes", "runs"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        # What persons of the county went through is nobody else's on this machine.
        folder.chmod(0o700)
        yiheng.lake.Lake.make(folder / "lake")
        made = (
            f'# A Yiheng workspace.\nformat = {FORMAT}\nmade_with = "{__version__}"\n'
            f"name = {_quoted(folder.resolve().name)}\n"
            "# Decided before the first load: whether the fund's own number of a person is kept as a keyed hash only.\n"
            f"{HASHED} = {str(hash_person_id).lower()}\n"
        )
        if demo:
            made += f"# A synthetic county: 'yiheng demo' fills and changes only workspaces marked so.\n{DEMO} = true\n"
        (folder / FILE).write_text(made + names_text(names or {}), "utf-8")
        return cls(folder)

    @classmethod
    def open(cls, folder: Path) -> Workspace:
        """Open a workspace.

        Raises:
            Refusal: when the folder is none, or of a later format.
        """
        whole_path(folder)
        if not (folder / FILE).is_file():
            raise Refusal(
                "this folder is no workspace",
                where=str(folder),
                expected=f"a folder with {FILE}",
                cure="go to one, name one with --workspace, or make one with: yiheng new DIR",
            )
        settings = cls(folder).settings
        if settings.get("format") != FORMAT:
            raise Refusal(
                f"the workspace has format {settings.get('format')}",
                where=str(folder / FILE),
                expected=f"format {FORMAT}",
                cure="load the files into a new workspace, or use the version of yiheng that made this one",
            )
        return cls(folder)

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What ``yiheng.toml`` says.

        Raises:
            Refusal: when it cannot be read.
        """
        try:
            return tomllib.loads(own_bytes(self.folder / FILE).decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as wrong:
            raise Refusal(
                f"the settings cannot be read: {wrong}",
                where=str(self.folder / FILE),
                cure="mend the line that is named, or copy the file back from a backup that was restored elsewhere",
            ) from None

    @property
    def hash_person_id(self) -> bool:
        """Whether the fund's own number of a person is kept as a keyed hash only.

        Raises:
            Refusal: when the setting is no truth value.
        """
        chosen = self.settings.get(HASHED, False)
        if not isinstance(chosen, bool):
            raise Refusal(f"'{HASHED}' is no truth value", where=str(self.folder / FILE), expected="true or false")
        return chosen

    @property
    def is_demo(self) -> bool:
        """Whether the demo made it."""
        return self.settings.get(DEMO) is True

    @property
    def names(self) -> dict[str, str]:
        """What consortia are called where people read, by the id that files and addresses keep.

        Raises:
            Refusal: when the table of names holds anything but texts.
        """
        told = self.settings.get(NAMES, {})
        if not isinstance(told, dict) or not all(isinstance(name, str) and name for name in told.values()):
            raise Refusal(
                f"'{NAMES}' is not a table of names",
                where=str(self.folder / FILE),
                expected=f'[{NAMES}] and below it lines such as donghe = "东河医共体"',
            )
        return told

    @property
    def engine(self) -> str:
        """What audits run on where nothing else is asked for: ``duckdb``, unless ``yiheng.toml`` says ``spark``."""
        return str(self.settings.get(ENGINE, DEFAULT_ENGINE))

    @cached_property
    def lake(self) -> yiheng.lake.Lake:
        """The lake of the workspace."""
        return yiheng.lake.Lake(self.folder / "lake", self.sets_made)

    def data(self) -> dict[str, str]:
        """What the lake holds now, as a run pins it: the hash of the rows of each table."""
        return self.lake.content(self.lake.latest())

    def at(self, pins: Mapping[str, Any]) -> yiheng.lake.SnapshotSet:
        """The snapshot set that holds the data which a run pins.

        Raises:
            Refusal: when the lake has none.
        """
        return self.lake.holding(pins["data"])

    @property
    def codes(self) -> Path:
        """Where code lists are kept, by list and edition."""
        return self.folder / "codes"

    # ---- runs

    def run_folder(self, run: str, *, new: bool = False) -> Path:
        """The folder of a run, noted and made if it is not there.

        Args:
            new: whether no other may have it already, as for a load.

        Raises:
            Refusal: when it is to be new and is there already.
        """
        folder = self.folder / "runs" / run
        if new or not folder.exists():
            note_begun(self.folder / "runs", run)
        try:
            folder.mkdir(parents=True, exist_ok=not new)
        except FileExistsError:
            raise Refusal(f"there is a run '{run}' already", where=str(folder), cure="load again") from None
        return folder

    def note_run(self, run: str, verb: str, made: int | None = None, manifest: Path | None = None) -> None:
        """Add a line to the list of runs, with who ran it: in the manifest it would change the bytes of a replay.

        Args:
            made: the number of the snapshot set that a load made.
            manifest: where it stands; in the run's folder by default.
        """
        runs = self.folder / "runs"
        note_ended(runs, run, verb, masked(self.by or _user()), made, manifest or runs / run / MANIFEST)

    def note_written(self, run: str, file: Path) -> None:
        """Note a file that was written from a run into its folder, so that a change shows."""
        note_written(self.folder / "runs", run, file)

    def runs(self, verb: str | None = None) -> list[dict[str, str]]:
        """The runs that ended, newest first, each once: ``{"at", "run", "verb", "by"}``; older lines have no "by".

        Raises:
            Refusal: when the list of runs is gone, empty or older.
        """
        newest: dict[str, dict[str, str]] = {}
        for one in reversed(ended(self.folder / "runs")):
            if verb in (None, one["verb"]):
                newest.setdefault(one["run"], {name: value for name, value in one.items() if name not in (SET, SHA256)})
        return list(newest.values())

    def sets_made(self) -> dict[str, int]:
        """The loads that ended and made a snapshot set, each with its number: a lake without it is an older one."""
        return {one["run"]: one[SET] for one in ended(self.folder / "runs") if SET in one}

    def find_run(self, run: str) -> Path:
        """The folder of a run that ended, by its id or the start of one.

        Raises:
            Refusal: when there is none, or the start fits several.
        """
        known = [one["run"] for one in self.runs()]
        fits = [name for name in known if name == run] or [name for name in known if name.startswith(run)]
        if len(fits) != 1:
            what = f"'{run}' fits several runs: {', '.join(fits)}" if fits else f"there is no run '{run}'"
            raise Refusal(what, where=str(self.folder), cure=nearest(run, known))
        return self.folder / "runs" / fits[0]

    def party(self, named: str | None) -> str | None:
        """The id of a consortium that people name by its id or by what it is called."""
        return next((one for one, name in self.names.items() if name == named), named)

    def result(self, run: str, file: str) -> Any:
        """A JSON result of a run.

        Raises:
            Refusal: when it is not what the run wrote.
        """
        return kept_json(checked(self.find_run(run), file))


def names_text(names: Mapping[str, str]) -> str:
    """The table of names as ``yiheng.toml`` holds it; without names an example to fill in."""
    if not names:
        told = "# What consortia are called where people read, by the id in the data:"
        return f'{told}\n# [{NAMES}]\n# donghe = "东河医共体"\n'
    lines = [f"{_quoted(one)} = {_quoted(name)}" for one, name in names.items()]
    return "\n".join([f"[{NAMES}]", *lines, ""])


def _quoted(text: str) -> str:
    """A text as TOML: as JSON, which leaves one sign as it is that TOML does not."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _user() -> str:
    """The user of the operating system; one without a name by number."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())


def kept_json(file: Path) -> Any:
    """What a run kept in a JSON file.

    Raises:
        Refusal: when the file is gone or cannot be read.
    """
    with told(str(file)):
        return json.loads(own_bytes(file))
