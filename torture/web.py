"""The cockpit's server under blows: readers, half requests that never end, floods of sign-ins, all at once.

Readers, slow clients and floods come from addresses of their own (127.0.0.x, Linux), as strangers on a network do.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from yiheng.runs import Workspace, run_audit, run_settle

from .runs import POLICY, YEAR, small_county

HOST, OFFICE = "127.0.0.1", 1
SLOW_FROM, FLOODS_FROM = 100, 20
READER, PASSWORD = "reader", "a-torture-reader-42"
PAGES = ("/", "/findings/", "/quality/")
PATIENCE, BETWEEN_PAGES, BETWEEN_BYTES = 60.0, 3.0, 2.0
OK, MOVED = 200, 302


@dataclass
class Seen:
    """What clients saw: seconds of each page, answers by kind, slow connections that were cut."""

    waits: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    tries: Counter[int] = field(default_factory=Counter)
    cut: int = 0

    def p95(self) -> float:
        """Seconds within which 95 of 100 pages came."""
        ordered = sorted(self.waits)
        return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]


@dataclass(frozen=True)
class Survived:
    """One blow: what readers saw, memory of the server in MB at its highest, lines that the journal grew by."""

    seen: Seen
    memory: int
    lines: int

    def __str__(self) -> str:
        seen = self.seen
        return (
            f"{len(seen.waits)} pages, p95 {seen.p95():.2f} s, answers {dict(seen.statuses)};"
            f" {sum(seen.tries.values())} sign-in tries {dict(seen.tries)}; {seen.cut} slow requests cut;"
            f" {self.memory} MB; journal +{self.lines}"
        )


def run(readers: int, slow: int, floods: int, seconds: float) -> str:
    """Readers alone, then with slow clients and floods; gives the lines that are printed.

    Raises:
        AssertionError: a reader got anything but the page.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = prepared(Path(place))
        quiet = survived(folder, readers, 0, 0, seconds)
        crowd = survived(folder, readers, slow, floods, seconds)
    for one in (quiet, crowd):
        assert set(one.seen.statuses) == {OK}, one
    return (
        f"{readers} readers alone: {quiet}\n{readers} readers, {slow} slow half requests and {floods} floods of"
        f" sign-ins for {seconds:.0f} s: {crowd}"
    )


def prepared(place: Path) -> Path:
    """A small county with pages to read and somebody who reads them."""
    workspace: Workspace = small_county(place)
    run_settle(workspace, POLICY, year=YEAR)
    run_audit(workspace)
    cockpit = [sys.executable, "-m", "yiheng.cockpit", "user-add", str(workspace.folder), READER]
    subprocess.run(cockpit, input=PASSWORD + "\n", text=True, check=True)
    return workspace.folder


def survived(
    folder: Path, readers: int, slow: int, floods: int, seconds: float, serve: Sequence[str] = ("-m", "yiheng.cockpit")
) -> Survived:
    """Serve, strike for so many seconds, stop."""
    port = free_port()
    before = _lines(folder)
    server = subprocess.Popen([sys.executable, *serve, "serve", str(folder), "--port", str(port)])
    try:
        wait_for(port)
        seen = asyncio.run(_strike(port, readers, slow, floods, seconds))
        memory = _memory(server.pid)
    finally:
        server.terminate()
        server.wait(PATIENCE)
    # The reader's own sign-in is one line.
    return Survived(seen, memory, _lines(folder) - before - 1)


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as asked:
        asked.bind((HOST, 0))
        return int(asked.getsockname()[1])


