"""Points 1, 2 and 4: whatever is changed in the list of runs by hand is found, and what came before stays readable."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.runs.test_comparing import policy
from tests.tiny import FILES, loaded, written
from yiheng.basis.refusals import Refusal
from yiheng.cli.main import main
from yiheng.runs import Workspace, make_backup, restore_backup, run_load
from yiheng.runs.list_file import add_line, read_lines
from yiheng.runs.verifying import faults_in, verify_place

AS_WRITTEN = "this line of the list of runs is not as it was written"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A load and a settlement with its workbook: seven lines."""
    folder = tmp_path_factory.mktemp("listed")
    workspace = loaded(folder)[0]
    said = CliRunner().invoke(
        main, ["settle", str(policy(folder, "first")), "--year", "2025", "-w", str(workspace.folder)]
    )
    assert said.exit_code == 0, said.output
    return workspace


@pytest.fixture
def copied(made, tmp_path):
    shutil.copytree(made.folder, tmp_path / "copy")
    return Workspace.open(tmp_path / "copy")


def listed(workspace):
    return workspace.folder / "runs" / "runs.jsonl"


def one_blank(lines):
    return [line + " " if '"verb": "settle"' in line else line for line in lines]


def one_out(lines):
    return [line for line in lines if '"verb": "settle"' not in line]


def two_swapped(lines):
    return [lines[1], lines[0], *lines[2:]]


def another_name(lines):
    return [line.replace('"by": "', '"by": "mallory ') for line in lines]


def another_day(lines):
    return [line.replace('"at": "20', '"at": "19') for line in lines]


def blank_line(lines):
    return [lines[0], "", *lines[1:]]


def no_hash(lines):
    return [*lines[:-1], json.dumps({"begun": "settle-0"})]


def copied_line(lines):
    return [*lines, lines[0]]


@pytest.mark.parametrize(
    "edit", [one_blank, one_out, two_swapped, another_name, another_day, blank_line, no_hash, copied_line]
)
def test_point_4_a_line_that_was_edited_is_named(copied, edit):
    lines = listed(copied).read_text("utf-8").splitlines()
    listed(copied).write_text("".join(f"{line}\n" for line in edit(lines)), "utf-8")
    with pytest.raises(Refusal, match=AS_WRITTEN) as told:
        copied.runs()
    assert told.value.where.startswith(f"{listed(copied)}:") and "yiheng restore" in told.value.cure
    assert any(AS_WRITTEN in fault.what for fault in faults_in(verify_place(copied.folder)))


@pytest.mark.parametrize("cut", [3, 200, 500])
def test_point_2_a_list_whose_end_was_cut_off_is_older(copied, cut):
    kept = listed(copied).read_bytes()
    listed(copied).write_bytes(kept[:-cut])
    with pytest.raises(Refusal, match="the list of runs ends before its last line"):
        copied.runs()
    with pytest.raises(Refusal, match="the list of runs ends before its last line"):
        run_load(copied, [written(copied.folder.parent / "more")])
    assert listed(copied).read_bytes() == kept[:-cut]


@pytest.mark.parametrize("also", [(), ("lake",)])
def test_point_2_runs_or_lake_and_runs_of_an_older_copy_are_found(copied, tmp_path, also):
    """A load came between: one diagnosis more, which nobody would miss."""
    shutil.copytree(copied.folder, tmp_path / "older")
    more = "V1,1,I10,,false\n"
    source = written(tmp_path / "more", {"diagnosis.csv": FILES["diagnosis.csv"].splitlines()[0] + "\n" + more})
    assert run_load(copied, [source]).tables["diagnosis"].accepted == 1
    for name in ("runs", *also):
        shutil.rmtree(copied.folder / name)
        shutil.copytree(tmp_path / "older" / name, copied.folder / name)
    again = Workspace.open(copied.folder)
    with pytest.raises(Refusal, match="the list of runs ends before its last line"):
        again.runs()
    assert any("ends before" in fault.what for fault in faults_in(verify_place(again.folder)))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda file: file.unlink(), "'runs.head' is gone"),
        (lambda file: file.write_text(""), "'runs.head' cannot be read"),
        (lambda file: file.write_text(file.read_text().replace('"chain": "', '"chain": "0')), "does not match"),
    ],
)
def test_point_2_a_head_that_is_gone_or_odd_is_told(copied, spoil, says):
    spoil(copied.folder / "runs.head")
    with pytest.raises(Refusal, match=says):
        copied.runs()


