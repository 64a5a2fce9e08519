"""The audit rules, by subject; importing them declares them."""

from . import charges, persons, stays

__all__ = ["charges", "persons", "stays"]
