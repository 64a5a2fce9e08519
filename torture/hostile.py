"""Hostile inputs made by the thousand: each is refused in a sentence, or what was taken is accounted for.

A blow may end in a refusal or in success. A traceback, more than ten seconds of processor time, a row that is neither
accepted nor quarantined nor a duplicate, or a value that is no such value and was taken: each stops the torture with
the input.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from yiheng.basis.refusals import Refusal

from . import inputs, thrown

# Of the processor: what the clock says depends on who else works on the machine.
LONGEST_SECONDS = 10
# Asleep is no less a hang.
LONGEST_WAIT = 120
SEED = 20_260_113


@dataclass
class Tally:
    """What became of the inputs of one kind."""

    kind: str
    tried: int = 0
    refused: int = 0
    slowest: float = 0.0

    @property
    def line(self) -> str:
        """What is printed."""
        return (
            f"{self.kind}: {self.tried:,} tried, {self.refused:,} refused in a sentence, {self.tried - self.refused:,}"
            f" taken and accounted for, the slowest {self.slowest:.2f} s"
        )


def attack(kind: str, strategy: st.SearchStrategy[Any], blow: Callable[[Any], None], examples: int) -> Tally:
    """Try so many inputs of a kind.

    Raises:
        AssertionError: a traceback, a hang, or something taken in silence; with the smallest input that shows it.
    """
    tally = Tally(kind)

    @seed(SEED)
    @settings(
        max_examples=examples, database=None, deadline=None, print_blob=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )  # fmt: skip
    @given(strategy)
    def once(given_input: Any) -> None:
        tally.tried += 1
        began, awake = time.monotonic(), time.process_time()
        try:
            blow(given_input)
        except Refusal as refusal:
            tally.refused += 1
            assert str(refusal).strip(), "a refusal without a sentence"
        seconds, waited = time.process_time() - awake, time.monotonic() - began
        tally.slowest = max(tally.slowest, seconds)
        assert seconds < LONGEST_SECONDS and waited < LONGEST_WAIT, f"{kind}: {seconds:.1f} s, {waited:.0f} s in all"

    once()
    return tally


@contextmanager
def place() -> Iterator[thrown.Place]:
    """A tiny county to strike at, in folders of its own; what a blow writes by a name of its own lands there too."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        before = os.environ.get("YIHENG_KEYS")
        os.environ["YIHENG_KEYS"] = str(Path(folder) / "keys")
        try:
            yield thrown.Place.made(Path(folder))
        finally:
            os.environ.pop("YIHENG_KEYS")
            if before is not None:
                os.environ["YIHENG_KEYS"] = before


def run(examples: int) -> Iterator[str]:
    """Every kind with its share of so many examples; gives the lines that are printed.

    Raises:
        AssertionError: as :func:`attack`.
    """
    with place() as at:
        weights = {name: blow.weight for name, blow in inputs.BLOWS.items()}
        total = 0
        for name, blow in inputs.BLOWS.items():
            blow.strike(at, blow.sound(at))
            share = max(examples * weights[name] // sum(weights.values()), 1)
            tally = attack(name, blow.strategy(at), lambda one, blow=blow: blow.strike(at, one), share)
            total += tally.tried
            yield tally.line
        yield f"{total:,} hostile inputs: no traceback, none above {LONGEST_SECONDS} s, nothing taken in silence"
