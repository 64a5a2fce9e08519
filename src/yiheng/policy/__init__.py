"""Policy files read into terms that know their article, file and line."""

from .changes import KINDS, Change, changes_between, value_text
from .examples import Example, read_examples
from .limits import Limit, Limits, read_limits
from .read import PolicyFile, edition_name, policy_for_year, read_policy
from .terms import Bands, Known, Terms

__all__ = [
    "KINDS",
    "Bands",
    "Change",
    "Example",
    "Known",
    "Limit",
    "Limits",
    "PolicyFile",
    "Terms",
    "changes_between",
    "edition_name",
    "policy_for_year",
    "read_examples",
    "read_limits",
    "read_policy",
    "value_text",
]
