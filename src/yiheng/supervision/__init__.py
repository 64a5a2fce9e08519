"""Audit rules: which rows, why, and how much is at stake."""

from . import rules
from .declare import LIMITS, RULES, WEIGHTS, Rule, rule

__all__ = ["LIMITS", "RULES", "WEIGHTS", "Rule", "rule", "rules"]
