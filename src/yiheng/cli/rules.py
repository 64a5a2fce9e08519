"""Verbs about audit rules: list, test, precision, page."""

from __future__ import annotations

import json
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from yiheng.basis.evidence import Words
from yiheng.runs import Workspace, judge_rules
from yiheng.supervision import ANSWERS, RULES, WEIGHTS, Rule
from yiheng.supervision.labels import Judged, per_cent
from yiheng.supervision.page import rules_page
from yiheng.testkit import trials

from .show import answer, say, say_unknown, working, write, yuan
from .spoken import language, told
from .verb import DONE, DONE_WITH_REFUSALS, format_option, opened, says_refusals, workspace_option

PRECISION = [
    Words(*words)
    for words in (
        ("规则", "rule"), ("检出", "caught"), ("漏检", "missed"), ("属实", "right"), ("不属实", "wrong"),
        ("无标注", "no label"), ("检出率 %", "recall %"), ("95 %", "95 %"), ("按金额 %", "of money %"),
        ("核实属实率 %", "precision %"), ("95 %", "95 %"), ("按金额 %", "of money %"), ("属实金额（元）", "yuan right"),
    )
]  # fmt: skip


@click.group()
def rules() -> None:
    """Audit rules, ours and those of installed packages: list, test, precision, page."""


@rules.command("list")
@format_option
@says_refusals
def rules_list(form: str) -> int:
    """Every audit rule in use, and the package that it comes from.

    \b
    Example:
      yiheng rules list --format csv > rules.csv
    """
    rows = [_listed(one) for one in RULES.values()]
    if form == "table":
        spoken = language()
        for row, one in zip(rows, RULES.values(), strict=True):
            row["zh"] = told(one.zh, one.sentence)
            row |= {
                "weight": WEIGHTS[one.weight].in_language(spoken),
                "answer": ANSWERS[one.answers].in_language(spoken),
            }
    answer(
        form,
        rows,
        _columns(form, rows),
        [list(row.values()) for row in rows],
        told(f"{len(rows)} 条规则", f"{len(rows)} rules"),
    )
    return DONE


def _columns(form: str, rows: list[dict[str, Any]]) -> list[str | Words]:
    """The keys of a row; in a table the name of a rule is in the language that is spoken."""
    return [Words("名称", "finds") if form == "table" and name == "zh" else name for name in rows[0]]


def _listed(one: Rule) -> dict[str, Any]:
    return {
        "rule": one.name,
        "zh": one.zh,
        "weight": WEIGHTS[one.weight].en,
        "answer": ANSWERS[one.answers].en,
        "official_code": one.official_code,
        "package": str(one.package) if one.package else None,
    }


@rules.command("test")
@click.argument("of", metavar="FOLDER|PACKAGE")
@format_option
@says_refusals
def rules_test(of: str, form: str) -> int:
    """Try rules on their examples: rows that they must catch and rows that they must spare.

    PACKAGE is the name of an installed package's rules; FOLDER holds RULE.yaml for each rule that is tried.

    \b
    Examples:
      yiheng rules test lixian
      yiheng rules test tests/examples/rules
    """
    tried = []
    with working("rules test") as step:
        for one in trials(of):
            step(str(one))
            tried.append((one, one.differs()))
    rows = [[one.rule, one.place, one.name, "; ".join(differs) or told("成立", "holds")] for one, differs in tried]
    whole = [
        {"rule": one.rule, "place": one.place, "name": one.name, "holds": not differs, "differs": differs}
        for one, differs in tried
    ]
    answer(form, whole, ["rule", "place", "example", "result"], rows)
    wrong = sum(bool(differs) for _, differs in tried)
    say(f"共 {len(tried):,} 例，{wrong:,} 例不符", f"{len(tried):,} tried, {wrong:,} differ")
    return DONE_WITH_REFUSALS if wrong else DONE


@rules.command("precision")
@click.argument("names", nargs=-1, metavar="[RULE]...")
@click.option("--labels", type=click.Path(path_type=Path), help="The labels; labels.csv of the workspace by default.")
@click.option("--only-labelled", is_flag=True, help="A finding that no label speaks of counts neither way.")
@workspace_option
@format_option
@says_refusals
def rules_precision(
    names: tuple[str, ...], labels: Path | None, only_labelled: bool, workspace: Path | None, form: str
) -> int:
    """Judge rules by labelled data: recall and precision with their intervals, counted and weighted by money.

    Without RULE: all rules that the labels name. Whatever no label names is innocent, as in the county of yiheng demo;
    where labels say only what somebody inspected, add --only-labelled.

    \b
    Examples:
      yiheng rules precision -w demo
      yiheng rules precision lixian.night_sales --labels inspected.csv --only-labelled
    """
    space: Workspace = opened(workspace)
    with working("rules precision") as step:
        audited, judged = judge_rules(space, list(names), labels=labels, complete=not only_labelled, progress=step)
    whole = {"run": audited["run"], "rules": [_judged(one) for one in judged], "unknown": audited["unknown"]}
    if form == "table":
        answer(form, whole, PRECISION, [_for_people(one) for one in judged], audited["run"])
    else:
        flat = [{k: json.dumps(v) if isinstance(v, list) else v for k, v in one.items()} for one in whole["rules"]]
        answer(form, whole, list(flat[0]) if flat else ["rule"], [list(one.values()) for one in flat])
    say_unknown(audited["unknown"])
    for name in (one.rule for one in judged if not one.known):
        say(f"没有标注 {name}：检出率与核实属实率未知", f"no label names {name}: recall and precision are unknown")
    return DONE


@rules.command("page")
@says_refusals
def rules_page_() -> int:
    """The reference page of all rules in use, as Markdown.

    \b
    Example:
      yiheng rules page > rules.md
    """
    write(rules_page())
    return DONE


def _judged(one: Judged) -> dict[str, Any]:
    shares = {
        name: _percent(getattr(one, name)) for name in ("recall", "precision", "recall_of_money", "precision_of_money")
    }
    between = {
        name: [_percent(end) for end in ends] if (ends := getattr(one, name)) else None
        for name in ("recall_between", "precision_between")
    }
    return {**asdict(one), **shares, **between}


def _for_people(one: Judged) -> list[Any]:
    between = [
        f"{_percent(ends[0])}-{_percent(ends[1])}" if ends else None
        for ends in (one.recall_between, one.precision_between)
    ]
    return [
        one.rule, one.caught, one.missed, one.right, one.wrong, one.unlabelled,
        _percent(one.recall), between[0], _percent(one.recall_of_money),
        _percent(one.precision), between[1], _percent(one.precision_of_money), yuan(one.right_fen),
    ]  # fmt: skip


def _percent(share: Fraction | None) -> str | None:
    return None if share is None else per_cent(share)
