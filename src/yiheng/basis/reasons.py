"""Reasons that people write: kept for good and printed, so every sign is seen, and none is of a person's number."""

from __future__ import annotations

import unicodedata

from .hidden import holds_number
from .refusals import Refusal

# Control signs; marks of direction, of zero width and the like.
UNSEEN = ("Cc", "Cf", "Zl", "Zp")


def refuse_unfit(reason: str) -> None:
    """Refuse a reason that must not be kept: every act and every form asks this before it writes anything.

    Signs that nobody sees may turn a sentence round on paper, or end it in a file. The number of a person would stay
    in registers and in the journal for good.

    Raises:
        Refusal: with the number of the first unseen sign in Unicode; what the person's number is, is not told back.
    """
    found = next((sign for sign in reason.strip() if unicodedata.category(sign) in UNSEEN), None)
    if found is not None:
        raise Refusal(
            f"the reason holds the invisible sign U+{ord(found):04X}",
            expected="one line of letters, digits and punctuation",
            cure="type the reason again instead of pasting it",
        )
    refuse_numbers(reason)


def refuse_numbers(text: str) -> None:
    """Refuse a text that holds the number of a certificate, a mobile telephone or a bank card, however written.

    Raises:
        Refusal: without the text.
    """
    if holds_number(text):
        raise Refusal(
            "what was typed holds the number of a certificate, a mobile telephone or a bank card, and is kept for good",
            expected="words without the number of a person",
            cure="name the file, the statement or the finding instead",
        )
