"""What a settlement keeps of what it read: the policy of each year, and the file of facts."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yiheng.basis.files import new_file
from yiheng.basis.refusals import Refusal
from yiheng.documents import changed, sha256_of
from yiheng.lake import RESTORE
from yiheng.policy import PolicyFile, read_policy

from .manifest import POLICIES
from .results import checked_manifest, cure_of

FACTS = "facts.csv"


def keep_policies(policy: Path, sources: dict[int, PolicyFile], folder: Path) -> None:
    """Copy the policies that a run read: an edited file does not change an old settlement.

    The run's id holds their hashes, so a copy that is there already is the same.
    """
    for year, source in sources.items():
        copy = folder / POLICIES / str(year) / source.file
        copy.parent.mkdir(parents=True, exist_ok=True)
        keep(policy if policy.is_file() else policy / Path(source.file).name, copy, source.sha256)


def keep(file: Path, into: Path, hashed: str) -> None:
    """Copy a file that a run read; the run then reads its copy.

    Args:
        hashed: the SHA-256 that the manifest notes.

    Raises:
        Refusal: when the file was written to or replaced since it was hashed.
    """
    with new_file(into) as part:
        shutil.copyfile(file, part)
        if sha256_of(part) != hashed:
            raise changed(file.name)


def kept_policies(folder: Path, pins: Mapping[str, Any] | None = None) -> dict[int, PolicyFile]:
    """The policies a run kept, by year.

    Args:
        pins: of the run's manifest; read from the folder of an ended run by default.

    Raises:
        Refusal: one is gone, or is not the one that the run read.
    """
    pinned = _hashes((checked_manifest(folder) if pins is None else {"pins": pins})["pins"].get("policy_sha256", {}))
    kept = {int(f.name): next(f.glob("*/*.yaml"), f) for f in sorted((folder / POLICIES).iterdir())}
    for year, file in kept.items():
        if file.is_dir():
            raise Refusal(f"the policy of {year} that the run kept is gone", where=str(file), cure=RESTORE)
    read = {year: read_policy(f, shown_as=f"{f.parent.name}/{f.name}") for year, f in kept.items()}
    for year, policy in read.items():
        if policy.sha256 not in pinned:
            raise Refusal(
                f"the policy of {year} is not the one that the run read", where=str(kept[year]), cure=cure_of(folder),
                expected=f"SHA-256 {' / '.join(sorted(pinned))}",
            )  # fmt: skip
    return read


def _hashes(pinned: Any) -> set[str]:
    return set().union(*map(_hashes, pinned.values())) if isinstance(pinned, dict) else {str(pinned)}
