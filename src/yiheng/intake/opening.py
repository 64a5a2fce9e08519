"""From paths to sources: which files there are, and what each of them holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from yiheng.basis.engine_paths import whole_path
from yiheng.basis.hidden import masked
from yiheng.basis.refusals import Refusal, Refusals
from yiheng.basis.signs import on_one_line
from yiheng.documents import changed, mark_of, refuse_unreadable

from .archive import unpacked
from .messages import message_sources
from .sources import Asked, SourceFile, every_column, parquet_source, text_source
from .withdrawals import Withdrawn
from .workbook import opened_book

ENDINGS = {
    ".csv": "text", ".txt": "text", ".tsv": "text", ".parquet": "parquet", ".xlsx": "workbook", ".xlsm": "workbook",
    ".json": "messages", ".jsonl": "messages", ".zip": "archive",
}  # fmt: skip


@dataclass
class Opening:
    """What was found in the files of a load.

    Attributes:
        asked: the columns that are read.
        hidden_sheets: whether sheets that people do not see are read too.
        refused: files, sheets and members of which nothing is loaded.
        left: what lies in folders and archives and is of no kind that is read.
        marks: what tells each file from one that takes its place while it is read.
        withdrawn: rows that a later message of their file withdraws, by table.
    """

    con: duckdb.DuckDBPyConnection
    scratch: Path
    asked: Asked = every_column
    hidden_sheets: bool = False
    sources: list[SourceFile] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    withdrawn: dict[str, Withdrawn] = field(default_factory=dict)
    marks: list[tuple[str, Path, tuple[int, ...]]] = field(default_factory=list)

    def refuse_changed(self) -> None:
        """Refuse the load when a file was written to or replaced since it was opened: its hash is no longer its own.

        Raises:
            Refusals: each such file.
        """
        if found := [changed(shown) for shown, path, mark in self.marks if mark_of(path) != mark]:
            raise Refusals(found)

    def open(self, path: Path, name: str, shown: str, inside_archive: bool = False) -> None:
        """Open a file: the sources in it, or why it is refused."""
        try:
            self.marks.append((shown, path, mark_of(path)))
            refuse_unreadable(path)
            kind = ENDINGS.get(path.suffix.lower())
            if kind == "text":
                self.sources.append(text_source(path, name, shown, self.scratch))
            elif kind == "parquet":
                self.sources.append(parquet_source(path, name, shown, self.con, self.asked))
            elif kind == "workbook":
                book = opened_book(path, name, shown, self.scratch, self.asked, hidden_too=self.hidden_sheets)
                self.sources += book.sources
                self.refused += book.refused
                self.left += [f"{sheet} (hidden sheet; --hidden-sheets reads it)" for sheet in book.hidden]
                if not book.sources and not book.refused:
                    only = " but for hidden sheets" if book.hidden else ""
                    raise Refusal(
                        f"the workbook is empty{only}", where=shown, expected="a sheet with a header and rows"
                    )
            elif kind == "messages":
                messages = message_sources(path, shown, self.scratch, self.asked)
                self.sources += messages.sources
                self.left += messages.left
                self.refused += messages.refused
                for table, gone in messages.withdrawn.items():
                    before = self.withdrawn.get(table, Withdrawn())
                    self.withdrawn[table] = Withdrawn(before.rows + gone.rows, before.fen + gone.fen)
            elif kind == "archive" and not inside_archive:
                self._open_archive(path, shown)
            else:
                self.left.append(shown)
        except Refusal as refusal:
            self.refused.append(refusal)
        except (duckdb.Error, OSError, UnicodeError) as wrong:
            self.refused.append(unread(shown, wrong))

    def _open_archive(self, path: Path, shown: str) -> None:
        into = self.scratch / "archives" / str(len(list(self.scratch.glob("archives/*"))))
        for number, member in enumerate(unpacked(path, shown, into), start=1):
            inside = told(str(member.inside), number)
            self.open(member.path, member.inside.name, f"{shown}/{inside}", inside_archive=True)


def unread(shown: str, wrong: Exception) -> Refusal:
    """Why a file cannot be read: the kind of error only, for its text may quote a value or the path of a copy."""
    what = wrong.strerror if isinstance(wrong, OSError) else type(wrong).__name__
    return Refusal(f"the file cannot be read: {what}", where=shown, cure="export it again")


def files_under(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """The loadable files at or under the paths, in name order, and the others in the folders.

    Raises:
        Refusal: when a path does not exist or a named file has an ending that is not read.
    """
    found, left = [], []
    for path in paths:
        whole_path(path)
        if not path.is_dir():
            refuse_unreadable(path)
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
            # People are told of each by its name.
            for one in inside:
                whole_path(one)
            found += [p for p in inside if p.suffix.lower() in ENDINGS]
            left += [p for p in inside if p.suffix.lower() not in ENDINGS]
        elif path.suffix.lower() in ENDINGS:
            found.append(path)
        else:
            raise Refusal(
                f"files ending in '{path.suffix}' are not read", where=masked(str(path)), expected=" ".join(ENDINGS)
            )
    if not found:
        raise Refusal("found no data to load", where=masked(", ".join(map(str, paths))), expected=" ".join(ENDINGS))
    return found, left


def told(name: str, number: int) -> str:
    """A name as it may be shown: without numbers of persons, and then with its own number, to tell it from others."""
    bare = masked(on_one_line(name))
    return bare if bare == name else f"{bare} ({number})"


def told_apart(files: Iterable[Path]) -> list[tuple[Path, str]]:
    """Each file with the name people are told: its own, and as many folders as tell it from the others."""
    shown: dict[str, Path] = {}
    for number, path in enumerate(dict.fromkeys(files), start=1):
        parts = [told(part, number) for part in path.resolve().parts]
        names = ["/".join(parts[-n:]) for n in range(1, len(parts) + 1)]
        shown[next((name for name in names if name not in shown), f"{parts[-1]} ({number})")] = path
    return [(path, name) for name, path in shown.items()]
