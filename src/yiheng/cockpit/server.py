"""The server of the pages, with bounds on what a client may hold: connections, bytes, seconds.

waitress reads requests without a thread of their own and hands whole ones to its threads, so a slow client costs a
connection and no thread. What it lacks stands here: a request must be whole in time, and who waits longest makes room.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer

THREADS = 8
KIB = 1024
# No page takes files: what people write is a reason of some hundred signs.
MOST_BODY, MOST_HEADER = 128 * KIB, 32 * KIB
# Seconds for a whole request since its first byte, and for a connection on which nothing happens.
WHOLE_WITHIN, IDLE, LOOKED_EVERY = 15, 60, 5
# Where the system cannot poll (Windows), it looks at 512 connections at most.
CONNECTIONS = 800 if hasattr(select, "poll") else 400
BACKLOG = 1024


class Parser(HTTPRequestParser):
    """Refuses a request that says its length twice, as a proxy in front may believe the other one, or beyond number."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the heading of a request.

        Raises:
            ParsingError: which is answered with 400.
        """
        try:
            super().parse_header(header_plus)
        except ValueError:
            # Python makes no number of thousands of digits.
            raise ParsingError("Content-Length is too long a number") from None
        told_in_chunks = self.chunked or "TRANSFER_ENCODING" in self.headers
        if told_in_chunks and ("CONTENT_LENGTH" in self.headers or self.version != "1.1"):
            raise ParsingError("Transfer-Encoding beside Content-Length or before HTTP/1.1")


class Channel(HTTPChannel):
    """A connection that knows since when its next request is awaited."""

    parser_class = Parser

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.awaited_since = time.time()
        self.asked = False

    def received(self, data: bytes) -> bool:
        """Take bytes in."""
        if self.request is None:
            self.awaited_since = time.time()
        taken: bool = super().received(data)
        self.asked = self.asked or bool(self.requests)
        return taken

    def late(self, now: float) -> bool:
        """Whether a request was begun, or a connection made, and no whole request came in time."""
        begun = self.request is not None or not self.asked
        return begun and not self.requests and self.awaited_since < now - WHOLE_WITHIN


class Server(TcpWSGIServer):
    """Closes what is late, and makes room for who comes by closing who is awaited longest."""

    channel_class = Channel

    def maintenance(self, now: float) -> None:
        """Look at every connection."""
        super().maintenance(now)
        for channel in self.active_channels.values():
            if channel.late(now):
                channel.will_close = True

    def handle_accept(self) -> None:
        """Take a connection in, in the place of another where there is no room."""
        if len(self.active_channels) >= CONNECTIONS:
            waiting = [one for one in self.active_channels.values() if not one.requests]
            if waiting:
                # One that is still being sent its answer goes last.
                min(waiting, key=lambda one: (one.total_outbufs_len > 0, one.awaited_since)).handle_close()
        super().handle_accept()


def listening(application: Callable[..., Any], host: str, port: int, **behind_proxy: Any) -> Server:
    """A server that listens, and answers once it is run.

    Raises:
        OSError: when the address or the port is not to be had.
    """
    bounds = Adjustments(
        host=host, port=port, ident="yiheng", threads=THREADS, backlog=BACKLOG,
        # Ours makes room before; where every connection is being answered, newcomers wait in the backlog.
        connection_limit=CONNECTIONS + THREADS, channel_timeout=IDLE, cleanup_interval=LOOKED_EVERY,
        max_request_body_size=MOST_BODY, max_request_header_size=MOST_HEADER, asyncore_use_poll=True,
        **behind_proxy,
    )  # fmt: skip
    return Server(application, adj=bounds, sockinfo=_address(bounds))


def _address(bounds: Adjustments) -> tuple[Any, ...]:
    """The first address of a name; version 4 where it has both, as people type it."""
    return sorted(bounds.listen, key=lambda one: one[0] != socket.AF_INET)[0]
