"""Source files to checked rows in the lake, or to quarantine with the reason."""

from .database import Database
from .draft import draft_mapping
from .load import Counts, Loaded, load
from .mapping import MappingFile, read_mapping
from .objects import ObjectReader
from .parse import Overlay
from .privacy import Privacy
from .quarantine import FaultCount
from .rejects import write_rejects

__all__ = [
    "Counts",
    "Database",
    "FaultCount",
    "Loaded",
    "MappingFile",
    "ObjectReader",
    "Overlay",
    "Privacy",
    "draft_mapping",
    "load",
    "read_mapping",
    "write_rejects",
]
