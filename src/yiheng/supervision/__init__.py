"""Audit rules: which rows, why, and how much is at stake."""

from . import rules
from .advice import advice, own_fen, told
from .bundles import Covered, at_stake_once, bundled, visits_of
from .declare import LIMITS, RULES, WEIGHTS, Rule, rule
from .national import NationalRule, national_rules
from .packages import PACKAGES, Package
from .right import right_of
from .views import VIEWS

__all__ = [
    "LIMITS",
    "PACKAGES",
    "RULES",
    "VIEWS",
    "WEIGHTS",
    "Covered",
    "NationalRule",
    "Package",
    "Rule",
    "advice",
    "at_stake_once",
    "bundled",
    "national_rules",
    "own_fen",
    "right_of",
    "rule",
    "rules",
    "told",
    "visits_of",
]
