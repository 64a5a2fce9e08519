"""The tables of a CHS-DRG grouping plan: a folder of CSV files that hold together and must agree."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ibis

from yiheng.basis.numbers import whole_number
from yiheng.basis.refusals import Refusal, Refusals, nearest

from .declare import MOST_FAULTS, CodeList, Edition, Row, doubled, read_edition

# What a MDC asks of a stay, how an ADRG is told, and what a DRG needs beside its ADRG.
PARTS_OF_A_MDC = ("surgical", "non_or_procedure", "medical")
REQUIRES = ("MCC", "MCC_OR_CC", "ALWAYS")
NEVER_EXCLUDED = "999"
WHOLE = ("order", "order_in_mdc", "order_in_adrg", "qy_after_n_adrg", "n_adrg")


@dataclass(frozen=True)
class Plan:
    """A list of several tables that come as one folder and are loaded as one edition.

    Attributes:
        tables: the code list of each file; the file is named as the list without the plan's name.
        optional: files that a plan may do without.
    """

    name: str
    zh: str
    en: str
    tables: tuple[CodeList, ...]
    optional: frozenset[str] = frozenset()

    def file(self, table: CodeList) -> str:
        """The name of a table's file in the folder."""
        return table.name.removeprefix(self.name + "_") + ".csv"


@dataclass(frozen=True)
class PlanEdition:
    """One edition of a plan: its tables, and sentences on what is odd but no contradiction."""

    plan: Plan
    sha256: str
    tables: dict[str, Edition]
    notes: list[str]

    @property
    def edition(self) -> str:
        """Short name of the edition."""
        return self.sha256[:12]


def _table(name: str, zh: str, columns: str, key: str = "") -> CodeList:
    """A table of text columns; those that count are whole numbers. ``key`` columns stand once."""
    needs, keys = tuple(columns.split()), tuple(key.split())

    def read(published: dict[str, str]) -> list[Row] | str:
        row: Row = {column: published[column] or None for column in needs}
        for column in needs:
            if column in WHOLE:
                try:
                    row[column] = whole_number(published[column])
                except ValueError:
                    return f"{column} '{published[column]}' is no whole number"
        empty = [column for column in keys if row[column] is None]
        return f"{empty[0]} is empty" if empty else [row]

    return CodeList(
        name=f"chs_drg_{name}",
        zh=zh,
        en=f"{name.replace('_', ' ')} of the grouping plan",
        needs=needs,
        schema=ibis.schema({column: "int64" if column in WHOLE else "string" for column in needs}),
        read=read,
        check=(lambda rows, file: doubled(rows, keys, file)) if keys else None,
        strict=True,
    )


CHS_DRG = Plan(
    name="chs_drg",
    zh="CHS-DRG 分组方案",
    en="a CHS-DRG grouping plan: MDC, ADRG, DRG, complications, exclusions, ICD lists",
    tables=(
        _table("mdc", "主要诊断大类", "order mdc gate qy_after_n_adrg qy_enabled n_adrg", "mdc"),
        _table("mdc_diagnosis", "MDC 诊断", "mdc site code"),
        _table("adrg", "核心疾病诊断相关组", "order mdc order_in_mdc adrg part match name fallback", "adrg"),
        _table("adrg_diagnosis", "ADRG 诊断", "adrg set code", "adrg set code"),
        _table("adrg_procedure", "ADRG 手术操作", "adrg set code", "adrg set code"),
        _table("drg", "疾病诊断相关组", "adrg order_in_adrg drg requires name", "drg"),
        _table("mcc", "严重并发症或合并症", "code exclusion_group", "code"),
        _table("cc", "一般并发症或合并症", "code exclusion_group", "code"),
        _table("cc_exclusion", "并发症排除", "principal_code exclusion_group", "principal_code"),
        _table("valid_procedure", "有效手术操作", "code name"),
        _table("icd_diagnosis", "医保版诊断编码", "code name", "code"),
        _table("icd_procedure", "医保版手术操作编码", "code name", "code"),
        _table("gray_diagnosis", "灰码诊断", "code name"),
        _table("gray_procedure", "灰码手术操作", "code name"),
        _table("procedure_class_gl30", "手术操作分类（国临版 3.0）", "code name class", "code"),
    ),
    optional=frozenset({"gray_diagnosis.csv", "gray_procedure.csv", "procedure_class_gl30.csv"}),
)


