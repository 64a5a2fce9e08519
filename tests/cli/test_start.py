"""A verb is imported when it is asked for; what it does not need is not imported at all."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from yiheng import lake, runs
from yiheng.basis.outside import offered
from yiheng.cli.main import main
from yiheng.cli.verbs import VERBS

# Each takes longer to import than a refusal may take.
HEAVY = ("duckdb", "ibis", "pandas", "pyarrow", "pydantic", "pyiceberg", "sqlalchemy", "typst", "xlsxwriter", "django")


def imported_by(*words: str) -> tuple[set[str], subprocess.CompletedProcess[str]]:
    """The heavy libraries that a command has imported when it ends, and what it printed."""
    listing = (
        "import atexit, sys\n"
        f"atexit.register(lambda: print('imported', *set({HEAVY}) & set(sys.modules), file=sys.stderr))\n"
        f"from yiheng.cli.main import main\nmain({list(words)}, prog_name='yiheng')\n"
    )
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=False)
    *_, last = done.stderr.splitlines()
    assert last.startswith("imported"), done.stderr
    return set(last.split()[1:]), done


@pytest.mark.parametrize("name", VERBS)
def test_the_list_of_verbs_says_the_first_sentence_of_their_help(name):
    verb = main.commands[name]
    assert verb.name == name
    said = click.Command(name, help=VERBS[name][1])
    assert said.get_short_help_str(500) == verb.get_short_help_str(500)


def test_the_help_lists_all_verbs_as_click_does():
    plain = click.Group("yiheng", commands=dict(main.commands))
    as_click, ours = (CliRunner().invoke(one, ["--help"]).stdout.partition("Commands:")[2] for one in (plain, main))
    assert len(ours.splitlines()) == len(VERBS) + 1
    assert ours == as_click


@pytest.mark.parametrize(("words", "code"), [(["--help"], 0), (["--version"], 0), (["setle"], 2), (["user"], 2)])
def test_what_reads_nothing_imports_nothing_heavy(words, code):
    heavy, done = imported_by(*words)
    assert (heavy, done.returncode) == (set(), code), done.stderr


def test_a_misspelt_verb_is_still_told_its_neighbour():
    _, done = imported_by("setle")
    assert "No such command 'setle'" in done.stderr and "'settle'" in done.stderr


def test_policies_are_listed_and_refused_without_engine_and_lake():
    assert not offered(), "rules from outside are installed here; they import ours"
    for words, code in ((["policy", "list"], 0), (["policy", "check", "qingdoa"], 2)):
        heavy, done = imported_by(*words)
        assert (heavy - {"pydantic"}, done.returncode) == (set(), code), done.stderr


def test_a_refused_policy_opens_no_lake(tmp_path):
    assert CliRunner().invoke(main, ["new", str(tmp_path / "county")]).exit_code == 0
    heavy, done = imported_by("settle", "qingdoa", "--year", "2025", "-w", str(tmp_path / "county"))
    assert done.returncode == 2 and "qingdoa" in done.stderr
    assert not heavy & {"pyiceberg", "sqlalchemy", "pandas", "django"}


@pytest.mark.parametrize("package", [lake, runs])
def test_what_a_package_offers_on_demand_exists_and_is_called_like_no_module_of_it(package):
    # An imported module takes the name of its package's attribute, and with it the place of what is offered.
    assert not {module.name for module in pkgutil.iter_modules(package.__path__)} & set(package.__all__)
    assert all(hasattr(package, name) for name in package.__all__)
