"""Point 2: a code list whose editions were loaded does not read as one that has none."""

from __future__ import annotations

import pytest

from yiheng.basis.refusals import Refusal
from yiheng.codes import SHIPPED_FILES
from yiheng.runs import Workspace, load_codes
from yiheng.runs.editions import editions_in_use


def test_point_2_a_lost_list_of_editions_is_refused_and_put_back_cures(tmp_path):
    workspace = Workspace.new(tmp_path / "space")
    loaded = load_codes(workspace, SHIPPED_FILES["item_limit"], "item_limit")
    file = workspace.codes / "item_limit" / "editions.json"
    whole = file.read_bytes()
    file.unlink()
    with pytest.raises(
        Refusal, match=f"the list of editions of 'item_limit' is gone, and '{loaded.edition}' was loaded"
    ):
        editions_in_use(workspace, ["item_limit"])
    file.write_bytes(b"")
    with pytest.raises(Refusal, match="cannot be read"):
        editions_in_use(workspace, ["item_limit"])
    file.write_bytes(whole)
    assert [one.edition for one in editions_in_use(workspace, ["item_limit"])["item_limit"]] == [loaded.edition]


def test_point_2_an_edition_that_was_not_noted_before_a_kill_is_none(tmp_path, monkeypatch):
    workspace = Workspace.new(tmp_path / "space")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("yiheng.runs.editions._write", killed)
        load_codes(workspace, SHIPPED_FILES["item_limit"], "item_limit")
    (workspace.codes / "item_limit" / "half.parquet").touch()
    assert editions_in_use(workspace, ["item_limit"]) == {}
    assert load_codes(workspace, SHIPPED_FILES["item_limit"], "item_limit").edition


def killed(*_):
    raise KeyboardInterrupt
