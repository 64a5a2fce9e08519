"""Iceberg tables and the sets of snapshots that belong together."""

from .damage import told
from .sets import SnapshotSet
from .store import Lake, Writing

__all__ = ["Lake", "SnapshotSet", "Writing", "told"]
