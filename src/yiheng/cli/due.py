"""What a statement comes to, in lines for a terminal: every account, what is marked, and its hash."""

from __future__ import annotations

from typing import Any

from yiheng.statements import conclusion, dues, statement_hash, to_replace

from .show import say


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
