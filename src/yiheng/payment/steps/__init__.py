"""The steps a settlement can take, by stage; importing them declares them."""

from . import benefit, blend, budget, care, clearing, cooperation, corridor, distribution, due, outcome, risk

__all__ = [
    "benefit",
    "blend",
    "budget",
    "care",
    "clearing",
    "cooperation",
    "corridor",
    "distribution",
    "due",
    "outcome",
    "risk",
]
