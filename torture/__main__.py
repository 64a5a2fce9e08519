"""``python -m torture [PART …]``: run every torture, or those that are named, and print what was survived."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from rich.console import Console, RenderableType
from rich.table import Table

from . import backup, hostile, journal, loads, place, runs, state, web

KILLS, KILLS_OF_RUNS, PAIRS, KILLS_IN_ACTS = 200, 20, 20, 40
BACKUPS, KILLS_OF_BACKUPS = 10, 30
# Readers, slow half requests, floods of sign-ins, seconds.
CROWD = 50, 130, 16, 60
SAME_NAMES, STEPS = 50, 40
HOSTILE = 5_500
WIDE = 160


def _place() -> Iterator[RenderableType]:
    table = Table(
        "damage", "the command", "and said", title="Every damage: nothing lost or doubled, the next load clean"
    )
    for one in place.run(PAIRS):
        table.add_row(one.damage, one.ended, one.said)
    yield table


def _journal() -> Iterator[RenderableType]:
    yield journal.run(KILLS_IN_ACTS, runs.settled)
    table = Table("blow", "the next start", "what is said", title="Every blow to the journal is found and named")
    for one in journal.strike_all():
        table.add_row(one.damage, one.ended, one.said)
    yield table


def _lines(made: Callable[[], str]) -> Callable[[], Iterator[RenderableType]]:
    return lambda: iter((made(),))


PARTS: dict[str, Callable[[], Iterator[RenderableType]]] = {
    "loads": _lines(lambda: loads.run(KILLS)),
    "runs": _lines(lambda: runs.run(KILLS_OF_RUNS)),
    "web": _lines(lambda: web.run(*CROWD)),
    "state": lambda: state.run(SAME_NAMES, STEPS),
    "hostile": lambda: hostile.run(HOSTILE),
    "backup": _lines(lambda: backup.run(BACKUPS, KILLS_OF_BACKUPS)),
    "place": _place,
    "journal": _journal,
}


def main(named: list[str]) -> None:
    """Print a line for each kind of kill and a table of damages; all parts where none is named."""
    if unknown := set(named) - set(PARTS):
        raise SystemExit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    out = Console(width=WIDE, highlight=False)
    for name in named or PARTS:
        for line in PARTS[name]():
            out.print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
