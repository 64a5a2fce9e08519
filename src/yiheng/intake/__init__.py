"""Source files to checked rows in the lake, or to quarantine with the reason."""

from .load import Counts, Loaded, load
from .mapping import MappingFile, read_mapping
from .quarantine import FaultCount

__all__ = ["Counts", "FaultCount", "Loaded", "MappingFile", "load", "read_mapping"]
