"""The database of users and journal does not answer as it should: told in a sentence, at the terminal and on a page."""

from __future__ import annotations

from django.conf import settings
from django.db import Error, connection

from yiheng.basis.refusals import Refusal
from yiheng.runs.journal.head import SEE

# What SQLite says while another process holds the database.
LOCKED = "locked"


def unanswered(wrong: Error) -> Refusal:
    """What an error of the database says to people."""
    described = settings.DATABASES["default"]
    place = str(described["NAME"])
    if connection.vendor == "sqlite" and LOCKED in str(wrong):
        seconds = described["OPTIONS"].get("timeout")
        return Refusal(
            f"another process holds the database of users and journal, and this one waited {seconds} seconds for it",
            where=place,
            expected="a database that each process holds for the moment of its act",
            cure=f"see which one holds it (fuser {place}), end that one, then do this again",
        )
    return Refusal(
        f"the database of users and journal does not answer as it should: {wrong}",
        where=place,
        expected="the database as this program left it",
        cure=SEE,
    )
