"""The verb that tells what changed between two editions of a policy, in words and in money."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from yiheng import runs
from yiheng.basis.evidence import Words
from yiheng.basis.money import NOTHING, total
from yiheng.basis.refusals import Refusal
from yiheng.payment import FIGURES, Against, check_policy, examples_against, examples_file, rows_against
from yiheng.policy import KINDS, Change, Example, PolicyFile, changes_between, edition_name, read_examples, read_policy

from .heads import Heads
from .show import answer, say, separated
from .spoken import language, told, why
from .verb import DONE, DONE_WITH_REFUSALS, format_option, found, says_refusals

MONEY = {name: FIGURES[name] for name in ("budget", "kept", "fund_bears", "party_bears")}
MONEY["net"] = Words("净结算额", "net")
ITEM = Words("项目", "item")


@click.command("compare")
@click.argument("old")
@click.argument("new")
@click.option("--facts", type=click.Path(path_type=Path), help="CSV with a party and year a row, instead of examples.")
@format_option
@says_refusals
def compare_editions(old: str, new: str, facts: Path | None, form: str) -> int:
    """Tell what changed between two policy files, in words and in money.

    The money is that of the examples beside the two files, or of the rows of a facts file, under both.

    \b
    Examples:
      yiheng policy compare policies/us-mssp/2021.yaml policies/us-mssp/2023.yaml
      yiheng policy compare qingdao/2022.yaml draft.yaml --facts facts.csv
    """
    files = [_file(path) for path in (old, new)]
    before, after = (read_policy(file, shown_as=edition_name(file)) for file in files)
    for source in (before, after):
        check_policy(source)
    changes = changes_between(before, after, language() if form == "table" else "zh")
    money = _of_facts(before, after, facts) if facts else _of_examples(before, after, files)
    whole = {
        "old": {"file": before.file, "hash": before.sha256},
        "new": {"file": after.file, "hash": after.sha256},
        "changes": [_change_json(one) for one in changes],
        "money": [one.as_json() for one in money],
    }
    if form == "table":
        _tables(before, after, changes, money)
    else:
        answer(form, whole, ["kind", "name", "old", "new", "old_place", "new_place"], [_row(one) for one in changes])
    return DONE_WITH_REFUSALS if any(one.refused for one in money) else DONE


def _file(path: str) -> Path:
    place = found(path, "policies")
    if place.is_dir():
        names = ", ".join(sorted(f"{place.name}/{one.name}" for one in place.glob("*.yaml")))
        raise Refusal("an edition is one file", where=str(place), expected=f"one of {names}", cure="name the file")
    return place


def _of_examples(before: PolicyFile, after: PolicyFile, files: list[Path]) -> list[Against]:
    examples: dict[str, tuple[str, Example]] = {}
    for file in map(examples_file, files):
        for place, one in read_examples(file) if file.exists() else ():
            # A situation that both editions show is told once.
            key = json.dumps([one.year, one.given, one.others], sort_keys=True)
            examples.setdefault(key, (place, one))
    return list(examples_against(before, after, [one for one in examples.values() if not one[1].refused]))


def _of_facts(before: PolicyFile, after: PolicyFile, facts: Path) -> list[Against]:
    rows: list[Against] = []
    sides = [runs.parties_of_file(source, facts) for source in (before, after)]
    for year in sorted(sides[0]):
        rows += rows_against(before, after, year, (sides[0][year], sides[1][year]))
    return rows


def _tables(before: PolicyFile, after: PolicyFile, changes: list[Change], money: list[Against]) -> None:
    spoken, files = language(), f"{before.file} → {after.file}"
    title = told(f"{files}：{len(changes)} 处不同", f"{files}: {len(changes)} differences")
    shown = [
        [
            KINDS[one.kind].in_language(spoken), f"{one.says.in_language(spoken)}\n{one.name}", one.old, one.new,
            "\n".join(filter(None, _places(one))),
        ]
        for one in changes
    ]  # fmt: skip
    answer("table", None, [Words("类别", "kind"), ITEM, Words("原", "old"), Words("现", "new"), "place"], shown, title)
    rows = []
    for one in money:
        if one.old is None or one.new is None:
            continue
        for name, words in MONEY.items():
            was, now = one.old[name], one.new[name]
            if was != now or name == "net":
                rows.append(
                    [one.name, words.in_language(spoken), *(separated(fen.yuan) for fen in (was, now, now - was))]
                )
    columns: Heads = [Words("情形", "example"), ITEM, "old", "new", "difference"]
    answer("table", None, columns, rows, told("同一数据在两版下的金额", "the same facts under both editions (yuan)"))
    changed = [one.change for one in money if one.change is not None]
    gain, lose = sum(fen > NOTHING for fen in changed), sum(fen < NOTHING for fen in changed)
    same, whole = len(changed) - gain - lose, separated(total(changed).yuan)
    say(
        f"增加 {gain}，减少 {lose}，持平 {same}；净结算额合计相差 {whole} 元",
        f"{gain} get more, {lose} less, {same} the same; net of all differs by {whole} yuan",
    )
    for one in money:
        if one.refused:
            say(f"未能计算 {one.name}：{why(one.refused)}", f"not computed: {one.name}: {one.refused}")


def _places(one: Change) -> tuple[str, str]:
    return one.old_place, one.new_place


def _row(one: Change) -> list[str | None]:
    return [one.kind, one.name, one.old, one.new, *_places(one)]


def _change_json(one: Change) -> dict[str, Any]:
    row = dict(zip(("kind", "name", "old", "new", "old_place", "new_place"), _row(one), strict=True))
    return {**row, "says": one.says.zh, "says_en": one.says.en}
