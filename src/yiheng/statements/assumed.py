"""What a statement comes to in a sentence, and what it would come to under the alternatives of its assumptions."""

from __future__ import annotations

from typing import Any

from yiheng.basis.evidence import Words
from yiheng.basis.money import NOTHING, Fen
from yiheng.payment import FIGURES
from yiheng.runs.deciding import assumed, example_values

from .chosen import name_of
from .dues import MOVES, WAYS, Due, Way, dues, sums
from .in_words import in_words

Row = dict[str, Any]


def conclusion(statement: Row, language: str = "zh", *, sums_first: bool = False) -> list[str]:
    """What is paid and by whom, in figures and in capital numerals; every account that moves anything is told.

    Args:
        language: ``zh`` or ``en``; papers are Chinese.
        sums_first: what is to be paid or collected in all comes before the single accounts, as on paper.
    """
    figures = {name: Fen.from_yuan(yuan) for name, yuan in statement["figures"].items()}
    found = [one for one in dues(statement) if one.amount]
    year = _year(statement, figures)
    lines = [year.in_language(language)] if year else []
    single = [
        Words(
            f"{SENTENCES.get(one.says.zh, one.says.zh)} {_both(one.amount)}{NOTES[one.way].zh}{_why(one).zh}。",
            f"{one.says.en}: {one.amount} yuan{NOTES[one.way].en}{_why(one).en}.",
        ).in_language(language)
        for one in found
    ]
    due = sums(found)
    moved = [way for way in MOVES if due[way]]
    if not moved:
        # What was paid in advance, withheld or is borne by others was told above.
        return [*lines, *single, (ONLY_STATED if found else NOTHING_AT_ALL).in_language(language)]
    whole = [_sum("合计", "in all", way, due[way], language) for way in moved]
    if due["pay"] and due["collect"]:
        net = due["pay"] - due["collect"]
        way: Way = "collect" if net < NOTHING else "pay"
        whole.append(_sum("收付相抵后", "one against the other", way, -net if net < NOTHING else net, language))
    return lines + (whole + single if sums_first else single + whole)


def _why(one: Due) -> Words:
    """Why something is withheld, behind its amount."""
    return Words(f"——{one.why.zh}", f": {one.why.en}") if one.why.zh else SILENT


def _sum(zh: str, en: str, way: Way, amount: Fen, language: str) -> str:
    words = Words(f"{zh}：{SUMS[way].zh} {_both(amount)}。", f"{en}: {SUMS[way].en} {amount} yuan.")
    return words.in_language(language)


def _year(statement: Row, figures: dict[str, Fen]) -> Words | None:
    """Budget against spending; nothing where the policy has no budget."""
    zh, en = f"经清算，{name_of(statement)} {statement['year']} 年度", f"{name_of(statement)} {statement['year']}:"
    if kept := figures["surplus"]:
        return Words(f"{zh}支出低于预算，结余 {kept} 元。", f"{en} spent less than the budget, surplus {kept} yuan.")
    if over := figures["overrun"]:
        fund = figures["fund_bears"]
        return Words(
            f"{zh}支出高于预算，超支 {over} 元，其中医保基金分担 {fund} 元。",
            f"{en} spent more than the budget, overrun {over} yuan, of which the fund bears {fund} yuan.",
        )
    even = Words(f"{zh}预算与支出相等。", f"{en} budget and spending are equal.")
    return even if has_budget(statement) else None


def has_budget(statement: Row) -> bool:
    """Whether the policy has a budget: one that pays for results alone has none to be even with."""
    return any(t["to"].startswith("budget/") for t in statement["transfers"])


