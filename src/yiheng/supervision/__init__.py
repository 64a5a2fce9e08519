"""Audit rules: which rows, why, and how much is at stake."""

from . import rules
from .declare import LIMITS, RULES, WEIGHTS, Rule, rule
from .views import VIEWS

__all__ = ["LIMITS", "RULES", "VIEWS", "WEIGHTS", "Rule", "rule", "rules"]
