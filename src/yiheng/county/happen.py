"""The events of a county, in the order in which they are drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from . import events_of_care, events_of_goods, events_of_money, events_of_people
from .events import Scene


def plant_events(
    seed: int, data: Path, labels: Path, *, years: tuple[int, ...], actors: np.ndarray, faults: Path
) -> tuple[dict[str, int], int]:
    """Let happen to a county on disk what happens to real data, and label every row of it.

    Args:
        labels: file of the labels to write.
        actors: positions of the persons that the script needs.
        faults: the answer sheet of the planted faults; whom it names, no event touches.

    Returns:
        How many rows each changed table has now, and how much more the funds spent.
    """
    scene = Scene.of(seed, data, years, actors, faults)
    for family in (events_of_money, events_of_care, events_of_people, events_of_goods):
        for happen in family.ALL:
            happen(scene)
    return scene.write(labels), sum(label.effect_fen for label in scene.labels)
