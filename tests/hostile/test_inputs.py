"""Point 8: no input makes a traceback, hangs, or is taken in silence."""

from __future__ import annotations

import pytest

from torture import hostile, inputs, odd

# A load takes a quarter of a second, a policy a hundredth.
QUICK = {name: blow.weight for name, blow in inputs.BLOWS.items()}


@pytest.fixture(scope="module")
def place():
    with hostile.place() as made:
        yield made


@pytest.mark.parametrize("kind", inputs.BLOWS)
def test_point_8_hostile_inputs_are_refused_in_a_sentence_or_accounted_for(place, kind):
    blow = inputs.BLOWS[kind]
    blow.strike(place, blow.sound(place))
    tally = hostile.attack(kind, blow.strategy(place), lambda one: blow.strike(place, one), QUICK[kind])
    assert tally.tried >= QUICK[kind] // 2


def test_a_traceback_is_found(place):
    with pytest.raises(ZeroDivisionError):
        hostile.attack("broken", odd.texts(), lambda _: 1 // 0, 3)