def read_plan(plan: Plan, folder: Path) -> PlanEdition:
    """Read the folder of a plan and check that its tables agree.

    Raises:
        Refusals: files or columns are missing, rows cannot be used, or tables contradict each other.
    """
    if not folder.is_dir():
        raise Refusal("a grouping plan is a folder of tables", where=str(folder), cure="name the folder")
    tables: dict[str, Edition] = {}
    faults: list[Refusal] = []
    for table in plan.tables:
        file = folder / plan.file(table)
        if file.name in plan.optional and not file.exists():
            continue
        try:
            tables[file.stem] = read_edition(table, file)
        except Refusals as several:
            faults += several.found
        except Refusal as one:
            faults.append(one)
    faults = faults or [*_groups(tables), *_sets(tables), *_complications(tables)]
    if faults:
        raise Refusals(faults[:MOST_FAULTS])
    content = "".join(f"{name} {table.sha256}\n" for name, table in sorted(tables.items()))
    return PlanEdition(plan, hashlib.sha256(content.encode()).hexdigest(), tables, list(_notes(tables)))


def _rows(tables: dict[str, Edition], name: str) -> list[Row]:
    return tables[name].rows if name in tables else []


def _unknown(tables: dict[str, Edition], name: str, column: str, of: str) -> Iterator[Refusal]:
    """Rows that name a group which its own table does not have."""
    known = {row[of]: row for row in _rows(tables, of)}
    for row in _rows(tables, name):
        if row[column] not in known:
            where = f"{name}.csv:{row['line']}"
            yield Refusal(
                f"{of.upper()} '{row[column]}' is not in {of}.csv", where=where, cure=nearest(str(row[column]), known)
            )


def _groups(tables: dict[str, Edition]) -> Iterator[Refusal]:
    """MDC, ADRG and DRG name each other, and none is left empty."""
    yield from _unknown(tables, "adrg", "mdc", "mdc")
    yield from _unknown(tables, "mdc_diagnosis", "mdc", "mdc")
    for name, column in (("drg", "adrg"), ("adrg_diagnosis", "adrg"), ("adrg_procedure", "adrg"), ("adrg", "fallback")):
        yield from _unknown(tables, name, column, "adrg")
    counted = Counter(row["mdc"] for row in _rows(tables, "adrg"))
    for row in _rows(tables, "mdc"):
        if row["n_adrg"] != counted[row["mdc"]]:
            what = f"{row['mdc']} has {counted[row['mdc']]} ADRG in adrg.csv, not {row['n_adrg']}"
            yield Refusal(what, where=f"mdc.csv:{row['line']}", cure="mend n_adrg or add the missing rows")
    divided = {row["adrg"] for row in _rows(tables, "drg")}
    for row in _rows(tables, "adrg"):
        where = f"adrg.csv:{row['line']}"
        if row["adrg"] not in divided:
            yield Refusal(f"ADRG '{row['adrg']}' has no DRG in drg.csv", where=where, cure="add its DRG")
        if row["part"] not in PARTS_OF_A_MDC:
            yield Refusal(f"'{row['part']}' is no part of a MDC", where=where, expected=", ".join(PARTS_OF_A_MDC))
    for row in _rows(tables, "drg"):
        if row["requires"] not in REQUIRES:
            where = f"drg.csv:{row['line']}"
            yield Refusal(f"unknown requirement '{row['requires']}'", where=where, expected=", ".join(REQUIRES))


def needed_sets(match: str) -> set[tuple[str, str]]:
    """The code sets that an ADRG's condition speaks of: table and number of the set."""
    sets = {("adrg_diagnosis", "1")} if re.search(r"\b(main|any)_dx\b", match) else set()
    if re.search(r"\b(main|any)_px\b", match):
        sets.add(("adrg_procedure", "1"))
    if "any_px1" in match:
        sets.add(("adrg_procedure", "2"))
    for numbered in re.findall(r"px_sets:([0-9&|]+)", match):
        sets |= {("adrg_procedure", number) for number in re.findall(r"[0-9]+", numbered)}
    return sets


def _sets(tables: dict[str, Edition]) -> Iterator[Refusal]:
    """Every set that a condition speaks of has codes, and every set is spoken of."""
    there: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for name in ("adrg_diagnosis", "adrg_procedure"):
        for row in _rows(tables, name):
            there[row["adrg"]].add((name, row["set"]))
    for row in _rows(tables, "adrg"):
        needed, where = needed_sets(row["match"] or ""), f"adrg.csv:{row['line']}"
        for table, number in sorted(needed - there[row["adrg"]]):
            what = f"{row['adrg']} asks for set {number}, of which {table}.csv has no code"
            yield Refusal(what, where=where, cure=f"add the codes, or mend match '{row['match']}'")
        for table, number in sorted(there[row["adrg"]] - needed):
            what = f"{row['adrg']} never asks for set {number} of {table}.csv"
            yield Refusal(what, where=where, cure=f"mend match '{row['match']}', or take the set out")


