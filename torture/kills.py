"""Processes that are killed: started quickly from a server that has imported everything, ended by SIGKILL."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

CONTEXT = multiprocessing.get_context("forkserver")
# Named one by one: what is offered on demand is imported when it is asked for, and a child may change the clock before.
CONTEXT.set_forkserver_preload(
    [f"yiheng.runs.{name}" for name in ("loading", "auditing", "settling", "replaying", "editions", "backup")]
    + ["yiheng.county", "yiheng.lake.store", "pyiceberg.io.pyarrow", "pyiceberg.catalog.sql", "pandas"]
)
# A child that ended well, one that was refused with a sentence, one that showed a traceback.
DONE, REFUSED, BROKEN = "done", "refused", "broken"
Work = Callable[..., Any]


def _child(pipe: Connection, work: Work, arguments: tuple[Any, ...]) -> None:
    from yiheng.basis.refusals import Refusal

    def step(name: str) -> None:
        pipe.send((time.monotonic(), name))

    try:
        work(*arguments, step)
    except Refusal as refusal:
        pipe.send((REFUSED, str(refusal)))
    except BaseException as wrong:  # What a person would see as a traceback.
        pipe.send((BROKEN, f"{type(wrong).__module__}.{type(wrong).__name__}: {wrong}"))
    else:
        pipe.send((DONE, ""))


class Child:
    """One process that does ``work(*arguments, step)``; ``step`` tells what it is doing."""

    def __init__(self, work: Work, *arguments: Any) -> None:
        self.pipe, theirs = CONTEXT.Pipe()
        self.process = CONTEXT.Process(target=_child, args=(theirs, work, arguments))
        self.began = time.monotonic()
        self.process.start()
        theirs.close()

    def ended(self) -> tuple[str, str]:
        """Wait for the end: done, refused or broken, and what was said."""
        said = ("", "")
        try:
            while said[0] not in (DONE, REFUSED, BROKEN):
                said = self.pipe.recv()
        except EOFError:
            said = (BROKEN, "the process died")
        self.process.join()
        self.pipe.close()
        return said

    def reached(self, step: str) -> float:
        """Wait until the child says a step that begins so, or has ended; gives the moment."""
        try:
            while True:
                moment, name = self.pipe.recv()
                if not isinstance(moment, float) or name.startswith(step):
                    return moment if isinstance(moment, float) else time.monotonic()
        except EOFError:
            return time.monotonic()

    def kill(self, after: float) -> bool:
        """Kill it in so many seconds; false when it had ended by itself."""
        self.process.join(timeout=after)
        self.process.kill()
        self.process.join()
        self.pipe.close()
        return self.process.exitcode != 0
