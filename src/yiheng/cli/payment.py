"""Verbs about money: settle, explain, replay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from yiheng.basis.evidence import Words
from yiheng.basis.money import Fen
from yiheng.basis.refusals import Refusal, nearest
from yiheng.payment import FIGURES
from yiheng.runs import (
    CLAIM_COLUMNS,
    OFFICIAL,
    Workspace,
    claims_behind,
    kept_policies,
    official_of,
    register_of,
    run_settle,
    settled_in,
)
from yiheng.runs import replay as run_replay
from yiheng.runs.manifest import data_sign
from yiheng.runs.results import checked
from yiheng.runs.workspace import kept_json
from yiheng.statements import statements_of, write_workbook

from .due import say_due, say_notices
from .heads import further as further_head
from .numbers import DAY, YEAR, Whole
from .official import say_standing
from .show import answer, called, say, say_answer, separated, with_id, working, yuan
from .spoken import told, why
from .verb import DONE, DONE_WITH_REFUSALS, format_option, found, opened, says_refusals, workspace_option

WORKBOOK = "statements.xlsx"
# Claims that a terminal shows; a file gets all of them.
CLAIMS_SHOWN = 20
# Parties of whom a terminal says every account; the workbook says them of all.
PARTIES_SAID = 5
CLAIM_HEADS = [
    Words(*words)
    for words in (
        ("结算", "settlement"), ("就诊", "visit"), ("机构", "institution"), ("入院", "began"), ("出院", "ended"),
        ("元", "yuan"),
    )
]  # fmt: skip


@click.command()
@click.argument("policy")
@click.option("--year", type=YEAR, help="The year to settle from the lake.")
@click.option(
    "--facts", type=click.Path(path_type=Path), help="CSV with one party and year a row, instead of the lake."
)
@click.option(
    "--with", "added", type=click.Path(path_type=Path), help="CSV with facts of each party that the lake does not hold."
)
@click.option("--override", multiple=True, metavar="FACT", help="A fact that --with gives instead of the lake.")
@click.option("--known-on", type=DAY, help="With the values announced by that day.")
@click.option("--assume", multiple=True, metavar="ID=CHOICE", help="Another choice for an assumption.")
@click.option("--alternatives", is_flag=True, help="State also the figures under each alternative of each assumption.")
@click.option("--budget-only", is_flag=True, help="Only the budget and its prepayment, before the year is over.")
@click.option("--although", metavar="REASON", help="Settle an incomplete year all the same; the reason is printed.")
@workspace_option
@format_option
@says_refusals
def settle(
    policy: str,
    year: int | None,
    facts: Path | None,
    added: Path | None,
    override: tuple[str, ...],
    known_on: dt.date | None,
    assume: tuple[str, ...],
    alternatives: bool,
    budget_only: bool,
    although: str | None,
    workspace: Path | None,
    form: str,
) -> int:
    """Settle a year under a policy file or folder.

    \b
    Examples:
      yiheng settle policies/qingdao --year 2025
      yiheng settle policies/us-desynpuf --year 2010 --format json
      yiheng settle policies/guangdong --facts facts.csv
      yiheng settle policies/yangxi --year 2025 --with scores.csv
      yiheng settle policies/yangxi --year 2025 --with scores.csv --override income
      yiheng settle policies/qingdao --year 2025 --assume cap_base=base_spend
      yiheng settle policies/consortium-agreement --year 2026 --budget-only
      yiheng settle policies/qingdao --year 2025 --although "January's claims were lost in a fire"
    """
    space = opened(workspace)
    with working("settle") as step:
        result = run_settle(
            space,
            found(policy, "policies", space),
            year=year,
            facts=facts,
            added=added,
            known_on=known_on,
            assume=choices(assume),
            alternatives=alternatives,
            although=although,
            override=override,
            budget_only=budget_only,
            progress=step,
        )
        folder = space.run_folder(result["run"])
        if not budget_only:
            write_workbook(result, folder / WORKBOOK, policies=kept_policies(folder), names=space.names)
            space.note_written(result["run"], folder / WORKBOOK)
    if budget_only:
        return say_notices(result, form)
    further = sorted({name for s in result["statements"] for name in s["further"]})
    heads = [further_head(name, result["statements"]) for name in further] if form == "table" else further
    columns = ["party", "year", *FIGURES, *heads]
    shown = separated if form == "table" else str
    rows = [
        [
            s["party"],
            str(s["year"]),
            *(shown(s["figures"][name]) for name in FIGURES),
            *(shown(s["further"][name]) if name in s["further"] else "" for name in further),
        ]
        for s in result["statements"]
    ]
    answer(form, result, columns, rows, f"{result['run']} · {result['manifest']['inputs']['policy']}")
    for at, one in enumerate(result["statements"]):
        if at == PARTIES_SAID:
            left, cure = len(result["statements"]) - at, f"yiheng statement {result['run']}"
            say(f"其余 {left:,} 份：{cure}", f"{left:,} more: {cure}")
            break
        say_due(result, one)
    for one in result["refused"]:
        about = f"{called(one['party'])} {one['year']}"
        say(f"未能清算 {about}：{why(one['why'])}", f"not settled: {about}: {one['why']}")
    _say_left_out(result)
    say_standing(space, result["run"])
    book, reasons = space.folder / "runs" / result["run"] / WORKBOOK, f"yiheng explain {result['run']}"
    say(f"清算单：{book}；依据：{reasons}", f"statements: {book}; reasons: {reasons}")
    return DONE_WITH_REFUSALS if result["refused"] else DONE


def _say_left_out(result: dict[str, Any]) -> None:
    """What no statement counts: spending of nobody, an incomplete year, rows in quarantine."""
    if lost := result["unattributed"]:
        many, money = f"{lost['rows']:,}", yuan(lost["fen"])
        say(
            f"另有 {many} 笔、{money} 元的支出不归属任何医共体，未计入任何一方",
            f"{many} claims of {money} yuan belong to no party and are counted with none",
        )
    if complete := result["completeness"]["although"]:
        say(f"数据不完整，仍予清算，理由：{complete}", f"settled although the data are incomplete, because: {complete}")
        for one in result["completeness"]["found"]:
            say(f"  {one['says']}；{one['expected_zh']}", f"  {one['says_en']}; expected {one['expected_en']}")
    if waiting := in_quarantine(result):
        say(*waiting)


def in_quarantine(result: dict[str, Any]) -> Words | None:
    """How many settlements lie in quarantine of each year that was read, and how much money; None where none does."""
    waiting = result["quarantined"]
    if not waiting or not (waiting["rows"] or waiting["year_unknown"]):
        return None
    told_zh, told_en = [], []
    for one in waiting["years"]:
        year, rows, fen, unread = one["year"], f"{one['rows']:,}", yuan(one["fen"]), one["unreadable"]
        told_zh.append(
            f"{year} 年 {rows} 笔，涉及基金 {fen} 元" + (f"，其中 {unread:,} 笔金额无法读出" if unread else "")
        )
        lacks = f", the amount of {unread:,} of them cannot be read" if unread else ""
        told_en.append(f"{rows} of {year} with {fen} yuan of the fund{lacks}")
    if dateless := waiting["year_unknown"]:
        told_zh.append(f"看不出年度的 {dateless:,} 笔")
        told_en.append(f"{dateless:,} of an unknown year")
    return Words(
        f"所用年度的结算未通过校验、尚未更正，未计入：{'；'.join(told_zh)}",
        f"settlements of the years read are quarantined, not corrected and not counted: {'; '.join(told_en)}",
    )


def choices(assume: tuple[str, ...]) -> dict[str, str]:
    """Choices for assumptions as they were written, by id.

    Raises:
        Refusal: when one is not written ID=CHOICE.
    """
    wrong = [one for one in assume if "=" not in one]
    if wrong:
        raise Refusal(f"'{wrong[0]}' is no choice", expected="ID=CHOICE, such as cap_base=base_spend")
    return {name.strip(): choice.strip() for name, _, choice in (one.partition("=") for one in assume)}


@click.command()
@click.argument("run", default=OFFICIAL)
@click.argument("party", required=False)
@click.argument("figure", required=False)
@click.option("--year", type=YEAR, help="The year, where a party was settled for several; the latest by default.")
@click.option("--policy", help="Of a comparison: under which policy.")
@click.option("--claims", is_flag=True, help="Open the claims behind the figure instead of its reasons.")
@click.option("--limit", type=Whole(), help="At most so many claims of each fact, the largest first.")
@workspace_option
@format_option
@says_refusals
def explain(
    run: str,
    party: str | None,
    figure: str | None,
    year: int | None,
    policy: str | None,
    claims: bool,
    limit: int | None,
    workspace: Path | None,
    form: str,
) -> int:
    """Print why a figure is what it is, down to claim counts, policy line and snapshot.

    RUN is a run, or "official" (the default): the adopted settlement, else the newest trial.
    Without a party the first one is taken, without a figure the one that was paid or owed.

    \b
    Examples:
      yiheng explain official 05 kept --year 2025
      yiheng explain settle-0f3a
      yiheng explain settle-0f3a 05 budget
      yiheng explain settle-0f3a 05 spend --claims --limit 10
      yiheng explain compare-7c21 05 kept --policy qingdao
    """
    space = opened(workspace)
    party = space.party(party)
    if run == OFFICIAL:
        ((_party, year), stand), *_others = official_of(space, party, year)
        run = stand.run
    # A register that was cut no longer vouches for what people adopted.
    register_of(space)
    folder = settled_in(space, run, policy)
    result = kept_json(checked(folder, "statements.json"))
    first, *others = statements_of(result, party, year)
    # Of several years the latest one is told.
    statement = [first, *(s for s in others if s["party"] == first["party"])][-1]
    party = statement["party"]
    figure = figure or _moved(statement)
    if figure not in statement["because"]:
        raise Refusal(f"there is no figure '{figure}'", cure=nearest(figure, statement["because"]))
    if claims:
        return _open_claims(space, folder, result, statement, figure, limit, form)
    because, says = statement["because"][figure], told("says", "says_en")
    if form == "table":
        of = statement["policy"]
        title = f"{with_id(party)} {statement['year']} · {told(of['title'], of['id'])} · {of['file']}"
        for line in (title, *_lines(because, says)):
            say_answer(line)
    else:
        whole = {"run": result["run"], "party": party, "year": statement["year"], "figure": figure, "because": because}
        answer(form, whole, ["depth", "yuan", "says", "where", "at"], list(_rows(because, says)))
    if pins := result["manifest"]["pins"]["data"]:
        held, file = _where_held(space, pins), folder / "statements.json"
        say(
            f"数据：{held}，各表 SHA-256 见 {file} 的 manifest",
            f"data: {held}; SHA-256 of each table: manifest in {file}",
        )
    some = list(dict.fromkeys(s["party"] for s in statements_of(result)))[:4]
    cure = f"yiheng explain {result['run']} {{{'|'.join(some)}…}} {{{'|'.join(FIGURES)}}}"
    say(f"其他：{cure}", f"others: {cure}")
    return DONE


def _where_held(space: Workspace, held: dict[str, str]) -> str:
    """The snapshot set of this workspace that holds the data of a run, for ``sql --at``."""
    try:
        at = f"{told('数据版本', 'snapshot set')} {space.lake.holding(held).number}"
    except Refusal:
        at = told("本工作区未保存这一版本的数据", "not kept in this workspace")
    sign = data_sign({"data": held})
    return told(f"{sign}（{len(held)} 张表，{at}）", f"{sign} ({len(held)} tables, {at})")


def _open_claims(
    space: Workspace, folder: Path, result: dict[str, Any], statement: dict[str, Any], figure: str, limit: int | None,
    form: str,
) -> int:  # fmt: skip
    queries = kept_json(checked(folder, "queries.json"))
    with working("claims"):
        found = claims_behind(space, result, queries, statement, figure)
    most = CLAIMS_SHOWN if limit is None and form == "table" else limit
    opened_up: list[dict[str, Any]] = [
        {"total": one.total, "year": one.year, "fen": one.fen, "count": len(one.rows), "rows": one.rows[:most]}
        for one in found
    ]
    whole = {"run": result["run"], "party": statement["party"], "year": statement["year"], "figure": figure}
    if form == "table":
        for one in opened_up:
            about = f"{one['total']} {called(statement['party'])} {one['year']}"
            many, money = f"{one['count']:,}", yuan(one["fen"])
            title = told(f"{about}：{many} 笔，{money} 元", f"{about}: {many} claims, {money} yuan")
            answer(form, one, CLAIM_HEADS, _claim_rows(one["rows"], yuan), title)
            if left := one["count"] - len(one["rows"]):
                say(
                    f"另有 {left:,} 笔未列出：--limit N，或用 --format csv 导出全部",
                    f"{left:,} more: --limit N, or all with --format csv",
                )
        return DONE
    columns = ["total", "fact_year", *CLAIM_COLUMNS, "yuan"]
    rows = [
        [one["total"], one["year"], *row]
        for one in opened_up
        for row in _claim_rows(one["rows"], lambda fen: Fen(fen).yuan)
    ]
    answer(form, {**whole, "claims": opened_up}, columns, rows)
    return DONE


def _claim_rows(rows: list[dict[str, Any]], shown: Callable[[int], Any]) -> list[list[Any]]:
    return [
        [*(row.get(name) for name in CLAIM_COLUMNS), None if row["fen"] is None else shown(row["fen"])] for row in rows
    ]


def _moved(statement: dict[str, Any]) -> str:
    """The figure that says what the year came to; before it is over, the budget."""
    if statement["figures"]["spend"] is None:
        return "budget"
    for name in ("kept", "fund_bears", "party_bears"):
        if statement["figures"][name] != "0.00":
            return name
    return next((name for name in statement["because"] if name not in FIGURES), "budget")


def _rows(because: dict[str, Any], says: str, depth: int = 0) -> Iterator[list[Any]]:
    yield [depth, because.get("amount"), because[says], because.get("where"), because.get("at")]
    for below in because.get("rests_on", []):
        yield from _rows(below, says, depth + 1)


def _lines(because: dict[str, Any], says: str, depth: int = 0) -> Iterator[str]:
    amount = f"{separated(because['amount']):>18} {told('元', 'yuan')}" if "amount" in because else " " * 21
    place = f"   [{because['where']}:{because['at']}]" if "where" in because else ""
    yield f"{amount}  {'  ' * depth}{because[says]}{place}"
    for below in because.get("rests_on", []):
        yield from _lines(below, says, depth + 1)


@click.command()
@click.argument("run")
@workspace_option
@format_option
@says_refusals
def replay(run: str, workspace: Path | None, form: str) -> int:
    """Run again from the manifest and compare byte for byte.

    RUN is a run, or "official": the adopted settlement of the last year, else the newest trial.

    \b
    Examples:
      yiheng replay settle-0f3a
      yiheng replay official
    """
    space = opened(workspace)
    if run == OFFICIAL:
        run = official_of(space)[0][1].run
    with working("replay"):
        again = run_replay(space, run)
    rows = [
        [name, then[:12], now[:12], told("相同", "same") if then == now else told("不同", "DIFFERENT")]
        for name, (then, now) in again.outputs.items()
    ]
    whole = {"run": again.run, "same": again.same, "outputs": again.outputs, "versions": again.versions}
    answer(form, whole, ["output", "then", "now", ""], rows, again.run)
    for name, wrote in again.wrote.items():
        if wrote != again.outputs[name][0]:
            say(
                f"！{name} 在计算后被改动：计算时写出的是 {wrote[:12]}",
                f"! {name} was changed after the run, which wrote {wrote[:12]}",
            )
    for name, (then, now) in again.versions.items():
        if then != now:
            say(f"版本不同：{name} {then} → {now}", f"other version: {name} {then} → {now}")
    return DONE if again.same else DONE_WITH_REFUSALS
