"""The pages whose commands run as they are written."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conftest import ROOT

# Why a page that shows commands is not run whole by this test.
ELSEWHERE = {
    "docs/howto/write-a-rule-outside.md": "its package is installed and its commands run in tests/hooks",
    "docs/howto/run-on-spark.md": "needs Java and minutes; tests/engines runs every rule on both engines",
    "docs/benchmarks.md": "hours of measuring; tests/bench and `make bench` run it",
    "docs/reliability.md": "tests/torture kills and fills disks",
}
COMMANDS = re.compile(r"^ *```(?:sh|bash|console)\b|^ *\$ ", re.M)


def with_commands() -> list[Path]:
    """Every page for readers that shows a command to type."""
    pages = [*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/howto/*.md")]
    return sorted(page for page in pages if COMMANDS.search(page.read_text("utf-8")))


PAGES = [ROOT / name for name in ("README.md", "README.zh-CN.md", "docs/commands.md")] + sorted(
    page for page in (ROOT / "docs" / "howto").glob("*.md") if page.relative_to(ROOT).as_posix() not in ELSEWHERE
)