def wait_for(port: int) -> None:
    """Until something listens.

    Raises:
        TimeoutError: nothing did.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection((HOST, port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(port)


async def _strike(port: int, readers: int, slow: int, floods: int, seconds: float) -> Seen:
    seen = Seen()
    cookie = await _sign_in(port)
    works: list[Coroutine[Any, Any, None]] = []
    for number in range(slow):
        works.append(_slowly(port, number, seen))
    for number in range(floods):
        works.append(_flood(port, number, seen))
    tasks = [asyncio.create_task(work) for work in works]
    if tasks:
        await asyncio.sleep(1)
    until = time.monotonic() + seconds
    await asyncio.gather(*(_read(port, number, cookie, until, seen) for number in range(readers)))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return seen


async def _read(port: int, number: int, cookie: str, until: float, seen: Seen) -> None:
    """Somebody who opens a page, looks at it, and opens the next; a page that never comes counts as status 0."""
    await asyncio.sleep(BETWEEN_PAGES * (number % 10) / 10)
    for page in itertools.islice(itertools.cycle(PAGES), number, None):
        if time.monotonic() > until:
            return
        began = time.monotonic()
        try:
            head, _body = await asyncio.wait_for(asked(port, "GET", page, cookie=cookie), PATIENCE)
        except (OSError, TimeoutError, ValueError):
            head = "HTTP/1.1 0"
        seen.waits.append(time.monotonic() - began)
        seen.statuses[_status(head)] += 1
        await asyncio.sleep(BETWEEN_PAGES)


async def _slowly(port: int, number: int, seen: Seen) -> None:
    """Half a request, then a byte now and then: every other one in the header, the others in the body."""
    start = b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    start += b"X-Slow: " if number % 2 else b"Content-Length: 1000\r\n\r\nusername="
    while True:
        try:
            _reader, writer = await _open(port, SLOW_FROM + number % 100)
            writer.write(start)
            try:
                while not writer.is_closing() and not _reader.at_eof():
                    writer.write(b"a")
                    await writer.drain()
                    await asyncio.sleep(BETWEEN_BYTES)
            finally:
                writer.close()
        except OSError:
            await asyncio.sleep(BETWEEN_BYTES)
        seen.cut += 1


async def _flood(port: int, number: int, seen: Seen) -> None:
    """Wrong sign-ins as fast as they are answered, each under another name."""
    address = FLOODS_FROM + number
    for tried in itertools.count():
        try:
            status, _cookie = await _try(port, f"name{tried}", "wrong", address)
            seen.tries[status] += 1
        except (OSError, ValueError):
            seen.tries[0] += 1
            await asyncio.sleep(0.1)


async def _sign_in(port: int) -> str:
    status, cookie = await _try(port, READER, PASSWORD, OFFICE)
    assert status == MOVED, status
    return cookie


async def _try(port: int, name: str, password: str, address: int) -> tuple[int, str]:
    head, body = await asked(port, "GET", "/login/", address=address)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', body)
    if token is None:
        return _status(head), ""
    form = urlencode({"csrfmiddlewaretoken": token[1], "username": name, "password": password})
    head, _body = await asked(port, "POST", "/login/", cookie=_cookie(head), address=address, body=form)
    return _status(head), _cookie(head)


async def asked(
    port: int, method: str, page: str, *, cookie: str = "", address: int = OFFICE, body: str = ""
) -> tuple[str, str]:
    """Header and body of one answer, over a connection of its own."""
    reader, writer = await _open(port, address)
    try:
        more = f"Cookie: {cookie}\r\n" if cookie else ""
        if body:
            more += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{method} {page} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{more}\r\n{body}".encode())
        answer = await reader.read()
    finally:
        writer.close()
    head, between, rest = answer.decode("utf-8", "replace").partition("\r\n\r\n")
    if not between:
        raise ValueError("no answer")
    return head, rest


async def _open(port: int, address: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(HOST, port, local_addr=(f"127.0.0.{address}", 0))


def _status(head: str) -> int:
    return int(head.split(" ", 2)[1])


def _cookie(head: str) -> str:
    return "; ".join(re.findall(r"(?im)^set-cookie: ([^;\r]+)", head))


def _memory(pid: int) -> int:
    """Megabytes that the process and its children held at their highest."""
    held = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            told = dict(re.findall(r"(?m)^(\w+):\s+(\d+)", status.read_text()))
        except OSError:
            continue
        if str(pid) in (told["Pid"], told.get("PPid")):
            held += int(told.get("VmHWM", 0))
    return held // 1024


def _lines(folder: Path) -> int:
    with sqlite3.connect(folder / "casework.sqlite3") as database:
        return int(database.execute("SELECT count(*) FROM casework_journalline").fetchone()[0])
