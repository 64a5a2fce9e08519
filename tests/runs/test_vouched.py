"""Point 4: who edits a result together with everything that vouches for it meets the register, or the lake."""

from __future__ import annotations

import json
import os
import shutil

import pytest
from click.testing import CliRunner

from tests.runs.test_comparing import policy
from tests.tiny import FILES, loaded, relisted, written
from yiheng import runs
from yiheng.basis.hashes import sha256
from yiheng.basis.refusals import Refusal
from yiheng.cli.main import main
from yiheng.runs import Workspace, adopt, register_of, replay, run_load, run_settle, withdraw
from yiheng.runs.list_file import add_line
from yiheng.runs.listed import noted_lines
from yiheng.runs.manifest import WRITES
from yiheng.runs.results import checked, faults_of
from yiheng.runs.verifying import faults_in, verify_place

WHY, EXAMPLES = "totals agree with the ledger", "the council set them in its minute 12"


def yiheng(*words: object):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A settlement of a budget of 2,000.00 yuan for xihai."""
    folder = tmp_path_factory.mktemp("vouched")
    workspace = loaded(folder)[0]
    return workspace, run_settle(workspace, policy(folder, "first"), year=2025)["run"]


@pytest.fixture
def copied(made, tmp_path):
    shutil.copytree(made[0].folder, tmp_path / "copy")
    return Workspace.open(tmp_path / "copy"), made[1]


def propose(workspace, run):
    return runs.propose(workspace, run, by="li", why=WHY, marks_because=EXAMPLES)


def forged(workspace, run, name="statements.json"):
    """2,000.00 becomes 9,000.00, and manifest and list of runs vouch for it."""
    folder = workspace.find_run(run)
    file, manifest = folder / name, folder / "manifest.json"
    was, was_manifest = sha256(file), sha256(manifest)
    text = file.read_text("utf-8")
    assert "2000.00" in text
    file.write_text(text.replace("2000.00", "9000.00"), "utf-8")
    manifest.write_text(manifest.read_text("utf-8").replace(was, sha256(file)), "utf-8")

    def vouch(lines):
        for line in lines:
            if line.get("manifest_sha256") == was_manifest:
                line["manifest_sha256"] = sha256(manifest)

    relisted(workspace, vouch)


@pytest.mark.parametrize("state", ["proposed", "adopted", "withdrawn"])
def test_point_4_the_register_vouches_for_what_people_acted_on(copied, state, tmp_path):
    workspace, run = copied
    propose(workspace, run)
    if state != "proposed":
        adopt(workspace, run, by="wang", why=WHY)
    if state == "withdrawn":
        withdraw(workspace, run, by="wang", why="claims were missing")
    forged(workspace, run)
    asked = [
        ("statement", run), ("statement", run, "xihai", "--pdf", tmp_path / "a.pdf"),
        ("statement", run, "--json", tmp_path / "a.json"), ("statement", run, "--xlsx", tmp_path / "a.xlsx"),
        ("statement", run, "--against", run), ("explain", run, "xihai", "budget"),
    ]  # fmt: skip
    for words in asked:
        done = yiheng(*words, "-w", workspace.folder, "--lang", "en")
        assert done.exit_code == 2 and "9,000.00" not in done.stdout, words
        assert "are not as they were" in done.stderr
    assert not list(tmp_path.glob("a.*"))
    assert [fault.where.rpartition("/")[2] for fault in faults_of(workspace.find_run(run))] == ["statements.json"]
    assert any("are not as they were" in fault.what for fault in faults_in(verify_place(workspace.folder)))


def test_point_4_a_line_of_the_list_without_the_manifests_hash_is_refused(copied):
    workspace, run = copied
    listed = workspace.folder / "runs" / "runs.jsonl"
    lines = [json.loads(line) for line in listed.read_text("utf-8").splitlines()]
    at = next(number for number, line in enumerate(lines, start=1) if line.get("run") == run)
    relisted(workspace, lambda lines: lines[at - 1].pop("manifest_sha256"))
    done = yiheng("statement", run, "-w", workspace.folder, "--lang", "en")
    assert done.exit_code == 2 and f"runs.jsonl:{at}" in done.stderr.replace("\n", "")


def test_point_4_a_forged_trial_is_computed_again_and_not_proposed(copied):
    workspace, run = copied
    forged(workspace, run)
    with pytest.raises(Refusal, match="computed again, statements.json is another one"):
        propose(workspace, run)
    assert register_of(workspace).acts == []


def test_point_4_the_run_of_another_county_is_not_proposed(copied, tmp_path):
    """Its folder and its line are whole; what its manifest pins is no data of this lake."""
    workspace, _run = copied
    other = loaded(tmp_path / "other")[0]
    corrected = FILES["settlement.csv"].replace("60000,40000", "61000,39000")
    run_load(other, [written(tmp_path / "more", {"settlement.csv": corrected})])
    run = run_settle(other, policy(tmp_path, "first"), year=2025)["run"]
    shutil.copytree(other.find_run(run), workspace.folder / "runs" / run)
    (line,) = [one for one in noted_lines(other.folder / "runs") if one.get("run") == run]
    add_line(workspace.folder / "runs", line)
    with pytest.raises(Refusal) as told:
        propose(workspace, run)
    assert "data" in told.value.what and register_of(workspace).acts == []


def test_point_4_an_adopted_run_whose_folder_is_gone_is_listed(copied):
    workspace, run = copied
    propose(workspace, run)
    adopt(workspace, run, by="wang", why=WHY)
    shutil.rmtree(workspace.folder / "runs" / run)
    done = yiheng("official", "list", "--format", "json", "-w", workspace.folder)
    ((name, state, gone, year),) = [
        (one["run"], one["state"], one["gone"], one["year"]) for one in json.loads(done.stdout)
    ]
    assert (done.exit_code, name, state, gone, year) == (1, run, "adopted", True, 2025)
    shown = yiheng("official", "list", "-w", workspace.folder, "--lang", "en")
    assert shown.exit_code == 1 and "is gone" in " ".join(shown.stdout.split())


OUTPUTS = [
    {}, None, [], {"queries.json": "0" * 64}, {"../../etc/passwd": "0" * 64}, {"/etc/passwd": "0" * 64},
    {"a/../b": "0" * 64}, {"./a": "0" * 64}, {"a\\b": "0" * 64}, {"a\0b": "0" * 64}, {"more.json": 7}, {"more.json": "0"},
]  # fmt: skip


@pytest.mark.parametrize("outputs", OUTPUTS, ids=str)
def test_point_4_a_manifest_that_vouches_for_nothing_is_refused(copied, outputs):
    workspace, run = copied
    folder = workspace.find_run(run)
    whole = json.loads((folder / "manifest.json").read_text("utf-8"))
    some = {} if outputs in ({}, None, []) or "queries.json" in outputs else whole["outputs"]
    changed = {**some, **outputs} if isinstance(outputs, dict) else outputs
    (folder / "manifest.json").write_text(json.dumps({**whole, "outputs": changed}), "utf-8")
    # As if the list of runs said the same.
    workspace.note_run(run, "settle")
    for asked in (lambda: checked(folder, "statements.json"), lambda: replay(workspace, run)):
        with pytest.raises(Refusal, match="its manifest (names|has) ") as told:
            asked()
        assert told.value.where.endswith("manifest.json") and told.value.cure
    assert yiheng("verify", workspace.folder).exit_code != 0


def test_point_4_every_verb_that_is_replayed_says_what_it_writes():
    from yiheng.runs.replaying import REPLAYED

    assert {*REPLAYED, "load"} == set(WRITES)


ODD_LINES = [
    {"run": ["a"], "at": 5}, {"run": "settle-zzz"}, None, [], {}, {"begun": None},
    {"at": "yesterday", "run": "settle-1", "verb": "settle", "by": "li", "manifest_sha256": "0" * 64},
    {"at": "2026-01-01", "run": "settle-1", "verb": "settle", "by": "li", "manifest_sha256": "0" * 64},
    {"at": "2026-01-01T00:00:00+00:00", "run": "settle-1", "verb": "settle", "by": None, "manifest_sha256": "0" * 64},
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD_LINES, ids=str)
def test_point_4_an_odd_line_in_the_list_of_runs_is_a_sentence_with_its_place(copied, odd):
    workspace, _run = copied
    listed = workspace.folder / "runs" / "runs.jsonl"
    lines = listed.read_text("utf-8").splitlines()
    # Of a list of an earlier version: its lines have no hash, and none of them is held against another.
    lines = [json.dumps({name: one for name, one in json.loads(line).items() if name != "chain"}) for line in lines]
    (workspace.folder / "runs.head").unlink()
    listed.write_text(
        "".join(f"{line}\n" for line in [*lines, json.dumps(odd) if odd else str(odd) + "}", lines[-1]]), "utf-8"
    )
    with pytest.raises(Refusal, match="this line of the list of runs is not as it was written") as told:
        workspace.runs()
    assert told.value.where == f"{listed}:{len(lines) + 1}"


@pytest.mark.parametrize("odd", ["[]", "null", "7", "{}", "{", "inputs", "pins", "versions", "verb", "format"])
def test_point_4_an_odd_manifest_is_a_sentence(copied, odd):
    workspace, run = copied
    file = workspace.find_run(run) / "manifest.json"
    whole = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**whole, odd: [1]}) if odd in whole else odd, "utf-8")
    for words in (("official", "list"), ("statement", run), ("replay", run), ("verify", workspace.folder)):
        done = yiheng(*words, *([] if words[0] == "verify" else ["-w", workspace.folder]))
        assert done.exit_code in (1, 2) and isinstance(done.exception, SystemExit), (words, done.exception)


PLACES = [
    "runs/runs.jsonl", "runs/standing.jsonl", "runs/RUN/manifest.json", "runs/RUN/statements.json", "lake/key.json",
    "lake/head.json", "journal.head", "codes/icd10/editions.json", "yiheng.toml", "lake/catalog.sqlite",
    "lake/sets.sqlite", "casework.sqlite3", "runs/came_with.json",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["folder", "pipe"])
@pytest.mark.parametrize("place", PLACES)
def test_point_4_what_is_no_ordinary_file_is_a_sentence(copied, place, kind):
    workspace, run = copied
    file = workspace.folder / place.replace("RUN", run)
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    file.mkdir() if kind == "folder" else os.mkfifo(file)
    for words in (("official", "list"), ("statement", run), ("verify", workspace.folder)):
        done = yiheng(*words, *([] if words[0] == "verify" else ["-w", workspace.folder]))
        assert done.exit_code in (0, 1, 2) and (not done.exception or isinstance(done.exception, SystemExit)), (
            words, done.exception,
        )  # fmt: skip
    # Verify is the last one asked; this workspace has no codes, and no acts that came with a pack.
    assert done.exit_code != 0 or place in {"codes/icd10/editions.json", "runs/came_with.json"}


@pytest.mark.parametrize("place", ["runs", "codes", "lake/data"])
def test_point_4_a_file_in_the_place_of_a_folder_is_a_sentence(copied, place):
    workspace, run = copied
    shutil.rmtree(workspace.folder / place)
    (workspace.folder / place).write_text("", "utf-8")
    for words in (("official", "list"), ("statement", run), ("verify", workspace.folder), ("measure", "drug_share")):
        done = yiheng(*words, *([] if words[0] == "verify" else ["-w", workspace.folder]))
        assert not done.exception or isinstance(done.exception, SystemExit), (words, done.exception)
        assert done.exit_code in (0, 1, 2)
