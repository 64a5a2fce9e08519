"""The verb that compares policies: the same claims, side by side."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from yiheng.runs import run_compare
from yiheng.statements import comparison_svg, write_comparison, write_file

from .payment import choices
from .show import answer, say, separated, working
from .verb import DONE, DONE_WITH_REFUSALS, format_option, found, opened, says_refusals, workspace_option

WORKBOOK, CHART = "comparison.xlsx", "comparison.svg"
# Parties named one by one where the same is said of all.
PARTIES_NAMED = 4
CELLS = (
    "party", "year", "policy", "budget", "spend", "surplus", "overrun", "kept", "fund_bears", "party_bears", "net",
    "fund_pays", "refused",
)  # fmt: skip


@click.command()
@click.argument("policies", nargs=-1, required=True)
@click.option("--year", type=int, help="The year to settle from the lake.")
@click.option(
    "--facts", type=click.Path(path_type=Path), help="CSV with one party and year a row, instead of the lake."
)
@click.option(
    "--with", "added", type=click.Path(path_type=Path), help="CSV with facts of each party that the lake does not hold."
)
@click.option("--base", help="The policy that the others are compared to; the first by default.")
@click.option("--known-on", type=click.DateTime(["%Y-%m-%d"]), help="With the values announced by that day.")
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
    known_on: dt.datetime | None,
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
            known_on=known_on.date() if known_on else None,
            base=base,
            assume=choices(assume),
            alternatives=alternatives,
            progress=step,
        )
        folder = space.run_folder(result["run"])
        write_comparison(result, folder / WORKBOOK)
        write_file(folder / CHART, comparison_svg(result).encode())
    if form == "table":
        _tables(result)
    else:
        answer(form, result, CELLS, [[cell[name] for name in CELLS] for cell in result["figures"]])
    _remarks(result)
    say(f"对比表：{folder / WORKBOOK}；图：{folder / CHART}")
    say(f"依据：yiheng explain {result['run']} 医共体 项目 --policy {result['base']}")
    whole = all(not one["refused"] for one in (*result["policies"], *result["figures"]))
    return DONE if whole else DONE_WITH_REFUSALS


def _tables(result: dict[str, Any]) -> None:
    changes = {(c["policy"], c["party"], c["year"]): c["change"] for c in result["changes"]}
    years = {cell["year"] for cell in result["figures"]}
    rows = [
        [
            cell["party"] if len(years) == 1 else f"{cell['party']} {cell['year']}",
            cell["policy"],
            *(_money(cell[name]) for name in ("budget", "kept", "fund_bears", "party_bears", "net")),
            _money(changes.get((cell["policy"], cell["party"], cell["year"]))),
        ]
        for cell in result["figures"]
    ]
    columns = ["医共体", "政策", "总额预算", "结余留用", "基金分担", "医共体承担", "医共体净得", "与基准相差"]
    title = f"{result['run']} · {'、'.join(map(str, sorted(years)))} 年（元）· 基准 {result['base']}"
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
    columns = ["政策", "已清算", "净得合计", "基金合计支付", "与基准相差", "得益/受损/不变", "得益最多", "受损最多"]
    answer("table", result, columns, sums, "合计、赢家与输家（元）")
    if result["alternatives"]:
        rows = [
            [
                one["policy"], f"{one['assumption']} {one['chosen']} → {one['choice']}", one["party"],
                *(_money(one[name]) for name in ("kept", "party_bears", "net", "change")),
            ]
            for one in result["alternatives"]
        ]  # fmt: skip
        columns = ["政策", "假设改选", "医共体", "结余留用", "医共体承担", "医共体净得", "与所选相差"]
        answer("table", result, columns, rows, "每个假设的其他可能（元）")


def _remarks(result: dict[str, Any]) -> None:
    if others := _other_spending(result):
        say(f"{'、'.join(others)} 计入的支出与基准 {result['base']} 不同，其净得与合计不能与其他政策直接相比")
    for one in result["policies"]:
        if one["refused"]:
            say(f"未能按 {one['policy']} 清算：{one['refused']}")
        elif not one["in_force"]:
            say(f"{one['policy']} 当年不施行，按 {one['values_of']} 的取值试算")
    alike: dict[tuple[str, str], list[str]] = {}
    for cell in (*result["figures"], *result["alternatives"]):
        if cell["refused"]:
            under = f"{cell['policy']} {cell['assumption']}={cell['choice']}" if "choice" in cell else cell["policy"]
            # What is said of one party in the words of another is said once.
            why = cell["refused"].replace(f"'{cell['party']}'", "'…'")
            alike.setdefault((under, why), []).append(f"{cell['party']} {cell['year']}")
    for (under, why), parties in alike.items():
        say(f"未能清算 {'、'.join(parties[:PARTIES_NAMED])}{_more(parties)}（{under}）：{why}")


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
    return f" 等 {len(parties)} 方" if len(parties) > PARTIES_NAMED else ""


def _counts(one: dict[str, Any]) -> str:
    return f"{one['gain']}/{one['lose']}/{one['same']}"


def _money(yuan: str | None) -> str | None:
    return None if yuan is None else separated(yuan)


def _largest(change: dict[str, Any] | None) -> str | None:
    return None if change is None else f"{change['party']} {separated(change['change'])}"
