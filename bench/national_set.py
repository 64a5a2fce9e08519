"""A national set of persons, enrolments and payments: written into the lake by rule, not by chance."""

from __future__ import annotations

from pathlib import Path

import duckdb

from yiheng.lake import Lake
from yiheng.records import TABLES

YEARS = (2022, 2023, 2024, 2025)
PARTIES = 13_000
# A data file of a lake that was filled load by load.
ROWS_A_FILE = 4_000_000

# Which person has the i-th visit of a year: a walk over all persons in steps of a prime, so that neighbours in a file
# are strangers and every person has one visit a year.
STEP = 7_368_787

INSTITUTION = """
select 'H' || lpad(i::varchar, 5, '0') as institution_id, 'hospital ' || i as name, 'hospital' as kind, '三级' as level,
  (370000 + i % 100)::varchar as division
from range({parties}) as t(i)"""

PERSON = """
select 'P' || lpad(p::varchar, 9, '0') as person_id, if(p % 2 = 0, 'female', 'male') as sex,
  date '1930-01-01' + (p % 30000)::integer as born_on, 'resident' as insurance,
  (370000 + p % {parties} % 100)::varchar as division
from range({first}, {last}) as t(p)"""

# One person in 31 moves to the next consortium in 2024; one in 499 has been covered by nobody since the middle of 2025.
ENROLMENT = """
select 'P' || lpad(p::varchar, 9, '0') as person_id,
  'C' || lpad(((p + span) % {parties})::varchar, 5, '0') as consortium,
  if(span = 0, date '2022-01-01', date '2024-01-01' + (p % 300)::integer) as enrolled_from,
  case when moves and span = 0 then date '2023-12-31' + (p % 300)::integer
    when p % 499 = 0 then date '2025-06-30' else date '2025-12-31' end as enrolled_until
from (select p, p % 31 = 0 as moves from range({first}, {last}) as t(p)), range(2) as s(span)
where span = 0 or moves"""

VISIT = """
select 'V' || {year} % 10 || lpad(i::varchar, 9, '0') as visit_id, 'P' || lpad(p::varchar, 9, '0') as person_id,
  'H' || lpad((p % {parties})::varchar, 5, '0') as institution_id, 'inpatient' as kind, began_on,
  began_on + (i % 9)::integer as ended_on
from (select i, i * {step} % {people} as p, date '{year}-01-01' + (i % 365)::integer as began_on
  from range({first}, {last}) as t(i))"""

SETTLEMENT = """
select 'S' || {year} % 10 || lpad(i::varchar, 9, '0') as settlement_id,
  'V' || {year} % 10 || lpad(i::varchar, 9, '0') as visit_id,
  date '{year}-01-01' + (i % 365 + i % 9)::integer + interval 12 hour as settled_at,
  fund_fen + 5000 as total_fen, fund_fen, fund_fen as pooled_fen, 5000::bigint as person_fen,
  'P' || lpad((i * {step} % {people})::varchar, 9, '0') as visit_person,
  date '{year}-01-01' + (i % 365 + i % 9)::integer as visit_on
from (select i, 10000 + (hash(i, {year}) % 500000)::bigint as fund_fen from range({first}, {last}) as t(i))"""

# What the fund says that it spent, month by month: a payment of 2,600 yuan a person and year.
FUND_FLOW = """
select 'resident' as fund, make_date(y, m, 1) as month_from, 'spending' as kind,
  ({people} * 260000::bigint) // 12 as flow_fen
from unnest({years}) as years(y), range(1, 13) as months(m)"""


def fill(lake: Lake, people: int, parties: int = PARTIES) -> None:
    """Fill a lake by its own way of writing: people, their enrolments, and four years of one payment a person each."""
    con = duckdb.connect()
    con.execute("set preserve_insertion_order = true")
    with lake.writing(f"national-{people}") as writing:

        def write(table: str, query: str) -> None:
            columns = list(TABLES[table].kept)
            made = con.sql(query)
            gaps = "".join(f", null::varchar as {c}" for c in columns if c not in made.columns)
            _copy(con, f"select *{gaps} from ({query})", table, writing.new_file(table))

        write("institution", INSTITUTION.format(parties=parties))
        write("fund_flow", FUND_FLOW.format(people=people, years=list(YEARS)))
        for first in range(0, people, ROWS_A_FILE):
            some = {
                "parties": parties,
                "people": people,
                "step": STEP,
                "first": first,
                "last": min(first + ROWS_A_FILE, people),
            }
            write("person", PERSON.format(**some))
            write("enrolment", ENROLMENT.format(**some))
            for year in YEARS:
                write("visit", VISIT.format(year=year, **some))
                write("settlement", SETTLEMENT.format(year=year, **some))
        writing.commit()
    con.close()


def _copy(con: duckdb.DuckDBPyConnection, query: str, table: str, file: Path) -> None:
    types = {"string": "varchar", "int64": "bigint", "date": "date", "boolean": "boolean"}
    shown = []
    for name, kind in TABLES[table].kept.items():
        shown.append(f"{name}::{types.get(str(kind).removeprefix('!'), 'timestamp')} as {name}")
    con.execute(f"copy (select {', '.join(shown)} from ({query})) to '{file}' (format parquet, compression zstd)")
