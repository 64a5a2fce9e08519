"""The step that charges the year's care to the budget."""

from __future__ import annotations

from collections.abc import Iterator

from ..book import Account, Transfer
from ..declare import Case, formula, step


@step(zh="参保人全年的基金支出，不论在哪里就医，都由预算支付。", stage="care", spend="fact")
def pay_for_care(case: Case, spend: str) -> Iterator[Transfer]:
    """All that the funds paid for the covered people is charged to the budget, wherever they were treated."""
    amount, because = case.facts.known(spend)
    budget, care = (case.book.open(Account(kind, case.party)) for kind in ("budget", "care"))
    why = formula("全年基金支出", "the year's fund spending", because.worth(amount))
    yield Transfer(budget, care, amount, "pay_for_care", why.worth(amount))
