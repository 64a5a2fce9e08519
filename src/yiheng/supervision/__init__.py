"""Audit rules: which rows, why, and how much is at stake."""

from . import rules
from .bundles import Covered, at_stake_once, bundled, visits_of
from .declare import LIMITS, RULES, WEIGHTS, Rule, rule
from .views import VIEWS

__all__ = [
    "LIMITS",
    "RULES",
    "VIEWS",
    "WEIGHTS",
    "Covered",
    "Rule",
    "at_stake_once",
    "bundled",
    "rule",
    "rules",
    "visits_of",
]
