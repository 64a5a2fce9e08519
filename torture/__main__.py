"""``python -m torture``: run every torture and print what was survived."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from . import backup, hostile, journal, loads, place, runs, state, web

KILLS, KILLS_OF_RUNS, PAIRS, KILLS_IN_ACTS = 200, 20, 20, 40
BACKUPS, KILLS_OF_BACKUPS = 10, 30
# Readers, slow half requests, floods of sign-ins, seconds.
CROWD = 50, 130, 16, 60
SAME_NAMES, STEPS = 50, 40
HOSTILE = 5_500
WIDE = 160


def main() -> None:
    """Print a line for each kind of kill and a table of damages."""
    out = Console(width=WIDE, highlight=False)
    out.print(loads.run(KILLS))
    out.print(runs.run(KILLS_OF_RUNS))
    out.print(web.run(*CROWD))
    for line in state.run(SAME_NAMES, STEPS):
        out.print(line)
    for line in hostile.run(HOSTILE):
        out.print(line)
    out.print(backup.run(BACKUPS, KILLS_OF_BACKUPS))
    table = Table(
        "damage", "the command", "and said", title="Every damage: nothing lost or doubled, the next load clean"
    )
    for one in place.run(PAIRS):
        table.add_row(one.damage, one.ended, one.said)
    out.print(table)
    out.print(journal.run(KILLS_IN_ACTS, runs.settled))
    table = Table("blow", "the next start", "what is said", title="Every blow to the journal is found and named")
    for one in journal.strike_all():
        table.add_row(one.damage, one.ended, one.said)
    out.print(table)


if __name__ == "__main__":
    main()
