"""The steps a settlement can take, by stage; importing them declares them."""

from . import budget, care, clearing, corridor, distribution, due, risk

__all__ = ["budget", "care", "clearing", "corridor", "distribution", "due", "risk"]
