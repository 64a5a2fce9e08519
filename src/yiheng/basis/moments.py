"""How a moment is written for people: in Beijing time, the one time of the country, with its offset."""

from __future__ import annotations

import datetime as dt

BEIJING = dt.timezone(dt.timedelta(hours=8))


def moment(at: str | dt.datetime) -> str:
    """Such as ``2026-11-30 20:48 +08:00``, on every machine alike; ``at`` carries its zone."""
    when = dt.datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{when.astimezone(BEIJING):%Y-%m-%d %H:%M} +08:00"
