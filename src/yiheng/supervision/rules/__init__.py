"""The audit rules, by subject; importing them declares them."""

from . import care, charges, company, conduct, drugs, goods, persons, services, stays, underservice, visits

__all__ = [
    "care",
    "charges",
    "company",
    "conduct",
    "drugs",
    "goods",
    "persons",
    "services",
    "stays",
    "underservice",
    "visits",
]
