"""The audit rules, by subject; importing them declares them."""

from . import charges, drugs, persons, services, stays

__all__ = ["charges", "drugs", "persons", "services", "stays"]
