"""A policy file goes by its folder and name, however its path was written."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ROOT
from yiheng.policy import edition_name, read_policy


def test_a_bare_file_name_never_becomes_a_path_of_the_machine(tmp_path, monkeypatch):
    # A run keeps its copy under this name inside its folder: "/draft.yaml" was written to the root of the disk.
    place = tmp_path / "place"
    place.mkdir()
    (place / "draft.yaml").write_bytes((ROOT / "policies" / "qingdao" / "2022.yaml").read_bytes())
    monkeypatch.chdir(place)
    for path in (Path("draft.yaml"), Path("./draft.yaml"), Path("../place/draft.yaml"), place / "draft.yaml"):
        assert read_policy(path, shown_as=edition_name(path)).file == "place/draft.yaml"
    assert edition_name(Path("/draft.yaml")) == "policy/draft.yaml"
