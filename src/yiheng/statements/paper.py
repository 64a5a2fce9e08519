"""Statements on paper: one PDF for one party, set by typst."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from yiheng.basis.money import Fen, total
from yiheng.basis.refusals import Refusal
from yiheng.basis.signs import named
from yiheng.runs import Stand
from yiheng.runs.deciding import lines_of, place_of
from yiheng.runs.manifest import data_sign

from .assumed import assumption_rows, conclusion, due_rows, has_budget, mark_rows
from .chosen import figure_words, statement_hash, with_id, write_file
from .stamp import accepted_because, name_kept, stamp_rows, title_mark
from .waterfall import LONGEST_NAME, waterfall

TEMPLATE = Path(__file__).with_name("paper.typ")
# Families in the order of liking: for running text, and for headings and tables.
SONG = ("Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "SimSun", "Songti SC", "FangSong", "STSong")
HEI = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "SimHei", "Microsoft YaHei", "PingFang SC", "Heiti SC")
HASH_SIGNS = 16
LONGEST_RUNNING = 40
# A part shared inside has its reasons under this and its purpose.
USE = "use/"
Row = Sequence[str]


def write_statement_pdf(
    result: dict[str, Any], statement: dict[str, Any], into: Path, stand: Stand | None = None, name: str = ""
) -> None:
    """Write one party's statement as PDF in Chinese; the same statement and fonts give the same bytes.

    Args:
        result: what the run kept in ``statements.json``.
        statement: one of its statements.
        stand: how it stands; only an adopted one makes an official paper.
        name: what the party is called today, where it has a name beside its id; one that was adopted keeps its name.

    Raises:
        Refusal: when no Chinese font is found, or the file cannot be written.
    """
    whole, stamp = statement_hash(result, statement), stamp_rows(stand, statement["party"], name)
    name = name_kept(stand, name, statement["party"])
    policy = statement["policy"]
    named, accepted = {**statement, "called": name}, accepted_because(stand)
    set_paper(
        {
            "title": "医保基金打包付费年度清算单" + title_mark(stand),
            "subtitle": policy["title"],
            "foot": f"{short(name or statement['party'])} · {statement['year']} 年度 · 清算单 {whole[:HASH_SIGNS]}",
            "head": [
                ("统筹地区", policy.get("place", "—")), ("医共体", with_id(statement["party"], name)),
                ("清算年度", f"{statement['year']} 年"), ("政策文件", f"{policy['file']}（{policy['id']}）"),
                ("发文机关", policy.get("issued_by", "—")), ("文件名称与文号", _document(policy)),
                ("计算批次", result["run"]), ("清算单编号", whole[:HASH_SIGNS]), *stamp,
            ],
            "sections": [
                {"kind": "pairs", "title": "清算结果（元）", "rows": _figures(statement),
                 "lead": conclusion(named, sums_first=True)},
                table("应收应付（本清算单全部账户）", DUES, due_rows(statement)),
                {"kind": "marks", "title": "示例值与假设" + ("" if accepted else TO_SETTLE),
                 "rows": _marks(statement, accepted)},
                SIGNATURES,
                *([{"kind": "chart", "title": "预算、支出与结余（超支）的去向", "svg": waterfall(named)}]
                  if has_budget(statement) else []),
                {"kind": "reasons", "title": "计算依据", "rows": _reasons(statement)},
                table("转账明细", TRANSFERS, _transfers(statement)),
                table("内部分配", [("用途", "words"), ("金额（元）", "money")], _shared(statement)),
                table("假设（政策未写明之处及所作选择）", ASSUMPTIONS, assumption_rows(statement)),
                table("计算批次清单", [("项目", "short"), ("内容", "hash")], _manifest(result, statement, whole)),
            ],
            "note": f"在系统中运行 yiheng explain {result['run']} {asked_by(statement)} 可查看每个数字的依据；"
            f"yiheng replay {result['run']} 可重算核对。",
        },
        into,
    )  # fmt: skip


def is_notice(statement: dict[str, Any]) -> bool:
    """Whether it states a budget alone: what the year cost is not known yet."""
    return statement["figures"]["spend"] is None


def write_notice_pdf(
    result: dict[str, Any], statement: dict[str, Any], into: Path, _stand: Stand | None = None, name: str = ""
) -> None:
    """Write one party's budget and the calendar of its payment in advance as PDF; it never tells a surplus.

    Raises:
        Refusal: when no Chinese font is found, or the file cannot be written.
    """
    whole = statement_hash(result, statement)
    policy = statement["policy"]
    ahead = {name: Fen.from_yuan(yuan) for name, yuan in statement["further"].items() if name.startswith(AHEAD)}
    calendar = [(name.removeprefix(AHEAD), str(amount)) for name, amount in ahead.items()]
    other = [because for name, because in _in_order(statement) if name not in ahead]
    set_paper(
        {
            "title": f"医保基金预算与预付通知（{NOT_APPROVED}）",
            "subtitle": policy["title"],
            "foot": f"{short(name or statement['party'])} · {statement['year']} 年度 · 预算通知 {whole[:HASH_SIGNS]}",
            "head": [
                ("统筹地区", policy.get("place", "—")), ("医共体", with_id(statement["party"], name)),
                ("预算年度", f"{statement['year']} 年"), ("政策文件", f"{policy['file']}（{policy['id']}）"),
                ("发文机关", policy.get("issued_by", "—")), ("文件名称与文号", _document(policy)),
                ("计算批次", result["run"]), ("通知编号", whole[:HASH_SIGNS]),
                ("状态", f"{NOT_APPROVED}；{NOT_CLEARED}"),
            ],
            "sections": [
                {"kind": "pairs", "title": "预算（元）",
                 "lead": [f"本通知{NOT_APPROVED}，不作拨付依据。{NOT_CLEARED}；结余、超支待年度清算。"],
                 "rows": [(because["says"], money(because["amount"])) for because in other]},
                *([table("预付日历", CALENDAR, [*calendar, ("合计", str(total(ahead.values())))])] if ahead else []),
                {"kind": "marks", "title": "示例值与假设" + TO_SETTLE, "rows": _marks(statement)},
                SIGNATURES,
                {"kind": "reasons", "title": "计算依据", "rows": _reasons(statement)},
                table("计算批次清单", [("项目", "short"), ("内容", "hash")],
                      [("通知 SHA-256", whole), *_manifest(result, statement, whole)[1:]]),
            ],
            "note": f"在系统中运行 yiheng explain {result['run']} {asked_by(statement)} 可查看每个数字的依据；"
            f"yiheng replay {result['run']} 可重算核对。",
        },
        into,
    )  # fmt: skip


def asked_by(statement: dict[str, Any]) -> str:
    """The party as a command takes it; one with a blank or a sign of the shell in quotes."""
    return shlex.quote(statement["party"])


# A notice is made by one person and adopted by nobody; the year's claims may be there, and are not in it.
NOT_APPROVED = "未经批准，仅供测算"
NOT_CLEARED = "尚未清算：预算通知不计本年度支出"
TO_SETTLE = "（付费前须核定）"
AHEAD = "prepaid/"
CALENDAR = [("月份", "words"), ("预付金额（元）", "money")]
DUES = [("账户", "words"), ("处理", "words"), ("金额（元）", "money")]
# Signed beside the figures: what follows is their proof.
SIGNATURES = {"kind": "signatures", "title": "确认", "who": ["医疗保障经办机构（盖章）", "医共体牵头单位（盖章）"]}
TRANSFERS = [("序号", "short"), ("付方 → 收方", "words"), ("依据", "words"), ("金额（元）", "money")]
ASSUMPTIONS = [("编号", "name"), ("假设", "words"), ("所选", "half"), ("其他可能", "words")]


def set_paper(content: dict[str, Any], into: Path) -> None:
    """Set a paper of titled sections as PDF.

    Raises:
        Refusal: when no Chinese font is found, or the file cannot be written.
    """
    found = fonts()
    families = found.families()
    chosen = {"song": _first(SONG + HEI, families), "hei": _first(HEI + SONG, families)}
    # Texts are values that the template lays out; none is ever read as markup.
    whole = {**content, "running": short(content["subtitle"], LONGEST_RUNNING), **chosen}
    data = json.dumps(_visible(whole), ensure_ascii=False, sort_keys=True)
    # A PDF carries a time of making; a fixed one keeps the same statement the same bytes.
    made = typst.compile(
        TEMPLATE, root=TEMPLATE.parent, font_paths=found, format="pdf", sys_inputs={"data": data}, timestamp=0
    )
    write_file(into, made)


def short(name: str, longest: int = LONGEST_NAME) -> str:
    """A name that stands at the edge of every page, where there is one line for it; in full it stands on the first."""
    return name if len(name) <= longest else f"{name[:longest]}…"


def _visible(content: Any) -> Any:
    """The content with its texts as paper shows them: no sign steers, and none vanishes."""
    if isinstance(content, str):
        return named(content)
    if isinstance(content, dict):
        return {name: _visible(value) for name, value in content.items()}
    return [_visible(one) for one in content] if isinstance(content, (list, tuple)) else content


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """The fonts of this machine, looked for once."""
    return typst.Fonts()


def _first(wanted: Sequence[str], families: Sequence[str]) -> str:
    there = {family.lower() for family in families}
    for one in wanted:
        if one.lower() in there:
            return one
    raise Refusal(
        "no Chinese font is installed, so a PDF cannot be set",
        expected=f"one of {', '.join(wanted)}",
        cure="install one, on Debian or Ubuntu: apt-get install fonts-noto-cjk",
    )


def table(title: str, columns: list[tuple[str, str]], rows: Sequence[Row]) -> dict[str, Any]:
    """A section of rows; each column has a name and how it is set."""
    return {"kind": "table", "title": title, "columns": columns, "rows": rows}


def money(yuan: str | None) -> str:
    """Yuan text with separators; unknown is a dash."""
    return "—" if yuan is None else str(Fen.from_yuan(yuan))


def _marks(statement: dict[str, Any], accepted: str = "") -> list[Row]:
    """Each kind of mark with all that it marks, in one paragraph: what is signed is one sheet."""
    kinds: dict[str, list[str]] = {}
    for kind, says in mark_rows(statement, accepted):
        kinds.setdefault(kind, []).append(says)
    return [(kind, "；".join(says)) for kind, says in kinds.items()] or [("—", "没有示例值，也没有假设。")]


def _figures(statement: dict[str, Any]) -> list[Row]:
    """The figures; a policy without a budget states only those that are not zero."""
    if not has_budget(statement):
        words = figure_words(statement)
        return [(words[name], money(yuan)) for name, yuan in statement["figures"].items() if yuan != "0.00"]
    return [(words, money(statement["figures"][name])) for name, words in figure_words(statement).items()]


def _reasons(statement: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """Number, words, place and amount of each line; what was told before is told by its number."""
    rows: list[tuple[str, str, str, str]] = []
    told: dict[str, str] = {}

    def tell(line: dict[str, Any], number: str) -> None:
        tree = json.dumps(line, sort_keys=True)
        again = told.get(tree) if line.get("rests_on") else None
        told.setdefault(tree, number)
        says = f"{line['says']}（见 {again}）" if again else line["says"]
        rows.append((number, says, place_of(line), money(line["amount"]) if "amount" in line else ""))
        for at, below in enumerate([] if again else line.get("rests_on", []), start=1):
            tell(below, f"{number}.{at}")

    for at, (name, because) in enumerate(_in_order(statement), start=1):
        shared = f"内部分配·{name.removeprefix(USE)}：" if name.startswith(USE) else ""
        tell({**because, "says": shared + because["says"]}, str(at))
    return rows


def _in_order(statement: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The trees of reasons: those of the figures in their order, then the others."""
    order = {name: at for at, name in enumerate(figure_words(statement))}
    return sorted(statement["because"].items(), key=lambda one: (order.get(one[0], len(order)), one[0]))


