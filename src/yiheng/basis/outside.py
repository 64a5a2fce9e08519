"""What installed packages outside this repository offer; ``yiheng.hooks`` loads it."""

from __future__ import annotations

from importlib.metadata import EntryPoints, entry_points

GROUP = "yiheng"


def offered() -> EntryPoints:
    """The entry points of rules: mostly none, and then no door needs to import our own rules for them."""
    return entry_points(group=GROUP)
