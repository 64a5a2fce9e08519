"""Where the files of a lake stand: a name inside the lake, wherever the lake stands.

Iceberg writes whole addresses into its metadata. With those of a disk a copied lake would read and write the lake that
it was copied from. So a file is called ``lake:///data/RUN/visit-0.parquet``, and only an opened lake knows its folder.
"""

from __future__ import annotations

from pathlib import Path

from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.typedef import EMPTY_DICT, Properties
from sqlalchemy import URL

from yiheng.basis.engine_paths import AS_WRITTEN, refuse_other_kinds, sqlite_uri
from yiheng.basis.refusals import Refusal

from .damage import CATALOG, RESTORE, SECONDS_TO_WAIT

SCHEME = "lake:///"
FOLDER = "yiheng.folder"
NAMESPACE = "yiheng"
# A property of the namespace: the id of the lake.
PROPERTY = "yiheng.lake"
IO = "py-io-impl"


def address(folder: Path, file: Path) -> str:
    """What a file of the lake in a folder is called."""
    return SCHEME + file.relative_to(folder).as_posix()


def local(folder: Path, called: str) -> Path:
    """Where a file stands, by what it is called.

    Raises:
        Refusal: when it is called by an address outside the lake, or is a folder, a pipe or a device.
    """
    file = (folder / called.removeprefix(SCHEME)).resolve()
    if not called.startswith(SCHEME) or not file.is_relative_to(folder):
        raise Refusal(
            f"the lake names a file outside itself: '{called}'",
            where=str(folder),
            expected="files below the folder of the lake",
            cure=RESTORE,
        )
    refuse_other_kinds(file, expected=AS_WRITTEN)
    return file


class Files(PyArrowFileIO):
    """Reads and writes the files of one lake, and no others."""

    @staticmethod
    def parse_location(location: str, properties: Properties = EMPTY_DICT) -> tuple[str, str, str]:
        """Scheme, host and path of a file, for PyIceberg."""
        return "file", "", str(local(Path(properties[FOLDER]), location))


class Catalog(SqlCatalog):
    """A catalogue in SQLite whose tables know no folder.

    Args:
        made: the id of a lake whose catalogue is made; without one a catalogue is opened that is there.
    """

    def __init__(self, folder: Path, made: str | None = None) -> None:
        self._files = {IO: f"{Files.__module__}.{Files.__qualname__}", FOLDER: str(folder)}
        # An address in an address: each escapes the signs that mean something to it.
        how = {"mode": "rw" if made is None else "rwc", "uri": "true", "timeout": str(SECONDS_TO_WAIT)}
        uri = URL.create("sqlite", database=sqlite_uri(folder / CATALOG), query=how).render_as_string()
        tables = {"init_catalog_tables": str(made is not None).lower()}
        super().__init__(NAMESPACE, uri=uri, warehouse=f"{SCHEME}tables", **tables, **self._files)
        if made is not None:
            self.create_namespace(NAMESPACE, {PROPERTY: made})

    def _load_file_io(self, properties: Properties = EMPTY_DICT, location: str | None = None) -> Files:
        # Nothing that a table says of itself chooses what reads it, or from where.
        return Files({**properties, **self._files})
