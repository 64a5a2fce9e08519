"""Point 3 of issue 13: every path that an engine is given is built in one module."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from .house import HOUSE, files

HELPER = ("basis", "engine_paths.py")
# Functions of DuckDB that take paths, a copy to a path, settings that hold one, and addresses of files.
SPELT = re.compile(
    r"\b(read_(parquet|csv|json|text|blob)\w*|parquet_(scan|schema|metadata|file_metadata|kv_metadata)|sniff_csv|glob)\s*\("
    r"|\bcopy\b[^;]*\bto\b|\bexport database\b|\battach\b\s*'|\b(temp_directory|allowed_paths|allowed_directories)\s*=\s*'"
    r"|sqlite:///.|\bfile://",
    re.IGNORECASE | re.DOTALL,
)
# Methods that take a path for a pattern, an address or a word of SQL.
CALLED = {"as_uri", "read_csv", "scan_parquet", "to_parquet", "to_csv", "read_json", "from_parquet"}
# Ibis quotes; the pattern comes of the helper.
ALLOWED = {("runs", "on_duckdb.py", "read_parquet")}


def spelt(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Texts of a module, but for docstrings, that name a path to an engine, with their lines."""
    # A text with values in it is looked at as a whole, not its parts again.
    parts = {id(one) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for one in node.values}
    docs = parts | {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(one.value if isinstance(one, ast.Constant) else "X" for one in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            text = node.value
        else:
            continue
        if SPELT.search(text):
            yield node.lineno, text[:60]


def wrong(house: Path = HOUSE) -> list[str]:
    """Places outside the helper that build a path for an engine."""
    found = []
    for room, file, tree in files(house):
        if (room, file.name) == HELPER:
            continue
        found += [f"{room}/{file.name}:{line}  {text!r}" for line, text in spelt(tree) if not _told_to_people(text)]
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = node.func.attr
                if (name in CALLED or name == "read_parquet") and (room, file.name, name) not in ALLOWED:
                    found.append(f"{room}/{file.name}:{node.lineno}  {ast.unparse(node.func)}()")
    return found


def _told_to_people(text: str) -> bool:
    """An example of an address in help or a cure."""
    return "sqlite:///claims.db" in text or text.endswith("sqlite:///")


def test_point_3_paths_for_engines_are_built_in_one_module():
    assert not wrong(), "\n".join(wrong())


def test_point_3_a_path_built_elsewhere_is_found(tmp_path):
    room = tmp_path / "yiheng" / "runs"
    room.mkdir(parents=True)
    (room / "bad.py").write_text(
        "def read(con, file):\n    con.execute(f\"from read_parquet('{file}')\")\n"
        "    con.execute(f\"copy (select 1) to '{file}'\")\n    return file.as_uri()\n"
    )
    lines = [re.search(r"bad\.py:(\d+)", one)[1] for one in wrong(tmp_path / "yiheng")]
    assert lines == ["2", "3", "4"]
