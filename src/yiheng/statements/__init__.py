"""Results for people: workbooks of statements and of quality, indicator values as they are read."""

from .quality import CheckSum, field_words, sums_by_check, write_quality
from .shown import UNITS_ZH, exact, rounded, written
from .templates import write_templates
from .workbook import write_workbook

__all__ = [
    "UNITS_ZH",
    "CheckSum",
    "exact",
    "field_words",
    "rounded",
    "sums_by_check",
    "write_quality",
    "write_templates",
    "write_workbook",
    "written",
]
