"""The page of mistakes, made from those that the tests make."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from yiheng.basis.refusals import Refusal
from yiheng.payment import check_policy
from yiheng.policy import read_policy

from .mistakes import GOOD, MISTAKES, Mistake

SHOWN_AS = "small/2025.yaml"
HEAD = """\
# Mistakes in a policy file

Made from the mistakes that `tests/errors` makes, by `python -m tests.errors.page`; do not edit. Each stands with what was right, what was written, and
what `yiheng policy check` answers: the place as file and line, what is wrong, what was expected, what to do. All mistakes of a file are told
together. The whole file is in `tests/errors/mistakes.py`.
"""


def errors_page() -> str:
    """The page ``docs/reference/errors.md``."""
    parts = [HEAD]
    for section, mistakes in MISTAKES.items():
        parts.append(f"## {section}\n")
        parts += [_entry(what, mistake) for what, mistake in mistakes.items()]
    return "\n".join(parts)


def _entry(what: str, mistake: Mistake) -> str:
    right, wrong = (text.strip("\n").replace("\t", "⇥") or "(nothing)" for text in (mistake.before, mistake.after))
    lines = [
        f"**{what[0].upper()}{what[1:]}**",
        "",
        "```text",
        f"right:  {_under(right)}",
        f"wrong:  {_under(wrong)}",
        "",
    ]
    return "\n".join([*lines, message(mistake), "```", ""])


def _under(text: str) -> str:
    return text.replace("\n", "\n        ")


def message(mistake: Mistake) -> str:
    """What is answered to a mistake.

    Raises:
        ValueError: when it is no mistake, or the file no longer holds what is broken.
    """
    if mistake.before not in GOOD:
        raise ValueError(f"the file no longer holds {mistake.before!r}")
    with tempfile.TemporaryDirectory() as made:
        file = Path(made) / "2025.yaml"
        file.write_text(GOOD.replace(mistake.before, mistake.after, 1), "utf-8")
        try:
            check_policy(read_policy(file, shown_as=SHOWN_AS))
        except Refusal as refusal:
            return str(refusal)
    raise ValueError(f"{mistake.after!r} was accepted")


if __name__ == "__main__":
    sys.stdout.write(errors_page())
