"""Settlements of a few rows under the policy of Qingdao, for the tests of what is given out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from yiheng.runs import Workspace, run_settle

POLICY = ROOT / "policies" / "qingdao"
# Names that a careless writer would take for markup, a formula, a path or a break.
HOSTILE = (
    "#set text(fill: red) #panic()",
    "$x$ \\ *b* _i_ `raw` = 标题",
    "<script>alert(1)</script> &amp; @ref",
    '=HYPERLINK("x")',
    "东河" + "Donaudampfschifffahrtsgesellschaft" * 8,
)


def settled(folder: Path, *rows: str, name: str = "facts.csv", policy: Path = POLICY, **how: Any) -> dict[str, Any]:
    """What a run keeps that settled rows of party, spending and spending of the base year for 2025."""
    space = Workspace(folder / "ws") if (folder / "ws").exists() else Workspace.new(folder / "ws")
    lines = ["party,spend,base_spend,public_health,year", *(f"{row},,2025" for row in rows)]
    (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    return run_settle(space, policy, facts=folder / name, **how)
