"""The verb that looks at one bill before it is paid."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from yiheng.runs import Desk, read_bill
from yiheng.supervision import ANSWERS, FINDING

from .show import answer, say, say_unknown, working, yuan
from .verb import DONE, DONE_WITH_REFUSALS, format_option, opened, says_refusals, workspace_option

DECIDED = {"stop": "停止：有违规，更正后再结算", "hint": "提示：有疑点，请核对", "pass": "通过"}
# Nobody reads more lines of advice than these at a counter; the others are counted.
MOST_ADVICE = 10


@click.command()
@click.argument("bill", type=click.Path(path_type=Path))
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day for which code lists hold; today by default.")
@workspace_option
@format_option
@says_refusals
def check(bill: Path, on: dt.datetime | None, workspace: Path | None, form: str) -> int:
    """Check one bill before it is paid, by the same rules as an audit.

    BILL is a JSON file of rows by table, under our names or national ones; "visits" names the visits asked
    about, the others are the person's history.

    \b
    Examples:
      yiheng check bill.json
      yiheng check bill.json --on 2025-06-30 --format json
    """
    read = read_bill(bill)
    with working("check"):
        desk = Desk(opened(workspace), on.date() if on else dt.date.today())
    checked = desk.check(read, bill.name)
    desk.close()
    if form == "table":
        say(f"结论：{DECIDED[checked['decision']]}（适用规则 {len(checked['asked'])} 条）")
        columns = ["rule", "weight", "answer", "visit", "line", "yuan at stake"]
        rows = [
            [f["rule"], f["weight"], ANSWERS[f["answer"]].zh, f["visit"], f["line"], yuan(f["at_stake_fen"])]
            for f in checked["findings"]
        ]
        if rows:
            answer(form, checked, columns, rows)
        for one in checked["findings"]:
            say(f"[{one['rule']}] {one['says']}" + (f"。应为：{one['right']}" if one["right"] else ""))
        for one in checked["excepted"]:
            say(f"例外 [{one['rule']}] {one['says']}：{one['exception']['reason']}，至 {one['exception']['until']}")
        _advise(checked["lines"])
    else:
        columns = [*FINDING, "right"]
        answer(form, checked, columns, [[one[name] for name in columns] for one in checked["findings"]])
    say_unknown(checked["unknown"])
    for question in checked["questions"][:MOST_ADVICE]:
        say(f"待补充 {question}")
    return DONE_WITH_REFUSALS if checked["findings"] else DONE


def _advise(lines: list[dict[str, Any]]) -> None:
    """What is worth knowing of the lines: the most that can be saved first, then what the person bears."""
    told = [one for one in lines if one["cheaper_code"] or one["own_fen"] != 0 or one["coverage"] is None]
    told.sort(key=lambda one: (-(one["saved_fen"] or 0), -(one["own_fen"] or 0), one["line"]))
    for one in told[:MOST_ADVICE]:
        say(f"{one['line']} {one['says']}")
    if len(told) > MOST_ADVICE:
        say(f"另有 {len(told) - MOST_ADVICE} 条明细的说明，见 --format json")
    known = [one["own_fen"] for one in lines if one["own_fen"] is not None]
    unknown = len(lines) - len(known)
    if lines:
        more = f"，另有 {unknown} 条未知" if unknown else ""
        say(f"范围外自付合计 {yuan(sum(known))} 元{more}；起付线和报销比例在结算时计算")
