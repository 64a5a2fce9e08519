"""The book: budget, care, clearing and distribution, step by step, each with its reason."""

from .book import ACCOUNTS, Account, Book, Transfer
from .declare import STEPS, Step, check_steps, decided, refuse_choices
from .examples import Outcome, examples_file, run_examples
from .facts import CellSum, Fact, PartyFacts, fact_read
from .pools import share_pools
from .settle import FIGURES, Statement, settle

__all__ = [
    "ACCOUNTS",
    "FIGURES",
    "STEPS",
    "Account",
    "Book",
    "CellSum",
    "Fact",
    "Outcome",
    "PartyFacts",
    "Statement",
    "Step",
    "Transfer",
    "check_steps",
    "decided",
    "examples_file",
    "fact_read",
    "refuse_choices",
    "run_examples",
    "settle",
    "share_pools",
]
