"""How a table's contract is declared: its grain, key, columns, national names and checks."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import ibis

from yiheng.basis.evidence import Words

# No day of care or money lies beyond; a later one is a typing fault, or stands for an end that nobody knows.
LATEST = "2049-12-31"
# From here on a last day is an open end (2099-12-31, 2999-12-31, 9999-12-31): it is kept as the one that is usual.
LASTS_FROM, FAR_DAY = "2099-01-01", "9999-12-31"

# What a column says about a person: kept as a keyed hash only; of ``person``, the fund's own number, where asked for.
Personal = Literal["certificate", "phone", "address", "person"]
Kind = Literal["text", "day", "instant", "fen", "count", "quantity", "price", "yes"]

IBIS_TYPES: dict[Kind, str] = {
    "text": "string",
    "day": "date",
    "instant": "timestamp(6)",
    "fen": "int64",
    "count": "int64",
    "quantity": "decimal(16, 4)",
    "price": "decimal(16, 6)",
    "yes": "boolean",
}

EXPECTED: dict[Kind, Words] = {
    "text": Words("文字", "text"),
    "day": Words("日期，如 2025-03-31", "a day such as 2025-03-31"),
    "instant": Words("时间，如 2025-03-31 08:30:00", "a time such as 2025-03-31 08:30:00"),
    "fen": Words(
        "金额：国家字段名下以元计、至多两位小数；本系统名下以分计的整数",
        "money: yuan with at most two decimals under a national name, whole fen under our own",
    ),
    "count": Words("整数", "a whole number"),
    "quantity": Words("数量，至多四位小数", "a quantity with at most four decimals"),
    "price": Words("单价，至多六位小数", "a unit price with at most six decimals"),
    "yes": Words("1 或 0", "1 or 0"),
}


@dataclass(frozen=True)
class Codes:
    """A closed list: our word for each incoming code, and its Chinese label.

    With ``by_prefix`` an incoming code belongs to the word whose code it starts with: provinces
    lengthen national codes (nhsa.md §2.2).

    Attributes:
        dictionaries: the national dictionaries that the codes come from.
        not_taken: their codes for which there is no word; a row with one is not accepted.
    """

    name: str
    words: Mapping[str, tuple[str, ...]]
    zh: Mapping[str, str]
    by_prefix: bool = False
    dictionaries: tuple[str, ...] = ()
    not_taken: tuple[str, ...] = ()

    def word(self, code: str) -> str | None:
        """Our word for an incoming code."""
        for word, codes in self.words.items():
            if code == word or code in codes or (self.by_prefix and code.startswith(codes)):
                return word
        return None


@dataclass(frozen=True)
class Column:
    """One column: its type carries the unit, its aliases the national spellings.

    Attributes:
        refers_to: the table whose key this value must exist in.
        at_least: smallest accepted value of a count or of money (same unit as the column).
        earliest: first accepted day of a day or an instant, as ISO text.
        latest: last accepted day, as ISO text.
        open_end: a last day that may lie open: far days are one, kept as empty where the column may be empty.
        not_before: the column that refers to another row, and the day of that row before which this one cannot lie.
        free: words for people, which nothing is matched by; every other text is a code and is told from look-alikes.
        dotted: a code in which a dot and zeros at the end mean something, as in the diagnosis 428.0.
        zeros: zeros alone name nothing, as in doctor 000000000.
        default: the word that stands where a file says nothing.
        follows: the column that an empty one is told from, and our word for each form of its codes.
        personal: the kind of personal value that arrives here and is hashed at the door.
    """

    name: str
    kind: Kind
    zh: str
    en: str
    null: bool = False
    aliases: tuple[str, ...] = ()
    codes: Codes | None = None
    refers_to: str | None = None
    at_least: int | None = None
    earliest: str | None = None
    personal: Personal | None = None
    latest: str = LATEST
    open_end: bool = False
    not_before: tuple[str, str] | None = None
    free: bool = False
    dotted: bool = False
    zeros: bool = False
    default: str | None = None
    follows: tuple[str, tuple[tuple[str, str], ...]] | None = None

    @property
    def must(self) -> bool:
        """Whether a file has to say it: it may not be empty, and follows from nothing."""
        return not (self.null or self.default or self.follows)

    @property
    def dated(self) -> bool:
        """Whether it is a day or an instant."""
        return self.kind in ("day", "instant")


@dataclass(frozen=True)
class Copied:
    """A column that the lake keeps with a table, from the row that a column refers to; no file brings it.

    It spares a join over all rows. A load that corrects the other row also mends its copies.

    Attributes:
        by: the column that refers to the other row.
        first_of: columns of the other row; the first that is known is kept.
    """

    name: str
    kind: Kind
    zh: str
    en: str
    by: str
    first_of: tuple[str, ...]


@dataclass(frozen=True)
class TakesBack:
    """How a row takes back another one of its table: with opposite signs, inside one parent, once, at most all of it.

    Attributes:
        link: the column that names the row taken back.
        within: the column that both share.
        amounts: what the two are compared by, the leading one first.
        at: when each of them was.
        mark: the flag of rows that take back, where rows may do so without naming what.
    """

    link: str
    within: str
    amounts: tuple[str, ...]
    at: str
    mark: str | None = None


@dataclass(frozen=True)
class Check:
    """A contradiction inside one row, named by its fault.

    ``fault`` gives a boolean expression: true when the row is wrong, null when it cannot be judged.
    """

    name: str
    says: Words
    expected: Words
    columns: tuple[str, ...]
    fault: Callable[[ibis.Table], ibis.expr.types.BooleanValue]


@dataclass(frozen=True)
class Table:
    """The contract of one table.

    Attributes:
        key: columns that make a row one thing; the same key twice is a duplicate or a correction.
        money: the column whose sum is reconciled at intake, if the table carries money.
        aliases: national table names under which a file may come.
        copies: what the lake keeps with each row beside its own columns.
        takes_back: how a row takes back another one, if rows do.
    """

    name: str
    zh: str
    en: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    aliases: tuple[str, ...] = ()
    money: str | None = None
    checks: tuple[Check, ...] = ()
    copies: tuple[Copied, ...] = ()
    takes_back: TakesBack | None = None
    _by_name: dict[str, Column] = field(default_factory=dict, compare=False, repr=False)
    _by_alias: dict[str, Column] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._by_name.update({c.name: c for c in self.columns})
        for column in self.columns:
            for name in (column.name, *column.aliases):
                self._by_alias.setdefault(name, column)

    def __getitem__(self, column: str) -> Column:
        return self._by_name[column]

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    @property
    def schema(self) -> ibis.Schema:
        """The Ibis schema of the rows as they come."""
        return ibis.schema({c.name: IBIS_TYPES[c.kind] for c in self.columns})

    @property
    def kept(self) -> ibis.Schema:
        """The Ibis schema of the rows as the lake keeps them: with their copies."""
        return ibis.schema({**dict(self.schema.items()), **{c.name: IBIS_TYPES[c.kind] for c in self.copies}})

    def needs(self, column: Column, have: Container[str | None]) -> bool:
        """Whether a file with these columns lacks this one: it may not be empty and follows from nothing."""
        told = column.follows is not None and column.follows[0] in have
        return not (column.null or column.default or told or column.name in have)

    def column_under(self, name: str) -> Column | None:
        """The column that a file calls ``name``: our name or a national one, any case."""
        return self._by_alias.get(name.strip().lower())
