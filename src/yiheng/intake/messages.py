"""Files of JSON messages of the national interface: envelopes read one by one, rows kept by table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa

from yiheng.basis.refusals import Refusal
from yiheng.documents import encoding_of, parsed_json, scanned
from yiheng.records import TABLES

from .nodes import Message, Row, reader_of
from .sources import PLACE, ROW, Asked, Parts, SourceFile
from .withdrawals import TRIALS, WITHDRAWALS, Withdrawn, infno_of, left_of, may_withdraw, withdrawals_in

BATCH = 20_000
LINES = ".jsonl"
# A file or a line is read as a whole; what is larger than a day of a county belongs into lines.
MOST_IN_MEMORY = 256 * 1024 * 1024
# infcode of a transaction that the platform accepted; older clients leave it out.
ACCEPTED = ("0", "None", "")


@dataclass(frozen=True)
class Messages:
    """What a file of messages holds.

    Attributes:
        sources: one for each table that they feed.
        left: messages of which nothing is read: the platform had refused them, they settle on trial only, or they
            withdraw others.
        withdrawn: rows that a later message withdraws, by table.
        refused: messages that lack a node, and nodes that hold no rows; they stop no others.
    """

    sources: list[SourceFile]
    left: list[str]
    refused: list[Refusal]
    withdrawn: dict[str, Withdrawn]


def message_sources(path: Path, shown: str, scratch: Path, asked: Asked) -> Messages:
    """The messages of a file: of ``.jsonl`` one a line, of ``.json`` one or a list.

    Raises:
        Refusal: when the file is no JSON, a message is none of the interface, or its transaction is not read.
    """
    scan = scanned(path)
    encoding = "utf-8-sig" if scan.clean or encoding_of(path, shown) == "utf-8" else "gb18030"
    kept: dict[str, Parts] = {}
    waiting: dict[str, list[dict[str, Any]]] = {}
    left: list[str] = []
    refused: list[Refusal] = []
    withdrawn: dict[str, Withdrawn] = {}
    withdrawals = withdrawals_in(_accepted(path, shown, encoding)) if may_withdraw(path) else []
    for message in _messages(path, shown, encoding):
        if str(message.envelope.get("infcode")) not in ACCEPTED:
            left.append(message.where)
            continue
        if infno_of(message) in TRIALS:
            left.append(f"{message.where} (infno {infno_of(message)}: a trial, no settlement)")
            continue
        if infno_of(message) in WITHDRAWALS:
            continue
        reader = reader_of(message)
        # A message without a node that it needs is left out whole: its rows explain each other.
        try:
            found = left_of(message, list(reader(message)), withdrawals, withdrawn)
        except Refusal as refusal:
            refused.append(refusal)
            continue
        refused += message.odd
        for table, node, position, row in found:
            batch = waiting.setdefault(table, [])
            batch.append({**_under_one_name(table, row), ROW: position, PLACE: f"message {message.number} {node}"})
            if table not in kept:
                kept[table] = Parts(scratch, asked)
            if len(batch) == BATCH:
                _keep(kept[table], batch)
    for table, batch in waiting.items():
        _keep(kept[table], batch)
    sources = [
        SourceFile(kept[t].folder, (t,), f"{shown}/{t}", "messages", kept[t].columns, scan.sha256)
        for t in TABLES
        if t in kept
    ]
    left += [one.says() for one in withdrawals if one.rows]
    refused += [one.refusal() for one in withdrawals if not one.rows]
    return Messages(sources, left, refused, withdrawn)


def _accepted(path: Path, shown: str, encoding: str) -> Iterator[Message]:
    return (one for one in _messages(path, shown, encoding) if str(one.envelope.get("infcode")) in ACCEPTED)


def _under_one_name(table: str, row: Row) -> Row:
    """Transactions name a column differently; in one table it has one name, the first national one."""
    named: Row = {}
    for key, value in row.items():
        column = TABLES[table].column_under(key)
        name = column.aliases[0] if column and column.aliases else key
        named[name] = named.get(name) or value
    return named


def _keep(parts: Parts, batch: list[dict[str, Any]]) -> None:
    if not batch:
        return
    columns = {name: pa.string() for row in batch for name in row}
    parts.add(pa.Table.from_pylist(batch, schema=pa.schema({**columns, ROW: pa.int64()})))
    batch.clear()


def _messages(path: Path, shown: str, encoding: str) -> Iterator[Message]:
    """Every envelope of a file."""
    number = 0
    for line, text in _texts(path, shown, encoding):
        found = parsed_json(text, shown, line)
        for envelope in found if isinstance(found, list) else [found]:
            number += 1
            yield _message(envelope, number, f"{shown} message {number}")
    if not number:
        raise Refusal("the file holds no message", where=shown, expected="an envelope with infno, or a list of them")


def _texts(path: Path, shown: str, encoding: str) -> Iterator[tuple[int, str]]:
    """The JSON texts of a file, each with the line on which it begins."""
    with path.open(encoding=encoding) as file:
        for line in count(1):
            text = file.readline(MOST_IN_MEMORY) if path.suffix.lower() == LINES else file.read(MOST_IN_MEMORY)
            if len(text) == MOST_IN_MEMORY:
                raise Refusal(
                    f"this is one text of more than {MOST_IN_MEMORY:,} signs",
                    where=f"{shown}:{line}",
                    expected="messages one a line in a .jsonl file",
                    cure="split it",
                )
            if not text:
                return
            if text.strip():
                yield line, text


def _message(envelope: Any, number: int, where: str) -> Message:
    if not isinstance(envelope, dict) or "infno" not in envelope:
        raise Refusal(
            "this is no message of the national interface",
            where=where,
            expected="an object with infno, input and output",
            cure="add infno to answers, which do not carry it, or write a mapping for another layout",
        )
    return Message(envelope, number, where)
