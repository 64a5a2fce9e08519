"""The facts that a statement was made of, kept with it: its workbook computes it again from them."""

from __future__ import annotations

import json

from yiheng.payment import PartyFacts


def inputs_json(facts: PartyFacts | None) -> str:
    """The facts that a statement was made of, as a member of a JSON object; an unknown one is left out."""
    known: dict[str, dict[str, str]] = {}
    for name, fact in facts.facts.items() if facts else ():
        if fact.amount is not None:
            known[name] = {"amount": fact.amount.yuan}
        elif fact.number is not None:
            known[name] = {"number": str(fact.number)}
        elif fact.word is not None:
            known[name] = {"word": fact.word}
    return f', "inputs": {json.dumps(known, ensure_ascii=False)}'
