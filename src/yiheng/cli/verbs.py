"""The verbs: where each is declared, and the first sentence of its help; a verb is imported when it is asked for."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, NoReturn

import click

from yiheng.basis.hidden import masked
from yiheng.basis.signs import visible

from .fallen import WORKSPACE, say_fallen, say_stopped
from .spoken import speak

# Told here as well, for the list of verbs: to import them all takes longer than most of them.
VERBS = {
    "demo": ("doors", "Make a synthetic county, load, measure, audit and settle it, and open the cockpit."),
    "new": ("data", "Make an empty workspace."),
    "load": ("data", "Load files or folders (CSV, Parquet, XLSX, JSON messages, zip) or a database into the lake."),
    "codes": ("codes", "Code lists, national dictionaries, grouping plans and knowledge points."),
    "tables": ("tables", "List the tables; write empty files to fill in; export rows."),
    "sql": ("tables", "Ask the lake in SQL: our tables (whole fen) and views under the national names (yuan)."),
    "measure": ("analysis", "Compute indicators at any grain."),
    "drivers": ("driving", "Show which institution and kind of care makes a party spend more or less than expected."),
    "quality": (
        "analysis",
        "Judge the quality of settlement lists and totals, and count what was refused at the door.",
    ),
    "audit": ("analysis", "Run the audit rules and print what they find."),
    "check": ("checking", "Check one bill before it is paid, by the same rules as an audit."),
    "rules": ("rules", "Audit rules, ours and those of installed packages: list, test, precision, page."),
    "score": (
        "inspections",
        "Rank institutions, departments, doctors or persons for inspection, or find people who are always together.",
    ),
    "sample": (
        "inspections",
        "Draw institutions and inspectors by a public seed; estimate the whole from what was checked.",
    ),
    "settle": ("payment", "Settle a year under a policy file or folder."),
    "compare": (
        "comparing",
        "Settle the same claims under several policies, side by side; tell who gains and who loses.",
    ),
    "official": ("official", "Which settlement is official: one person proposes a run, a second one adopts it."),
    "statement": ("statements", "Give out the statements of a settle run, of one party or of all."),
    "explain": ("payment", "Print why a figure is what it is, down to claim counts, policy line and snapshot."),
    "replay": ("payment", "Run again from the manifest and compare byte for byte."),
    "policy": ("policies", "Policy files: list, check, test, show, compare, schema."),
    "pack": (
        "packing",
        "Write a workspace into one file, with the SHA-256 of every file, for another machine or an auditor.",
    ),
    "unpack": ("packing", "Write a pack out as a workspace, after checking the SHA-256 of every file."),
    "backup": (
        "backup",
        "Write a backup of a workspace into a folder, while loads, runs and the cockpit go on.",
    ),
    "restore": (
        "backup",
        "Write a backup out as a workspace in an empty or new folder, on whatever path and machine.",
    ),
    "verify": ("backup", "Check every part of a workspace, or every file of a backup; each fault with its cure."),
    "user": ("users", "Who may sign in to the cockpit of a workspace: add, list, renew a password, end."),
    "journal": (
        "journal",
        "The journal of acts: who did what and when; check that nothing was changed, cut off or put in.",
    ),
    "serve": ("doors", "Open the cockpit and the API of a workspace."),
}


class Imported(Mapping[str, click.Command]):
    """The verbs by name, each imported when it is first looked up."""

    def __init__(self) -> None:
        self._known: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._known:
            module, _ = VERBS[name]
            self._known[name] = getattr(import_module(f".{module}", __package__), name)
            speak(self._known[name])
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(VERBS)

    def __len__(self) -> int:
        return len(VERBS)


# How a verb ends that is no fault of the program; a pipe whose reader has gone is none either.
ENDS = (click.ClickException, click.Abort, click.exceptions.Exit, SystemExit, KeyboardInterrupt, BrokenPipeError)


class Verbs(click.Group):
    """The group of all verbs; it lists them without importing one. What no verb foresaw ends here in a sentence."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = Imported()  # type: ignore[assignment]  # click only reads it

    def main(self, *args: Any, **options: Any) -> Any:
        """Run a verb and end the process with its exit code."""
        run: Any = super().main
        if not options.pop("standalone_mode", True):
            return run(*args, **options, standalone_mode=False)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                # A terminal that lacks a sign, as one of the C locale, is shown its number.
                stream.reconfigure(errors="backslashreplace")
        try:
            done = run(*args, **options, standalone_mode=False)
        except click.ClickException as wrong:
            told = io.StringIO()
            wrong.show(told)
            click.echo(visible(masked(told.getvalue())), err=True, nl=False)
            sys.exit(wrong.exit_code)
        except (click.Abort, KeyboardInterrupt):
            sys.exit(say_stopped())
        except Exception as wrong:
            sys.exit(say_fallen(wrong, self.name or "", None))
        sys.exit(done if isinstance(done, int) else 0)

    def invoke(self, context: click.Context) -> Any:
        """Run the verb that is named."""
        try:
            return super().invoke(context)
        except ENDS:
            raise
        except Exception as wrong:
            _fall(wrong, context)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs into the help."""
        told = [click.Command(name, help=says) for name, (_, says) in VERBS.items()]
        click.Group(commands=told).format_commands(context, formatter)


def _fall(wrong: Exception, context: click.Context) -> NoReturn:
    sys.exit(say_fallen(wrong, context.invoked_subcommand or "", context.meta.get(WORKSPACE)))
