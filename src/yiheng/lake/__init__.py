"""Iceberg tables and the sets of snapshots that belong together."""

from .damage import told
from .store import Lake, SnapshotSet, Writing

__all__ = ["Lake", "SnapshotSet", "Writing", "told"]
