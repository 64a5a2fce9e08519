"""Point 7 of issue 13: what pages remember of runs, register and lake never outlives it, whoever changed it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.runs.test_comparing import policy
from tests.tiny import loaded
from yiheng.runs import Workspace, run_settle

from .by_hand import add_measure, made

X = "/?party=xihai&year=2025"


def elsewhere(*lines):
    """Done by another process, which shares no memory with the pages."""
    code = "\n".join(("import sys", f"sys.path.insert(0, {str(ROOT)!r})", "from pathlib import Path", *lines))
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.fixture
def clerk(as_):
    client = as_("clerk")
    return lambda: client.get(X).content.decode()


def test_point_7_a_run_of_another_process_is_on_the_next_page(clerk, tmp_path):
    from django.test import override_settings

    folder = made(tmp_path / "w")
    add_measure(folder, "measure-1", "year", [("drug_share", "xihai", 2025, 3, 10)], at="2026-01-01")
    with override_settings(WORKSPACE=folder):
        # 3 of 10, then 4 of 10.
        assert "30.0" in clerk() and "30.0" in clerk()
        elsewhere(
            "from tests.cockpit.by_hand import add_measure",
            f"add_measure(Path({str(folder)!r}), 'measure-2', 'year', [('drug_share', 'xihai', 2025, 4, 10)],"
            " at='2026-01-02')",
        )
        shown = clerk()
        assert "40.0" in shown and "30.0" not in shown


def test_point_7_an_act_of_another_process_is_on_the_next_page(clerk, tmp_path):
    from django.test import override_settings

    workspace = loaded(tmp_path)[0]
    run = run_settle(workspace, policy(tmp_path, "first"), year=2025)["run"]
    with override_settings(WORKSPACE=workspace.folder):
        assert "试算" in clerk()
        elsewhere(
            "from yiheng.runs import Workspace, adopt, propose",
            f"space = Workspace(Path({str(workspace.folder)!r}))",
            f"propose(space, {run!r}, by='li', why='totals agree', marks_because='minute 12')",
            f"adopt(space, {run!r}, by='wang', why='checked')",
        )
        assert "wang" in clerk()


def test_point_7_a_result_edited_within_its_length_and_dated_back_is_refused(clerk, tmp_path):
    from django.test import override_settings

    folder = made(tmp_path / "w")
    run = add_measure(folder, "measure-1", "year", [("drug_share", "xihai", 2025, 3, 10)], at="2026-01-01")
    with override_settings(WORKSPACE=folder):
        assert "30.0" in clerk()
        file = folder / "runs" / run / "values.json"
        was, text = file.stat(), file.read_text("utf-8")
        changed = text.replace(" 3,", " 4,") if " 3," in text else text.replace(" 3\n", " 4\n")
        assert changed != text and len(changed) == len(text)
        file.write_text(changed, "utf-8")
        os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))
        shown = clerk()
        assert "40.0" not in shown and "30.0" not in shown and "values.json" in shown


def test_point_7_names_of_a_lake_that_another_one_took_the_place_of_are_its_own(served, tmp_path):
    from django.test import override_settings

    from yiheng.cockpit import names

    one, other = loaded(tmp_path / "one")[0], Workspace.new(tmp_path / "other")
    with override_settings(WORKSPACE=one.folder):
        assert names.institutions()
        (one.folder / "lake").rename(tmp_path / "aside")
        (other.folder / "lake").rename(one.folder / "lake")
        (other.folder / "runs").rename(tmp_path / "runs")
        (one.folder / "runs").rename(tmp_path / "runs-aside")
        (tmp_path / "runs").rename(one.folder / "runs")
        (one.folder / "runs.head").rename(tmp_path / "runs.head-aside")
        assert names.institutions() == {}
