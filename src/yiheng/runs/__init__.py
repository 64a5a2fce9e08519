"""Runs: engines, pipelines, and the manifest of what was run on what."""

from .auditing import run_audit
from .editions import InUse, Kept, editions_in_use, load_codes
from .loading import run_load
from .measuring import run_measure
from .replaying import Replay, replay
from .settling import run_settle
from .workspace import Workspace

__all__ = [
    "InUse",
    "Kept",
    "Replay",
    "Workspace",
    "editions_in_use",
    "load_codes",
    "replay",
    "run_audit",
    "run_load",
    "run_measure",
    "run_settle",
]
