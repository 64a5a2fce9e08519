"""Which transactions of the national interface are read, and how their nodes become rows under national names."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from yiheng.basis.refusals import Refusal

# A row on its way: national name → text.
Row = dict[str, str | None]
Item = Mapping[str, Any]
# Table, the node in the message, the place of the item in the node (from 1), the row.
Found = tuple[str, str, int, Row]

# Interface 3101 calls some things otherwise than the tables do.
PATIENT = {"patn_id": "psn_no", "poolarea": "insu_admdvs"}
ENCOUNTER = {"medins_id": "fixmedins_code", "adm_date": "begntime", "dscg_date": "endtime", "dr_codg": "chfpdr_code"}
DIAGNOSE = {
    "dias_srt_no": "diag_srt_no", "dise_codg": "diag_code", "dise_name": "diag_name", "maindise_flag": "maindiag_flag",
}  # fmt: skip
OPERATED = {"oprn_code": "oprn_oprt_code", "oprn_name": "oprn_oprt_name", "oprn_date": "oprn_oprt_date"}
ORDER = {
    "rx_id": "feedetl_sn", "hilist_type": "list_type", "hilist_lv": "chrgitm_lv", "sumamt": "det_item_fee_sumamt",
    "drord_begn_date": "fee_ocur_time", "drord_dept_codg": "bilg_dept_codg", "drord_dr_codg": "bilg_dr_codg",
}  # fmt: skip
# Transaction → node, our kind of movement (none: the line says it), column of the quantity.
MOVES = {
    "3501": ("invinfo", "stocktaking", "inv_cnt"),
    "3502": ("invinfo", None, "cnt"),
    "3503": ("purcinfo", "purchase", "purc_retn_cnt"),
    "3504": ("purcinfo", "purchase_return", "purc_retn_cnt"),
    "3505": ("selinfo", "sale", "sel_retn_cnt"),
    "3506": ("selinfo", "sale_return", "sel_retn_cnt"),
}
# What leaves the stock: our words, and the codes of inv_chg_type for 调拨出库 盘损 销毁 其他出库 退货出库 赠药退回.
OUTGOING = {"purchase_return", "sale", "102", "104", "105", "107", "109", "111"}


# By what a movement is the one it is: who, what, when, how much, to whom, on which paper.
MOVED = (
    "fixmedins_code", "med_list_codg", "fixmedins_hilist_id", "fixmedins_bchno", "manu_lotnum", "inv_chg_type", "cnt",
    "pric", "finl_trns_pric", "inv_chg_time", "invdate", "purc_retn_stoin_time", "sel_retn_time", "setl_id", "mdtrt_sn",
    "psn_no", "rxno", "rtal_docno", "stoout_no", "dynt_no", "purc_invo_no", "drug_trac_codg", "trdn_flag",
)  # fmt: skip
HEX_OF_A_NUMBER = 24
# inout_dise_type
ADMISSION, DISCHARGE = "1", "2"


@dataclass(frozen=True)
class Message:
    """One transaction: its envelope, its number in the file, and where people find it.

    Attributes:
        odd: parts of it that are no rows and are left out; the others are read.
    """

    envelope: Item
    number: int
    where: str
    odd: list[Refusal] = field(default_factory=list)

    def node(self, *path: str, needed: bool = True) -> Any:
        """What stands at a path of the envelope.

        Raises:
            Refusal: when it is needed and not there.
        """
        at: Any = self.envelope
        for key in path:
            at = at.get(key) if isinstance(at, dict) else None
        if at is None and needed:
            raise Refusal(
                f"transaction {self.envelope['infno']} lacks '{'.'.join(path)}'",
                where=self.where,
                cure="export the whole envelope, input and output",
            )
        return at

    def items(self, node: Any, name: str) -> list[Item]:
        """The objects of a node: one, or a list of them; an empty text is none, as clients write it."""
        found = node if isinstance(node, list) else [node]
        for position, item in enumerate(found, start=1):
            if not isinstance(item, dict) and item not in (None, ""):
                what = f"'{name}' holds something else than objects: item {position} is left out"
                self.odd.append(Refusal(what, where=self.where, expected="{…} or [{…}, …]", cure="send it again"))
        return [item for item in found if isinstance(item, dict)]


def reader_of(message: Message) -> Callable[[Message], Iterator[Found]]:
    """What gives the rows that a message carries; it refuses a message that lacks a node.

    Raises:
        Refusal: when the transaction is unknown.
    """
    read = READERS.get(str(message.envelope.get("infno")))
    if read is None:
        raise Refusal(
            f"transaction '{message.envelope.get('infno')}' is not read",
            where=message.where,
            expected="infno " + " ".join(READERS),
            cure="leave it out of the file",
        )
    return read


def _settlement(message: Message) -> Iterator[Found]:
    path = ("output", "setlinfo")
    for n, item in enumerate(message.items(message.node(*path), path[-1]), start=1):
        yield "settlement", ".".join(path), n, _row(item)


def _taken_back(message: Message) -> Iterator[Found]:
    """A settlement that takes back the one named in the input; the output carries its own number and amounts."""
    original = message.node("input", "data")
    for table, node, n, row in _settlement(message):
        yield table, node, n, {**row, "init_setl_id": _text(original.get("setl_id")), "refd_setl_flag": "1"}


def _fee_lines(message: Message) -> Iterator[Found]:
    path = ("input", "feedetail")
    for n, item in enumerate(message.items(message.node(*path), path[-1]), start=1):
        row = _row(item)
        # The sender's number is unique inside one visit only (nhsa.md §1.2).
        for name in ("feedetl_sn", "init_feedetl_sn"):
            row[name] = inside(row.get("mdtrt_id"), row.get(name))
        yield "fee_line", ".".join(path), n, row


def _settlement_list(message: Message) -> Iterator[Found]:
    head = message.items(message.node("input", "setlinfo"), "setlinfo")
    if len(head) != 1:
        raise Refusal("a settlement list is of one stay", where=message.where, expected="one 'setlinfo'")
    yield "front_page", "input.setlinfo", 1, _row(head[0])
    visit = _text(head[0].get("mdtrt_id"))
    for table, name, ordinal in (
        ("diagnosis", "diseinfo", "diag_srt_no"),
        ("operation", "oprninfo", "oprn_srt_no"),
    ):
        for n, item in enumerate(message.items(message.node("input", name, needed=False), name), start=1):
            # The lists carry neither the visit nor, mostly, a number: their order is the order.
            yield table, f"input.{name}", n, {ordinal: str(n), **_row(item), "mdtrt_id": visit}


def inside(visit: str | None, number: str | None) -> str | None:
    """A number of a sender that is unique inside one visit only, as it is kept."""
    return f"{visit}-{number}" if visit and number else number


def _audited(message: Message) -> Iterator[Found]:
    path = ("input", "data", "patient_dtos")
    for patient in message.items(message.node(*path), path[-1]):
        encounters = message.items(patient.get("fsi_encounter_dtos"), "fsi_encounter_dtos")
        current = [e for e in encounters if e.get("mdtrt_id") == patient.get("curr_mdtrt_id")] or encounters
        person = _row(patient, PATIENT)
        if current:
            person.setdefault("insutype", _text(current[0].get("insutype")))
        yield "person", ".".join(path), 1, person
        for n, encounter in enumerate(encounters, start=1):
            yield "visit", "fsi_encounter_dtos", n, {**_row(encounter, ENCOUNTER), "psn_no": person.get("psn_no")}
            yield from _of_encounter(message, encounter)


def _of_encounter(message: Message, encounter: Item) -> Iterator[Found]:
    visit = {"mdtrt_id": _text(encounter.get("mdtrt_id"))}
    for table, name, names, ordinal in (
        ("diagnosis", "fsi_diagnose_dtos", DIAGNOSE, "diag_srt_no"),
        ("operation", "fsi_operation_dtos", OPERATED, "oprn_srt_no"),
        ("fee_line", "fsi_order_dtos", ORDER, ""),
    ):
        items = message.items(encounter.get(name), name)
        rows = [{**_row(item, names), **visit} for item in items]
        if table == "diagnosis":
            rows = _on_discharge(rows)
        elif table == "fee_line":
            _number_lines(rows, visit["mdtrt_id"])
        for n, row in enumerate(rows, start=1):
            if ordinal:
                row.setdefault(ordinal, str(n))
            yield table, name, n, row


def _on_discharge(rows: list[Row]) -> list[Row]:
    """Diagnoses without those of the admission whose place another one took by the discharge."""
    later: dict[tuple[str | None, str | None], set[str | None]] = {}
    for row in rows:
        if row.get("inout_dise_type") == DISCHARGE:
            later.setdefault((row.get("diag_type"), row.get("diag_srt_no")), set()).add(row.get("diag_code"))
    return [
        row
        for row in rows
        if row.get("inout_dise_type") != ADMISSION
        or row.get("diag_code") in later.get((row.get("diag_type"), row.get("diag_srt_no")), {row.get("diag_code")})
    ]


def _number_lines(rows: list[Row], visit: str | None) -> None:
    """A prescription may hold several items, and an item may stand in it more than once: each is a line of the visit.

    What is the same in everything is the same line.
    """
    prescriptions = Counter(row.get("feedetl_sn") for row in {tuple(row.items()): row for row in rows}.values())
    contents: dict[str, list[Row]] = {}
    for row in rows:
        number = row.get("feedetl_sn")
        if number and prescriptions[number] > 1:
            number = f"{number}-{row.get('hilist_code') or row.get('med_list_codg') or ''}"
        if number:
            others = contents.setdefault(number, [])
            if row not in others:
                others.append(dict(row))
            if turn := others.index(row):
                number = f"{number}-{turn + 1}"
        row["feedetl_sn"] = inside(visit, number)


def _stock(message: Message) -> Iterator[Found]:
    infno = str(message.envelope["infno"])
    name, kind, quantity = MOVES[infno]
    sender = _text(message.envelope.get("fixmedins_code"))
    seen: Counter[str] = Counter()
    for n, item in enumerate(message.items(message.node("input", name), name), start=1):
        row = {"fixmedins_code": sender, **_row(item)}
        row["inv_chg_type"] = kind or row.get("inv_chg_type")
        amount = row.pop(quantity, None)
        row["cnt"] = _out(amount) if row["inv_chg_type"] in OUTGOING else amount
        codes = [_text(c.get("drug_trac_codg")) for c in message.items(item.get("drugtracinfo"), "drugtracinfo")]
        number = _number_of(row, codes, infno)
        seen[number] += 1
        # Two packs may be sold alike in one message.
        row["rid"] = number if seen[number] == 1 else f"{number}-{seen[number]}"
        first = codes[0] if codes else row.get("drug_trac_codg")
        yield "stock_move", f"input.{name}", n, {**row, "drug_trac_codg": first}
        for i, code in enumerate(codes[1:], start=2):
            # One row for each code; the quantity stands on the first, so that it is counted once.
            more = {**row, "drug_trac_codg": code, "cnt": "0", "rid": f"{row['rid']}:{i}"}
            yield "stock_move", f"input.{name}", n, more


def _number_of(row: Row, codes: list[str | None], infno: str) -> str:
    """The number of a movement, told from what moved: sent again under another message id it is the same movement."""
    what = [infno, *(row.get(name) or "" for name in MOVED), *(code or "" for code in codes)]
    return hashlib.sha256("\x1f".join(what).encode()).hexdigest()[:HEX_OF_A_NUMBER]


READERS: dict[str, Callable[[Message], Iterator[Found]]] = {
    "2102": _settlement,
    "2103": _taken_back,
    "2204": _fee_lines,
    "2207": _settlement,
    "2208": _taken_back,
    "2301": _fee_lines,
    "2304": _settlement,
    "2305": _taken_back,
    "3101": _audited,
    **dict.fromkeys(MOVES, _stock),
    "4101": _settlement_list,
}


def _row(item: Item, names: Mapping[str, str] | None = None) -> Row:
    """The plain values of an object under the names of the tables."""
    names = names or {}
    plain = {key: value for key, value in item.items() if not isinstance(value, dict | list)}
    return {names.get(key, key): _text(value) for key, value in plain.items()}


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "1" if value else "0"
    return None if value is None else str(value)


def _out(amount: str | None) -> str | None:
    """A quantity that leaves: the interface gives it without a sign."""
    return amount if not amount or amount.startswith("-") else f"-{amount}"
