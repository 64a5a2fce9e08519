"""What all tests share: where the public data stands, one synthetic county, no silent skips."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

from yiheng.county import make_county
from yiheng.intake import read_mapping
from yiheng.runs import Workspace, load_shipped_codes, run_load

ROOT = Path(__file__).parents[1]
# How long an example takes says something of the machine, not of the program; speed is measured in bench/.
hypothesis.settings.register_profile("yiheng", deadline=None)
hypothesis.settings.load_profile("yiheng")

# Workers of a parallel run are given the width of a terminal that nobody looks at; a pipe has none.
for name in ("COLUMNS", "LINES"):
    os.environ.pop(name, None)

SHARED = Path(os.environ.get("YIHENG_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session", autouse=True)
def keys(tmp_path_factory):
    """Keys of the tests' workspaces stand in a folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIHENG_KEYS", str(tmp_path_factory.mktemp("keys")))
        # What tests read is English unless they ask otherwise, on whatever machine.
        patch.setenv("YIHENG_LANG", "en")
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Where skips are forbidden, a test that could not run is a failure."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("YIHENG_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and skips are forbidden here"


def shared_file(name: str) -> Path:
    """A file of the public data; a test that needs it and does not find it fails."""
    path = SHARED / "data" / name
    assert path.exists(), f"{path} is needed by this test; set YIHENG_SHARED to the folder that holds data/"
    return path


@pytest.fixture(scope="session")
def county(tmp_path_factory) -> Workspace:
    """A small synthetic county, loaded, with the shipped code lists."""
    return _county(tmp_path_factory.mktemp("county"), people=1500)


@pytest.fixture(scope="session")
def district(tmp_path_factory) -> Workspace:
    """A larger county of two years: institutions have so many cases that a share of theirs says something."""
    return _county(tmp_path_factory.mktemp("district"), people=15000, seed=11, years=(2024, 2025))


def _county(folder: Path, **made) -> Workspace:
    make_county(folder / "source", folder / "labels.csv", **made)
    workspace = Workspace.new(folder / "workspace")
    loaded = run_load(workspace, [folder / "source"])
    assert loaded.clean
    load_shipped_codes(workspace)
    return workspace


@pytest.fixture(scope="session")
def synpuf(tmp_path_factory):
    """The public synthetic claims, loaded: the workspace and what the load said."""
    workspace = Workspace.new(tmp_path_factory.mktemp("synpuf") / "workspace")
    mapping = read_mapping(ROOT / "mappings" / "us-desynpuf.yaml")
    return workspace, run_load(workspace, [shared_file("synpuf")], mapping)
