"""The audit rules, by subject; importing them declares them."""

from . import (
    bundled,
    care,
    charges,
    company,
    conduct,
    drugs,
    goods,
    persons,
    services,
    stays,
    underservice,
    visits,
    withheld,
)

__all__ = [
    "bundled",
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
    "withheld",
]
