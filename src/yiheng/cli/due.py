"""What a statement comes to, in lines for a terminal: every account, what is marked, and its hash."""

from __future__ import annotations

from typing import Any

from yiheng.statements import NOT_CLEARED, conclusion, dues, statement_hash, to_replace

from .show import answer, say, separated
from .verb import DONE, DONE_WITH_REFUSALS


def notes(result: dict[str, Any], statement: dict[str, Any]) -> list[str]:
    """What stands under the chart of a statement: what it comes to, and its hash."""
    return [*conclusion(statement), f"清算单 SHA-256 {statement_hash(result, statement)}"]


def say_due(result: dict[str, Any], statement: dict[str, Any]) -> None:
    """Say what is paid, collected, withheld, prepaid or borne; what decides it and is an example or an assumption."""
    say(f"── {statement['party']} {statement['year']}")
    for line in conclusion(statement):
        say(f"  {line}")
    nothing = [one.says.zh for one in dues(statement) if not one.amount]
    if nothing:
        say(f"  为零的账户：{'、'.join(nothing)}")
    for says in to_replace(statement):
        say(f"  示例值，付费前须替换：{says}")
    if statement["assumptions"]:
        chosen = "，".join(f"{one['id']}={one['chosen']}" for one in statement["assumptions"])
        say(f"  假设：{chosen}")
    say(f"  清算单 SHA-256 {statement_hash(result, statement)}")


def say_notices(result: dict[str, Any], form: str) -> int:
    """Answer with the budgets of a year that is not over and what is paid of them in advance, month by month."""
    ahead = sorted({name for s in result["statements"] for name in s["further"]})
    shown = separated if form == "table" else str
    rows = []
    for s in result["statements"]:
        months = (shown(s["further"].get(name, "0.00")) for name in ahead)
        rows.append([s["party"], str(s["year"]), shown(s["figures"]["budget"]), *months])
    answer(form, result, ["party", "year", "budget", *ahead], rows, f"{result['run']} · {NOT_CLEARED}")
    for one in result["refused"]:
        say(f"未能定预算 {one['party']} {one['year']}：{one['why']}")
    say(f"{NOT_CLEARED}。通知：yiheng statement {result['run']} --pdf FOLDER；依据：yiheng explain {result['run']}")
    return DONE_WITH_REFUSALS if result["refused"] else DONE
