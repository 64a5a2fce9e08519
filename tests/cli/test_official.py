"""Point 1 of issue 12 at the command line: propose and adopt with a password, papers that say what they are."""

from __future__ import annotations

import json
import subprocess
import sys

import openpyxl
import pypdf
import pytest

from tests.runs.test_comparing import policy
from tests.tiny import loaded
from yiheng.runs import run_settle

DONE, WRONG_USE = 0, 2
PATIENCE = 120
PASSWORD = "correct-horse-9"


def yiheng(*arguments, given: str = ""):
    command = [sys.executable, "-m", "yiheng.cli", *map(str, arguments)]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=PATIENCE, check=False)


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    """A settled county and three people: one may propose, one may adopt, one may do neither."""
    folder = tmp_path_factory.mktemp("official")
    workspace = loaded(folder)[0]
    run_settle(workspace, policy(folder, "first"), year=2025)
    for name, rights in {"li": ("propose", "adopt"), "wang": ("adopt",), "zhao": ()}.items():
        options = [f"--right={right}_settlements" for right in rights]
        added = yiheng("user", "add", name, *options, "-w", workspace.folder, given=f"{PASSWORD}\n")
        assert added.returncode == DONE, added.stderr
    return workspace.folder


def act(space, verb, who, *more, password=PASSWORD):
    more = (*more, "--examples-because", "minute 12") if verb == "propose" else more
    run = next(one["run"] for one in listed(space))
    return yiheng(
        "official", verb, run, "--why", "totals agree", "--as", who, *more, "-w", space, given=f"{password}\n"
    )


def listed(space):
    return json.loads(yiheng("official", "list", "--format", "json", "-w", space).stdout)


def papers(space, folder):
    """The first page of xihai's PDF, and the first sheet of the workbook, as text."""
    pdf, xlsx = folder / "xihai.pdf", folder / "all.xlsx"
    made = yiheng("statement", "official", "xihai", "--pdf", pdf, "--xlsx", xlsx, "-w", space)
    assert made.returncode == DONE, made.stderr
    sheet = openpyxl.load_workbook(xlsx).worksheets[0]
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    return pypdf.PdfReader(pdf).pages[0].extract_text(), " ".join(cells)


def test_point_1_a_second_person_adopts_and_only_then_papers_are_official(space, tmp_path):
    for text in papers(space, tmp_path):
        assert "试算，未经批准，不作结算依据" in text and "正式清算" not in text
    refused = [
        (act(space, "propose", "zhao"), "You may not propose settlements"),
        (act(space, "propose", "li", password="wrong"), "Wrong user name or password"),
        (act(space, "adopt", "wang"), "is not proposed"),
    ]
    for done, says in refused:
        assert done.returncode == WRONG_USE and says in done.stderr and "Traceback" not in done.stderr
    assert act(space, "propose", "li").returncode == DONE
    same = act(space, "adopt", "li")
    assert same.returncode == WRONG_USE and "'li' proposed it and cannot adopt it" in same.stderr
    for start in ("s", "settle", "settle-", next(one["run"] for one in listed(space))[:10]):
        short = yiheng("official", "adopt", start, "--why", "seen", "--as", "wang", "-w", space, given=f"{PASSWORD}\n")
        assert short.returncode == WRONG_USE and "does not name one run beyond doubt" in short.stderr
    adopted = act(space, "adopt", "wang")
    # Who adopts sees what: budgets of 2,000.00 and 400.00, spending of 1,530.00 and 500.00 yuan.
    assert adopted.returncode == DONE
    for words in ("xihai", "2,000.00", "1,530.00", "donghe", "400.00", "500.00"):
        assert words in adopted.stdout
    ((state, proposed, adopted),) = [(one["state"], one["proposed_by"], one["adopted_by"]) for one in listed(space)]
    assert (state, proposed, adopted) == ("adopted", "li", "wang")
    for text in papers(space, tmp_path):
        assert "正式清算" in text and "未经批准" not in text
        # Adopted with a reason, nothing is to be replaced any more.
        assert "付费前须" not in text
    terminal = yiheng("statement", "official", "xihai", "-w", space).stderr
    assert "to be replaced" not in terminal and "example value accepted: " in terminal
    assert "example values and assumptions accepted because: minute 12" in terminal
    sheet = openpyxl.load_workbook(tmp_path / "all.xlsx")["示例值与假设"]
    kinds = {row[2] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert "示例值，付费前须替换" not in kinds and "采用的示例值（理由见上）" in kinds
    for text in papers(space, tmp_path):
        assert "li，" in text and "wang，" in text and "totals agree" in text
    told = yiheng("explain", "official", "xihai", "budget", "-w", space)
    assert told.returncode == DONE and "2,000.00" in told.stdout


def test_point_1_who_ran_a_verb_is_named_before_or_behind_it(space):
    for given in (("--as", "sun", "measure", "budget_use"), ("measure", "budget_use", "--as", "qian")):
        assert yiheng(*given, "-w", space).returncode == DONE
        lines = (space / "runs" / "runs.jsonl").read_text("utf-8").splitlines()
        assert json.loads(lines[-1])["by"] == given[given.index("--as") + 1]


def test_point_1_no_verb_takes_as_twice():
    import click

    from yiheng.cli.main import main

    def commands(group):
        for command in group.commands.values():
            yield from [command, *(commands(command) if isinstance(command, click.Group) else [])]

    for command in commands(main):
        assert sum("--as" in one.opts for one in command.params) <= 1, command.name


def test_point_1_a_register_whose_end_was_cut_off_passes_nowhere(space):
    """Its chain of hashes still holds; the journal in the workspace noted one act more. Runs last: it breaks the register."""
    register = space / "runs" / "standing.jsonl"
    whole = register.read_text("utf-8")
    lines = whole.splitlines(keepends=True)
    assert len(lines) >= 2, "acts were done above"
    (party,) = ("xihai",)
    asked = [
        ("official", "list"), ("statement", "official", party), ("explain", "official", party, "budget"),
        ("measure", "budget_use"),
    ]  # fmt: skip
    for cut in ("".join(lines[:-1]), ""):
        register.write_text(cut, "utf-8")
        for verb in asked:
            told = yiheng(*verb, "-w", space)
            assert told.returncode == WRONG_USE, (verb, told.stdout)
            assert f"the register of settlements holds {len(lines) - 1 if cut else 0} acts since" in told.stderr, (
                told.stderr
            )
    register.write_text(whole, "utf-8")
    assert yiheng("official", "list", "-w", space).returncode == DONE
    journal = space / "casework.sqlite3"
    kept = journal.read_bytes()
    journal.write_bytes(b"not a database, but long enough to be read as one" * 100)
    told = yiheng("official", "list", "-w", space)
    journal.write_bytes(kept)
    assert (told.returncode, "the journal cannot be read" in told.stderr) == (WRONG_USE, True), told.stderr
