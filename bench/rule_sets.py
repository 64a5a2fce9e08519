"""The rules that are run side by side, under a name for each set; a peer must know every rule of a set."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

SETS = {
    "ten": (
        "charged_outside_stay",
        "diagnosis_for_other_sex",
        "drug_for_other_sex",
        "duplicate_charge",
        "frequent_stays",
        "hoarded_drug",
        "over_frequency",
        "overlapping_stays",
        "split_stay",
        "visit_during_stay",
    ),
}
CHOSEN = "ten"

# What each side must tell of a finding.
FOUND = ("person", "institution", "visit", "settlement", "line", "occurred_on", "at_stake_fen")


def said(rows: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Findings as their number, the fen at stake and the hash of all rows: equal only where every row is."""
    found = list(rows)
    written = sorted(json.dumps([None if one is None else str(one) for one in row]) for row in found)
    return [len(found), sum(int(row[-1]) for row in found), hashlib.sha256("\n".join(written).encode()).hexdigest()]
