"""The book: budget, care, clearing and distribution, step by step, each with its reason."""

from .book import ACCOUNTS, Account, Book, Transfer
from .declare import STEPS, Step, check_steps
from .facts import Fact, PartyFacts
from .settle import FIGURES, Statement, settle

__all__ = [
    "ACCOUNTS", "FIGURES", "STEPS", "Account", "Book", "Fact", "PartyFacts", "Statement", "Step", "Transfer",
    "check_steps", "settle",
]
