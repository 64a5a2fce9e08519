"""Verbs that look at the data: measure, quality, audit."""

from __future__ import annotations

import datetime as dt
import heapq
from operator import itemgetter
from pathlib import Path
from typing import Any

import click

from yiheng.basis.evidence import Words
from yiheng.hooks import load_rules
from yiheng.measures import INDICATORS
from yiheng.runs import ENGINES, Workspace, questioned_rows, refused_rows, run_audit, run_measure, run_quality
from yiheng.statements import UNITS, exact, sums_by_check, write_quality, written
from yiheng.supervision import ANSWERS, FINDING, WEIGHTS

from .numbers import DAY
from .show import answer, say, say_unknown, working, yuan
from .spoken import language, listed, told, why
from .verb import DONE, DONE_WITH_REFUSALS, format_option, opened, says_refusals, workspace_option

SHOWN = 20
OF_CHECKS = ("institution", "consortium", "month", "kind", "check", "says", "valid", "invalid", "unknown", "share")
SUMS_OF_CHECKS = [
    Words(*words)
    for words in (
        ("类别", "kind"), ("校验", "check"), ("问题", "fault"), ("符合", "valid"), ("不符", "invalid"),
        ("无法判断", "unknown"), ("符合率 %", "valid %"),
    )
]  # fmt: skip


@click.command()
@click.argument("names", nargs=-1)
@click.option("--by", "keys", default="consortium,year", show_default=True, help="Dimensions, separated by commas.")
@workspace_option
@format_option
@says_refusals
def measure(names: tuple[str, ...], keys: str, workspace: Path | None, form: str) -> int:
    """Compute indicators at any grain.

    \b
    Examples:
      yiheng measure
      yiheng measure drug_share cost_per_stay --by institution,month
      yiheng measure --by consortium,month --format csv
    """
    with working("measure"):
        by = [key.strip() for key in keys.split(",") if key.strip()]
        result = run_measure(opened(workspace), list(names), by)
    columns: list[str | Words] = ["indicator", *by, "top", "bottom", "value"]
    rows = [[r["indicator"], *(r[k] for k in by), r["top"], r["bottom"], r["value"]] for r in result["rows"]]
    if form == "table":
        columns = [
            Words("指标", "indicator"), *by, Words("分子", "numerator"), Words("分母", "denominator"), "value", "unit"
        ]  # fmt: skip
        rows = [_for_people(row, by) for row in result["rows"]]
    answer(form, result, columns, rows, result["run"])
    for name, lacking in result["left_out"].items():
        say(f"未计算 {name}：{why(lacking)}", f"not computed: {name}: {lacking}")
    return DONE


def _for_people(row: dict[str, Any], by: list[str]) -> list[Any]:
    """A row with the indicator's name and its value in the unit people read."""
    indicator = INDICATORS[row["indicator"]]
    stands = exact(row["top"], row["bottom"], indicator.unit)
    value = None if stands is None else written(stands, indicator.unit)
    keys = ["—" if row[key] is None else str(row[key]) for key in by]
    unit = UNITS[indicator.unit].in_language(language())
    return [told(indicator.zh, indicator.name), *keys, row["top"], row["bottom"], value, unit]


@click.command()
@click.option("--institution", help="Only what this institution sent.")
@click.option("--from", "since", type=DAY, help="Only stays that ended on this day or later.")
@click.option("--until", type=DAY, help="Only stays that ended on this day or before.")
@click.option("--xlsx", type=click.Path(path_type=Path), help="Write the report for the sender to this XLSX.")
@workspace_option
@format_option
@says_refusals
def quality(
    institution: str | None,
    since: dt.date | None,
    until: dt.date | None,
    xlsx: Path | None,
    workspace: Path | None,
    form: str,
) -> int:
    """Judge the quality of settlement lists and totals, and count what was refused at the door.

    \b
    Examples:
      yiheng quality
      yiheng quality --institution H37029900001 --from 2025-01-01 --until 2025-03-31 --xlsx 质量报告.xlsx
      yiheng quality --format csv > quality.csv
    """
    space = opened(workspace)
    with working("quality") as step:
        result = run_quality(space, institution=institution, since=since, until=until, progress=step)
    if form == "table":
        spoken = language()
        rows = [
            [
                one.kind_words.in_language(spoken), one.name, one.says.in_language(spoken), one.valid, one.invalid,
                one.unknown, one.share,
            ]
            for one in sums_by_check(result["rows"])
        ]  # fmt: skip
        answer(form, result, SUMS_OF_CHECKS, rows, result["run"])
    else:
        rows = [[row[column] for column in OF_CHECKS] for row in result["rows"]]
        answer(form, result, OF_CHECKS, rows, result["run"])
    for one in result["refused"]:
        about = f"{one['file']}: {one['rows']:,}"
        say(
            f"拒收 {one['institution'] or '机构不明'} {about} 行 {one['fault']} {one['says']}",
            f"refused {one['institution'] or 'institution unknown'} {about} rows {one['fault']} {one['says_en']}",
        )
    if xlsx is not None:
        _send_back(space, result, xlsx)
    return DONE


def _send_back(space: Workspace, result: dict[str, Any], into: Path) -> None:
    """Write the workbook for the sender."""
    about = {
        "运行": result["run"],
        "机构": result["institution"] or "全部",
        "出院日期": f"{result['since'] or '…'} 至 {result['until'] or '…'}",
    }
    folder = space.run_folder(result["run"])
    write_quality(about, result["rows"], questioned_rows(folder), refused_rows(folder), into)
    say(f"质量报告 {into}", f"report on quality {into}")


