"""The book: budget, care, clearing and distribution, step by step, each with its reason."""

from .book import ACCOUNTS, Account, Book, Transfer
from .declare import STEPS, Step, check_steps
from .examples import Outcome, examples_file, run_examples
from .facts import CellSum, Fact, PartyFacts, fact_read
from .pools import share_pools
from .settle import FIGURES, Statement, settle, settle_each

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
    "examples_file",
    "fact_read",
    "run_examples",
    "settle",
    "settle_each",
    "share_pools",
]
