"""Refunds and reversals: of the other sign, of the same visit, of something that is there, once, at most all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from yiheng.basis.evidence import Words
from yiheng.records import Table, TakesBack

from . import sql
from .parse import Fault

if TYPE_CHECKING:
    from .judge import Verdicts

ORIGINAL_NOT_KNOWN = "original_not_loaded"
_LINK = "reversal_of"
FAULTS = [
    Fault(
        ORIGINAL_NOT_KNOWN,
        _LINK,
        Words("冲销的原记录尚未入库", "what it takes back is not loaded"),
        Words("原记录；到达后本行自动补入，无需重报", "its original; this row waits and is taken in when it comes"),
    ),
    Fault(
        "original_of_another_parent",
        _LINK,
        Words("冲销的原记录属于另一次就诊", "what it takes back is of another visit"),
        Words("同一次就诊的原记录", "an original of the same visit"),
    ),
    Fault(
        "sign_of_the_original",
        _LINK,
        Words("冲销金额与原记录符号不相反", "its amounts have not the opposite sign of what it takes back"),
        Words("与原记录符号相反的金额", "amounts of the opposite sign"),
    ),
    Fault(
        "taken_back_twice",
        _LINK,
        Words("原记录已全部冲销", "the whole of the original is taken back already"),
        Words("每条记录只冲销一次", "a record that is taken back once"),
    ),
    Fault(
        "more_than_the_original",
        _LINK,
        Words("冲销金额超过原记录", "more is taken back than there was"),
        Words("不超过原记录的金额", "at most the amount of the original"),
    ),
    Fault(
        "taken_back_before_the_original",
        _LINK,
        Words("冲销日期早于原记录", "it is dated before what it takes back"),
        Words("不早于原记录的日期", "a day on or after that of the original"),
    ),
]
BELOW = Fault(
    "below_what_was_taken_back",
    _LINK,
    Words("更正后的金额低于已冲销的金额", "corrected to less than what was already taken back of it"),
    Words("不低于已冲销的金额，或先更正冲销记录", "at least what was taken back, or the reversal corrected first"),
)
NAMES = [fault.name for fault in FAULTS]


def corrected_below(con: duckdb.DuckDBPyConnection, table: Table, verdicts: Verdicts, lake: str) -> bool:
    """Judge corrections of what was taken back before; gives back whether any lowers it below that.

    By the reversals that name it; where a visit's reversals name nothing, by what the visit has left.

    Args:
        lake: a relation of the table's rows in the lake.
    """
    how = table.takes_back
    if how is None:
        return False
    size = range(len(how.amounts))
    new, held = (
        f"({_told(table, how, number)} from {of})" for number, of in (("_id", verdicts.faultless), ("-1", lake))
    )
    less = " or ".join(f"abs(n.a{n}) < abs(h.a{n}) or n.a{n} * h.a{n} < 0" for n in size)
    con.execute(
        f"create or replace temp table lowered as select n.*, {', '.join(f'h.a{n} as h{n}' for n in size)}"
        f" from {new} n join {held} h using (key, parent) where n.original is null and ({less})"
    )
    if con.execute("select count(*) from lowered").fetchone() == (0,):
        return False
    # As the rows stand after this load.
    stays = f"select * from {held} anti join {new} using (key, parent) union all select * from {new}"
    con.execute(f"create or replace temp table stays as {stays}")
    sums = ", ".join(f"sum(a{n}) as t{n}" for n in size)
    over = " or ".join(f"l.a{n} * t{n} > 0 or abs(t{n}) > abs(l.a{n})" for n in size)
    short = " or ".join(f"(l.a{n} < l.h{n} and t{n} < 0)" for n in size)
    number = next(n for n, fault in enumerate(verdicts.faults) if fault.name == BELOW.name)
    con.execute(
        f"insert into {verdicts.late} select _id, {number} from lowered l where"
        f" exists (from (select {sums} from stays s where s.original = l.key and s.parent = l.parent) where {over})"
        f" or exists (from (select {sums}, bool_or(chief < 0 and original is null) as unnamed from stays s"
        f" where s.parent = l.parent) where unnamed and l.chief > 0 and ({short}))"
    )
    return True


def taken_back(con: duckdb.DuckDBPyConnection, table: Table, verdicts: Verdicts, lake: str | None) -> bool:
    """Judge the rows of a load that take others back; gives back whether there are any.

    Args:
        lake: a relation of the table's rows in the lake, if it has any.
    """
    how = table.takes_back
    if how is None:
        return False
    found = _taking(con, table, how, verdicts)
    if not found:
        return False
    _others(con, table, how, verdicts, lake)
    first = next(n for n, fault in enumerate(verdicts.faults) if fault.name == ORIGINAL_NOT_KNOWN)
    con.execute(_linked(how))
    con.execute(_unlinked(how))
    whens = " ".join(f"when '{name}' then {first + n}" for n, name in enumerate(NAMES))
    con.execute(
        f"insert into {verdicts.late} select _id, case fault {whens} end from"
        " (select _id, fault from linked union all select _id, fault from unlinked) where fault is not null"
    )
    return True


def _taking(con: duckdb.DuckDBPyConnection, table: Table, how: TakesBack, verdicts: Verdicts) -> bool:
    """The rows of the load that take back: by their link, their mark, or a negative amount where there is a mark."""
    which = f"{sql.name(how.link)} is not null"
    if how.mark:
        which += f" or {sql.name(how.mark)} or {sql.name(how.amounts[0])} < 0"
    rows = f"{_told(table, how, '_id')} from {verdicts.faultless} where {which}"
    con.execute(f"create or replace temp table taking as {rows}")
    return con.execute("select count(*) from taking").fetchone() != (0,)


def _told(table: Table, how: TakesBack, number: str) -> str:
    amounts = ", ".join(f"{sql.name(name)} as a{n}" for n, name in enumerate(how.amounts))
    chief = f"coalesce({', '.join(map(sql.name, how.amounts))})"
    return (
        f"select {number} as _id, {sql.name(table.key[0])} as key, {sql.name(how.within)} as parent,"
        f" {sql.name(how.link)} as original, {sql.name(how.at)} as moment, {chief} as chief, {amounts}"
    )


def _others(con: duckdb.DuckDBPyConnection, table: Table, how: TakesBack, verdicts: Verdicts, lake: str | None) -> None:
    """What may be taken back, and what took back before: rows of the same parents or with the keys that are named."""
    sources = [(_told(table, how, "_id"), verdicts.faultless)]
    if lake is not None:
        held = f"(select * from {lake} anti join {verdicts.faultless} using ({sql.names(table.key)}))"
        # A row of the lake was judged before.
        sources.append((_told(table, how, "-1"), held))
    near = "parent in (select parent from taking) or key in (select original from taking)"
    rows = [f"select * from ({told} from {relation}) where {near}" for told, relation in sources]
    con.execute(f"create or replace temp table others as {' union all '.join(rows)}")


def _linked(how: TakesBack) -> str:
    """Rows that name what they take back, each with its fault or none."""
    size = range(len(how.amounts))
    originals = ", ".join(f"o.a{n} as o{n}, coalesce(b.a{n}, 0) as b{n}" for n in size)
    before = ", ".join(f"sum(abs(a{n})) as a{n}" for n in size)
    sums = ", ".join(
        f"b{n} + coalesce(sum(case when fault is null then abs(a{n}) end) over (partition by original, parent"
        f" order by moment, key rows between unbounded preceding and 1 preceding), 0) as taken{n}"
        for n in size
    )
    same_sign = " or ".join(f"sign(r.a{n}) * sign(o.a{n}) > 0" for n in size)
    more = " or ".join(f"abs(r.a{n}) > abs(o.a{n})" for n in size)
    gone = " and ".join(f"coalesce(taken{n} >= abs(o{n}), true)" for n in size)
    some = " or ".join(f"taken{n} > 0" for n in size)
    over = " or ".join(f"taken{n} + abs(a{n}) > abs(o{n})" for n in size)
    return (
        f"create or replace temp table linked as with met as (select r.*, {originals}, case"
        f" when o.key is null and e.key is null then '{NAMES[0]}' when o.key is null then '{NAMES[1]}'"
        f" when o.original is not null or {same_sign} then '{NAMES[2]}' when {more} then '{NAMES[4]}'"
        f" when cast(r.moment as DATE) < cast(o.moment as DATE) then '{NAMES[5]}' end as fault"
        " from (select * from taking where original is not null) r"
        " left join others o on o.key = r.original and o.parent = r.parent and o.key <> r.key"
        " left join (select distinct key from others) e on e.key = r.original and e.key <> r.key"
        f" left join (select original, parent, {before} from others where _id < 0 group by all) b"
        " on b.original = r.original and b.parent = r.parent),"
        f" summed as (select *, {sums} from met)"
        f" select _id, coalesce(fault, case when ({gone}) and ({some}) then '{NAMES[3]}'"
        f" when {over} then '{NAMES[4]}' end) as fault from summed"
    )


def _unlinked(how: TakesBack) -> str:
    """Rows that name nothing take back from their parent: from one that has something, at most all of it."""
    size = range(len(how.amounts))
    # All that a parent has but the rows that are judged here; those follow one by one.
    sums = ", ".join(f"coalesce(sum(a{n}), 0) as s{n}" for n in size)
    left = ", ".join(
        f"s{n} + coalesce(sum(case when chief < 0 then a{n} end)"
        f" over (partition by parent order by moment, key), 0) as left{n}"
        for n in size
    )
    over = " or ".join(f"left{n} < 0" for n in size)
    return (
        "create or replace temp table unlinked as with mine as (select * from taking where original is null),"
        f" has as (select parent, count(*) filter (where chief > 0) as originals, {sums} from others"
        " where _id not in (select _id from mine where chief < 0) group by parent),"
        # Places mark the settlement that was taken back as well: another row says which.
        " named as (select distinct original as key from others where original is not null),"
        " opposite as (select distinct parent, -chief as chief from others where chief < 0),"
        f" met as (select m.*, has.originals, {', '.join(f'has.s{n}' for n in size)},"
        " n.key is not null or p.parent is not null as is_named from mine m left join has using (parent)"
        " left join named n using (key) left join opposite p on p.parent = m.parent and p.chief = m.chief),"
        f" summed as (select *, {left} from met)"
        f" select _id, case when chief > 0 then case when not is_named then '{NAMES[2]}' end"
        f" when coalesce(originals, 0) = 0 then '{NAMES[0]}' when {over} then '{NAMES[4]}' end as fault from summed"
    )
