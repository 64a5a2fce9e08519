"""Audit rules: which rows, why, and how much is at stake."""

from . import rules
from .declare import LIMITS, RULES, WEIGHTS, Rule, rule
from .national import NationalRule, national_rules
from .views import VIEWS

__all__ = ["LIMITS", "RULES", "VIEWS", "WEIGHTS", "NationalRule", "Rule", "national_rules", "rule", "rules"]