NOTHING_AT_ALL = Words(
    "医共体无结余留用，也不承担超支，各账户均为零，无应付、应收款项。",
    "No surplus is kept and no overrun borne; every account is zero, nothing is paid or collected.",
)
ONLY_STATED = Words(
    "除上列已预付、预留或已计入的款项外，本次清算无新的应付、应收款项。",
    "Beyond what was paid in advance, withheld or counted above, nothing more is paid or collected.",
)
SUMS = {way: WAYS[way] for way in MOVES} | {"borne": Words("各方承担", "payers bear")}
# What an account is called in a sentence, and what is said of it behind its amount.
SENTENCES = {FIGURES["kept"].zh: "结余留用归医共体"}
SILENT = Words("", "")
NOTES: dict[Way, Words] = {
    "pay": SILENT,
    "collect": SILENT,
    "others": SILENT,
    "counted": Words(f"（{WAYS['counted'].zh}）", f" ({WAYS['counted'].en})"),
    "included": Words(f"（{WAYS['included'].zh}）", f" ({WAYS['included'].en})"),
    "taken_off": Words(f"（{WAYS['taken_off'].zh}）", f" ({WAYS['taken_off'].en})"),
    "advanced": Words("（年内已预付）", " (paid in advance)"),
    "held": Words("（预留，尚未拨付）", " (withheld, not yet paid)"),
    "borne": SILENT,
}


def due_rows(statement: Row) -> list[tuple[str, str, str]]:
    """Account, what happens with it, and amount of each; then the sum of each way money moves."""
    found = dues(statement)
    rows = [(one.says.zh, WAYS[one.way].zh, str(one.amount)) for one in found]
    moved = [("合计", SUMS[way].zh, str(amount)) for way, amount in sums(found).items() if amount]
    return rows + (moved or [("合计", "无应付、应收款项", str(NOTHING))])


def to_replace(statement: Row, says: str = "says") -> list[str]:
    """The example values that decided a figure of the statement: to be replaced before paying.

    Args:
        says: ``says`` for Chinese, ``says_en`` for English.
    """
    return [words.zh if says == "says" else words.en for words in example_values(statement)]


EXAMPLE, ASSUMED, INCOMPLETE = "示例值，付费前须替换", "假设", "数据不完整，仍予清算"
# Once people adopted a statement and said why its example values may decide, nothing is to be replaced.
ACCEPTED = "采用的示例值（理由见上）"


def mark_rows(statement: Row, accepted: str = "") -> list[tuple[str, str]]:
    """What the signed page marks: an incomplete year, example values that decide, choices where the source is open.

    Args:
        accepted: why the example values may decide, where the statement was adopted with a reason.
    """
    rows = [(INCOMPLETE, words) for words in although(statement)]
    rows += [(ACCEPTED if accepted else EXAMPLE, says) for says in to_replace(statement)]
    # The choice in words alone: the command line's word for it is in the list of assumptions.
    return rows + [(ASSUMED, assumed(one).zh) for one in statement["assumptions"]]


def although(statement: Row) -> list[str]:
    """The act that let an incomplete year be settled, and what was missing; nothing where the year is complete."""
    act = statement.get("incomplete")
    if not act:
        return []
    missing = "；".join(f"{one['says']}（{one['expected_zh']}）" for one in act["found"]) or "核对未发现缺失"
    return [f"理由：{act['although']}。缺失情况：{missing}。"]


def assumption_rows(statement: Row) -> list[tuple[str, str, str, str]]:
    """Id, text, choice, and the other choices, each with what the party would then get where the run computed it."""
    computed = any("under" in one for one in statement["assumptions"])
    rows = []
    for one in statement["assumptions"]:
        if "under" in one:
            others = [f"{_called(one, row['choice'])}：{_net(row)}" for row in one["under"]]
        else:
            others = [_called(one, choice) + ("：暂无法测算" if computed else "") for choice in one["alternatives"]]
        rows.append((one["id"], one["text"], _called(one, one["chosen"]), "\n".join(others) or "—"))
    return rows


def _net(row: Row) -> str:
    """What the party would get, kept − party_bears."""
    if row["refused"]:
        return "缺少所需事实，不能计算"
    net = Fen.from_yuan(row["kept"]) - Fen.from_yuan(row["party_bears"])
    return f"医共体承担 {-net} 元" if net < NOTHING else f"医共体留用 {net} 元"


def _called(assumption: Row, choice: str) -> str:
    """A choice in words, with the word that the command line takes where the two differ."""
    name = str(assumption.get("called", {}).get(choice, choice))
    return name if name.startswith(choice) else f"{name}（{choice}）"


def _both(amount: Fen) -> str:
    return f"{amount} 元（大写：{in_words(amount)}）"
