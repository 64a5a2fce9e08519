"""Iceberg tables and the sets of snapshots that belong together."""

from .store import Lake, SnapshotSet, Writing

__all__ = ["Lake", "SnapshotSet", "Writing"]
