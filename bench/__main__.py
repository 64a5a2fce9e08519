"""``python -m bench [county|audit|bills|national]``: run a benchmark, by default the county's, and print its table."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import version

from . import audit, bills, county, national


def main() -> None:
    """Print machine, versions and figures; the quickest of three runs each, side by side."""
    names = ("duckdb", "ibis-framework", "pyarrow", "pyiceberg", "pandas", "pyspark")
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    print(", ".join(f"{name} {version(name)}" for name in names))
    benches = {"county": county, "audit": audit, "bills": bills, "national": national}
    chosen = benches[sys.argv[1] if len(sys.argv) > 1 else "county"]
    print(chosen.HEAD)
    for row in chosen.run():
        print(row, flush=True)


if __name__ == "__main__":
    main()
