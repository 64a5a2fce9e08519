"""Point 7 of issue 13: a request that cannot be read is answered with 400 or 413, a page and one line of the log."""

from __future__ import annotations

import logging

import pytest

from .test_server import answer, port, status  # noqa: F401  a server over real connections
from .test_tokens import addresses

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data"
TOKEN = "abcdefghijklmnopqrstuvwxyz012345"
PART = b'--x\r\nContent-Disposition: form-data; name="a"'
# Content-Type, body: what Django's reading of it cannot take.
UNREADABLE = {
    "gbk": (f"{FORM}; charset=gbk", b"a=b"),
    "base64": (f"{FORM}; charset=base64", b"a=b"),
    "utf-16": (f"{FORM}; charset=utf-16", b"a=b"),
    "idna": (f"{FORM}; charset=idna", b"a=b"),
    "undefined": (f"{FORM}; charset=undefined", b"a=b"),
    "rot13 in parts": (f"{PARTS}; charset=rot13; boundary=x", PART + b"\r\n\r\nb\r\n--x--\r\n"),
    "no boundary": (PARTS, b"a=b"),
    "empty boundary": (f"{PARTS}; boundary=", b"a=b"),
    "boundary too long": (f"{PARTS}; boundary={'x' * 300}", b"a=b"),
    "boundary of odd signs": (f"{PARTS}; boundary=é", b"a=b"),
    "odd base64": (
        f"{PARTS}; boundary=x", PART + b'; filename="f"\r\nContent-Transfer-Encoding: base64\r\n\r\nabcde\r\n--x--\r\n',
    ),
    "heading of a part too long": (f"{PARTS}; boundary=x", PART + b"; b=" + b"c" * 3000 + b"\r\n\r\nb\r\n--x--\r\n"),
    "too many parts": (f"{PARTS}; boundary=x", (PART + b"\r\n\r\nb\r\n") * 1001 + b"--x--\r\n"),
    "too many files": (f"{PARTS}; boundary=x", (PART + b'; filename="f"\r\n\r\nb\r\n') * 101 + b"--x--\r\n"),
    "too many fields": (FORM, b"a=b&" * 1001),
}  # fmt: skip
# What Django cannot even make a request of.
UNMADE = {
    "unknown charset of RFC 2231": f"{FORM}; charset*=foo''utf-8",
    "odd charset of RFC 2231": f"{FORM}; x*=undefined''%ff",
    "boundary of RFC 2231": f"{PARTS}; boundary*=utf-9''a",
}
# What is odd and yet can be read: it fails for want of a token.
READABLE = {
    "utf-8": (f"{FORM}; charset=utf-8", b"a=b"),
    "unknown charset": (f"{FORM}; charset=no-such", b"a=b"),
    "no type": ("", b"a=b"),
    "another type": ("application/json", b"{"),
    "not utf-8": (FORM, b"a=%ff&b=\xff\xfe&=&&&%"),
    "parts cut off": (f"{PARTS}; boundary=x", PART + b"\r\n\r\nb"),
}


@pytest.fixture
def logged(caplog):
    """Lines of the log since it was asked last, traces among them."""
    from yiheng.cockpit.faults import Line

    def since() -> list[str]:
        lines = [line for one in caplog.records for line in Line().format(one).splitlines()]
        caplog.clear()
        return lines

    for name in ("django.request", "yiheng"):
        logging.getLogger(name).addHandler(caplog.handler)
    yield since
    for name in ("django.request", "yiheng"):
        logging.getLogger(name).removeHandler(caplog.handler)


def one_short(lines: list[str]) -> bool:
    return len(lines) == 1 and len(lines[0]) < 200


@pytest.mark.parametrize("role", ["stranger", "clerk"])
def test_point_7_an_unreadable_form_is_a_400_of_one_line_at_every_address(as_, role, logged):
    for address in addresses():
        for named, (kind, body) in UNREADABLE.items():
            client = as_(role, enforce_csrf_checks=True)
            client.cookies["csrftoken"] = TOKEN
            logged()
            got = client.generic("POST", address, body, content_type=kind)
            assert got.status_code == 400, (address, named, got.status_code)
            assert one_short(logged()), (address, named)
            assert "请求有误" in got.text and got.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("role", ["stranger", "clerk"])
def test_point_7_an_odd_form_that_can_be_read_needs_its_token_all_the_same(as_, role):
    for address in addresses():
        for named, (kind, body) in READABLE.items():
            client = as_(role, enforce_csrf_checks=True)
            client.cookies["csrftoken"] = TOKEN
            assert client.generic("POST", address, body, content_type=kind).status_code == 403, (address, named)


def test_point_7_a_body_beyond_the_bound_is_a_413_of_one_line(as_, logged):
    got = as_("clerk").generic("POST", "/login/", b"a=" + b"b" * (3 << 20), content_type=FORM)
    assert got.status_code == 413 and "请求过大" in got.text and one_short(logged())


@pytest.mark.parametrize("role", ["stranger", "clerk"])
def test_point_7_too_many_parameters_are_a_400_of_one_line(as_, role, logged):
    for address in addresses():
        client = as_(role)
        logged()
        got = client.get(f"{address}?{'a=b&' * 1001}")
        assert got.status_code == 400 and one_short(logged()), address
    assert len(client.get(f"/{'long' * 2000}/?{'a=b&' * 1001}").content) < 20_000
    assert one_short(logged())


def test_point_7_the_page_is_english_where_english_was_chosen(as_):
    client = as_("stranger")
    client.cookies["django_language"] = "en"
    got = client.generic("POST", "/login/", b"a=b", content_type=f"{FORM}; charset=gbk")
    assert "The server does not understand this request." in got.text


@pytest.mark.parametrize(("kind", "body"), [*UNREADABLE.values(), *((one, b"a=b") for one in UNMADE.values())],
                         ids=[*UNREADABLE, *UNMADE])  # fmt: skip
def test_point_7_the_server_answers_what_cannot_be_read(port, kind, body, logged):  # noqa: F811
    for address in ("/login/", "/language/", "/nothing/"):
        logged()
        heading = f"POST {address} HTTP/1.1\r\nHost: localhost\r\nCookie: csrftoken={TOKEN}\r\nContent-Type: {kind}\r\n"
        come = answer(port, f"{heading}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body)
        assert status(come) == 400 and "请求有误".encode() in come, come[:300]
        assert one_short(logged())


@pytest.mark.parametrize("length", ["", "x", "-1", "1e3", "١", "9" * 5000])
def test_point_7_an_odd_length_is_refused(port, length):  # noqa: F811
    told = f"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\na=b"
    assert status(answer(port, told.encode())) in (400, 403, 413)
