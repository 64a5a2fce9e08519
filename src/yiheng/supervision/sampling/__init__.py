"""Sampling for inspections: a draw that anybody can verify, and what a checked sample says of the whole."""

from .drawing import LIMITS, Drawn, Inspector, assign, draw, how_many, ticket, tickets_by_score
from .estimating import Checked, Estimate, Stratum, estimate

__all__ = [
    "LIMITS",
    "Checked",
    "Drawn",
    "Estimate",
    "Inspector",
    "Stratum",
    "assign",
    "draw",
    "estimate",
    "how_many",
    "ticket",
    "tickets_by_score",
]