def test_point_2_a_list_that_is_gone_is_told(copied):
    listed(copied).unlink()
    with pytest.raises(Refusal, match="the list of runs is gone"):
        copied.runs()


def test_a_line_whose_head_was_not_written_any_more_counts(copied):
    """Killed between the two: the next line goes on behind it."""
    head, runs = (copied.folder / "runs.head").read_bytes(), copied.folder / "runs"
    add_line(runs, {"begun": "audit-1"})
    (copied.folder / "runs.head").write_bytes(head)
    add_line(runs, {"begun": "audit-2"})
    assert [json.loads(line.text)["begun"] for line in read_lines(runs)[-2:]] == ["audit-1", "audit-2"]


def test_half_a_line_is_cut_off_by_the_next(copied):
    runs, before = copied.folder / "runs", len(read_lines(copied.folder / "runs"))
    with listed(copied).open("a") as half:
        half.write('{"begun": "audi')
    assert len(read_lines(runs)) == before
    add_line(runs, {"begun": "audit-2"})
    assert [line.number for line in read_lines(runs)] == list(range(1, before + 2))


def test_lines_of_an_earlier_version_are_held_by_the_first_that_has_a_hash(copied):
    runs = copied.folder / "runs"
    old = [json.dumps(json.loads(line.text)) for line in read_lines(runs)]
    (copied.folder / "runs.head").unlink()
    listed(copied).write_text("".join(f"{line}\n" for line in old), "utf-8")
    assert len(copied.runs()) == 2
    add_line(runs, {"begun": "audit-1"})
    assert len(copied.runs()) == 2
    listed(copied).write_text(listed(copied).read_text("utf-8").replace('"verb": "load"', '"verb": "lost"'), "utf-8")
    with pytest.raises(Refusal, match=AS_WRITTEN):
        copied.runs()


def test_many_at_once_add_one_after_the_other(tmp_path):
    (runs := tmp_path / "runs").mkdir()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: add_line(runs, {"begun": f"audit-{number}"}), range(40)))
    lines = read_lines(runs)
    assert sorted(json.loads(line.text)["begun"] for line in lines) == sorted(f"audit-{n}" for n in range(40))


def test_point_4_a_workbook_that_was_edited_or_put_in_is_found(copied):
    run = copied.runs("settle")[0]["run"]
    book = copied.find_run(run) / "statements.xlsx"
    assert not list(faults_in(verify_place(copied.folder)))
    book.write_bytes(book.read_bytes() + b"x")
    (book.parent / "statement-official.html").write_text("99999.99")
    (book.parent / ".~lock.statements.xlsx#").write_text("open in a spreadsheet")
    told = [fault.what for fault in faults_in(verify_place(copied.folder))]
    assert told == [
        "statements.xlsx is not what the run wrote",
        "statement-official.html was not written from this run",
    ]


def test_point_6_a_backup_holds_the_list_as_it_was_at_one_moment(copied, tmp_path):
    kept = make_backup(copied, tmp_path / "backup")
    restore_backup(Path(kept.file), tmp_path / "back")
    back = Workspace.open(tmp_path / "back")
    assert [one["run"] for one in back.runs()] == [one["run"] for one in copied.runs()]
    assert (back.folder / "runs.head").read_bytes() == (copied.folder / "runs.head").read_bytes()
    assert not list(faults_in(verify_place(back.folder)))
