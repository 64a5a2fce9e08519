"""``python -m tests.docs.renew PAGE…``: write what the commands of a page print today under them, cut where the page cut it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from .session import Session, Written, allows, language_of_page, renewed, steps_of


def renew(page: Path) -> int:
    """Renew one page; gives how many commands print something else than the page showed."""
    lines = page.read_text("utf-8").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        session = Session(Path(folder), language_of_page(page))
        taken = [(step, session.take(step)) for step in steps_of(page)]
    changed = 0
    for step, output in reversed(taken):
        if isinstance(step, Written) or output is None or allows(step.expected, output):
            continue
        changed += 1
        first = step.line + step.text.count("\n")
        lines[first : first + len(step.expected)] = renewed(step.expected, output)
    page.write_text("\n".join(lines) + "\n", "utf-8")
    return changed


if __name__ == "__main__":
    for name in sys.argv[1:]:
        sys.stdout.write(f"{name}: {renew(Path(name))} commands print something else now\n")
