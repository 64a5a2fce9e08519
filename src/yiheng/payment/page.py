"""The reference page of all steps, made from their declarations."""

from __future__ import annotations

import sys
from typing import get_args

from . import STEPS, Step
from .declare import Stage

HEAD = """\
# Steps

Made from the declarations in `yiheng.payment`; do not edit. A policy lists its steps in the order in which they are
taken. What a step takes is a name of the policy file: `fact`, `number`, `word` (one of `facts` or `pools`; `facts`,
`numbers`: a list); `rate`, `amount`, `count`, `shares`, `bands`, by class `rates`, `amounts` (one of `values`);
`choice` (one of `assumptions`); `name` is a word of its own. `?` marks what may be left out.
"""


def steps_page() -> str:
    """The page ``docs/reference/steps.md``."""
    return "\n".join([HEAD, *(_section(stage) for stage in get_args(Stage))])


def _section(stage: str) -> str:
    rows = [_row(one) for one in STEPS.values() if one.stage == stage]
    if not rows:
        return ""
    return "\n".join(
        [f"## {stage}", "", "| step | takes | 中文 | meaning |", "| --- | --- | --- | --- |", *sorted(rows), ""]
    )


def _row(one: Step) -> str:
    takes = ", ".join(f"`{name}`{'?' if name in one.optional else ''}: {kind}" for name, kind in one.takes.items())
    return f"| `{one.name}` | {takes} | {one.zh} | {one.en} |"


if __name__ == "__main__":
    sys.stdout.write(steps_page())
