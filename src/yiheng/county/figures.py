"""The county's figures, measured from its files, beside what is published of China."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from yiheng.basis.engine_paths import duckdb_parquet

from .write import MADE

_WORDS = yaml.safe_load((Path(__file__).parent / "figures.yaml").read_text("utf-8"))
_VIEWS = """
create view people as
    select e.person_id, year(enrolled_from) as year, year(enrolled_from) - year(born_on) as age, p.insurance
    from enrolment e join person p using (person_id);
create view care as
    select v.visit_id, v.person_id, v.kind, v.began_on, v.ended_on, year(v.began_on) as year,
        year(v.began_on) - year(p.born_on) as age, p.insurance, i.kind as place, i.level,
        s.total_fen, s.scope_fen, s.fund_fen
    from visit v join settlement s using (visit_id) join person p on p.person_id = v.person_id
    join institution i on i.institution_id = v.institution_id;
create view stay as from care where kind = 'inpatient';
"""
_HEAD = ("figure", "county", "band", "published", "source", "why they differ")
_ALIGNED = ("---", "---:", "---:", "---", "---", "---")


@dataclass(frozen=True)
class Figure:
    """One figure of a county: how it is measured, where it must lie, and what is published.

    Attributes:
        says: what is measured.
        sql: the query that gives it; ``first`` and ``last`` stand for the first and last year.
        band: the least and the most it may be.
        published: what is published, empty when nothing was found.
        source: keys of the list of sources.
        why: why it may differ from what is published.
        digits: digits behind the point.
    """

    says: str
    sql: str
    band: tuple[float, float]
    published: str = ""
    source: tuple[str, ...] = ()
    why: str = ""
    digits: int = 1

    def written(self, value: float) -> str:
        """The value as the page writes it."""
        return f"{value:,.{self.digits}f}".replace("-", "−")

    def row(self, value: str) -> str:
        """The figure's row on the page, with a value that is written already."""
        band = " to ".join(f"{end:,}".replace("-", "−") for end in self.band)
        keys = ", ".join(f"[{key}]" for key in self.source)
        return (
            f"| {self.says} | {value} | {band} | {self.published or 'none found'} | {keys or '–'} | {self.why or '–'} |"
        )


FIGURES = tuple(Figure(**one) for one in _WORDS["figures"])
SOURCES: dict[str, str] = _WORDS["sources"]


def measure(data: Path) -> dict[str, float]:
    """What each figure is in the county whose tables lie in a folder.

    Example:
        >>> measure(Path("county/data"))["people of 65 and over, %"]
    """
    db = duckdb.connect()
    for table in MADE:
        db.execute(f"create view {table} as from {duckdb_parquet(data / f'{table}.parquet')}")
    db.execute(_VIEWS)
    first, last = db.execute("select min(year), max(year) from people").fetchall()[0]
    return {figure.says: float(_one(db, figure.sql, first, last)) for figure in FIGURES}


def _one(db: duckdb.DuckDBPyConnection, sql: str, first: int, last: int) -> Any:
    """The single value of a query over all years."""
    years = f"(select {first} as first, {last} as last)"
    return db.execute(f"select value from (with years as {years} select ({sql}) as value from years)").fetchall()[0][0]


def figures_page(measured: dict[str, float]) -> str:
    """The table of figures and the list of their sources, as ``docs/reference/county.md`` has them."""
    head = [f"| {' | '.join(cells)} |" for cells in (_HEAD, _ALIGNED)]
    rows = [figure.row(figure.written(measured[figure.says])) for figure in FIGURES]
    return "\n".join([*head, *rows, "", *(f"- [{key}] {text}" for key, text in SOURCES.items())])


if __name__ == "__main__":
    sys.stdout.write(figures_page(measure(Path(sys.argv[1]))) + "\n")
