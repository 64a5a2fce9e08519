"""Rows of source files, typed and judged row by row: good ones as Parquet, the others with their place and raw text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import ibis

from yiheng.basis.engine_paths import duckdb_copy, duckdb_parquet
from yiheng.basis.hidden import masked
from yiheng.basis.refusals import Refusal
from yiheng.basis.signs import on_one_line
from yiheng.records import FAR_DAY, TABLES, Column, Table

from . import sql
from .certificates import in_words, may_be_one, of_a_person
from .mapping import ROW_NUMBER, MappingFile, TableMapping
from .parse import Overlay, fault_conditions, is_open_end, raw_value, typed
from .privacy import Sealing
from .recognise import Arm, by_mapping, by_name, recognised
from .sources import PLACE, ROW, SourceFile
from .tidy import ROW_IS_ODD, looked_at, nothing_in, odd_row

DUCK_TYPES = {
    "text": "VARCHAR",
    "day": "DATE",
    "instant": "TIMESTAMP",
    "fen": "BIGINT",
    "count": "BIGINT",
    "quantity": "DECIMAL(16,4)",
    "price": "DECIMAL(16,6)",
    "yes": "BOOLEAN",
}
# Where a row stood.
STOOD = ("_file", "_row")
MOST_FAULTS = 62
# A broken row that goes on, from a quote, behind the end of its line has swallowed others.
TWO_LINES = r'"[^\r\n]*[\r\n]+[^\r\n]'
# The number of a good row: its feed's number times this, plus its position in the feed.
FEED = 1 << 40
PARQUET = "format parquet, compression zstd"


@dataclass(frozen=True)
class Feed:
    """The rows that a source gives to a table.

    Attributes:
        good: Parquet file of the rows without a fault of their own, in the order of the source.
        good_rows: how many they are.
        bad: engine's table of the other rows with ``_file``, ``_row``, ``_mask`` (faults as bits) and ``_raw``.
        bad_rows: how many they are.
    """

    source: SourceFile
    arm: Arm
    where: str
    good: Path
    good_rows: int
    bad: str
    bad_rows: int


@dataclass
class Staging:
    """The staging area of one load.

    Good rows go to Parquet in one pass, without numbers, so that the reader works on all cores;
    only a file in which some row is at fault is read again, numbered, for its faulty rows.

    Attributes:
        overlay: codes that the province adds to the national dictionaries.
        feeds: what was staged, by table.
        broken: rows that are no rows (too few or too many fields ...): table, file, line, kind of damage.
        derived: columns of a table that a file does not bring and that follow from another: rows, by file.
        aside: columns of a file that no contract knows, by file.
        sources: the files by the name shown.
    """

    con: duckdb.DuckDBPyConnection
    scratch: Path
    sealing: Sealing
    overlay: Overlay = field(default_factory=dict)
    feeds: dict[str, list[Feed]] = field(default_factory=dict)
    broken: list[tuple[str, str, int, str]] = field(default_factory=list)
    derived: dict[str, dict[str, int]] = field(default_factory=dict)
    aside: dict[str, list[str]] = field(default_factory=dict)
    sources: dict[str, SourceFile] = field(default_factory=dict)
    _names: int = 0

    @property
    def tables(self) -> list[str]:
        """Names of the contracts that were fed, in their order."""
        return [name for name in TABLES if name in self.feeds]

    def good(self, name: str) -> str:
        """A relation of a table's good rows, each with its number ``_id``."""
        rows = duckdb_parquet(*(feed.good for feed in self.feeds[name]))
        columns = sql.names([c.name for c in TABLES[name]])
        number = f"(file_index::BIGINT * {FEED} + file_row_number)"
        return f"(select {columns}, {number} as _id from {rows})"

    def bad(self, name: str) -> str:
        """A relation of a table's faulty rows, in the order of the files."""
        return "(" + " union all ".join(f"select * from {feed.bad}" for feed in self.feeds[name]) + ")"

    def bad_rows(self, name: str) -> int:
        """How many rows of a table have a fault of their own."""
        return sum(feed.bad_rows for feed in self.feeds[name])

    def placed(self, name: str, ids: str) -> str:
        """A new table of good rows with their place, for the ids in a relation: their files are read again."""
        into, places = sql.name(f"placed_{name}"), sql.name(f"places_{name}")
        keys = sql.names(TABLES[name].key)
        self.con.execute(
            f"create or replace temp table {places} as"
            f" select _id, ''::VARCHAR as _file, 0::BIGINT as _row, {keys} from {self.good(name)} where false"
        )
        wanted = self.con.execute(f"select distinct _id // {FEED} from {ids}").fetchall()
        for (number,) in sorted(wanted):
            feed = self.feeds[name][number]
            rows = self._judged(TABLES[name], feed, self._relation(feed.source) + feed.where, numbered=True)
            nth = f"{number * FEED} + row_number() over () - 1 as _id"
            every = f"{rows} select {nth}, {', '.join(STOOD)}, {keys} from checked where _mask = 0"
            with self._in_order():
                self.con.execute(f"create or replace temp table every_place as {every}")
            self.con.execute(f"insert into {places} from every_place semi join {ids} using (_id)")
        good = f"{self.good(name)} join {places} using (_id, {keys})"
        self.con.execute(f"create or replace temp table {into} as select * from {good}")
        if _count(self.con, into) != _count(self.con, f"(select distinct _id from {ids})"):
            raise RuntimeError(f"rows of {name} do not stand where they were read")
        return into

    def rows_read(self, shown: str, name: str) -> int:
        """How many rows the reader could read in a file that feeds a table."""
        feeds = [feed for feed in self.feeds[name] if feed.source.shown == shown]
        if len(feeds) == 1 and not feeds[0].where:
            return feeds[0].good_rows + feeds[0].bad_rows
        return _count(self.con, self._relation(feeds[0].source)) if feeds else 0

    def stage(self, source: SourceFile, mapping: MappingFile | None) -> None:
        """Stage a file into the tables it feeds.

        Raises:
            Refusal: when it feeds none, or columns are missing: nothing of it is staged.
        """
        fed: list[tuple[Table, list[Arm], TableMapping | None]] = []
        if mapping is None:
            table = recognised(source)
            arm, aside = by_name(table, source)
            fed.append((table, [arm], None))
            if aside:
                self.aside[source.shown] = [masked(on_one_line(name)) for name in aside]
        else:
            for i, taken, words in mapping.for_file((*source.names, source.shown)):
                table, numbers = TABLES[taken.table], range(1, taken.repeat + 1)
                arms = [by_mapping(table, source, mapping, i, {**words, ROW_NUMBER: str(n)}) for n in numbers]
                fed.append((table, arms, taken))
        if not fed:
            raise Refusal(
                "the mapping takes no such file", where=source.shown, cure="mend the 'files' patterns of the mapping"
            )
        staged = [
            (table, *self._feeds(table, source, [self.sealing.arm(table, arm) for arm in arms], entry))
            for table, arms, entry in fed
        ]
        # A file that turned out unreadable half-way has raised before this: nothing of it is kept.
        self.sources[source.shown] = source
        for table, feeds, broken in staged:
            self.feeds.setdefault(table.name, []).extend(feeds)
            for column in table:
                if column.follows is not None and any(column.name not in feed.arm for feed in feeds):
                    rows = sum(feed.good_rows for feed in feeds if column.name not in feed.arm)
                    self.derived.setdefault(source.shown, {})[column.name] = rows
            self.broken += [(table.name, source.shown, line, kind) for line, kind in broken]

    def _feeds(
        self, table: Table, source: SourceFile, arms: list[Arm], entry: TableMapping | None
    ) -> tuple[list[Feed], list[tuple[int, str]]]:
        rejects = self._fresh("rejects")
        numbered = len(arms) > 1
        relation = source.relation(rejects, numbered=numbered)
        if numbered:
            # Several rows out of one: the file is read once.
            kept = [*filter(self.sealing.asked, source.columns), ROW, *([PLACE] if source.form == "messages" else [])]
            self.con.execute(f"create or replace temp table incoming as select {sql.names(kept)} from {relation}")
            relation = "incoming"
        feeds = []
        for n, arm in enumerate(arms, start=1):
            where = ""
            if entry is not None and entry.only_if is not None:
                where = f" where nullif(trim({sql.name(entry.only_if.replace('{n}', str(n)))}), '') is not null"
            feeds.append(self._good(table, source, arm, where, relation, closely=numbered))
        broken = self._broken(source, rejects) if source.form == "csv" else []
        if not numbered and not self._all_good(feeds[0], len(broken)):
            # Some row is odd or at fault: all are looked at closely.
            feeds = [self._good(table, source, arms[0], feeds[0].where, self._relation(source), closely=True)]
        return [self._bad(table, feed, len(broken), relation if numbered else None) for feed in feeds], broken

    def _broken(self, source: SourceFile, rejects: str) -> list[tuple[int, str]]:
        """Lines of a text file that are no row, with the kind of damage.

        Raises:
            Refusal: when one of them has swallowed others.
        """
        damage = self.con.execute(
            f"select line, min(error_type), bool_or(regexp_matches(csv_line, {sql.text(TWO_LINES)}))"
            f" from {rejects} group by line order by line"
        ).fetchall()
        for line, _, runs_on in damage:
            if runs_on:
                raise Refusal(
                    "a quote is not closed on this line: nobody can say where the next row begins",
                    where=f"{source.shown}:{line}",
                    expected="a quote that is closed, and doubled inside a value",
                    cure="mend the line and load the file again; nothing of it was loaded",
                )
        return [(line, kind) for line, kind, _ in damage]

    def _good(self, table: Table, source: SourceFile, arm: Arm, where: str, relation: str, *, closely: bool) -> Feed:
        feed = Feed(source, arm, where, self.scratch / f"{self._fresh('good')}.parquet", 0, self._fresh("bad"), 0)
        rows = judged(table, arm, relation + where, self.overlay, None, closely)
        kept = sql.names([c.name for c in table])
        query = duckdb_copy(f"{rows} select {kept} from checked where _mask = 0", feed.good, PARQUET)
        with self._in_order():
            written = self.con.execute(query).fetchone()
        return Feed(source, arm, where, feed.good, written[0] if written else 0, feed.bad, 0)

    def _bad(self, table: Table, feed: Feed, broken: int, read: str | None) -> Feed:
        columns = {**{c.name: DUCK_TYPES[c.kind] for c in table}, "_file": "VARCHAR", "_row": "BIGINT"}
        listed = ", ".join(f"{sql.name(c)} {t}" for c, t in columns.items())
        self.con.execute(f"create table {feed.bad} ({listed}, _mask BIGINT, _raw VARCHAR)")
        if self._all_good(feed, broken):
            return feed
        rows = self._judged(table, feed, (read or self._relation(feed.source)) + feed.where, numbered=True)
        kept = sql.names([*columns, "_mask"])
        self.con.execute(f"insert into {feed.bad} {rows} select {kept}, to_json(_all) from checked where _mask <> 0")
        bad = _count(self.con, feed.bad)
        return Feed(feed.source, feed.arm, feed.where, feed.good, feed.good_rows, feed.bad, bad)

    def _all_good(self, feed: Feed, broken: int) -> bool:
        """Whether the good rows are all there are; where that cannot be told without reading, it is not said."""
        if feed.where:
            return False
        if feed.source.form == "csv":
            return feed.source.lines == 1 + feed.source.above + feed.good_rows + broken
        return _count(self.con, self._relation(feed.source)) == feed.good_rows

    @contextmanager
    def _in_order(self) -> Iterator[None]:
        """Keep rows in the order of their file and read each value once.

        A list of values made into a join loses the order; a filter pushed into the reader reads values twice.
        """
        self.con.execute("set disabled_optimizers = 'filter_pushdown,in_clause'")
        try:
            yield
        finally:
            self.con.execute("set disabled_optimizers = ''")

    def _judged(self, table: Table, feed: Feed, relation: str, *, numbered: bool) -> str:
        place = feed.source.place if numbered else None
        return judged(table, feed.arm, relation, self.overlay, place)

    def _relation(self, source: SourceFile) -> str:
        return source.relation(self._fresh("rejects"))

    def _fresh(self, kind: str) -> str:
        self._names += 1
        return f"{kind}_{self._names}"


