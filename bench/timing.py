"""Run a piece of work in a process of its own and measure it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

KIB = 1024


@dataclass(frozen=True)
class Measured:
    """Seconds of the work itself, processor seconds and peak memory of its process, and what it gave back."""

    seconds: float
    cpu: float
    peak_mib: float
    result: Any


def measured(module: str, *arguments: str, times: int = 3) -> Measured:
    """The quickest of some runs of ``python -m module``: noise only ever slows a run down.

    The module prints one line of JSON: ``{"seconds": ..., "result": ...}``.
    """
    runs = []
    for _ in range(times):
        with subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, text=True) as process:
            out = process.stdout.read() if process.stdout else ""
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{module} {' '.join(arguments)} ended with {process.returncode}")
        said = json.loads(out.strip().splitlines()[-1])
        cpu = usage.ru_utime + usage.ru_stime
        runs.append(Measured(said["seconds"], cpu, usage.ru_maxrss / KIB, said["result"]))
    return min(runs, key=lambda run: run.seconds)
