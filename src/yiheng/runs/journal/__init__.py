"""The journal of acts, asked without the cockpit: its chain of hashes, its head outside the database, its guards."""

from .asking import JOURNAL, Asked, journal_of
from .chain import SET_BACK, Line, Link, digest, row_digest, utc
from .guards import GUARDED, guard_faults, guards_of
from .head import HEAD, Head, follow, head_file, read_head, refuse_other_head
from .noted import ACTS, NOTED, noted_acts, refuse_unnoted
from .starting import bring_up, refuse_damaged

__all__ = [
    "ACTS",
    "GUARDED",
    "HEAD",
    "JOURNAL",
    "NOTED",
    "SET_BACK",
    "Asked",
    "Head",
    "Line",
    "Link",
    "bring_up",
    "digest",
    "follow",
    "guard_faults",
    "guards_of",
    "head_file",
    "journal_of",
    "noted_acts",
    "read_head",
    "refuse_damaged",
    "refuse_other_head",
    "refuse_unnoted",
    "row_digest",
    "utc",
]
