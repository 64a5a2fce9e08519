"""``python -m torture``: run every torture and print what was survived."""

from __future__ import annotations

from . import loads

KILLS = 200


def main() -> None:
    """Print a line for each torture."""
    print(loads.run(KILLS), flush=True)


if __name__ == "__main__":
    main()
