"""The pages whose commands run as they are written."""

from __future__ import annotations

from tests.conftest import ROOT

# Pages are added as their examples are made whole; in the end every page with a command is here.
PAGES = [ROOT / name for name in ("README.md", "README.zh-CN.md", "docs/commands.md")] + sorted(
    (ROOT / "docs" / "howto").glob("*.md")
)
