"""What a run was made of, so that anyone can run it again and get the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from yiheng import __version__
from yiheng.basis.files import new_file
from yiheng.basis.hashes import sha256

FORMAT = 2
# Where a settlement keeps the policy that it was made with.
POLICIES = "policies"
MANIFEST = "manifest.json"
ENGINES = {
    "duckdb": ("duckdb", "ibis-framework", "pyarrow", "pyiceberg"),
    "spark": ("ibis-framework", "pyarrow", "pyiceberg", "pyspark"),
}
DEFAULT_ENGINE = "duckdb"
# What a run of each verb writes at least; names that a policy or a subject gives come on top.
WRITES = {
    "audit": ("findings.json",),
    "budget": ("statements.json", "queries.json", "statement_lines.parquet"),
    "compare": ("comparison.json",),
    "draw": ("draw.json",),
    "drivers": ("drivers.json",),
    "estimate": ("estimate.json",),
    "load": ("load.json", "quarantine.parquet"),
    "measure": ("values.json",),
    "quality": ("quality.json", "questioned.parquet", "refused.parquet"),
    "score": ("scores.json",),
    "settle": ("statements.json", "queries.json", "statement_lines.parquet"),
}
ID_SIGNS = 16


def canonical(value: Any) -> str:
    """JSON with a fixed order of keys and one line end: the same value gives the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, default=str) + "\n"


@dataclass(frozen=True)
class Manifest:
    """Verb, inputs and pinned data of a run.

    Attributes:
        inputs: the arguments that decide the result.
        pins: hashes of tables, policies and files, code editions: what the data was, by content, not where it stood.
    """

    verb: str
    inputs: dict[str, Any]
    pins: dict[str, Any]

    @property
    def run(self) -> str:
        """The id of the run: the same inputs on the same data by the same version are the same run."""
        return run_id(self.verb, self.inputs, self.pins)

    def as_json(self) -> dict[str, Any]:
        """The manifest as plain values, as it stands in results: nothing of the machine."""
        return {
            "format": FORMAT,
            "run": self.run,
            "verb": self.verb,
            "inputs": self.inputs,
            "pins": self.pins,
            "versions": {"yiheng": __version__},
        }

    def write(self, folder: Path, outputs: list[str], engine: str = DEFAULT_ENGINE) -> None:
        """Write the manifest with the hash of every output; last, so that an unfinished run has none.

        Args:
            engine: what the run stood on. No result depends on it, nor on the libraries, whose versions are noted.
        """
        hashes = {name: sha256(folder / name) for name in sorted(outputs)}
        versions = {"yiheng": __version__, **{name: version(name) for name in ENGINES[engine]}}
        noted = {**self.as_json(), "engine": engine, "versions": versions, "outputs": hashes}
        write_whole(folder / MANIFEST, canonical(noted))


def run_id(verb: str, inputs: Any, pins: Any, by_version: str = __version__, form: int = FORMAT) -> str:
    """The id that follows from what a run was made of, by the version that made it."""
    content = canonical([form, by_version, verb, inputs, pins])
    return f"{verb}-{hashlib.sha256(content.encode()).hexdigest()[:ID_SIGNS]}"


def data_sign(pins: Mapping[str, Any]) -> str | None:
    """A short name of the data that a run pins, for people to compare; none for a run without data of the lake."""
    held = pins.get("data")
    return None if held is None else hashlib.sha256(canonical(held).encode()).hexdigest()[:ID_SIGNS]


def told_pins(pins: Mapping[str, Any]) -> dict[str, Any]:
    """The pins one by one, for people to read: each table of the data with its hash."""
    told = {name: value for name, value in pins.items() if name != "data"}
    return told | {f"data {table}": held for table, held in (pins.get("data") or {}).items()}


def write_whole(file: Path, text: str) -> None:
    """Write a file so that it is never seen half written: a run that is run again keeps its old files until then."""
    with new_file(file) as part:
        part.write_text(text, "utf-8")
