"""``python -m bench``: run every benchmark and print its table."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

from . import county

HEAD = """\
| work | fee lines | yiheng | fee lines a second | peak memory | pandas | its memory | pandas ÷ yiheng |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""


def main() -> None:
    """Print machine, versions and figures; the quickest of three runs each, side by side."""
    names = ("duckdb", "ibis-framework", "pyarrow", "pyiceberg", "pandas")
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    print(", ".join(f"{name} {version(name)}" for name in names))
    print(HEAD)
    for row in county.run():
        print(row, flush=True)


if __name__ == "__main__":
    main()
