"""Audit rules: which rows, why, and how much is at stake."""

from . import rules
from .advice import advice, own_fen, told
from .bundles import Covered, Stake, at_stake_once, bundled, stake_of
from .declare import ANSWERS, FINDING, LIMITS, RULES, WEIGHTS, Rule, rule
from .few import cases_of, too_few
from .national import NationalRule, national_rules
from .packages import PACKAGES, Package
from .right import right_of
from .views import VIEWS

__all__ = [
    "ANSWERS",
    "FINDING",
    "LIMITS",
    "PACKAGES",
    "RULES",
    "VIEWS",
    "WEIGHTS",
    "Covered",
    "NationalRule",
    "Package",
    "Rule",
    "Stake",
    "advice",
    "at_stake_once",
    "bundled",
    "cases_of",
    "national_rules",
    "own_fen",
    "right_of",
    "rule",
    "rules",
    "stake_of",
    "told",
    "too_few",
]
