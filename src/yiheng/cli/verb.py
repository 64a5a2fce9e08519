"""What every verb has: a workspace, a format, refusals as sentences, exit codes."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from yiheng.basis.refusals import Refusal, nearest
from yiheng.lake import told
from yiheng.runs import Workspace

from .fallen import WORKSPACE
from .show import FORMATS, NAMES, say_refusal

DONE, DONE_WITH_REFUSALS, WRONG_USE = 0, 1, 2
# Where policies and mappings that ship stand: inside an installed package, or beside the source.
BESIDE = (Path(__file__).parents[1] / "shipped", Path(__file__).parents[3])


AS = "yiheng.as"


def workspace_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--workspace DIR``: also taken before the verb; the current folder is the default. With it ``--as NAME``."""
    return folder_option(as_option(command))


def folder_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--workspace DIR`` alone, for a verb that runs nothing."""
    return click.option(
        "--workspace", "-w", type=click.Path(path_type=Path), help="Workspace folder; the current one by default."
    )(command)


def as_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--as NAME``: also taken before the verb; the user of the operating system is the default."""
    return click.option(
        "--as", metavar="NAME", expose_value=False, callback=_acting,
        help="Who runs this, for the list of runs; by default the user of this system.",
    )(command)  # fmt: skip


def _acting(context: click.Context, _option: click.Parameter, name: str | None) -> None:
    if name:
        context.meta[AS] = name


def acting() -> str:
    """Who was named with ``--as``; empty when nobody was."""
    return str(click.get_current_context().meta.get(AS, ""))


def format_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--format table|json|csv``."""
    return click.option(
        "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to print."
    )(command)


def says_refusals(command: Callable[..., int | None]) -> Callable[..., None]:
    """Turn a refusal into its sentence and exit code 2; a result into its exit code."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            # What a verb writes behind its run, such as a workbook, may meet a full disk as well.
            with told():
                code = command(*args, **kwargs)
        except Refusal as refusal:
            say_refusal(refusal)
            sys.exit(WRONG_USE)
        sys.exit(code or DONE)

    return run


def named(workspace: Path | None, default: Path) -> Path:
    """The workspace folder named after the verb, before it, or the default."""
    before: Path | None = click.get_current_context().find_root().params.get("workspace")
    return workspace or before or default


def opened(workspace: Path | None) -> Workspace:
    """The workspace named after the verb, before it, or the current folder."""
    return named_in(Workspace(Workspace.open(named(workspace, Path())).folder, acting()))


def named_in(space: Workspace) -> Workspace:
    """The workspace, whose names of consortia every table for people shows from now on."""
    meta = click.get_current_context().meta
    meta[WORKSPACE] = space.folder
    meta[NAMES] = space.names
    return space


def found(path: str, folder: str, workspace: Workspace | None = None) -> Path:
    """A policy or mapping by path: as given, in the workspace, or the one that ships.

    Raises:
        Refusal: when it is nowhere; the nearest name is given.
    """
    places = [Path(path), *([workspace.folder / path, workspace.folder / folder / path] if workspace else [])]
    places += [base / tail for base in BESIDE for tail in (path, f"{folder}/{path}")]
    for place in places:
        if place.exists():
            return place
    known = {place.name.removesuffix(".yaml") for place in kept_in(folder, workspace)}
    raise Refusal(
        f"not found: '{path}'",
        expected=f"a path, or a name under {folder}/ of the workspace or of those that ship",
        cure=nearest(Path(path).name, known),
    )


def kept_in(folder: str, workspace: Workspace | None = None) -> list[Path]:
    """What stands under a folder, such as ``policies``: of the workspace, then of those that ship; each name once."""
    bases = [*([workspace.folder] if workspace else []), *BESIDE]
    places = [place for base in bases if (base / folder).is_dir() for place in sorted((base / folder).iterdir())]
    return list({place.name: place for place in reversed(places)}.values())[::-1]
