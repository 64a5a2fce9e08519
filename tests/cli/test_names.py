"""Points 13 and 15: people read the names of consortia; files, addresses and programs keep their ids."""

from __future__ import annotations

import csv
import io
import json
import shutil

import pypdf
import pytest
from click.testing import CliRunner

from tests.statements.settled import settled
from yiheng.basis.refusals import Refusal
from yiheng.cli.main import main
from yiheng.county import NAMES_OF_CONSORTIA
from yiheng.runs import Workspace

NAMED = '[names]\ndonghe = "东河医共体"\n'
DONE, WRONG_USE = 0, 2


def yiheng(*words: object):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A workspace in which one of two parties has a name, and its settlement."""
    folder = tmp_path_factory.mktemp("named")
    made = settled(folder, "donghe,1050000.00,1000000.00", "xihai,1180000.13,1000000.07")["run"]
    settings = folder / "ws" / "yiheng.toml"
    settings.write_text(settings.read_text("utf-8") + NAMED, "utf-8")
    return folder / "ws", made


def test_point_13_tables_show_names_and_programs_read_ids(run):
    space, made = run
    shown = yiheng("statement", made, "-w", space, "--lang", "zh")
    rows = [line.split("│")[1].strip() for line in shown.stdout.splitlines() if line.startswith("│")]
    assert rows == ["东河医共体", "xihai"]
    assert "── 东河医共体（donghe） 2025" in shown.stderr and "经清算，东河医共体 2025 年度" in shown.stderr
    assert "── xihai 2025" in shown.stderr
    as_csv = csv.DictReader(io.StringIO(yiheng("statement", made, "-w", space, "--format", "csv").stdout))
    assert [row["party"] for row in as_csv] == ["donghe", "xihai"]
    as_json = json.loads(yiheng("statement", made, "-w", space, "--format", "json").stdout)
    assert [one["party"] for one in as_json["statements"]] == ["donghe", "xihai"]
    told = yiheng("explain", made, "donghe", "-w", space, "--lang", "zh").stdout
    assert told.startswith("东河医共体（donghe） 2025 · ")


def test_point_13_the_paper_names_the_party_and_its_hash_is_that_of_the_id(run, tmp_path):
    space, made = run
    assert yiheng("statement", made, "--pdf", tmp_path, "--json", tmp_path / "one.json", "-w", space).exit_code == DONE
    assert sorted(one.name for one in tmp_path.glob("*.pdf")) == ["donghe-2025.pdf", "xihai-2025.pdf"]
    pages = pypdf.PdfReader(tmp_path / "donghe-2025.pdf").pages
    text = "".join("".join(page.extract_text() for page in pages).replace("\u200b", "").split())
    assert "医共体东河医共体（donghe）" in text and "经清算，东河医共体2025年度" in text
    assert text.count("donghe·2025") == 0


def test_point_13_a_pack_carries_the_names(run, tmp_path):
    space, _made = run
    assert yiheng("pack", space, "-o", tmp_path / "one.zip").exit_code == DONE
    assert yiheng("unpack", tmp_path / "one.zip", tmp_path / "here").exit_code == DONE
    assert Workspace.open(tmp_path / "here").names == {"donghe": "东河医共体"}


def test_point_13_names_that_are_no_texts_are_refused(tmp_path):
    space = Workspace.new(tmp_path / "w")
    assert space.names == {}
    settings = tmp_path / "w" / "yiheng.toml"
    settings.write_text(settings.read_text("utf-8") + "[names]\ndonghe = 3\n", "utf-8")
    with pytest.raises(Refusal, match="not a table of names"):
        _ = Workspace.open(tmp_path / "w").names


def test_point_15_the_demo_county_has_names(tmp_path):
    assert Workspace.open(Workspace.new(tmp_path / "w", names=NAMES_OF_CONSORTIA).folder).names == {
        "xihai": "西海医共体", "donghe": "东河医共体",
    }  # fmt: skip


@pytest.mark.parametrize("verb", ["explain", "statement"])
def test_point_2_what_was_changed_after_a_run_is_not_shown(run, tmp_path, verb):
    space, made = run
    copy = tmp_path / "copy"
    shutil.copytree(space, copy)
    words = (verb, made, "xihai", "-w", copy)
    assert "what the run wrote" not in yiheng(*words, "--lang", "en").stderr
    file = copy / "runs" / made / "statements.json"
    # The budget 1,000,000.07 × 1.09 = 1,090,000.08, raised by hand.
    text = file.read_text("utf-8")
    assert "1090000.08" in text
    file.write_text(text.replace("1090000.08", "1090000.09"), "utf-8")
    told = yiheng(*words, "--lang", "en")
    assert "statements.json is not what the run wrote" in told.stderr and "1090000.09" not in told.stdout
    assert "statements.json 与计算批次写出时不一致" in yiheng(*words, "--lang", "zh").stderr
