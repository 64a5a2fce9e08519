"""The audit rules, by subject; importing them enters them."""

from ..declare import enter, rules_of
from . import care, charges, company, conduct, drugs, goods, persons, services, stays, underservice, visits

for _module in (care, charges, company, conduct, drugs, goods, persons, services, stays, underservice, visits):
    enter(rules_of(_module))

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
