"""Verbs of inspections: score, sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from yiheng.records.codes import INSTITUTION_KIND, SEX
from yiheng.runs import SCORED, run_draw, run_estimate, run_score
from yiheng.supervision.scores.rows import SEPARATOR

from .show import answer, say, separated, working, yuan
from .verb import DONE, DONE_WITH_REFUSALS, format_option, opened, says_refusals, workspace_option

TOP = 20
REASONS_SHOWN = 3
POINTS = 4
PEERS_ZH = {**INSTITUTION_KIND.zh, **SEX.zh}
SCORE = ("rank", "subject", "peers", "score", "visits", "fund_fen", "reasons")
# How a feature's value is told, by its unit.
IN_UNIT: dict[str, Callable[[float], str]] = {
    "share": lambda share: f"{share:.1%}",
    "fen": lambda fen: f"{yuan(round(fen))} 元",
    "days": lambda days: f"{days:.1f} 天",
    "number": lambda number: f"{number:.1f}",
}


@click.command()
@click.option("--of", "subject", type=click.Choice(SCORED), default="institution", show_default=True, help="Whom.")
@click.option("--year", type=int, help="Calendar year; the last one with a visit by default.")
@click.option("--top", type=click.IntRange(min=1), help="How many to print; 20 in a table, all otherwise, by default.")
@click.option("--reference", help="A score run whose frozen reference is taken.")
@workspace_option
@format_option
@says_refusals
def score(
    subject: str, year: int | None, top: int | None, reference: str | None, workspace: Path | None, form: str
) -> int:
    """Rank institutions, departments, doctors or persons for inspection, or find people who are always together.

    A score says how far one is from its peers; it never deducts. The run keeps every score and the reference.

    \b
    Examples:
      yiheng score
      yiheng score --of doctor --year 2025 --top 10
      yiheng score --of person --reference score-1a2b --format csv > persons.csv
      yiheng score --of group
    """
    with working("score") as step:
        result = run_score(opened(workspace), subject, year=year, reference=reference, progress=step)
    top = top or (TOP if form == "table" else None)
    if subject == "group":
        _answer_groups(form, result, top)
        return DONE
    shown = result["rows"][:top]
    columns: Sequence[str] = SCORE
    rows = [[*(row[column] for column in columns[:-1]), _reasons(row)] for row in shown]
    if form == "table":
        columns = ["名次", "对象", "同类", "评分", "就诊", "基金支付（元）", "依据"]
        rows = [[*row[:2], _peers(row[2]), _points(row[3]), row[4], yuan(row[5]), row[6]] for row in rows]
    answer(form, result | {"rows": shown}, columns, rows, f"{result['run']} · {result['year']}")
    unknown = sum(row["score"] is None for row in result["rows"])
    say(f"共 {len(result['rows']):,} 个，其中 {unknown:,} 个无法评分；评分只用于排序，不作为扣款依据")
    return DONE


def _peers(group: str | None) -> str | None:
    """A peer group in the words of a clerk; parts that are no word of ours, such as a level, stay."""
    return group and "·".join(PEERS_ZH.get(part, part) for part in group.split(SEPARATOR))


def _points(score: float | None) -> str | None:
    return None if score is None else f"{score:.{POINTS}f}"


def _answer_groups(form: str, result: dict[str, Any], top: int | None) -> None:
    shown = result["groups"][:top]
    columns = ["rank", "persons", "institutions", "ties", "fund_fen", "says", "members"]
    rows = [[" ".join(cell) if isinstance(cell := row[column], list) else cell for column in columns] for row in shown]
    if form == "table":
        columns = ["名次", "人数", "机构", "同行次数", "基金支付（元）", "依据"]
        rows = [[*row[:4], yuan(one["fund_fen"]), row[5]] for one, row in zip(shown, rows, strict=True)]
    answer(form, result | {"groups": shown}, columns, rows, f"{result['run']} · {result['year']}")
    say(f"共 {len(result['groups']):,} 组；成员见 --format json 或 --format csv")


def _reasons(row: dict[str, Any]) -> str:
    told = []
    for one in row["reasons"][:REASONS_SHOWN]:
        value, median = (IN_UNIT[one["unit"]](one[name]) for name in ("value", "median"))
        told.append(f"{one['zh']} {value}，同类中位数 {median}，偏离 {one['deviation']:.1f} 倍")
    return "；".join(told)


@click.group()
def sample() -> None:
    """Draw institutions and inspectors by a public seed; estimate the whole from what was checked."""


@sample.command("draw")
@click.option("--seed", required=True, help="A text published before the draw, without '|'.")
@click.option("--inspectors", type=click.Path(path_type=Path), help="CSV: inspector, workplace, relatives_at.")
@click.option("--by-score", metavar="RUN", help="A score run of institutions: more points, more chance.")
@workspace_option
@format_option
@says_refusals
def sample_draw(seed: str, inspectors: Path | None, by_score: str | None, workspace: Path | None, form: str) -> int:
    """Draw a tenth of the institutions of each kind, and who inspects them.

    Anybody can verify it: the order is that of SHA-256 of seed|kind|institution, and of seed|institution|inspector.

    \b
    Examples:
      yiheng sample draw --seed "2025-11-20 03 09 14 21 27 31" --inspectors inspectors.csv
      yiheng sample draw --seed 20251120 --by-score score-1a2b --format json > draw.json
    """
    result = run_draw(opened(workspace), seed, inspectors=inspectors, by_score=by_score)
    columns = ["stratum", "place", "institution", "name", "tickets", "team", "kept_from", "ticket"]
    rows = [[" ".join(v) if isinstance(v := one[c], tuple) else v for c in columns] for one in result["drawn"]]
    if form == "table":
        columns = ["机构类别", "序号", "机构", "名称", "签数", "检查人员", "回避", "SHA-256"]
        # Whoever verifies the draw needs the word that was hashed as well.
        rows = [[f"{_peers(row[0])} {row[0]}", *row[1:]] for row in rows]
    answer(form, result, columns, rows, result["run"])
    short = [one for one in result["drawn"] if len(one["team"]) < result["wanted_each"]]
    for one in short:
        say(f"{one['institution']} {one['name']}：无利害关系的检查人员不足 {result['wanted_each']} 名")
    return DONE_WITH_REFUSALS if short else DONE


@sample.command("estimate")
@click.argument("file", type=click.Path(path_type=Path))
@workspace_option
@format_option
@says_refusals
def sample_estimate(file: Path, workspace: Path | None, form: str) -> int:
    """Estimate the total wrong amount from a CSV of checked units, with its interval.

    FILE has a row for each unit: stratum, units and claimed_in_all of the whole stratum, unit, claimed, wrong (yuan).

    \b
    Example:
      yiheng sample estimate checked.csv
    """
    result = run_estimate(opened(workspace), file)
    columns = ["total", "low", "high", "found", "error", "checked", "units"]
    rows = [[result[column] for column in columns]]
    if form == "table":
        columns = ["估计总额（元）", "区间下限", "区间上限", "样本中查实", "标准误", "检查数", "总数"]
        rows = [[*(separated(cell) for cell in rows[0][:5]), *rows[0][5:]]]
    answer(form, result, columns, rows, result["run"])
    return DONE
