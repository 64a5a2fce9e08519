"""The verb that looks at one bill before it is paid."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from yiheng.basis.evidence import Words
from yiheng.runs import Desk, read_bill
from yiheng.supervision import ANSWERS, FINDING, WEIGHTS

from .numbers import DAY
from .show import answer, say, say_text, say_unknown, working, yuan
from .spoken import language, told
from .verb import DONE, DONE_WITH_REFUSALS, format_option, opened, says_refusals, workspace_option

DECIDED = {
    "stop": Words("拦截：有违规，更正后再结算", "stop: breaches, correct the bill before it is settled"),
    "hint": Words("提醒：有疑点，请核对", "warn: look again at what is listed"),
    "pass": Words("通过", "pass"),
}
# Nobody reads more lines of advice than these at a counter; the others are counted.
MOST_ADVICE = 10


@click.command()
@click.argument("bill", type=click.Path(path_type=Path))
@click.option("--on", type=DAY, help="Day for which code lists hold; today by default.")
@workspace_option
@format_option
@says_refusals
def check(bill: Path, on: dt.date | None, workspace: Path | None, form: str) -> int:
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
        desk = Desk(opened(workspace), on or dt.date.today())
    checked = desk.check(read, bill.name)
    desk.close()
    if form == "table":
        decided, asked, spoken = DECIDED[checked["decision"]], len(checked["asked"]), language()
        say(f"结论：{decided.zh}（适用规则 {asked} 条）", f"decision: {decided.en} ({asked} rules apply)")
        heads = ["rule", "weight", "answer", "visit", "line", "yuan at stake"]
        rows = [
            [
                f["rule"],
                WEIGHTS[f["weight"]].in_language(spoken),
                ANSWERS[f["answer"]].in_language(spoken),
                f["visit"],
                f["line"],
                yuan(f["at_stake_fen"]),
            ]
            for f in checked["findings"]
        ]
        if rows:
            answer(form, checked, heads, rows)
        for one in checked["findings"]:
            rule = f"[{one['rule']}]"
            zh, en = (f"。应为：{one['right']}", f". Right: {one['right_en']}") if one["right"] else ("", "")
            say(f"{rule} {one['says']}{zh}", f"{rule} {one['says_en']}{en}")
        for one in checked["excepted"]:
            rule, why, until = f"[{one['rule']}]", one["exception"]["reason"], one["exception"]["until"]
            say(
                f"例外 {rule} {one['says']}：{why}，至 {until}",
                f"excepted {rule} {one['says_en']}: {why}, until {until}",
            )
        _advise(checked["lines"])
    else:
        columns = [*FINDING, "right"]
        answer(form, checked, columns, [[one[name] for name in columns] for one in checked["findings"]])
    say_unknown(checked["unknown"])
    for question in checked[told("questions_zh", "questions")][:MOST_ADVICE]:
        say_text(f"{told('待补充', 'missing')} {question}")
    return DONE_WITH_REFUSALS if checked["findings"] else DONE


def _advise(lines: list[dict[str, Any]]) -> None:
    """What is worth knowing of the lines: the most that can be saved first, then what the person bears."""
    advice = [one for one in lines if one["cheaper_code"] or one["own_fen"] != 0 or one["coverage"] is None]
    advice.sort(key=lambda one: (-(one["saved_fen"] or 0), -(one["own_fen"] or 0), one["line"]))
    for one in advice[:MOST_ADVICE]:
        say_text(f"{one['line']} {one[told('says', 'says_en')]}")
    if len(advice) > MOST_ADVICE:
        left = len(advice) - MOST_ADVICE
        say(f"另有 {left} 条明细的说明，见 --format json", f"advice about {left} more lines: --format json")
    known = [one["own_fen"] for one in lines if one["own_fen"] is not None]
    unknown = len(lines) - len(known)
    if lines:
        zh, en = (f"，另有 {unknown} 条未知", f", {unknown} more are unknown") if unknown else ("", "")
        say(
            f"范围外自付合计 {yuan(sum(known))} 元{zh}；起付线和报销比例在结算时计算",
            f"not covered: {yuan(sum(known))} yuan{en}; deductible and shares are computed when it is settled",
        )
