"""Filters that the templates load."""