def judged(table: Table, arm: Arm, relation: str, overlay: Overlay, place: str | None, closely: bool = True) -> str:
    """The beginning of a query: raw values, then typed values, then the verdict, as the relation ``checked``.

    Columns are judged first, contradictions in the row last; ``_mask`` holds the faults as bits. With a ``place`` (SQL
    of the file's name) each row keeps its place and its raw values. Needs the macros of ``tidy.prepare``.

    Not ``closely``, odd rows are left at fault: much quicker to plan, and enough for a file that has none.
    """
    raws, tidies, values = [], ["*"], []
    codes: list[str] = []
    persons: list[str] = []
    others: list[str] = []
    words: list[str] = []
    for column in table:
        raw, mark = sql.name("raw_" + column.name), sql.name("unreadable_" + column.name)
        incoming = arm.get(column.name)
        value = _value(table, column, arm, overlay, closely)
        raws.append(f"{raw_value(incoming) if incoming else 'NULL'} as {raw}")
        if column.kind == "text" and not column.free:
            tidies.append(looked_at(column, raw, incoming.type if incoming else "NULL", closely))
            if incoming:
                codes.append(raw)
                if may_be_one(table, column):
                    (persons if of_a_person(column) else others).append(raw)
                if in_words(column):
                    words.append(raw)
        raws.append(f"coalesce({(incoming and incoming.unreadable) or 'false'}, false) as {mark}")
        values.append(f"cast({value} as {DUCK_TYPES[column.kind]}) as {sql.name(column.name)}")
    conditions = fault_conditions(table, closely)
    mask = " + ".join(f"(case when {c} then {1 << bit} else 0 end)" for bit, c in enumerate(conditions)) or "0"
    if not closely:
        mask += f" + (case when {ROW_IS_ODD} then {1 << MOST_FAULTS} else 0 end)"
    kept = [_kept(c) for c in table]
    if place is not None:
        raws += ["_row", f"{place} as _file"]
        all_raw = ", ".join(f"{sql.text(c.name)}: cast({sql.name('raw_' + c.name)} as VARCHAR)" for c in table)
        kept += [*STOOD, f"{{{all_raw}}} as _all"]
    return (
        f"with raws as (select {', '.join(raws)} from {relation}),"
        f" odd as (select *, {odd_row(codes, persons, others, words)} as {ROW_IS_ODD} from raws),"
        f" looked as (select {', '.join(tidies)} from odd),"
        f" vals as (select *, {', '.join(values)} from looked),"
        f" contract_rows as (select {', '.join(kept)}, cast({mask} as BIGINT) as _mask from vals),"
        f" checked as ({_checked_sql(table, len(conditions), place is not None)})"
    )


