"""In which language a verb speaks: ``--lang``, else ``YIHENG_LANG``, else the locale, else Chinese."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from yiheng.basis.catalogue import refusal_in
from yiheng.basis.evidence import Words
from yiheng.basis.language import LANGUAGES, language_of
from yiheng.basis.refusals import Refusal

if TYPE_CHECKING:
    from yiheng.records.declare import Codes

LANG = "yiheng.lang"


def language() -> str:
    """``zh`` or ``en``."""
    context = click.get_current_context(silent=True)
    return str((context and context.meta.get(LANG)) or language_of(os.environ))


def told(zh: str, en: str) -> str:
    """The one of the two that is spoken."""
    return Words(zh, en).in_language(language())


def listed(names: Sequence[str]) -> str:
    """Names in a row."""
    return told("、", ", ").join(names)


def in_words(codes: Codes, word: str) -> str:
    """A word of a closed list as a clerk says it."""
    return told(codes.zh.get(word, word), word)


def why(refusal: Refusal | str) -> str:
    """A refusal, or its text as a run kept it, in the language that is spoken."""
    return refusal_in(refusal, language())


def speak(command: click.Command) -> None:
    """Give a verb and every verb below it ``--lang``; also taken before the verb."""
    take_lang(command)
    if isinstance(command, click.Group):
        for below in command.commands.values():
            speak(below)


def take_lang(command: click.Command) -> None:
    """Give one verb ``--lang``."""
    command.params.append(
        click.Option(
            ["--lang"], type=click.Choice(LANGUAGES), expose_value=False, callback=_named, is_eager=True,
            help="Language of what is printed; by default YIHENG_LANG, else the locale, else Chinese.",
        )
    )  # fmt: skip


def _named(context: click.Context, _option: click.Parameter, named: str | None) -> None:
    if named:
        context.meta[LANG] = named
