"""What a statement comes to in a sentence, and what it would come to under the alternatives of its assumptions."""

from __future__ import annotations

from typing import Any

from yiheng.basis.money import NOTHING, Fen

from .in_words import in_words

Row = dict[str, Any]


def conclusion(statement: Row) -> list[str]:
    """What is paid and by whom, in figures and in capital numerals."""
    figures = {name: Fen.from_yuan(yuan) for name, yuan in statement["figures"].items()}
    kept, bears, fund = figures["kept"], figures["party_bears"], figures["fund_bears"]
    year = f"经清算，{statement['party']} {statement['year']} 年度"
    if figures["surplus"]:
        lines = [f"{year}支出低于预算，结余 {figures['surplus']} 元。"]
    elif figures["overrun"]:
        lines = [f"{year}支出高于预算，超支 {figures['overrun']} 元，其中医保基金分担 {fund} 元。"]
    else:
        lines = [f"{year}预算与支出相等。"]
    if kept:
        lines.append(f"结余留用归医共体 {_both(kept)}。")
    if bears:
        lines.append(f"医共体承担 {_both(bears)}。")
    return lines if kept or bears else [*lines, "医共体无结余留用，也不承担超支。"]


def assumption_rows(statement: Row) -> list[tuple[str, str, str, str]]:
    """Id, text, choice, and the other choices, each with what the party would then get where the run computed it."""
    computed = any("under" in one for one in statement["assumptions"])
    rows = []
    for one in statement["assumptions"]:
        if "under" in one:
            others = [f"{_called(one, row['choice'])}：{_net(row)}" for row in one["under"]]
        else:
            others = [_called(one, choice) + ("：无从计算" if computed else "") for choice in one["alternatives"]]
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
