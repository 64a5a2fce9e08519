"""Personal data at the door: keyed hashes made in bulk, fields that are not read, values that are not shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import duckdb

from yiheng.basis.engine_paths import duckdb_parquet
from yiheng.basis.hidden import CERTIFICATE, IN_LATIN, OLD, SEVERAL_WORDS
from yiheng.basis.refusals import Refusal
from yiheng.records import TABLES, Column, Personal, Table

from . import sql
from .mapping import ROW_NUMBER, MappingFile
from .parse import Incoming
from .sources import Asked

# What is the same is written the same before it is hashed; the value stands as {}.
WRITTEN: dict[Personal, str] = {
    "certificate": r"upper(in_full(regexp_replace(tidied({}), '\s', '', 'g')))",
    "phone": r"regexp_replace(regexp_replace({}, '[^0-9]', '', 'g'), '^(00)?86(1[0-9]{{10}})$', '\2')",
    "address": r"regexp_replace({}, '[\s\x{{3000}}]', '', 'g')",
    "person": "in_full(tidied({}))",
}
HASH = "[0-9a-f]{64}"
BLOCK = hashlib.sha256().block_size
INNER, OUTER = 0x36, 0x5C
# The engine has SHA-256 but no HMAC (RFC 2104): it is put together here. What is such a hash already stays what it is.
SEALED = f"""
create or replace temp macro sealed(given, written) as case
  when regexp_full_match(given, '{HASH}') then given
  else sha256(getvariable('outer_key') || unhex(sha256(getvariable('inner_key') || encode(nullif(written, ''))))) end
"""
WITHHELD = "（未保存：可能含个人信息）"
NUMBERS = r"(^|[^0-9])([0-9]{15,19}|[0-9]{17}[Xx]|1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8})($|[^0-9])"
# A misplaced name or address is words; a date or an amount may carry its unit.
PLAIN_CODE, PLAIN_VALUE = "[!-~]{1,64}", "[ -~年月日时分秒元]{1,40}"
# A mobile telephone among what is no digit, or digits that are a card's if their check digit is right.
MOBILE = "(^|[^0-9])((00)?86)?1[3-9][0-9]{9}($|[^0-9])"


@dataclass(frozen=True)
class Privacy:
    """What a load does with personal values.

    Attributes:
        key: gives the secret of the hashes; asked only when a personal value is to be kept.
        hash_person_id: whether the fund's own number of a person is hashed as well.
    """

    key: Callable[[], bytes] = field(repr=False)
    hash_person_id: bool = False


@dataclass
class Sealing:
    """Turns incoming personal values into keyed hashes before anything else reads them.

    Attributes:
        asked: whether the load reads a source's column of this name; the others are never copied.
    """

    con: duckdb.DuckDBPyConnection
    privacy: Privacy
    asked: Asked
    _keyed: bool = False

    def arm(self, table: Table, arm: Mapping[str, Incoming]) -> dict[str, Incoming]:
        """The incoming columns, the personal ones as their hashes."""
        return {name: self._sealed(table[name], incoming) for name, incoming in arm.items()}

    def agrees_with(self, persons: list[str]) -> None:
        """Refuse a load whose numbers of persons would match none of those in the lake.

        Raises:
            Refusal: when the lake's numbers are hashed and the load's are not, or the other way round.
        """
        if not persons:
            return
        first = f"select regexp_full_match(person_id, '{HASH}') from {duckdb_parquet(persons[0])} limit 1"
        hashed = self.con.execute(first).fetchone() == (True,)
        if hashed != self.privacy.hash_person_id:
            raise Refusal(
                f"the lake holds the numbers of persons {'as hashes' if hashed else 'as they came'}",
                where="hash_person_id",
                expected="the same for all loads of a workspace",
                cure="put the setting back, or load everything into a new workspace",
            )

    def _sealed(self, column: Column, incoming: Incoming) -> Incoming:
        kind = column.personal
        if kind is None or (kind == "person" and not self.privacy.hash_person_id):
            return incoming
        if not self._keyed:
            # Bound, not written: the key stands in no statement and in no message of the engine.
            key = self.privacy.key().ljust(BLOCK, b"\0")
            for name, pad in (("inner_key", INNER), ("outer_key", OUTER)):
                self.con.execute(f"set variable {name} = ?::BLOB", [bytes(byte ^ pad for byte in key)])
            self.con.execute(SEALED)
            self._keyed = True
        given = f"nullif(trim(cast({incoming.raw} as VARCHAR)), '')"
        return replace(incoming, raw=f"sealed({given}, {WRITTEN[kind].format(given)})", type="VARCHAR")


def asked_for(mapping: MappingFile | None) -> Asked:
    """Which columns a load reads: those that a table knows, or those that the mapping names."""
    if mapping is None:
        names = {name for table in TABLES.values() for c in table for name in (c.name, *c.aliases)}
        return lambda theirs: theirs.strip().lower() in names
    texts = []
    for entry in mapping.mapping.tables:
        for written in (*entry.columns.values(), entry.only_if or ""):
            for number in range(1, entry.repeat + 1):
                texts.append(written.replace(f"{{{ROW_NUMBER}}}", str(number)).lower())
    return lambda theirs: any(theirs.lower() in text for text in texts)


def shown_value(column: Column, value: str, *, usual: bool = False) -> str:
    """SQL of a faulty value as quarantine keeps it: what may be a person's name or number is withheld.

    Args:
        usual: whether the numbers that belong in the column have the form of a telephone or a card themselves.
    """
    bare = f"regexp_replace({value}, '[^0-9A-Za-z]', '', 'g')"
    # However they are written: in groups, with dashes, sign by sign.
    one = f"'(^|[^0-9])({CERTIFICATE}|{OLD})($|[^0-9])'"
    certificate = f"regexp_matches({bare}, {one}) or regexp_matches({value}, {one})"
    others = f"regexp_matches({bare}, '{MOBILE}') or is_card(regexp_replace({value}, '[^0-9]', '', 'g'))"
    hidden = f"({certificate})" if usual else f"({certificate} or {others})"
    if column.kind == "text" and column.codes is None and not column.free:
        shown = f"regexp_full_match({value}, '{PLAIN_CODE}')"
    else:
        # Words for people are shown only where they are none.
        plain = PLAIN_CODE if column.free else PLAIN_VALUE
        shown = f"regexp_full_match({value}, '{plain}') and not regexp_matches({value}, '{NUMBERS}')"
        shown += f" and not regexp_matches({value}, '{SEVERAL_WORDS}')"
    known = f"{value} in ({sql.texts([*column.codes.words])}) or " if column.codes else ""
    shown = f"{known}{shown} and not {hidden} and not regexp_full_match({value}, '{IN_LATIN}')"
    return f"case when {shown} then {value} when {value} is not null then {sql.text(WITHHELD)} end"
