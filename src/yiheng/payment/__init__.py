"""The book: budget, care, clearing and distribution, step by step, each with its reason."""

from .against import Against, examples_against, rows_against
from .book import ACCOUNTS, PURPOSES, Account, Book, Transfer, called
from .check import check_policy
from .check_domains import small_percentages
from .declare import STEPS, Step, check_steps, decided, refuse_choices
from .editor import editor_schema
from .examples import Outcome, examples_file, run_examples
from .fact_text import fact_or_fault, fact_read, judged, scale_in_doubt
from .facts import CellSum, Fact, PartyFacts
from .notice import budget_part
from .pools import share_pools
from .reading import read_aloud
from .settle import FIGURES, Statement, settle, settle_each

__all__ = [
    "ACCOUNTS",
    "FIGURES",
    "PURPOSES",
    "STEPS",
    "Account",
    "Against",
    "Book",
    "CellSum",
    "Fact",
    "Outcome",
    "PartyFacts",
    "Statement",
    "Step",
    "Transfer",
    "budget_part",
    "called",
    "check_policy",
    "check_steps",
    "decided",
    "editor_schema",
    "examples_against",
    "examples_file",
    "fact_or_fault",
    "fact_read",
    "judged",
    "read_aloud",
    "refuse_choices",
    "rows_against",
    "run_examples",
    "scale_in_doubt",
    "settle",
    "settle_each",
    "share_pools",
    "small_percentages",
]
