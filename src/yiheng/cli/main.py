"""The command ``yiheng``: one verb for each thing a person does."""

from __future__ import annotations

from pathlib import Path

import click

from yiheng import __version__
from yiheng.hooks import load_rules

from .analysis import audit, measure, quality
from .checking import check
from .codes import codes
from .comparing import compare
from .data import load, new
from .doors import demo, serve
from .driving import drivers
from .inspections import sample, score
from .official import official
from .packing import pack, unpack
from .payment import explain, replay, settle
from .policies import policy
from .rules import rules
from .show import say
from .spoken import speak, why
from .statements import statement
from .tables import sql, tables
from .users import user
from .verb import as_option


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--workspace", "-w", type=click.Path(path_type=Path), help="Workspace folder; the current one by default."
)
@as_option
@click.version_option(__version__, prog_name="yiheng")
def main(workspace: Path | None) -> None:
    """Yiheng 医衡: exact, explained payment and supervision of packaged health-insurance funds.

    \b
    Begin with:  yiheng demo
    Your data:   yiheng new xihai; yiheng load export -w xihai; yiheng settle qingdao --year 2025 -w xihai
    """
    for refusal in load_rules().refused:
        say(f"未采用：{why(refusal)}", f"not used: {refusal}")


for verb in (
    demo, new, load, codes, tables, sql, measure, drivers, quality, audit, check, rules, score, sample, settle, compare,
    official, statement, explain, replay, policy, pack, unpack, user, serve,
):  # fmt: skip
    main.add_command(verb)
speak(main)
