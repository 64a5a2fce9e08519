"""The language of an output: Chinese or English, one for the whole of it."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("zh", "en")
# Where a system keeps its language, the first that is set counts.
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
NAMED = "YIHENG_LANG"


def language_of(environment: Mapping[str, str]) -> str:
    """``zh`` or ``en``: what ``YIHENG_LANG`` names, else the locale; Chinese where neither names one of the two."""
    locale = next((environment[name] for name in LOCALE if environment.get(name)), "")
    for named in (environment.get(NAMED, ""), locale):
        if named[:2].lower() in LANGUAGES:
            return named[:2].lower()
    return LANGUAGES[0]
