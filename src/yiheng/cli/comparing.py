"""The verb that compares policies: the same claims, side by side."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from yiheng.basis.evidence import Words
from yiheng.runs import run_compare
from yiheng.statements import comparison_svg, write_comparison, write_file

from .heads import Heads
from .numbers import DAY, YEAR
from .payment import choices
from .show import answer, called, say, separated, working
from .spoken import listed, told, why
from .verb import DONE, DONE_WITH_REFUSALS, format_option, found, opened, says_refusals, workspace_option

WORKBOOK, CHART = "comparison.xlsx", "comparison.svg"
# Parties named one by one where the same is said of all.
PARTIES_NAMED = 4
NET, CHANGE = Words("净结算额", "net"), Words("与基准相差", "change to the base")
CELLS = (
    "party", "year", "policy", "budget", "spend", "surplus", "overrun", "kept", "fund_bears", "party_bears", "net",
    "fund_pays", "refused",
)  # fmt: skip


@click.command()
@click.argument("policies", nargs=-1, required=True)
@click.option("--year", type=YEAR, help="The year to settle from the lake.")
@click.option(
    "--facts", type=click.Path(path_type=Path), help="CSV with one party and year a row, instead of the lake."
)
@click.option(
    "--with", "added", type=click.Path(path_type=Path), help="CSV with facts of each party that the lake does not hold."
)
@click.option("--base", help="The policy that the others are compared to; the first by default.")
@click.option("--known-on", type=DAY, help="With the values announced by that day.")
@click.option("--assume", multiple=True, metavar="ID=CHOICE", help="Another choice for an assumption.")
@click.option("--alternatives", is_flag=True, help="Settle also under each alternative of each assumption.")
@workspace_option
@format_option
@says_refusals
def compare(
    policies: tuple[str, ...],
    year: int | None,
    facts: Path | None,
    added: Path | None,
    base: str | None,
    known_on: dt.date | None,
    assume: tuple[str, ...],
    alternatives: bool,
    workspace: Path | None,
    form: str,
) -> int:
    """Settle the same claims under several policies, side by side; tell who gains and who loses.

    \b
    Examples:
      yiheng compare qingdao guangdong --year 2025
      yiheng compare qingdao policies/draft.yaml --year 2025 --base qingdao
      yiheng compare qingdao yangxi zhejiang --year 2025 --with scores.csv
      yiheng compare qingdao --year 2025 --alternatives
    """
    space = opened(workspace)
    with working("compare") as step:
        result = run_compare(
            space,
            [found(policy, "policies", space) for policy in policies],
            year=year,
            facts=facts,
            added=added,
            known_on=known_on,
            base=base,
            assume=choices(assume),
            alternatives=alternatives,
            progress=step,
        )
        folder = space.run_folder(result["run"])
        write_comparison(result, folder / WORKBOOK)
        write_file(folder / CHART, comparison_svg(result).encode())
        for name in (WORKBOOK, CHART):
            space.note_written(result["run"], folder / name)
    if form == "table":
        _tables(result)
    else:
        answer(form, result, CELLS, [[cell[name] for name in CELLS] for cell in result["figures"]])
    _remarks(result)
    book, chart, run = folder / WORKBOOK, folder / CHART, result["run"]
    say(f"对比表：{book}；图：{chart}", f"comparison: {book}; chart: {chart}")
    say(
        f"依据：yiheng explain {run} 医共体 项目 --policy {result['base']}",
        f"reasons: yiheng explain {run} PARTY FIGURE --policy {result['base']}",
    )
    whole = all(not one["refused"] for one in (*result["policies"], *result["figures"]))
    return DONE if whole else DONE_WITH_REFUSALS


def _tables(result: dict[str, Any]) -> None:
    changes = {(c["policy"], c["party"], c["year"]): c["change"] for c in result["changes"]}
    years = {cell["year"] for cell in result["figures"]}
    rows = [
        [
            cell["party"] if len(years) == 1 else f"{called(cell['party'])} {cell['year']}",
            cell["policy"],
            *(_money(cell[name]) for name in ("budget", "kept", "fund_bears", "party_bears", "net")),
            _money(changes.get((cell["policy"], cell["party"], cell["year"]))),
        ]
        for cell in result["figures"]
    ]
    columns: Heads = ["party", "policy", "budget", "kept", "fund_bears", "party_bears", NET, CHANGE]
    settled = listed([str(year) for year in sorted(years)])
    title = f"{result['run']} · " + told(
        f"{settled} 年（元）· 基准 {result['base']}", f"{settled} (yuan) · base {result['base']}"
    )
    answer("table", result, columns, rows, title)
    sums = [
        [
            one["policy"],
            one["settled"],
            *(_money(one[name]) for name in ("net", "fund_pays")),
            *((None, None) if one["policy"] == result["base"] else (_money(one["change"]), _counts(one))),
            _largest(one["largest_gain"]),
            _largest(one["largest_loss"]),
        ]
        for one in result["sums"]
    ]
    columns = [
        "policy", Words("已清算", "settled"), Words("净结算额合计", "net of all"),
        Words("基金合计支付", "fund pays"), CHANGE, Words("增加/减少/持平", "more/less/same"),
        Words("增加最多", "largest gain"), Words("减少最多", "largest loss"),
    ]  # fmt: skip
    answer("table", result, columns, sums, told("合计与增减情况（元）", "sums, and who gets more or less (yuan)"))
    if result["alternatives"]:
        rows = [
            [
                one["policy"], f"{one['assumption']} {one['chosen']} → {one['choice']}", one["party"],
                *(_money(one[name]) for name in ("kept", "party_bears", "net", "change")),
            ]
            for one in result["alternatives"]
        ]  # fmt: skip
        columns = [
            "policy", Words("假设改选", "assumption"), "party", "kept", "party_bears", NET,
            Words("与所选相差", "change to what was chosen"),
        ]  # fmt: skip
        answer(
            "table", result, columns, rows, told("各假设的其他口径（元）", "other choices of each assumption (yuan)")
        )


def _remarks(result: dict[str, Any]) -> None:
    if others := _other_spending(result):
        say(
            f"{listed(others)} 计入的支出与基准 {result['base']} 不同，其净结算额与合计不能与其他政策直接相比",
            f"{listed(others)} count other spending than the base {result['base']}: net and sums do not compare",
        )
    for one in result["policies"]:
        if one["refused"]:
            say(
                f"未能按 {one['policy']} 清算：{why(one['refused'])}",
                f"not settled under {one['policy']}: {one['refused']}",
            )
        elif not one["in_force"]:
            say(
                f"{one['policy']} 当年未执行，按 {one['values_of']} 口径试算",
                f"{one['policy']} was not in force: with its values of {one['values_of']}",
            )
    alike: dict[tuple[str, str], list[str]] = {}
    for cell in (*result["figures"], *result["alternatives"]):
        if cell["refused"]:
            under = f"{cell['policy']} {cell['assumption']}={cell['choice']}" if "choice" in cell else cell["policy"]
            # What is said of one party in the words of another is said once.
            said = cell["refused"].replace(f"'{cell['party']}'", "'…'")
            alike.setdefault((under, said), []).append(f"{called(cell['party'])} {cell['year']}")
    for (under, said), parties in alike.items():
        some = listed(parties[:PARTIES_NAMED]) + _more(parties)
        say(f"未能清算 {some}（{under}）：{why(said)}", f"not settled: {some} ({under}): {said}")


def _other_spending(result: dict[str, Any]) -> list[str]:
    """The policies that charge other spending to the same parties than the base does."""
    spend = {(c["party"], c["year"]): c["spend"] for c in result["figures"] if c["policy"] == result["base"]}
    return list(
        dict.fromkeys(
            c["policy"]
            for c in result["figures"]
            if None not in (c["spend"], known := spend.get((c["party"], c["year"]))) and c["spend"] != known
        )
    )


def _more(parties: list[str]) -> str:
    if len(parties) <= PARTIES_NAMED:
        return ""
    return told(f" 等 {len(parties)} 方", f" and {len(parties) - PARTIES_NAMED} more")


def _counts(one: dict[str, Any]) -> str:
    return f"{one['gain']}/{one['lose']}/{one['same']}"


def _money(yuan: str | None) -> str | None:
    return None if yuan is None else separated(yuan)


def _largest(change: dict[str, Any] | None) -> str | None:
    return None if change is None else f"{called(change['party'])} {separated(change['change'])}"
