"""The synthetic county: invented people, visits and charges, with planted faults and their answer sheet."""

from .make import CountyMade, make_county
from .places import NAMES_OF_CONSORTIA

__all__ = ["NAMES_OF_CONSORTIA", "CountyMade", "make_county"]
