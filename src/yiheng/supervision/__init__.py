"""Audit rules: which rows, why, and how much is at stake."""

from . import rules
from .bundles import Covered, at_stake_once, bundled, visits_of
from .declare import LIMITS, RULES, WEIGHTS, Rule, rule
from .national import NationalRule, national_rules
from .packages import PACKAGES, Package
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
    "at_stake_once",
    "bundled",
    "national_rules",
    "rule",
    "rules",
    "visits_of",
]