def _document(policy: dict[str, Any]) -> str:
    return f"{policy['issued_number']}（{policy['issued_on']}）" if "issued_number" in policy else "—"


def _transfers(statement: dict[str, Any]) -> list[Row]:
    return [
        (str(at), f"{t['from_zh']} → {t['to_zh']}", _with_place(t["because"]), money(t["yuan"]))
        for at, t in enumerate(statement["transfers"], start=1)
    ]


def _with_place(line: dict[str, Any]) -> str:
    place = place_of(line)
    return f"{line['says']}（{place}）" if place else str(line["says"])


def _shared(statement: dict[str, Any]) -> list[Row]:
    return [(purpose, money(yuan)) for purpose, yuan in statement["shared"].items()]


def _manifest(result: dict[str, Any], statement: dict[str, Any], whole: str) -> list[Row]:
    """What the statement was made of: policy, data, versions, and the hash by which it is known."""
    manifest = result["manifest"]
    pins, inputs = manifest["pins"], manifest["inputs"]
    rows = [
        ("清算单 SHA-256", whole),
        ("政策 SHA-256", statement["policy"]["hash"]),
        ("事实来源", f"已入库数据 {data_sign(pins)}" if inputs["facts"] is None else inputs["facts"]),
    ]
    if pins["facts_sha256"]:
        rows.append(("事实文件 SHA-256", pins["facts_sha256"]))
    if "with_sha256" in pins:
        rows += [("补充事实", inputs["with"]), ("补充事实 SHA-256", pins["with_sha256"])]
    if inputs["known_on"]:
        rows.append(("按此日已公布的取值", inputs["known_on"]))
    used = {line["where"] for b in statement["because"].values() for _, line in lines_of(b) if "where" in line}
    tables = sorted(where.partition("@")[0] for where in used if "@" in where)
    rows += [(f"数据表 {name} SHA-256", pins["data"][name]) for name in tables if name in (pins["data"] or {})]
    versions = "，".join(f"{name} {number}" for name, number in manifest["versions"].items())
    return [*rows, ("软件版本", versions)]
