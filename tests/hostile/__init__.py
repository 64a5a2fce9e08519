"""Hostile inputs, some of each kind; `make torture` throws thousands."""
