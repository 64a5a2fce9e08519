"""The command ``yiheng``: one verb for each thing a person does."""

from __future__ import annotations

from pathlib import Path

import click

from yiheng import __version__
from yiheng.basis.outside import offered

from .show import say
from .spoken import take_lang, why
from .verb import as_option
from .verbs import Verbs


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
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
    if not offered():
        return
    from yiheng.hooks import load_rules

    for refusal in load_rules().refused:
        say(f"未采用：{why(refusal)}", f"not used: {refusal}")


take_lang(main)
