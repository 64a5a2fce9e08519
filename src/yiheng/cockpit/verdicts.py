"""What people judged of findings, as pages show it: the verdict of each, and how often a rule was right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from yiheng.casework.models import FindingVerdict
from yiheng.casework.selectors import verdicts_by_rule, verdicts_of
from yiheng.supervision.labels import ONE_SIDE, wilson

CHOICES = FindingVerdict.Verdict
# Of fewer judged findings the share alone would say too much.
FEW = 30


@dataclass(frozen=True)
class Precision:
    """How many judged findings of a rule were right; unclear ones are no judgement."""

    confirmed: int
    false_alarms: int

    @property
    def judged(self) -> int:
        """Findings that somebody confirmed or called a false alarm."""
        return self.confirmed + self.false_alarms

    @property
    def share(self) -> Fraction | None:
        """Confirmed of all judged; unknown when none was."""
        return Fraction(self.confirmed, self.judged) if self.judged else None

    @property
    def at_least(self) -> Fraction | None:
        """The lower bound (Wilson, one side, 95 %) where few were judged, cut down to a thousandth."""
        # A share lies above it with 95 % certainty when judged findings are a fair draw of all.
        if self.judged >= FEW:
            return None
        bounds = wilson(self.confirmed, self.judged, ONE_SIDE)
        return bounds[0] if bounds else None


def precisions() -> dict[str, Precision]:
    """The measured precision of each rule of which something was judged."""
    return {
        rule: Precision(counts.get("confirmed", 0), counts.get("false_alarm", 0))
        for rule, counts in verdicts_by_rule().items()
    }


def of_findings(findings: Iterable[Mapping[str, Any]]) -> dict[str, FindingVerdict]:
    """The verdict that counts, by finding; one of an audit from before findings had names has none."""
    return verdicts_of(findings=[one["id"] for one in findings if "id" in one])
