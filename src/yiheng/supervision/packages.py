"""Installed packages whose rules are used beside ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from yiheng.policy import Limits

PACKAGES: dict[str, Package] = {}


@dataclass(frozen=True)
class Package:
    """A package that offers rules.

    Attributes:
        name: what stands before the names of its rules: ``lixian`` in ``lixian.night_sales``.
        distribution: what it is installed as.
        limits: its own limits; its rules see no others.
        examples: the folder of its examples.
    """

    name: str
    distribution: str
    version: str
    limits: Limits
    examples: Path

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}"
