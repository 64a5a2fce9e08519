"""Point 7 of issue 13: what the server of the pages withstands, over real connections."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import closing, suppress

import pytest

from yiheng.cockpit import server
from yiheng.cockpit.serve import application
from yiheng.cockpit.server import MOST_BODY, MOST_HEADER, listening

HALF_HEADER = b"GET /login/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: a"
HALF_BODY = b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nusername=a"
PATIENCE, SOON = 60, 20
GET = b"GET /login/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"


@pytest.fixture
def port(served, monkeypatch):
    """A server in a thread of this process; what it looks at every five seconds it looks at every half."""
    monkeypatch.setattr(server, "LOOKED_EVERY", 0.5)
    running = listening(application(served), "127.0.0.1", 0)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    yield int(running.effective_port)
    running.asyncore.close_all(running._map)
    running.task_dispatcher.shutdown()
    thread.join(PATIENCE)


def connected(port):
    return closing(socket.create_connection(("127.0.0.1", port), PATIENCE))


def answer(port, request: bytes) -> bytes:
    """Everything that comes until the server closes, or a second long nothing more."""
    with connected(port) as client:
        with suppress(OSError):
            client.sendall(request)
        return whole(client)


def whole(client) -> bytes:
    come = b""
    with suppress(OSError):
        while more := client.recv(65536):
            come += more
            client.settimeout(1)
    return come


def status(come: bytes) -> int:
    return int(come.split(b" ", 2)[1])


def test_point_7_readers_do_not_wait_for_half_requests_and_these_are_cut(port, monkeypatch):
    monkeypatch.setattr(server, "WHOLE_WITHIN", 3)
    slow = [socket.create_connection(("127.0.0.1", port), PATIENCE) for _ in range(130)]
    try:
        for number, client in enumerate(slow):
            client.sendall(HALF_HEADER if number % 2 else HALF_BODY)
        began = time.monotonic()
        assert status(answer(port, GET + b"\r\n")) == 200
        assert time.monotonic() - began < SOON
        # A byte now and then is no request either.
        until = time.monotonic() + SOON
        while slow and time.monotonic() < until:
            for client in list(slow):
                client.setblocking(False)
                try:
                    client.sendall(b"a")
                    if client.recv(1) == b"":
                        raise ConnectionError
                except BlockingIOError:
                    continue
                except OSError:
                    client.close()
                    slow.remove(client)
            time.sleep(0.2)
        assert not slow
    finally:
        for client in slow:
            client.close()


def test_point_7_who_is_awaited_longest_makes_room_for_who_comes(port, monkeypatch):
    monkeypatch.setattr(server, "CONNECTIONS", 10)
    slow = [socket.create_connection(("127.0.0.1", port), PATIENCE) for _ in range(40)]
    try:
        for client in slow:
            with suppress(OSError):
                client.sendall(HALF_HEADER)
        assert status(answer(port, GET + b"\r\n")) == 200
    finally:
        for client in slow:
            client.close()


@pytest.mark.parametrize("page", ["/login/", "/", "/findings/", "/language/", "/static/nothing"])
def test_point_7_two_gigabytes_are_refused_before_they_are_sent(port, page):
    told = f"POST {page} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {2 << 30}\r\n\r\n".encode()
    assert status(answer(port, told)) == 413


def test_point_7_a_body_in_pieces_ends_where_it_is_too_large(port):
    piece = b"1000\r\n" + b"a" * 0x1000 + b"\r\n"
    start = b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    # Not a byte more than the bound, so that nothing unread cuts the answer off.
    assert status(answer(port, start + piece * (MOST_BODY // 0x1000))) == 413


@pytest.mark.parametrize(("page", "expected"), [("/login/", 200), ("/", 302), ("/static/nothing", 404)])
def test_point_7_the_answer_to_head_has_no_body(port, page, expected):
    come = answer(port, f"HEAD {page} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    head, _, body = come.partition(b"\r\n\r\n")
    assert status(come) == expected and b"content-length: " in head.lower()
    assert body == b""


HOSTILE = {
    "trace": (b"TRACE /login/ HTTP/1.1\r\nHost: localhost\r\nX-Secret: told\r\n\r\n", {405}),
    "options": (b"OPTIONS /login/ HTTP/1.1\r\nHost: localhost\r\n\r\n", {405}),
    "options of all": (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", {405}),
    "put": (b"PUT /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\na", {405}),
    "unknown method": (b"BREW /login/ HTTP/1.1\r\nHost: localhost\r\n\r\n", {405}),
    "connect": (b"CONNECT evil.example:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", {405}),
    "absolute target": (b"GET http://localhost/login/ HTTP/1.1\r\nHost: localhost\r\n\r\n", {200}),
    "foreign host": (b"GET /login/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", {400}),
    "host with a path": (b"GET /login/ HTTP/1.1\r\nHost: localhost/@evil.example\r\n\r\n", {400}),
    "two hosts": (b"GET /login/ HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", {400}),
    "no host": (b"GET /login/ HTTP/1.1\r\n\r\n", {400}),
    "forwarded host": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Host: evil.example\r\n\r\n", {302}),
    "chunks and length": (
        b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
        {400},
    ),
    "chunks before 1.1": (
        b"POST /login/ HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        {400},
    ),
    "unknown coding": (
        b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: x, chunked\r\n\r\n0\r\n\r\n",
        {501},
    ),
    "two lengths": (
        b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        {400},
    ),
    "signed length": (b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: +1\r\n\r\na", {400}),
    "bare line feeds": (b"GET /login/ HTTP/1.1\nHost: localhost\n\r\n\r\n", {400}),
    "space before colon": (b"GET /login/ HTTP/1.1\r\nHost : localhost\r\n\r\n", {400}),
    "header bomb": (b"GET /login/ HTTP/1.1\r\nHost: localhost\r\n" + b"X: a\r\n" * MOST_HEADER + b"\r\n", {431}),
    "100 kB address": (b"GET /login/?" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", {431}),
    "nul in path": (b"GET /%00/a HTTP/1.1\r\nHost: localhost\r\n\r\n", {404}),
    "nul in query": (b"GET /login/?next=%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", {200}),
    "nul in static": (b"GET /static/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", {302, 404}),
    "up the folders": (b"GET /static/../../casework.key HTTP/1.1\r\nHost: localhost\r\n\r\n", {302, 404}),
    "odd per cent": (b"GET /%zz%/?a=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", {302, 404}),
    "odd utf-8": (b"GET /%ff%fe/?a=%ff HTTP/1.1\r\nHost: localhost\r\n\r\n", {302, 404}),
    "raw utf-8": ("GET /医/?a=衡 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(), {302, 400, 404}),
    "cookie of nul": (b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid=%00; \xff=\xfe\r\n\r\n", {302}),
    "nul in header": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n", {302, 400}),
    "no request": (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", {400}),
    "unknown version": (b"GET /login/ HTTP/9.9\r\nHost: localhost\r\n\r\n", {200, 400, 505}),
}


@pytest.mark.parametrize("request_", HOSTILE.values(), ids=HOSTILE)
def test_point_7_hostile_requests_get_their_status(port, request_):
    sent, expected = request_
    come = answer(port, sent)
    assert status(come) in expected, come[:300]
    assert b"Traceback" not in come and b"evil.example" not in come and b"told" not in come


def test_point_7_a_foreign_client_is_not_believed_where_it_comes_from(served):
    from django.test import RequestFactory

    from yiheng.casework.tries import address_of

    asked = RequestFactory().get("/", headers={"x-forwarded-for": "10.0.0.9"}, REMOTE_ADDR="10.0.0.1")
    assert address_of(asked) == "10.0.0.1"
    assert address_of(RequestFactory().get("/", REMOTE_ADDR="unknown")) is None
    # Whoever has one address of a network of version 6 has all of them.
    assert address_of(RequestFactory().get("/", REMOTE_ADDR="2001:db8:1:2:3:4:5:6")) == "2001:db8:1:2::"
    assert address_of(RequestFactory().get("/", REMOTE_ADDR="::ffff:10.0.0.1")) == "10.0.0.1"
