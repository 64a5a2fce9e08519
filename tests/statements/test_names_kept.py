"""Point 4 of issue 13: what was adopted keeps the names of its parties, whatever the settings say later."""

from __future__ import annotations

import dataclasses
import hashlib
import json

import openpyxl
import pypdf
import pytest
from click.testing import CliRunner

from tests.runs.test_comparing import policy
from tests.tiny import loaded
from yiheng.cli.main import main
from yiheng.runs import Workspace, adopt, propose, register_of, run_settle, withdraw
from yiheng.runs.workspace import names_text

NAMES = {"xihai": "西海医共体", "donghe": "东河医共体"}
SWAPPED = {"xihai": "东河医共体", "donghe": "西海医共体"}
WHY = {"why": "totals agree", "marks_because": "the council set them in minute 12"}


def called(workspace, names):
    """The workspace with these names in its settings."""
    file = workspace.folder / "yiheng.toml"
    kept = file.read_text("utf-8").partition("# What consortia")[0].partition("[names]")[0]
    file.write_text(kept + names_text(names), "utf-8")
    return Workspace.open(workspace.folder)


@pytest.fixture
def settled(tmp_path):
    workspace = called(loaded(tmp_path)[0], NAMES)
    return workspace, run_settle(workspace, policy(tmp_path, "first"), year=2025)["run"]


@pytest.fixture
def adopted(settled):
    workspace, run = settled
    propose(workspace, run, by="li", **WHY)
    adopt(workspace, run, by="wang", why="checked")
    return settled


def said(*words, code=0):
    done = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.output


def papers(workspace, into):
    """The text of each paper by party, the words of the workbook, and what the terminal says."""
    into.mkdir()
    told = said("statement", "official", "--pdf", into, "--xlsx", into / "s.xlsx", "-w", workspace.folder)
    book = openpyxl.load_workbook(into / "s.xlsx")
    cells = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell}
    texts = ("".join(page.extract_text() for page in pypdf.PdfReader(file).pages) for file in into.glob("*.pdf"))
    return {"xihai" if "（xihai）" in text else "donghe": text for text in texts}, cells, told


def test_point_4_papers_of_what_was_adopted_keep_the_names_and_say_where_settings_differ(adopted, tmp_path):
    workspace, _ = adopted
    before, cells, told = papers(workspace, tmp_path / "before")
    assert "西海医共体（xihai）" in before["xihai"] and "东河医共体" not in before["xihai"]
    assert "医共体名称" not in before["xihai"] and "医共体名称" not in cells and "named" not in told
    called(workspace, SWAPPED)
    after, cells, told = papers(workspace, tmp_path / "after")
    # Its own name at the head, the other one only in the sentence.
    assert "西海医共体（xihai）" in after["xihai"] and "东河医共体（donghe）" in after["donghe"]
    assert after["xihai"].count("东河医共体") == after["donghe"].count("西海医共体") == 1
    assert "名称为“西海医共体”，现在的设置为“东河医共体”" in after["xihai"].replace("\n", "")
    assert {"西海医共体（xihai）", "东河医共体（donghe）", "医共体名称"} <= cells
    assert not {"东河医共体（xihai）", "西海医共体（donghe）"} & cells
    assert "xihai 2025: named '西海医共体' when it was adopted" in told and "the settings now say '东河医共体'" in told
    # Without the settings' names the kept ones stand all the same.
    called(workspace, {})
    assert "西海医共体（xihai）" in papers(workspace, tmp_path / "none")[0]["xihai"]


def test_point_4_verify_names_each_party_that_is_called_otherwise_now(adopted):
    workspace, _ = adopted
    # No cockpit noted these acts, which verify holds against them; the names change nothing in that.
    assert "when it was adopted" not in said("verify", workspace.folder, code=1)
    called(workspace, {**NAMES, "donghe": "东河县医共体"})
    told = said("verify", workspace.folder, code=1)
    assert told.count("when it was adopted") == 1
    assert "donghe 2025: named '东河医共体' when it was adopted" in told
    whole, _ = json.JSONDecoder().raw_decode(said("verify", workspace.folder, "--format", "json", code=1))
    register = next(part for part in whole["parts"] if part["part"] == "acts in the register")
    assert len(register["notes"]) == 1 and not register["faults"]


def test_point_4_an_adoption_keeps_the_names_of_its_own_moment(settled, tmp_path):
    workspace, run = settled
    propose(workspace, run, by="li", **WHY)
    renamed = called(workspace, {**NAMES, "xihai": "西海市医共体"})
    assert register_of(renamed).open[run].names == ("东河医共体", "西海医共体")
    assert "named '西海医共体' when it was proposed" in papers(renamed, tmp_path / "p")[2]
    adopt(renamed, run, by="wang", why="checked")
    assert register_of(renamed).acts[1].names == ("东河医共体", "西海市医共体")
    assert "西海市医共体（xihai）" in papers(renamed, tmp_path / "a")[0]["xihai"]
    withdraw(called(renamed, SWAPPED), run, by="wang", why="claims of March were missing")
    assert register_of(renamed).acts[2].names == ("东河医共体", "西海市医共体")


def test_point_4_a_name_in_the_register_cannot_be_edited(adopted):
    workspace, _ = adopted
    file = workspace.folder / "runs" / "standing.jsonl"
    file.write_text(file.read_text("utf-8").replace("西海医共体", "东河医共体"), "utf-8")
    done = CliRunner().invoke(main, ["statement", "official", "-w", str(workspace.folder)])
    assert done.exit_code != 0 and "the register of settlements is not as it was written" in done.output


def test_point_4_a_register_without_names_keeps_its_hashes_and_shows_todays(adopted, tmp_path):
    workspace, _ = adopted
    file, before = workspace.folder / "runs" / "standing.jsonl", ""
    lines = []
    for act in register_of(workspace).acts:
        old = dataclasses.replace(act, names=(), before=before)
        # As a release before names wrote it: the hash is of the fields that it knew.
        fields = {name: one for name, one in dataclasses.asdict(old).items() if name != "names"}
        text = json.dumps(fields, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
        before = hashlib.sha256(text.encode()).hexdigest()
        assert '"names"' not in old.line and old.hash == before
        lines.append(old.line + "\n")
    file.write_text("".join(lines), "utf-8")
    called(workspace, {**NAMES, "xihai": "西海市医共体"})
    assert [act.hash for act in register_of(workspace).acts][1] == before
    assert "西海市医共体（xihai）" in papers(workspace, tmp_path / "old")[0]["xihai"]
    assert "when it was adopted" not in said("verify", workspace.folder, code=1)
