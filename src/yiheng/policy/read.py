"""Policy files and folders, read strictly: every fault with its file, line and cure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from yiheng.basis.periods import Span, year_span
from yiheng.basis.refusals import Refusal, Refusals, nearest

from .plain_yaml import Document, Path_, read_document
from .schema import Misplaced, Policy

# Pydantic names the tried arm of a union in the path of a fault; the file has no such key.
UNION_ARMS = ("str", "dict[str,str]", "dict[str,list[str]]", "list[str]", "AtLeast")

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class PolicyFile:
    """A policy with the document it was read from and the hash of its bytes."""

    policy: Policy
    document: Document
    sha256: str

    @property
    def file(self) -> str:
        """The file as people name it."""
        return self.document.file


def read_policy(path: Path, *, shown_as: str | None = None) -> PolicyFile:
    """Read one policy file.

    Raises:
        Refusals: all faults of the file together, each with ``file:line``.
    """
    document = read_document(path, shown_as=shown_as)
    policy = validated(Policy, document)
    return PolicyFile(policy, document, document.sha256)


def policy_for_year(path: Path, year: int, *, or_nearest: bool = False) -> PolicyFile:
    """The policy in force on the last day of a year: a file as it is, or the one of a folder.

    The year is settled after its end, so the edition in force on its last day decides.

    Args:
        or_nearest: where none is in force, take the one whose days lie nearest to that day.

    Raises:
        Refusal: when none or more than one file of a folder is in force, or the file is not.
    """
    files = [path] if path.is_file() else sorted(path.glob("*.yaml"))
    if not files:
        raise Refusal("no policy file is here", where=str(path), expected="a .yaml file or a folder of them")
    day = year_span(year).last
    read = [read_policy(file, shown_as=edition_name(file)) for file in files]
    live = [one for one in read if day in Span(one.policy.in_force.first, one.policy.in_force.last)]
    if len(live) == 1:
        return live[0]
    spans = "; ".join(f"{p.file} {p.policy.in_force.first}..{p.policy.in_force.last}" for p in (live or read))
    if live:
        raise Refusal(f"more than one policy is in force on {day}", where=str(path), expected=f"one; found {spans}")
    if or_nearest:
        spans_of = {one.file: Span(one.policy.in_force.first, one.policy.in_force.last) for one in read}
        return min(read, key=lambda one: abs(spans_of[one.file].nearest(day) - day))
    raise Refusal(
        f"no policy is in force on {day}",
        where=str(path),
        expected=f"a file that covers it; found {spans}",
        cure="choose another --year or add the edition of that year",
    )


def edition_name(file: Path) -> str:
    """``place/year.yaml``: names the edition without the folders of one machine; a run keeps its copy under it."""
    # A bare file name has no parent, and "/draft.yaml" would be a path of the machine. At its root the word stands in.
    return f"{file.absolute().parent.name or 'policy'}/{file.name}"


def validated(model: type[Model], document: Document) -> Model:
    """The document as a model.

    Raises:
        Refusals: one for each fault, with its line and, for an unknown key, the nearest known one.
    """
    try:
        return model.model_validate(document.content)
    except ValidationError as wrong:
        raise Refusals(_refusal(model, document, fault) for fault in wrong.errors()) from None


def _refusal(model: type[BaseModel], document: Document, fault: Any) -> Refusal:
    path: Path_ = tuple(part for part in fault["loc"] if part not in UNION_ARMS)
    error = fault.get("ctx", {}).get("error")
    where = document.place((*path, *error.path) if isinstance(error, Misplaced) else path)
    name = ".".join(str(part) for part in path) or "the file"
    if fault["type"] == "extra_forbidden":
        known = _keys_at(model, path[:-1])
        return Refusal(
            f"the key '{path[-1]}' is not known in '{'.'.join(map(str, path[:-1])) or 'the file'}'",
            where=where,
            expected="one of the known keys",
            cure=nearest(str(path[-1]), known),
        )
    if fault["type"] == "missing":
        return Refusal(f"'{name}' is missing", where=where, expected=f"an entry '{path[-1]}'", cure="add it")
    said = str(error) if isinstance(error, ValueError) else fault["msg"]
    return Refusal(said if not path else f"'{name}': {said}", where=where, cure="mend this entry")


def _keys_at(model: type[BaseModel], path: Path_) -> list[str]:
    """The keys that a model knows at a path; none where the path leaves the model."""
    here: Any = model
    for part in path:
        here = _inside(here, part)
    here = _bare(here)
    return _keys(here) if isinstance(here, type) and issubclass(here, BaseModel) else []


def _inside(here: Any, part: str | int) -> Any:
    """One step down: a field of a model, a value of a mapping, an item of a list."""
    here = _bare(here)
    if isinstance(here, type) and issubclass(here, BaseModel):
        return {f.alias or n: f.annotation for n, f in here.model_fields.items()}.get(str(part))
    arguments = get_args(here)
    return arguments[-1] if get_origin(here) in (dict, list) and arguments else None


def _bare(here: Any) -> Any:
    """A type without its ``| None``."""
    return next((a for a in get_args(here) if a is not type(None)), here) if type(None) in get_args(here) else here


def _keys(model: type[BaseModel]) -> list[str]:
    return [f.alias or n for n, f in model.model_fields.items()]
