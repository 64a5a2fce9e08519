"""What a settlement keeps of what it read: the policy of each year, and the file of facts."""

from __future__ import annotations

import shutil
from pathlib import Path

from yiheng.basis.files import new_file
from yiheng.basis.refusals import Refusal
from yiheng.lake import RESTORE
from yiheng.policy import PolicyFile, read_policy

POLICIES = "policies"
FACTS = "facts.csv"


def keep_policies(policy: Path, sources: dict[int, PolicyFile], folder: Path) -> None:
    """Copy the policies that a run read: an edited file does not change an old settlement.

    The run's id holds their hashes, so a copy that is there already is the same.
    """
    for year, source in sources.items():
        copy = folder / POLICIES / str(year) / source.file
        copy.parent.mkdir(parents=True, exist_ok=True)
        with new_file(copy) as part:
            shutil.copyfile(policy if policy.is_file() else policy / Path(source.file).name, part)


def keep_facts(facts: Path, folder: Path) -> None:
    """Copy the facts file that a run read."""
    with new_file(folder / FACTS) as part:
        shutil.copyfile(facts, part)


def kept_policies(folder: Path) -> dict[int, PolicyFile]:
    """The policies a run kept, by year."""
    kept = {int(f.name): next(f.glob("*/*.yaml"), f) for f in sorted((folder / POLICIES).iterdir())}
    for year, file in kept.items():
        if file.is_dir():
            raise Refusal(f"the policy of {year} that the run kept is gone", where=str(file), cure=RESTORE)
    return {year: read_policy(f, shown_as=f"{f.parent.name}/{f.name}") for year, f in kept.items()}
