"""Examples beside a policy, as an official reads and writes them."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, RootModel

from .plain_yaml import read_document
from .read import validated
from .schema import Strict, WholeNumber


class Example(Strict):
    """One situation and what must come of it.

    Attributes:
        given: fact → yuan, number or word, or ``unknown``.
        others: the same of other parties, where pools need them; the first party is judged.
        assume: assumption → another choice.
        expect: figure → yuan.
        shared: purpose → yuan; all parts of the kept surplus.
        further: ``kind/purpose`` → yuan; all that ended on other accounts.
        because: words that the reasons must use, such as an article.
        refused: words of the refusal, where the situation cannot be settled.
    """

    name: str
    year: WholeNumber
    party: str = "example"
    given: dict[str, str]
    others: dict[str, dict[str, str]] = Field(default_factory=dict)
    assume: dict[str, str] = Field(default_factory=dict)
    expect: dict[str, str] = Field(default_factory=dict)
    shared: dict[str, str] = Field(default_factory=dict)
    further: dict[str, str] = Field(default_factory=dict)
    because: list[str] = Field(default_factory=list)
    refused: str | None = None


class _Examples(RootModel[list[Example]]):
    pass


def read_examples(path: Path) -> list[tuple[str, Example]]:
    """The examples of a file, each with its place.

    Raises:
        Refusals: all faults of the file together, each with ``file:line``.
    """
    document = read_document(path, shown_as=f"{path.parent.parent.name}/examples/{path.name}")
    return [(document.place((i,)), one) for i, one in enumerate(validated(_Examples, document).root)]
