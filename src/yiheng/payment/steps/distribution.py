"""The step that shares the kept surplus inside the consortium."""

from __future__ import annotations

from collections.abc import Iterator

from yiheng.basis.money import NOTHING

from ..book import Account, Transfer
from ..declare import Case, formula, percent, step


@step(zh="留用的结余按约定比例在医共体内部分配，分文不差。", stage="distribution", shares="shares")
def distribute_kept(case: Case, shares: str) -> Iterator[Transfer]:
    """The kept surplus is shared inside the consortium; the parts add up to the fen."""
    kept = Account("kept", case.party)
    pool = case.book.balance(kept)
    if pool <= NOTHING:
        return
    agreed = case.terms.shares(shares)
    for purpose, part in sorted(case.terms.shared(pool, agreed.value).items()):
        rate = percent(agreed.value[purpose])
        why = formula(
            f"留用结余 × {rate}，余下的分给舍去最多的一份",
            f"kept surplus × {rate}; leftover fen to the largest fraction",
            formula("留用结余", "kept surplus").worth(pool),
            agreed.because,
        )
        taker = case.book.open(Account("use", case.party, purpose))
        yield Transfer(kept, taker, part, "distribute_kept", why.worth(part))