def _value(table: Table, column: Column, arm: Arm, overlay: Overlay, closely: bool) -> str:
    """SQL of a column's typed value over the raw values, or of what stands where the file says nothing."""
    incoming, raw = arm.get(column.name), sql.name("raw_" + column.name)
    value = typed(column, incoming, raw, overlay, closely) if incoming else "NULL"
    instead = f"'{column.default}'" if column.default else None
    if column.follows is not None and column.follows[0] in arm:
        of, forms = column.follows
        told = typed(table[of], arm[of], sql.name("raw_" + of), None, closely)
        whens = " ".join(f"when regexp_full_match({told}, {sql.text(form)}) then '{word}'" for form, word in forms)
        instead = f"case {whens} end"
    if instead is None:
        return value
    return f"case when {nothing_in(column, closely)} then {instead} else {value} end" if incoming else instead


def _kept(column: Column) -> str:
    """SQL of a column as it is kept: an open end is one day, or none where there may be none."""
    name = sql.name(column.name)
    if not column.open_end:
        return name
    end = "null" if column.null else f"DATE '{FAR_DAY}'"
    return f"case when {is_open_end(name)} then {end} else {name} end as {name}"


def _count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = con.execute(f"select count(*) from {relation}").fetchone()
    return row[0] if row else 0


def _checked_sql(table: Table, first_bit: int, numbered: bool) -> str:
    """SQL over ``contract_rows`` that adds the bits of the contract's checks, which are Ibis expressions."""
    if first_bit + len(table.checks) > MOST_FAULTS:
        raise ValueError(f"table {table.name} has more faults than bits")
    schema = {**dict(table.schema.items()), "_mask": "int64"}
    if numbered:
        raw = "struct<" + ", ".join(f"{c.name}: string" for c in table) + ">"
        schema |= {"_file": "string", "_row": "int64", "_all": raw}
    rows = ibis.table(schema, name="contract_rows")
    mask = rows._mask
    for i, check in enumerate(table.checks):
        mask = mask + ibis.ifelse(check.fault(rows).fill_null(False), 1 << (first_bit + i), 0)
    return str(ibis.to_sql(rows.mutate(_mask=mask), dialect="duckdb"))
