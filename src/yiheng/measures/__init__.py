"""Indicators and totals, each declared once."""

from . import fund, use
from .declare import DIMENSIONS, INDICATORS, TOTALS, Indicator, Part, Ratio, Total, indicator, total
from .views import LIMITS, VIEWS

__all__ = [
    "DIMENSIONS",
    "INDICATORS",
    "LIMITS",
    "TOTALS",
    "VIEWS",
    "Indicator",
    "Part",
    "Ratio",
    "Total",
    "fund",
    "indicator",
    "total",
    "use",
]
