"""Verbs that open the cockpit: serve, demo."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from yiheng.basis.language import NAMED
from yiheng.basis.refusals import Refusal
from yiheng.county import NAMES_OF_CONSORTIA, make_county
from yiheng.runs import (
    Workspace,
    kept_policies,
    load_shipped_codes,
    run_audit,
    run_drivers,
    run_load,
    run_measure,
    run_quality,
    run_settle,
)
from yiheng.statements import write_workbook

from .analysis import found_by_rule, rule_name, say_clean, say_demo
from .data import show_load
from .numbers import Whole
from .payment import WORKBOOK
from .show import answer, say, say_refusal, separated, working, yuan
from .spoken import language, told
from .users import offer_first_user, refuse_without_cockpit
from .verb import DONE, found, named, named_in, opened, says_refusals, workspace_option

DEMO_POLICY, DEMO_YEAR = "qingdao", 2025
DEMO_GRAINS = (["consortium", "month"], ["consortium", "year"], ["institution", "year"])
# The largest cities insure some ten million.
MOST_PEOPLE = 20_000_000


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@workspace_option
@says_refusals
def serve(host: str, port: int, workspace: Path | None) -> int:
    """Open the cockpit and the API of a workspace.

    \b
    Example:
      yiheng serve --workspace demo --port 8080
    """
    space = opened(workspace)
    offer_first_user(space)
    return _cockpit("serve", space, "--host", host, "--port", str(port))


@click.command()
@click.option(
    "--people", default=20_000, type=Whole(most=MOST_PEOPLE), show_default=True, help="How many people the county has."
)
@click.option("--events", is_flag=True, help="With refunds, late claims, open stays and what else real data has.")
@click.option("--serve/--no-serve", default=None, help="Open the cockpit afterwards; by default at a terminal.")
@click.option("--port", default=8000, show_default=True, help="Port of the cockpit.")
@click.option("--workspace", "-w", type=click.Path(path_type=Path), help="Workspace folder; demo by default.")
@says_refusals
def demo(people: int, events: bool, serve: bool | None, port: int, workspace: Path | None) -> int:
    """Make a synthetic county, load, measure, audit and settle it, and open the cockpit.

    \b
    Examples:
      yiheng demo
      yiheng demo --people 2000 --events --no-serve
    """
    folder = named(workspace, Path("demo"))
    space = named_in(
        _made_before(folder)
        if (folder / "yiheng.toml").exists()
        else Workspace.new(folder, demo=True, names=NAMES_OF_CONSORTIA)
    )
    if not space.runs("load"):
        _fill(space, people, events=events)
    load_shipped_codes(space, replace=True)
    with working("audit") as step:
        audited = run_audit(space, progress=step)
    with working("settle"):
        settled = run_settle(space, found(DEMO_POLICY, "policies", space), year=DEMO_YEAR)
        kept = space.run_folder(settled["run"])
        write_workbook(settled, kept / WORKBOOK, policies=kept_policies(kept), names=space.names)
        space.note_written(settled["run"], kept / WORKBOOK)
    with working("measure"):
        for keys in DEMO_GRAINS:
            run_measure(space, [], keys)
    with working("drivers"):
        run_drivers(space, DEMO_YEAR)
    with working("quality") as step:
        run_quality(space, progress=step)
    _show(audited, settled)
    login = _login(space)
    if serve if serve is not None else sys.stdout.isatty():
        return _cockpit("serve", space, "--port", str(port))
    cure = f"yiheng serve --workspace {folder}"
    zh, en = ("", "") if login else ("（需先安装 yiheng[web]）", " (install yiheng[web] first)")
    say(f"打开驾驶舱：{cure}{zh}", f"open the cockpit: {cure}{en}")
    return DONE


def _made_before(folder: Path) -> Workspace:
    """The workspace that an earlier demo made.

    Raises:
        Refusal: when somebody else made it: a demo would mix its county and code lists into real data.
    """
    space = Workspace.open(folder)
    if not space.is_demo:
        raise Refusal(
            "this workspace was not made by the demo, and the demo changes no other",
            where=str(folder),
            expected="a new folder, or one that 'yiheng demo' made",
            cure="name another folder: yiheng demo --workspace demo2",
        )
    return space


def _fill(space: Workspace, people: int, *, events: bool) -> None:
    source = space.folder / "source"
    with working(told(f"生成 {people:,} 人的模拟县数据", f"make a county of {people:,} people")):
        labels = space.folder / "events.csv" if events else None
        make_county(source, space.folder / "labels.csv", people=people, event_labels=labels)
    with working("load") as step:
        loaded = run_load(space, [source], progress=step)
    show_load(loaded, "table", space)


def _show(audited: dict[str, Any], settled: dict[str, Any]) -> None:
    rows = [[rule_name(r), r["official_code"], r["findings"], yuan(r["at_stake_fen"])] for r in found_by_rule(audited)]
    columns = ["rule", "official_code", "findings", "yuan at stake"]
    answer("table", audited, columns, rows, told("审核", "audit"))
    say_demo(audited)
    say_clean(audited)
    rows = [
        [s["party"], *(separated(s["figures"][n]) for n in ("budget", "spend", "kept", "fund_bears", "party_bears"))]
        for s in settled["statements"]
    ]
    columns = ["party", "budget", "spend", "kept", "fund_bears", "party_bears"]
    title = told(f"{DEMO_YEAR} 年清算（元）", f"settlement of {DEMO_YEAR} (yuan)")
    answer("table", settled, columns, rows, f"{title} · {settled['run']}")


def _login(space: Workspace) -> bool:
    try:
        return _cockpit("demo-user", space) == DONE
    except Refusal as refusal:
        say_refusal(refusal)
        return False


def _cockpit(verb: str, space: Workspace, *options: str) -> int:
    """The cockpit is a door of its own: it runs in its own process."""
    refuse_without_cockpit()
    # Who stops this process stops the cockpit with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(DONE))
    asked = [sys.executable, "-m", "yiheng.cockpit", verb, str(space.folder), *options]
    with subprocess.Popen(asked, env={**os.environ, NAMED: language()}) as cockpit:
        try:
            code = cockpit.wait()
        except KeyboardInterrupt:
            return DONE
        finally:
            cockpit.terminate()
    if code != DONE:
        raise Refusal(f"the cockpit ended with code {code}", cure="its reason is printed above")
    return DONE
