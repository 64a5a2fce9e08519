"""Point 16 of issue 12: results are whole or not there, whenever the disk is full, and the pages stay up."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.tiny import loaded

WRONG_USE, DONE = 2, 200
PATIENCE = 200
BLOCK = 1024


def yiheng(space, *arguments, blocks=None):
    """The command, with files of at most so many blocks of 1,024 bytes; as on a full disk, no more is written."""
    limit = f"ulimit -f {blocks}; " if blocks else ""
    command = f'{limit}exec "$0" -m yiheng.cli "$@"'
    asked = ["bash", "-c", command, sys.executable, *map(str, arguments), "-w", str(space)]
    return subprocess.run(asked, capture_output=True, text=True, timeout=PATIENCE, check=False)


def files_of(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def space(served, tmp_path):
    from django.test import override_settings

    folder = loaded(tmp_path)[0].folder
    with override_settings(WORKSPACE=folder):
        yield folder


def test_point_16_quality_under_a_full_disk_keeps_the_earlier_result_and_the_page(space, as_):
    done = yiheng(space, "quality")
    assert done.returncode == 0, done.stderr
    run = next((space / "runs").glob("quality-*"))
    before = files_of(run)
    # Less than its largest file, in the middle of which the disk is full.
    blocks = len(before["quality.json"]) // 2 // BLOCK
    assert blocks > 0
    full = yiheng(space, "quality", blocks=blocks)
    assert full.returncode == WRONG_USE, full.stderr
    assert "the disk is full" in full.stderr and "Traceback" not in full.stderr
    assert files_of(run) == before
    assert not list(space.rglob("*.part"))
    assert as_("clerk").get("/quality/").status_code == DONE
    # One that an older version left torn is passed over, not a fault of the page.
    (run / "quality.json").write_bytes(before["quality.json"][: BLOCK // 2])
    assert as_("clerk").get("/quality/").status_code == DONE


def test_point_16_files_that_people_asked_for_are_whole_or_as_they_were(space, tmp_path):
    report, rows = tmp_path / "report.xlsx", tmp_path / "rows"
    report.write_bytes(b"the report of last month")
    full = yiheng(space, "quality", "--xlsx", report, blocks=4)
    assert full.returncode == WRONG_USE and "Traceback" not in full.stderr, full.stderr
    assert report.read_bytes() == b"the report of last month"
    exported = yiheng(space, "tables", "export", rows, "settlement", blocks=1)
    assert exported.returncode == WRONG_USE and "Traceback" not in exported.stderr, exported.stderr
    assert not rows.exists() or not list(rows.iterdir())
