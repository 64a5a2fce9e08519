"""A settlement as formulas: the same steps, taken once on cells instead of figures."""

from .formulas import Cell, Formulas
from .tracing import Traced, trace

__all__ = ["Cell", "Formulas", "Traced", "trace"]
