"""What models of files are made of: strict models, sentences, whole numbers, days."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from yiheng.basis.evidence import Words
from yiheng.basis.numbers import exact_number

WHOLE, DAY = re.compile(r"[+-]?\d{1,18}"), re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# How much of a wrong text a message shows.
SHOWN = 40

# What a mark says of a figure's standing: read in an official text; said by a source document;
# our own example. Only the first may be a default.
Mark = Literal["verified", "said_by_source", "example"]


def _whole(text: object) -> object:
    if isinstance(text, str) and WHOLE.fullmatch(text):
        return int(text)
    if isinstance(text, str):
        raise ValueError(f"{text[:SHOWN]!r} is not a whole number of at most 18 digits, such as 12")
    return text


def _day(text: object) -> object:
    # Pydantic alone takes 0 and 1640995200 for seconds since 1970.
    if isinstance(text, str) and not DAY.fullmatch(text):
        raise ValueError(f"{text!r} is not a day such as 2025-01-31")
    return text


def _number(text: str) -> str:
    exact_number(text)
    return text


WholeNumber = Annotated[int, BeforeValidator(_whole)]
Day = Annotated[dt.date, BeforeValidator(_day)]
NumberText = Annotated[str, AfterValidator(_number)]


class Misplaced(ValueError):
    """A fault of a whole file that belongs to one entry, such as ``("assumptions", "growth")``."""

    def __init__(self, what: str, *path: str) -> None:
        self.path = path
        super().__init__(what)


class Strict(BaseModel):
    """No unknown key, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sentence(Strict):
    """The same sentence in Chinese and in English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    @property
    def words(self) -> Words:
        return Words(self.zh, self.en)
