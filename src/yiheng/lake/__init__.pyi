"""Iceberg tables and the sets of snapshots that belong together."""

from .damage import RESTORE, told
from .sets import SnapshotSet
from .store import Lake
from .writing import Writing

__all__ = ["RESTORE", "Lake", "SnapshotSet", "Writing", "told"]
