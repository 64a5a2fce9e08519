"""Results as files for people: workbooks of statements."""

from .workbook import write_workbook

__all__ = ["write_workbook"]
