"""Verbs of inspections: score, sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from yiheng.basis.evidence import Words
from yiheng.records.codes import INSTITUTION_KIND, SEX
from yiheng.runs import SCORED, run_draw, run_estimate, run_score
from yiheng.supervision.scores.rows import SEPARATOR

from .numbers import YEAR, Whole
from .show import answer, say, separated, working, yuan
from .spoken import told
from .verb import DONE, DONE_WITH_REFUSALS, format_option, opened, says_refusals, workspace_option

TOP = 20
REASONS_SHOWN = 3
POINTS = 4
PEERS_ZH = {**INSTITUTION_KIND.zh, **SEX.zh}
FUND = "基金支付（元） fund-(yuan)"
SCORE = ("rank", "subject", "peers", "score", "visits", "fund_fen", "reasons")
# How a feature's value is told, by its unit.
IN_UNIT: dict[str, Callable[[float], str]] = {
    "share": lambda share: f"{share:.1%}",
    "fen": lambda fen: f"{yuan(round(fen))} {told('元', 'yuan')}",
    "days": lambda days: f"{days:.1f} {told('天', 'days')}",
    "number": lambda number: f"{number:.1f}",
}


@click.command()
@click.option("--of", "subject", type=click.Choice(SCORED), default="institution", show_default=True, help="Whom.")
@click.option("--year", type=YEAR, help="Calendar year; the last one with a visit by default.")
@click.option("--top", type=Whole(1), help="How many to print; 20 in a table, all otherwise, by default.")
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
    heads: Sequence[str | Words] = SCORE
    rows = [[*(row[column] for column in SCORE[:-1]), _reasons(row)] for row in shown]
    if form == "table":
        heads = _heads("名次 rank", "对象 subject", "同类 peers", "评分 score", "就诊 visits", FUND, "依据 reasons")
        rows = [[*row[:2], _peers(row[2]), _points(row[3]), row[4], yuan(row[5]), row[6]] for row in rows]
    answer(form, result | {"rows": shown}, heads, rows, f"{result['run']} · {result['year']}")
    known, unknown = len(result["rows"]), sum(row["score"] is None for row in result["rows"])
    say(
        f"共 {known:,} 个，其中 {unknown:,} 个无法评分；评分只用于排序，不作为扣款依据",
        f"{known:,} in all, {unknown:,} of them without a score; a score only ranks, it deducts nothing",
    )
    return DONE


def _heads(*pairs: str) -> list[Words]:
    """Heads written as the Chinese and the English word."""
    return [Words(zh, en.replace("-(", " (")) for zh, en in (pair.split(" ") for pair in pairs)]


def _peers(group: str | None) -> str | None:
    """A peer group in the words of a clerk; parts that are no word of ours, such as a level, stay."""
    return group and told("·".join(PEERS_ZH.get(part, part) for part in group.split(SEPARATOR)), group)


def _points(score: float | None) -> str | None:
    return None if score is None else f"{score:.{POINTS}f}"


def _answer_groups(form: str, result: dict[str, Any], top: int | None) -> None:
    shown = result["groups"][:top]
    columns = ["rank", "persons", "institutions", "ties", "fund_fen", "says", "members"]
    rows = [[" ".join(cell) if isinstance(cell := row[column], list) else cell for column in columns] for row in shown]
    heads: Sequence[str | Words] = columns
    if form == "table":
        heads = _heads("名次 rank", "人数 persons", "机构 institutions", "同日就诊次数 ties", FUND, "依据 reasons")
        says = told("says", "says_en")
        rows = [[*row[:4], yuan(one["fund_fen"]), one[says]] for one, row in zip(shown, rows, strict=True)]
    answer(form, result | {"groups": shown}, heads, rows, f"{result['run']} · {result['year']}")
    many = f"{len(result['groups']):,}"
    say(
        f"共 {many} 组；成员见 --format json 或 --format csv",
        f"{many} groups; their members with --format json or --format csv",
    )


def _reasons(row: dict[str, Any]) -> str:
    reasons = []
    for one in row["reasons"][:REASONS_SHOWN]:
        value, median = (IN_UNIT[one["unit"]](one[name]) for name in ("value", "median"))
        name, far = told(one["zh"], one["feature"]), f"{one['deviation']:.1f}"
        reasons.append(
            told(
                f"{name} {value}，同类中位数 {median}，偏离 {far} 倍",
                f"{name} {value}, peers {median}, {far} times off",
            )
        )
    return told("；", "; ").join(reasons)


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
    heads: Sequence[str | Words] = columns
    if form == "table":
        heads = _heads(
            "机构类别 kind", "序号 place", "机构 institution", "名称 name", "抽签号数 tickets", "检查人员 team",
            "回避 kept-from", "SHA-256 SHA-256",
        )  # fmt: skip
        # Whoever verifies the draw needs the word that was hashed as well.
        rows = [[told(f"{_peers(row[0])} {row[0]}", row[0]), *row[1:]] for row in rows]
    answer(form, result, heads, rows, result["run"])
    short = [one for one in result["drawn"] if len(one["team"]) < result["wanted_each"]]
    for one in short:
        about, wanted = f"{one['institution']} {one['name']}", result["wanted_each"]
        say(f"{about}：无利害关系的检查人员不足 {wanted} 名", f"{about}: fewer than {wanted} inspectors without ties")
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
    heads: Sequence[str | Words] = columns
    if form == "table":
        heads = _heads(
            "估计总额（元） total-(yuan)", "区间下限 low", "区间上限 high", "样本中查实 found", "标准误 error",
            "检查数 checked", "总数 units",
        )  # fmt: skip
        rows = [[*(separated(cell) for cell in rows[0][:5]), *rows[0][5:]]]
    answer(form, result, heads, rows, result["run"])
    return DONE
