"""Verbs about policy files: list, check, test, show, compare, schema."""

from __future__ import annotations

import json
from pathlib import Path

import click

from yiheng import runs
from yiheng.basis.evidence import Words
from yiheng.basis.hidden import masked
from yiheng.basis.refusals import Refusal
from yiheng.payment import (
    check_policy,
    editor_schema,
    examples_file,
    read_aloud,
    run_examples,
    small_percentages,
)
from yiheng.policy import PolicyFile, edition_name, read_policy
from yiheng.runs import Workspace

from .heads import Heads
from .policy_compare import compare_editions
from .show import answer, say_answer, write
from .spoken import language, told, why
from .spoken import listed as listed_names
from .verb import (
    DONE,
    DONE_WITH_REFUSALS,
    format_option,
    found,
    kept_in,
    named,
    says_refusals,
    workspace_option,
)

COLUMNS: Heads = ["policy", "from", "until", "place", "title"]
WORKSPACE_FILE = "yiheng.toml"


@click.group()
def policy() -> None:
    """Policy files: list, check, test, show, compare, schema."""


policy.add_command(compare_editions)


@policy.command("list")
@workspace_option
@format_option
@says_refusals
def listed(workspace: Path | None, form: str) -> int:
    """List the policies that ship and those of the workspace: id, days in force, place, title.

    \b
    Examples:
      yiheng policy list
      yiheng policy list --workspace xihai --format csv
    """
    folder = named(workspace, Path())
    space = Workspace.open(folder) if workspace or (folder / WORKSPACE_FILE).is_file() else None
    whole = []
    for place in kept_in("policies", space):
        for file in sorted(place.glob("*.yaml")) if place.is_dir() else [place]:
            if file.suffix == ".yaml":
                one = _read(file).policy
                days = {"from": one.in_force.first.isoformat(), "until": one.in_force.last.isoformat()}
                where, title = (said.words.in_language(language()) for said in (one.place, one.title))
                whole.append({"policy": one.policy, **days, "place": where, "title": title})
    answer(
        form, whole, ["policy", "from", "until", Words("地区", "place"), "title"], [list(one.values()) for one in whole]
    )
    return DONE


@policy.command()
@click.argument("path")
@format_option
@says_refusals
def check(path: str, form: str) -> int:
    """Check a policy file or every file of a folder.

    \b
    Example:
      yiheng policy check policies/qingdao
    """
    rows, faults = [], 0
    for file in _files(path):
        name = masked(file.name)
        try:
            source = _read(file)
            runs.refuse_unknown_totals(source)
            check_policy(source)
            rows.append([name, told("；", "; ").join([told("通过", "ok"), *_unsaid(source)])])
        except Refusal as refusal:
            faults += 1
            rows.append([name, why(refusal)])
    answer(form, [{"file": f, "result": r} for f, r in rows], ["file", "result"], rows)
    return DONE_WITH_REFUSALS if faults else DONE


@policy.command()
@click.argument("path")
@format_option
@says_refusals
def test(path: str, form: str) -> int:
    """Run the examples of a policy.

    \b
    Example:
      yiheng policy test policies/guangdong
    """
    outcomes = []
    for file in _files(path):
        examples = examples_file(file)
        if not examples.exists():
            raise Refusal("the policy has no examples", where=str(file), cure=f"write {examples}")
        outcomes += run_examples(_read(file), examples)
    rows = [[o.place, o.name, told("成立", "holds") if o.holds else "; ".join(o.differs)] for o in outcomes]
    whole = [{"place": o.place, "name": o.name, "holds": o.holds, "differs": list(o.differs)} for o in outcomes]
    answer(form, whole, ["place", "example", "result"], rows)
    return DONE if all(o.holds for o in outcomes) else DONE_WITH_REFUSALS


@policy.command()
@click.argument("path")
@format_option
@says_refusals
def show(path: str, form: str) -> int:
    """Print a policy as an official would read it.

    \b
    Example:
      yiheng policy show policies/qingdao
    """
    sources = [_read(file) for file in _files(path)]
    for source in sources:
        check_policy(source)
    if form == "table":
        for line in (line for source in sources for line in read_aloud(source, language())):
            say_answer(line)
        return DONE
    rows = [
        [s.policy.policy, name, str(e.value), v.unit, str(e.first), e.article, v.mark]
        for s in sources
        for name, v in s.policy.values.items()
        for e in v.history
    ]
    whole = [json.loads(s.policy.model_dump_json(by_alias=True)) for s in sources]
    answer(form, whole, ["policy", "value", "is", "unit", "from", "article", "mark"], rows)
    return DONE


@policy.command()
def schema() -> None:
    """Print the JSON Schema of a policy file, for editors.

    \b
    Example:
      yiheng policy schema > policy.schema.json
    """
    write(json.dumps(editor_schema(), ensure_ascii=False, indent=1) + "\n")


def _unsaid(source: PolicyFile) -> list[str]:
    """What is right, but better said: amounts without a unit, which are yuan from zero on, and small percentages."""
    amounts = [name for name, fact in source.policy.facts.items() if fact.kind == "amount" and not fact.unit]
    named = listed_names(amounts)
    unit = told(f"未写单位，按元、不小于 0 处理：{named}", f"no unit given, taken as yuan from 0: {named}")
    return [*([unit] if amounts else []), *map(why, small_percentages(source))]


def _files(path: str) -> list[Path]:
    place = found(path, "policies")
    files = [place] if place.is_file() else sorted(place.glob("*.yaml"))
    if not files:
        raise Refusal("no policy file is here", where=str(place), expected="a .yaml file or a folder of them")
    return files


def _read(file: Path) -> PolicyFile:
    return read_policy(file, shown_as=edition_name(file))
