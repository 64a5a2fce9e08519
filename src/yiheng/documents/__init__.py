"""Files that people hand over, read strictly: bytes, encodings, CSV and JSON, each fault with its line."""

from .delimited import Delimited, Row, checked_header, delimiter_of, read_delimited, separator, split_header
from .encodings import Encoding, decoded, encoding_of, scanned
from .files import changed, mark_of, own_bytes, read_bytes, refuse_unreadable, sha256_of
from .strict_json import parsed_json, read_json

__all__ = [
    "Delimited",
    "Encoding",
    "Row",
    "changed",
    "checked_header",
    "decoded",
    "delimiter_of",
    "encoding_of",
    "mark_of",
    "own_bytes",
    "parsed_json",
    "read_bytes",
    "read_delimited",
    "read_json",
    "refuse_unreadable",
    "scanned",
    "separator",
    "sha256_of",
    "split_header",
]
