"""What a statement comes to, in lines for a terminal: every account, what is marked, and its hash."""

from __future__ import annotations

from typing import Any

from yiheng.runs.deciding import assumed
from yiheng.statements import NOT_APPROVED, NOT_CLEARED, conclusion, dues, statement_hash, to_replace

from .heads import further
from .show import answer, called, say, say_text, separated, with_id
from .spoken import language, listed, told, why
from .verb import DONE, DONE_WITH_REFUSALS


def notes(result: dict[str, Any], statement: dict[str, Any]) -> list[str]:
    """What stands under the chart of a statement: what it comes to, and its hash."""
    return [*conclusion(named(statement), language()), _hash(result, statement)]


def named(statement: dict[str, Any]) -> dict[str, Any]:
    """The statement under the name of its party, for text alone: its hash is that of the id."""
    return {**statement, "called": called(statement["party"])}


def _hash(result: dict[str, Any], statement: dict[str, Any]) -> str:
    return f"{told('清算单', 'statement')} SHA-256 {statement_hash(result, statement)}"


def say_due(result: dict[str, Any], statement: dict[str, Any], accepted: str = "") -> None:
    """Say what is paid, collected, withheld, prepaid or borne; what decides it and is an example or an assumption.

    Args:
        accepted: why example values may decide, where the statement was adopted with a reason.
    """
    say_text(f"── {with_id(statement['party'])} {statement['year']}")
    for line in conclusion(named(statement), language()):
        say_text(f"  {line}")
    nothing = listed([one.says.in_language(language()) for one in dues(statement) if not one.amount])
    if nothing:
        say(f"  为零的账户：{nothing}", f"  accounts that are zero: {nothing}")
    if accepted:
        say(f"  采用示例值与假设的理由：{accepted}", f"  example values and assumptions accepted because: {accepted}")
    for says in to_replace(statement, told("says", "says_en")):
        if accepted:
            say(f"  采用的示例值：{says}", f"  example value accepted: {says}")
        else:
            say(f"  示例值，付费前须替换：{says}", f"  example value, to be replaced before paying: {says}")
    if statement["assumptions"]:
        chosen = ", ".join(f"{one['id']}={one['chosen']}" for one in statement["assumptions"])
        say(f"  假设：{'；'.join(assumed(one).zh for one in statement['assumptions'])}", f"  assumptions: {chosen}")
    say_text(f"  {_hash(result, statement)}")


def say_notices(result: dict[str, Any], form: str) -> int:
    """Answer with the budgets of a year that is not over and what is paid of them in advance, month by month."""
    ahead = sorted({name for s in result["statements"] for name in s["further"]})
    shown = separated if form == "table" else str
    rows = []
    for s in result["statements"]:
        months = (shown(s["further"].get(name, "0.00")) for name in ahead)
        rows.append([s["party"], str(s["year"]), shown(s["figures"]["budget"]), *months])
    heads = [further(name, result["statements"]) for name in ahead] if form == "table" else ahead
    not_cleared = told(
        f"{NOT_APPROVED}；{NOT_CLEARED}", "not approved; not cleared: a notice leaves out the year's spending"
    )
    answer(form, result, ["party", "year", "budget", *heads], rows, f"{result['run']} · {not_cleared}")
    for one in result["refused"]:
        about = f"{called(one['party'])} {one['year']}"
        say(f"未能定预算 {about}：{why(one['why'])}", f"no budget for {about}: {one['why']}")
    notice, reasons = f"yiheng statement {result['run']} --pdf FOLDER", f"yiheng explain {result['run']}"
    say(f"{not_cleared}。通知：{notice}；依据：{reasons}", f"{not_cleared}; notices: {notice}; reasons: {reasons}")
    return DONE_WITH_REFUSALS if result["refused"] else DONE
