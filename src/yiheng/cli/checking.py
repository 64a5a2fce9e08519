"""The verb that looks at one bill before it is paid."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from yiheng.runs import Desk, read_bill

from .show import answer, say, working, yuan
from .verb import DONE, DONE_WITH_REFUSALS, format_option, opened, says_refusals, workspace_option


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
        columns = ["rule", "weight", "visit", "line", "yuan at stake"]
        rows = [[f["rule"], f["weight"], f["visit"], f["line"], yuan(f["at_stake_fen"])] for f in checked["findings"]]
        answer(form, checked, columns, rows)
        for one in checked["findings"]:
            say(f"[{one['rule']}] {one['says']}")
        if not checked["findings"]:
            say(f"未发现疑点（适用规则 {len(checked['asked'])} 条）")
    else:
        columns = list(checked["findings"][0]) if checked["findings"] else ["rule"]
        answer(form, checked, columns, [list(one.values()) for one in checked["findings"]])
    for one in checked["unknown"]:
        say(f"未能判定 {one['zh']} {one['rule']}：缺少 {', '.join(one['missing'])}；请执行 {one['to_do']}")
    return DONE_WITH_REFUSALS if checked["findings"] else DONE
