"""Results for people: workbooks of statements, indicator values as they are read."""

from .shown import UNITS_ZH, exact, rounded, written
from .templates import write_templates
from .workbook import write_workbook

__all__ = ["UNITS_ZH", "exact", "rounded", "write_templates", "write_workbook", "written"]
