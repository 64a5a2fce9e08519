"""Indicators and totals, each declared once."""

from . import fund, quality, use
from .declare import DIMENSIONS, INDICATORS, TOTALS, Indicator, Part, Ratio, Total, indicator, total
from .quality import CHECKS, CODES, list_checked
from .views import LIMITS
from .views import VIEWS as _VIEWS

# In the order in which they build on each other.
VIEWS = {**_VIEWS, "list_checked": list_checked}

__all__ = [
    "CHECKS",
    "CODES",
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
    "quality",
    "total",
    "use",
]
