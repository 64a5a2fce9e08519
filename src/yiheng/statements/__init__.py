"""Results for people: statements as PDF, workbook, chart and book; comparisons, quality, indicator values."""

from .assumed import conclusion, due_rows, mark_rows, to_replace
from .bars import comparison_svg
from .chosen import figure_words, only, statement_hash, statements_of, write_file
from .comparison import write_comparison
from .difference import difference, due_words, paired, write_difference_pdf
from .difference_book import write_difference_workbook
from .dues import MOVES, WAYS, Due, dues, further_words, sums
from .ledger import ledger
from .paper import NOT_APPROVED, NOT_CLEARED, is_notice, write_notice_pdf, write_statement_pdf
from .quality import CheckSum, field_words, sums_by_check, write_quality
from .shown import UNITS, exact, rounded, written
from .stamp import Sides, accepted_because, use_of
from .templates import write_templates
from .waterfall import waterfall
from .workbook import write_workbook

__all__ = [
    "MOVES",
    "NOT_APPROVED",
    "NOT_CLEARED",
    "UNITS",
    "WAYS",
    "CheckSum",
    "Due",
    "Sides",
    "accepted_because",
    "comparison_svg",
    "conclusion",
    "difference",
    "due_rows",
    "due_words",
    "dues",
    "exact",
    "field_words",
    "figure_words",
    "further_words",
    "is_notice",
    "ledger",
    "mark_rows",
    "only",
    "paired",
    "rounded",
    "statement_hash",
    "statements_of",
    "sums",
    "sums_by_check",
    "to_replace",
    "use_of",
    "waterfall",
    "write_comparison",
    "write_difference_pdf",
    "write_difference_workbook",
    "write_file",
    "write_notice_pdf",
    "write_quality",
    "write_statement_pdf",
    "write_templates",
    "write_workbook",
    "written",
]
