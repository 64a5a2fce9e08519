"""Apache Spark: what an engine stands on where one machine is outgrown; the same expressions, the same rows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yiheng.basis.engine_paths import spark_address
from yiheng.basis.refusals import Refusal

try:
    from ibis.backends.pyspark.datatypes import PySparkSchema
    from pyspark import SparkContext
    from pyspark.sql import SparkSession
except ImportError as missing:
    raise Refusal(
        f"Spark is not installed: {missing.name} is missing",
        expected="the extra 'spark' and Java 17",
        cure="pip install -c constraints.txt -e '.[spark]'; apt-get install openjdk-17-jre-headless",
    ) from None

# Reached by nobody else, small, and quiet; time is as it is written, and a sum that overflows is an error.
SETTINGS = {
    "spark.app.name": "yiheng",
    "spark.master": "local[2]",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "3g",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.shuffle.partitions": "4",
}
# Set for this session also where somebody else has started Spark.
MUST_HOLD = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}


class Spark:
    """A session of Spark: the one that is open in this process, or a new local one, which is stopped at close."""

    dialect = "pyspark"

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        open_already = SparkSession.getActiveSession()
        self._session = open_already or start(scratch)
        self._ours = open_already is None
        for setting, value in MUST_HOLD.items():
            self._session.conf.set(setting, value)
        self._con = ibis.pyspark.connect(self._session)
        self._views: set[str] = set()

    def read(self, name: str, schema: ibis.Schema, files: list[str]) -> ibis.Table:
        """Parquet files as one table of this schema: given the schema, Spark itself fills what a file lacks."""
        # Without the option a folder called a=b would be a column.
        reader = self._session.read.schema(PySparkSchema.from_ibis(schema)).option("recursiveFileLookup", "true")
        reader.parquet(*map(spark_address, files)).createOrReplaceTempView(name)
        return self._view(name)

    def empty(self, name: str, schema: ibis.Schema) -> ibis.Table:
        """A table without rows, which Spark knows to be empty while it plans."""
        columns = ", ".join(
            f"cast(null as {field.dataType.simpleString()}) as `{field.name}`"
            for field in PySparkSchema.from_ibis(schema)
        )
        self._session.sql(f"select {columns} where false").createOrReplaceTempView(name)
        return self._view(name)

    def given(self, name: str, rows: pa.Table) -> ibis.Table:
        """A few rows as a table; another one of the name is replaced."""
        self._session.createDataFrame(rows).createOrReplaceTempView(name)
        return self._view(name)

    def keep(self, name: str, expression: ibis.Table) -> ibis.Table:
        """Compute an expression and keep what it gives in memory, on disk where memory is short.

        A plan that reads it ends at its rows: a view within views would be planned whole each time it is read.
        """
        kept = self._session.sql(self._con.compile(expression)).localCheckpoint(eager=True)
        kept.createOrReplaceTempView(name)
        return self._view(name)

    def forget(self, name: str) -> None:
        """Free what was kept: its rows go with the last plan that reads them."""
        self._session.catalog.dropTempView(name)
        self._views.discard(name)

    def arrow(self, expression: ibis.Table, order: tuple[str, ...]) -> pa.Table:
        """Execute an expression; what it gives is put in order here, which spares Spark a pass over it."""
        # Ibis itself would pass through pandas, where a whole number beside an unknown one becomes floating point.
        table = self._session.sql(self._con.compile(expression)).toArrow().cast(expression.schema().to_pyarrow())
        if order:
            keys = [(name, "ascending", "at_start") for name in order]
            table = table.take(pc.sort_indices(table, sort_keys=keys))
        return table

    def write(self, expression: ibis.Table, order: tuple[str, ...], file: Path) -> None:
        """Execute an expression into one Parquet file."""
        pq.write_table(self.arrow(expression, order), file)

    @contextmanager
    def plain_joins(self) -> Iterator[None]:
        """Spark chooses its joins itself."""
        yield

    def close(self) -> None:
        """Forget what was read and kept; a session of our own ends, with its Java process and its folder."""
        if self._ours:
            stop(self._session)
            shutil.rmtree(self._scratch, ignore_errors=True)
            return
        self._session.catalog.clearCache()
        for name in self._views:
            self._session.catalog.dropTempView(name)

    def _view(self, name: str) -> ibis.Table:
        self._views.add(name)
        return self._con.table(name)


def start(scratch: Path, **settings: str) -> SparkSession:
    """Start a local session of Spark, with a Java process of its own, which writes into one folder only.

    Args:
        settings: what else is set, or set otherwise, such as ``spark.driver.memory``.

    Raises:
        Refusal: when there is no Java.
    """
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        raise Refusal(
            "Spark needs Java, and there is none", expected="Java 17", cure="apt-get install openjdk-17-jre-headless"
        )
    scratch.mkdir(parents=True)
    places = {
        "spark.local.dir": str(scratch / "spill"),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.driver.defaultJavaOptions": f'-XX:-UsePerfData "-Djava.io.tmpdir={scratch}"',
    }
    builder = SparkSession.builder
    for setting, value in {**SETTINGS, **places, **settings}.items():
        builder = builder.config(setting, value)
    return builder.getOrCreate()


def stop(session: SparkSession) -> None:
    """Stop the session and its Java process: the next one has its own scratch folder."""
    gateway: Any = session.sparkContext._gateway
    session.stop()
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()
    SparkContext._gateway = SparkContext._jvm = None