def _complications(tables: dict[str, Edition]) -> Iterator[Refusal]:
    """A code is MCC or CC, not both, and its exclusion group is one that principal diagnoses have."""
    severe = {row["code"]: row["line"] for row in _rows(tables, "mcc")}
    for row in _rows(tables, "cc"):
        if row["code"] in severe:
            what = f"{row['code']} is MCC too (mcc.csv:{severe[row['code']]})"
            yield Refusal(what, where=f"cc.csv:{row['line']}", cure="keep it in one of the two")
    groups = {row["exclusion_group"] for row in _rows(tables, "cc_exclusion")} | {NEVER_EXCLUDED}
    for name in ("mcc", "cc"):
        for row in _rows(tables, name):
            if row["exclusion_group"] not in groups:
                yield Refusal(
                    f"no principal diagnosis has exclusion group '{row['exclusion_group']}' of {row['code']}",
                    where=f"{name}.csv:{row['line']}",
                    expected=f"a group of cc_exclusion.csv, or {NEVER_EXCLUDED} for never excluded",
                )


def _notes(tables: dict[str, Edition]) -> Iterator[str]:
    """What published plans have although it is odd: repeated rows, codes that the ICD lists lack, dead codes."""
    for name, table in tables.items():
        content = [tuple(row[column] for column in table.code_list.needs) for row in table.rows]
        if repeated := len(content) - len(set(content)):
            yield f"{name}.csv: {repeated} rows appear twice"
    for kind, names in {
        "diagnosis": ("mdc_diagnosis", "adrg_diagnosis", "mcc", "cc", "cc_exclusion", "gray_diagnosis"),
        "procedure": ("adrg_procedure", "valid_procedure", "gray_procedure"),
    }.items():
        listed = {row["code"] for row in _rows(tables, f"icd_{kind}")}
        for name in names:
            column = "principal_code" if name == "cc_exclusion" else "code"
            if lacking := sorted({row[column] for row in _rows(tables, name)} - listed):
                shown = ", ".join(lacking[:4]) + (" …" if lacking[4:] else "")
                yield f"{name}.csv: {len(lacking)} codes are not in icd_{kind}.csv: {shown}"
    outside, taken, unreached = _never_reached(tables)
    if outside:
        yield f"adrg_diagnosis.csv: {sum(outside.values())} codes that their MDC does not admit: {_counts(outside)}"
    if taken:
        yield f"adrg_diagnosis.csv: {sum(taken.values())} codes that an earlier ADRG of the MDC takes: {_counts(taken)}"
    if unreached:
        yield f"adrg.csv: no principal diagnosis reaches {', '.join(unreached)}"


def _counts(of: Counter[str]) -> str:
    return ", ".join(f"{name} {many}" for name, many in sorted(of.items()))


def _never_reached(tables: dict[str, Edition]) -> tuple[Counter[str], Counter[str], list[str]]:
    """Principal diagnoses of an ADRG that its MDC does not admit, or that an earlier one takes; ADRG left without any.

    Only conditions on the principal diagnosis alone take a code for certain.
    """
    gated = {row["mdc"] for row in _rows(tables, "mdc") if (row["gate"] or "").startswith("main_dx")}
    admitted = {(row["mdc"], row["code"]) for row in _rows(tables, "mdc_diagnosis")}
    codes: dict[str, set[str]] = defaultdict(set)
    for row in _rows(tables, "adrg_diagnosis"):
        codes[row["adrg"]].add(row["code"])
    outside, taken, unreached, before = Counter[str](), Counter[str](), [], defaultdict[str, set[str]](set)
    for row in sorted(_rows(tables, "adrg"), key=lambda row: row["order"]):
        if row["mdc"] not in gated or not (row["match"] or "").startswith("main_dx"):
            continue
        of, mdc = codes[row["adrg"]], row["mdc"]
        reach = {code for code in of if (mdc, code) in admitted}
        free = reach - before[mdc]
        outside[row["adrg"]] += len(of) - len(reach)
        taken[row["adrg"]] += len(reach) - len(free)
        if not free:
            unreached.append(row["adrg"])
        if row["match"] == "main_dx":
            before[mdc] |= reach
    return +outside, +taken, unreached
