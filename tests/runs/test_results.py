"""Point 4: what an ended run left is shown only while it is what the run wrote."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from tests.runs.test_comparing import policy
from tests.tiny import loaded
from yiheng.basis.hashes import sha256
from yiheng.basis.refusals import Refusal
from yiheng.cli.main import main
from yiheng.runs import (
    Workspace,
    official_of,
    replay,
    run_audit,
    run_compare,
    run_draw,
    run_drivers,
    run_measure,
    run_quality,
    run_score,
    run_settle,
)
from yiheng.runs.results import checked, checked_manifest, faults_of

POLICY = ROOT / "policies" / "qingdao"


def yiheng(*words: object):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A workspace with a settlement and an audit."""
    workspace, _ = loaded(tmp_path_factory.mktemp("county"))
    settle = run_settle(workspace, POLICY, year=2025)["run"]
    audit = run_audit(workspace, ["split_stay"])["run"]
    return workspace, settle, audit


@pytest.fixture
def copied(made, tmp_path):
    """A copy to damage."""
    workspace, settle, audit = made
    shutil.copytree(workspace.folder, tmp_path / "copy")
    return Workspace.open(tmp_path / "copy"), settle, audit


def edited(workspace: Workspace, run: str, name: str = "statements.json") -> None:
    """Money that nobody computed."""
    file = workspace.folder / "runs" / run / name
    text = file.read_text("utf-8")
    assert '"kept": "0.00"' in text
    file.write_text(text.replace('"kept": "0.00"', '"kept": "9.00"'), "utf-8")


def test_point_4_every_verbs_run_vouches_for_what_it_left(made, tmp_path):
    workspace, settle, audit = made
    compare = run_compare(workspace, [policy(tmp_path, "one"), policy(tmp_path, "two")], year=2025)["run"]
    more = [
        run_measure(workspace, [], ["consortium", "year"])["run"], run_quality(workspace)["run"],
        run_drivers(workspace, 2025)["run"], run_draw(workspace, "1")["run"],
        run_score(workspace, "institution", year=2025)["run"],
    ]  # fmt: skip
    load = workspace.runs("load")[0]["run"]
    for run in (settle, audit, compare, load, *more):
        folder = workspace.find_run(run)
        assert faults_of(folder) == [] and checked_manifest(folder)["outputs"], run
    # A comparison vouches for the settlements below it as well.
    below = next(
        one for one in checked_manifest(workspace.find_run(compare))["outputs"] if one.endswith("queries.json")
    )
    assert checked(workspace.find_run(compare) / below.rpartition("/")[0], "queries.json").exists()


def test_point_4_an_edited_statement_is_printed_nowhere(copied, tmp_path):
    workspace, settle, _audit = copied
    edited(workspace, settle)
    asked = [
        ("explain", settle), ("statement", settle), ("statement", settle, "--pdf", tmp_path / "a.pdf"),
        ("statement", settle, "--xlsx", tmp_path / "a.xlsx"), ("statement", settle, "--json", tmp_path / "a.json"),
        ("statement", settle, "--against", settle), ("explain", settle, "xihai", "spend", "--claims"),
    ]  # fmt: skip
    for words in asked:
        done = yiheng(*words, "-w", workspace.folder, "--lang", "en")
        assert done.exit_code == 2 and "9.00" not in done.stdout, words
        assert "statements.json is not what the run wrote" in done.stderr and "yiheng restore" in done.stderr
    assert not list(tmp_path.glob("a.*"))
    said = yiheng("explain", settle, "-w", workspace.folder, "--lang", "zh").stderr
    assert "statements.json 与计算批次写出时不一致" in said
    # Whoever asks what was changed is told.
    assert yiheng("replay", settle, "-w", workspace.folder).exit_code == 1
    # The same computation again brings back what was written.
    run_settle(workspace, POLICY, year=2025)
    assert (
        faults_of(workspace.find_run(settle)) == [] and yiheng("explain", settle, "-w", workspace.folder).exit_code == 0
    )


def test_point_4_manifest_and_output_edited_together_are_found(copied):
    workspace, settle, _audit = copied
    edited(workspace, settle)
    folder = workspace.find_run(settle)
    whole = json.loads((folder / "manifest.json").read_text("utf-8"))
    whole["outputs"]["statements.json"] = sha256(folder / "statements.json")
    (folder / "manifest.json").write_text(json.dumps(whole), "utf-8")
    with pytest.raises(Refusal, match="its manifest is not what the run wrote"):
        checked(folder, "statements.json")