@click.command()
@click.option("--rule", "rules", multiple=True, help="Only this rule; may be given several times.")
@click.option("--from", "since", type=DAY, help="Only what occurred on this day or later.")
@click.option("--until", type=DAY, help="Only what occurred on this day or before.")
@click.option("--engine", type=click.Choice(list(ENGINES)), help="What to run on; by default what yiheng.toml says.")
@workspace_option
@format_option
@says_refusals
def audit(
    rules: tuple[str, ...],
    since: dt.date | None,
    until: dt.date | None,
    engine: str | None,
    workspace: Path | None,
    form: str,
) -> int:
    """Run the audit rules and print what they find.

    \b
    Examples:
      yiheng audit
      yiheng audit --rule split_stay --rule overlapping_stays --from 2025-01-01
      yiheng audit --engine spark
      yiheng audit --format json > findings.json
    """
    with working("audit") as step:
        result = run_audit(
            opened(workspace),
            list(rules),
            since=since,
            until=until,
            engine=engine,
            progress=step,
        )
    if form == "table":
        # In English a rule has no other name than its own.
        names = ["rule", "name"] if language() == "zh" else ["rule"]
        columns = [*names, "official_code", "weight", "answer", "findings", "yuan at stake", "counted once"]
        answer(form, result, columns, _by_rule(result), result["run"])
        _show_findings(result)
    else:
        demo = {rule["rule"]: " ".join(rule["demo"]) for rule in result["rules"]}
        rows = ([*(one[name] for name in FINDING), demo[one["rule"]]] for one in result["findings"])
        answer(form, result, (*FINDING, "demo_lists"), rows)
    if result["excepted"]:
        many = f"{len(result['excepted']):,}"
        say(
            f"例外 {many} 条未列入：见 --format json 的 excepted",
            f"{many} findings are excepted and not listed: excepted in --format json",
        )
    say_unknown(result["unknown"])
    if result["not_computed"] and not rules:
        many = str(len(result["not_computed"]))
        say(
            f"国家规则库有 {many} 条规则不计算：名称和原因见 --format json 的 not_computed，或 docs/reference/rules.md",
            f"{many} rules of the national list are not computed: see not_computed in --format json,"
            " or docs/reference/rules.md",
        )
    # Of all rules some are missing when a package was refused.
    return DONE_WITH_REFUSALS if load_rules().refused and not rules else DONE


def found_by_rule(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The rules that found something, the most at stake first."""
    return sorted((r for r in result["rules"] if r["findings"]), key=lambda r: (-r["at_stake_once_fen"], r["rule"]))


def rule_name(rule: dict[str, Any]) -> str:
    """The name of a rule of an audit, marked where it rests on a list that was invented for the demo county."""
    zh, en = ("（示例）", " (example)") if rule["demo"] else ("", "")
    return told(f"{rule['zh']}{zh}", f"{rule['rule']}{en}")


def say_demo(result: dict[str, Any]) -> None:
    """Say which lists of the demo county findings rest on."""
    if lists := sorted({name for rule in found_by_rule(result) for name in rule["demo"]}):
        say(
            f"标“示例”的规则依据示例代码表 {listed(lists)}，其疑点只供演示，不能作为处理依据",
            f"rules marked as examples rest on the demo lists {listed(lists)}: they ground no act",
        )


def say_clean(result: dict[str, Any]) -> None:
    """Name the rules that judged and found nothing: they are no unknown ones."""
    if clean := [told(r["zh"], r["rule"]) for r in result["rules"] if not r["findings"]]:
        say(
            f"没有发现疑点的规则 {len(clean)} 条：{listed(clean)}",
            f"{len(clean)} rules judged and found nothing: {listed(clean)}",
        )


def _by_rule(result: dict[str, Any]) -> list[list[Any]]:
    """Count and amounts of each rule that found something, and of all together."""
    found = found_by_rule(result)
    spoken = language()
    rows = [
        [
            *([r["rule"]] if spoken == "zh" else []), rule_name(r),
            r["official_code"], WEIGHTS[r["weight"]].in_language(spoken), ANSWERS[r["answer"]].in_language(spoken),
            r["findings"], *_amounts(r),
        ]
        for r in found
    ]  # fmt: skip
    unsaid = [None] * (4 if spoken == "zh" else 3)
    return [*rows, [told("合计", "all"), *unsaid, len(result["findings"]), *_amounts(result)]]


def _show_findings(result: dict[str, Any]) -> None:
    """Some findings, the most at stake first, each under the name of its rule."""
    found = result["findings"]
    names = {rule["rule"]: rule_name(rule) for rule in result["rules"]}
    for one in heapq.nlargest(SHOWN, found, key=itemgetter("at_stake_fen")):
        about = f"{one['occurred_on']} [{names[one['rule']]}] {yuan(one['at_stake_fen'])}"
        say(f"{about} 元：{one['says']}", f"{about} yuan: {one['says_en']}")
    if len(found) > SHOWN:
        say(
            f"以上是金额最大的 {SHOWN} 条，共 {len(found):,} 条，全部见 --format json 或 --format csv",
            f"the {SHOWN} with the most at stake of {len(found):,}; all with --format json or --format csv",
        )
    say_demo(result)
    say_clean(result)


def _amounts(of: dict[str, Any]) -> list[str | None]:
    return [yuan(of["at_stake_fen"]), yuan(of["at_stake_once_fen"])]
