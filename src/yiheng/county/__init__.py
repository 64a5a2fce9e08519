"""The synthetic county: invented people, visits and charges, with planted faults and their answer sheet."""

from .make import CountyMade, make_county

__all__ = ["CountyMade", "make_county"]
