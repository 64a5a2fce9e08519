"""The journal of acts, asked without the cockpit: its chain of hashes, its head outside the database, its guards."""

from .asking import JOURNAL, Asked, journal_of
from .came import ACTS, CAME, NOTED, note_came
from .chain import SET_BACK, Line, Link, digest, row_digest, utc
from .guards import GUARDED, guard_faults, guards_of
from .head import HEAD, Head, follow, head_file, read_head, refuse_other_head
from .noted import noted_acts, refuse_unnoted
from .persons import OF_PERSONS, STORED, Person, password_digest, person_after, person_faults
from .starting import bring_up, refuse_damaged

__all__ = [
    "ACTS",
    "CAME",
    "GUARDED",
    "HEAD",
    "JOURNAL",
    "NOTED",
    "OF_PERSONS",
    "SET_BACK",
    "STORED",
    "Asked",
    "Head",
    "Line",
    "Link",
    "Person",
    "bring_up",
    "digest",
    "follow",
    "guard_faults",
    "guards_of",
    "head_file",
    "journal_of",
    "note_came",
    "noted_acts",
    "password_digest",
    "person_after",
    "person_faults",
    "read_head",
    "refuse_damaged",
    "refuse_other_head",
    "refuse_unnoted",
    "row_digest",
    "utc",
]
