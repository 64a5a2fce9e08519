"""Installs a package into a folder as pip does: its modules and a dist-info with its entry points."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.conftest import ROOT

LIXIAN = Path(__file__).parent / "lixian"


def install(source: Path, into: Path, version: str | None = None) -> Path:
    """The package of a folder with a pyproject.toml, installed; another version replaces it."""
    project = tomllib.loads((source / "pyproject.toml").read_text("utf-8"))
    named = project["project"]
    stem = named["name"].replace("-", "_")
    for old in into.glob(f"{stem}-*.dist-info"):
        shutil.rmtree(old)
    for module in project["tool"]["setuptools"]["packages"]:
        shutil.copytree(
            source / module, into / module, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    info = into / f"{stem}-{version or named['version']}.dist-info"
    info.mkdir(parents=True)
    metadata = f"Metadata-Version: 2.1\nName: {named['name']}\nVersion: {version or named['version']}\n"
    (info / "METADATA").write_text(metadata, "utf-8")
    points = named["entry-points"]["yiheng"].items()
    text = "[yiheng]\n" + "".join(f"{name} = {value}\n" for name, value in points)
    (info / "entry_points.txt").write_text(text, "utf-8")
    files = [file.relative_to(into).as_posix() for file in into.rglob("*") if file.is_file()]
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in sorted(files)), "utf-8")
    (info / "INSTALLER").write_text("pip\n", "utf-8")
    return into


def changed(source: Path, into: Path, **files: tuple[str, str] | str | None) -> Path:
    """A copy of a package in which something of a file is put otherwise, or a file is taken away.

    A file is named by its stem; ``(old, new)`` replaces a part of it, a text the whole, None takes it away.
    """
    shutil.copytree(source, into, ignore=shutil.ignore_patterns("__pycache__"))
    named = {file.stem.strip("_"): file for file in into.rglob("*") if file.is_file()}
    for stem, how in files.items():
        if how is None:
            named[stem].unlink()
        elif isinstance(how, str):
            named[stem].write_text(how, "utf-8")
        else:
            text = named[stem].read_text("utf-8")
            assert how[0] in text, f"{stem} has no {how[0]}"
            named[stem].write_text(text.replace(*how), "utf-8")
    return into


def yiheng(
    site: Path, *words: str | Path, start: tuple[str, ...] = ("-m", "yiheng.cli"), code: int = 0
) -> tuple[str, str]:
    """Run the command in a process of its own in which a folder of packages is installed; what it says on both ways."""
    paths = [str(site), *(path for path in sys.path if path), str(ROOT)]
    done = subprocess.run(
        [sys.executable, *start, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "400"},
    )
    assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout, done.stderr
