"""Policy files read into terms that know their article, file and line."""

from .limits import Limit, Limits, read_limits
from .read import PolicyFile, policy_for_year, read_policy
from .terms import Known, Terms

__all__ = ["Known", "Limit", "Limits", "PolicyFile", "Terms", "policy_for_year", "read_limits", "read_policy"]
