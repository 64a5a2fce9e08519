"""The field cases: small inputs of the same nature as files of people who do this work, each with its right value."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conftest import SHARED
from yiheng.cli.main import main
from yiheng.intake import Loaded
from yiheng.runs import Workspace, run_load


def field(name: str) -> Path:
    """A file or folder of the field cases."""
    path = SHARED / "field" / name
    assert path.exists(), f"{path} is needed by this test; set YIHENG_SHARED to the folder that holds field/"
    return path


def yiheng(*words: object) -> Result:
    """One command; a traceback is a failure here, whatever it exits with."""
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done


def said(result: Result) -> dict:
    """What a command printed as JSON."""
    return json.loads(result.stdout)


@pytest.fixture(scope="session")
def base(tmp_path_factory) -> Path:
    """The tiny county that most cases start from: beishan spends 3,060.00 and nanhe 4,000.00 in 2025."""
    workspace = Workspace.new(tmp_path_factory.mktemp("field") / "base")
    run_load(workspace, [field("base")])
    return workspace.folder


@pytest.fixture
def county(base, tmp_path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(base, tmp_path / "county"))


def loaded(folder: Path, *paths: Path) -> Loaded:
    """Files loaded into a workspace folder."""
    return run_load(Workspace.open(folder), list(paths))
