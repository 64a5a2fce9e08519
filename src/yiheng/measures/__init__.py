"""Indicators and totals, each declared once."""

from yiheng.records import over_standing

from . import completeness, fund, list_checks, quality, total_checks, use
from .completeness import claims_by_month
from .declare import DIMENSIONS, INDICATORS, TOTALS, Indicator, Part, Ratio, Total, indicator, total
from .listed import CODES, hospital_month, listed
from .of_year import income_of_year, paid_by_fund, paid_of_signed, people_of_year, signed_and_covered
from .quality import CHECKS, FIELDS, KINDS, QualityCheck, list_checked, totals_checked
from .risk import by_cell
from .views import LIMITS, READ_ONCE
from .views import VIEWS as _VIEWS

# In the order in which they build on each other.
VIEWS = over_standing(
    {**_VIEWS, **{view.__name__: view for view in (listed, hospital_month, list_checked, totals_checked)}}
)

__all__ = [
    "CHECKS",
    "CODES",
    "DIMENSIONS",
    "FIELDS",
    "INDICATORS",
    "KINDS",
    "LIMITS",
    "READ_ONCE",
    "TOTALS",
    "VIEWS",
    "Indicator",
    "Part",
    "QualityCheck",
    "Ratio",
    "Total",
    "by_cell",
    "claims_by_month",
    "completeness",
    "fund",
    "income_of_year",
    "indicator",
    "list_checks",
    "paid_by_fund",
    "paid_of_signed",
    "people_of_year",
    "quality",
    "signed_and_covered",
    "total",
    "total_checks",
    "use",
]
