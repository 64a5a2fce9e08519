"""Point 7 of issue 13: starts at the same moment, twice on one port, and a clean stop."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing

from yiheng.runs import Workspace

MODULE = [sys.executable, "-m", "yiheng.cockpit"]
PATIENCE, DONE, WRONG_USE = 150, 0, 2
PASSWORD = "correct-horse-42"


def started(verb, folder, *more):
    asked = [*MODULE, verb, str(folder), *map(str, more)]
    pipe = subprocess.PIPE
    return subprocess.Popen(asked, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def free_port():
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(port, server):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert server.poll() is None, server.communicate()
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def test_point_7_first_starts_at_the_same_moment_make_one_key_and_a_whole_database(tmp_path):
    folder = Workspace.new(tmp_path / "w").folder
    port = free_port()
    server = started("serve", folder, "--port", port)
    adding = [started("user-add", folder, f"clerk{n}") for n in range(3)]
    try:
        for one in adding:
            said, wrong = one.communicate(PASSWORD + "\n", timeout=PATIENCE)
            assert one.returncode == DONE, (said, wrong)
        wait_for(port, server)
        # The same port again is told in a sentence, before an address is printed.
        again = started("serve", folder, "--port", port)
        said, wrong = again.communicate(timeout=PATIENCE)
        assert again.returncode == WRONG_USE and said == "", (said, wrong)
        assert str(port) in wrong and "Traceback" not in wrong
    finally:
        server.send_signal(signal.SIGTERM)
        _said, wrong = server.communicate(timeout=PATIENCE)
    # Stopped by the system it ends well and says nothing.
    assert (server.returncode, wrong) == (DONE, "")
    with closing(sqlite3.connect(folder / "casework.sqlite3")) as database:
        names = database.execute("SELECT username FROM casework_user ORDER BY 1").fetchall()
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert names == [("clerk0",), ("clerk1",), ("clerk2",)]
    assert len((folder / "casework.key").read_text()) > 50
    assert not [one.name for one in folder.iterdir() if one.name.startswith(".casework")]
    kept = [one for one in folder.iterdir() if one.name.startswith("casework")]
    assert {stat.S_IMODE(one.stat().st_mode) for one in kept} == {0o600}, kept


NOTES = """
import sys
from datetime import timedelta
from pathlib import Path
from django.utils import timezone
from yiheng.cockpit.serve import configure
configure(Path(sys.argv[1]))
from yiheng.casework.services import journal_note
began = timezone.now()
for hours in map(float, sys.argv[2:]):
    timezone.now = lambda: began + timedelta(hours=hours)
    journal_note(act="user.seen", subject="page")
"""


def test_point_5_a_start_says_in_a_line_that_the_head_was_an_older_one(tmp_path):
    folder = Workspace.new(tmp_path / "w").folder
    head = folder / "journal.head"

    def add(name):
        said, wrong = (one := started("user-add", folder, name)).communicate(PASSWORD + "\n", timeout=PATIENCE)
        assert one.returncode == DONE, (said, wrong)
        return wrong

    def note(*hours):
        subprocess.run([sys.executable, "-c", NOTES, str(folder), *map(str, hours)], check=True, timeout=PATIENCE)

    assert add("li") == ""
    older = head.read_bytes()
    # What a killed process leaves: the lines of one moment. The head follows them in silence.
    note(0, 0)
    head.write_bytes(older)
    assert add("wang") == ""
    assert head.read_bytes() != older
    # Three lines, the first now and the last two hours later: an older head was put there.
    older = head.read_bytes()
    note(0, 1, 2)
    head.write_bytes(older)
    told = add("sun")
    assert "the head is 3 lines behind the journal, more than acts of one moment" in told and told.count("\n") == 1
    assert "find out who put the older one there" in told
    assert add("zhao") == ""


def test_point_7_a_start_neither_waits_for_nor_gives_out_what_is_no_static_file(tmp_path):
    folder = Workspace.new(tmp_path / "w").folder
    assert started("user-add", folder, "li").communicate(PASSWORD + "\n", timeout=PATIENCE)
    static = sorted((folder / "static" / "cockpit").glob("*.*.*s"))
    device, pipe, link = static[:3]
    for one in (device, pipe, link):
        one.unlink()
    device.symlink_to("/dev/zero")
    os.mkfifo(pipe)
    link.symlink_to(folder / "casework.key")
    again = started("user-add", folder, "wang")
    said, wrong = again.communicate(PASSWORD + "\n", timeout=PATIENCE)
    assert again.returncode == DONE, (said, wrong)
    assert all(one.is_file() and not one.is_symlink() and one.stat().st_size < 1 << 20 for one in (device, pipe, link))
    assert link.read_bytes() != (folder / "casework.key").read_bytes()