@pytest.mark.parametrize("damage", ["gone", "stranger", "manifest gone", "manifest torn", "other inputs"])
def test_point_4_what_the_manifest_does_not_vouch_for_is_refused(copied, damage):
    workspace, settle, _audit = copied
    folder, name = workspace.find_run(settle), "statements.json"
    manifest = folder / "manifest.json"
    if damage == "gone":
        (folder / name).unlink()
    elif damage == "stranger":
        name = "more.json"
        (folder / name).write_text("{}")
    elif damage == "manifest gone":
        manifest.unlink()
    elif damage == "manifest torn":
        manifest.write_bytes(manifest.read_bytes()[:-40])
    else:
        manifest.write_text(manifest.read_text("utf-8").replace('"year": 2025', '"year": 2024'), "utf-8")
    with pytest.raises(Refusal) as told:
        checked(folder, name)
    assert told.value.where and told.value.cure


def test_point_4_another_countys_run_and_two_that_were_swapped_are_found(copied, tmp_path):
    workspace, settle, _audit = copied
    other = run_settle(workspace, POLICY, year=2025, alternatives=True)["run"]
    runs = workspace.folder / "runs"
    (runs / settle).rename(runs / "aside")
    (runs / other).rename(runs / settle)
    (runs / "aside").rename(runs / other)
    for run in (settle, other):
        with pytest.raises(Refusal, match="its manifest is not what the run wrote"):
            workspace.result(run, "statements.json")
    with pytest.raises(Refusal, match="its manifest is not what the run wrote"):
        official_of(workspace)


def test_point_4_a_changed_trial_is_not_passed_over_in_silence(copied):
    workspace, settle, _audit = copied
    lines = workspace.find_run(settle) / "statement_lines.parquet"
    pq.write_table(pq.read_table(lines).slice(0, 0), lines)
    with pytest.raises(Refusal, match=r"statement_lines.parquet is not what the run wrote"):
        official_of(workspace)
    with pytest.raises(Refusal, match=r"statement_lines.parquet is not what the run wrote"):
        run_measure(workspace, ["budget_use"], ["consortium", "year"])


def test_point_4_a_kept_policy_that_was_edited_is_refused(copied, tmp_path):
    workspace, settle, _audit = copied
    (kept,) = (workspace.find_run(settle) / "policies").rglob("*.yaml")
    kept.write_text(kept.read_text("utf-8") + "# edited\n", "utf-8")
    done = yiheng("statement", settle, "--xlsx", tmp_path / "a.xlsx", "-w", workspace.folder, "--lang", "en")
    assert done.exit_code == 2 and "the policy of 2025 is not the one that the run read" in done.stderr
    with pytest.raises(Refusal, match="is not the one that the run read"):
        replay(workspace, settle)


def test_point_4_a_run_that_is_there_is_never_overwritten_by_another_result(copied):
    """A restored older lake, or a program that computes otherwise: the same id with other bytes."""
    workspace, settle, _audit = copied
    folder = workspace.find_run(settle)
    before = {file.name: sha256(file) for file in folder.iterdir() if file.is_file()}
    listed = len(workspace.runs())
    # As an older result of the same id: other bytes, and a manifest and a list that vouch for them.
    file = folder / "queries.json"
    file.write_text("{}\n", "utf-8")
    whole = json.loads((folder / "manifest.json").read_text("utf-8"))
    now, whole["outputs"]["queries.json"] = whole["outputs"]["queries.json"], sha256(file)
    (folder / "manifest.json").write_text(json.dumps(whole), "utf-8")
    workspace.note_run(settle, "settle")
    with pytest.raises(Refusal, match="is there already with another queries.json") as told:
        run_settle(workspace, POLICY, year=2025)
    assert sha256(file) in str(told.value) and now in str(told.value)
    assert file.read_text("utf-8") == "{}\n" and len(workspace.runs()) == listed
    assert sha256(folder / "statements.json") == before["statements.json"]
    assert not list((workspace.folder / "runs").glob(".*.part"))


def test_point_4_a_file_is_hashed_once_while_it_stays_as_it_is(copied, monkeypatch):
    workspace, settle, _audit = copied
    folder, hashed = workspace.find_run(settle), []
    digest = hashlib.file_digest

    def counted(file, kind):
        hashed.append(Path(file.name).name)
        return digest(file, kind)

    monkeypatch.setattr(hashlib, "file_digest", counted)
    for _ in range(3):
        checked(folder, "statements.json")
    assert sorted(hashed) == ["manifest.json", "statements.json"]
    # Size and time of change may be made to look the same; what the system notes of the change may not.
    file, at = folder / "statements.json", (folder / "statements.json").stat()
    edited(workspace, settle)
    os.utime(file, ns=(at.st_atime_ns, at.st_mtime_ns))
    assert file.stat().st_size == at.st_size
    with pytest.raises(Refusal, match="is not what the run wrote"):
        checked(folder, "statements.json")
