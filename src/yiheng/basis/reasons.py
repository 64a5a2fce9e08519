"""Reasons that people write: kept for good and printed, so every sign in them is one that is seen."""

from __future__ import annotations

import unicodedata

from .refusals import Refusal

# Control signs; marks of direction, of zero width and the like.
UNSEEN = ("Cc", "Cf", "Zl", "Zp")


def refuse_unseen(reason: str) -> None:
    """Refuse signs that nobody sees: they may turn a sentence round on paper, or end it in a file.

    Raises:
        Refusal: with the number of the first such sign in Unicode.
    """
    found = next((sign for sign in reason.strip() if unicodedata.category(sign) in UNSEEN), None)
    if found is not None:
        raise Refusal(
            f"the reason holds the invisible sign U+{ord(found):04X}",
            expected="one line of letters, digits and punctuation",
            cure="type the reason again instead of pasting it",
        )
