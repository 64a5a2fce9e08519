"""The book: money only moves, nothing is made or lost, everything closes."""

from __future__ import annotations

import pytest

from yiheng.basis.evidence import Because, Words
from yiheng.basis.money import Fen
from yiheng.basis.refusals import Refusal
from yiheng.payment import Account, Book, Transfer

WHY = Because(Words("例", "example"))
FUND, BUDGET, KEPT = (Account(kind, "xihai") for kind in ("fund", "budget", "kept"))


def moved(giver: Account, taker: Account, n: int) -> Transfer:
    return Transfer(giver, taker, Fen(n), "step", WHY)


def opened(*accounts: Account) -> Book:
    book = Book()
    for account in accounts:
        book.open(account)
    return book


def test_what_one_account_gives_another_takes():
    book = opened(FUND, BUDGET)
    book.post(moved(FUND, BUDGET, 100))
    assert (book.balance(FUND), book.balance(BUDGET)) == (Fen(-100), Fen(100))


def test_an_account_is_opened_before_use():
    with pytest.raises(ValueError, match="kept/xihai, which was never opened"):
        opened(FUND).post(moved(FUND, KEPT, 1))


def test_money_moves_forward_only():
    with pytest.raises(ValueError, match="turn giver and taker round"):
        opened(FUND, BUDGET).post(moved(FUND, BUDGET, -1))


def test_an_unknown_kind_of_account_is_refused():
    with pytest.raises(ValueError, match="no kind of account"):
        Book().open(Account("purse", "xihai"))


def test_a_budget_that_was_not_cleared_is_refused():
    book = opened(FUND, BUDGET)
    book.post(moved(FUND, BUDGET, 100))
    with pytest.raises(Refusal, match="the surplus of xihai"):
        book.close()


def test_an_account_cannot_pay_out_more_than_it_held():
    book = opened(FUND, KEPT)
    book.post(moved(KEPT, FUND, 5))
    with pytest.raises(Refusal, match="kept/xihai paid out 0.05 yuan more"):
        book.close()
