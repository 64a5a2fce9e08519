"""Settlement as a book: money only ever moves from one opened account to another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from yiheng.basis.evidence import Because, Words
from yiheng.basis.money import NOTHING, Fen
from yiheng.basis.refusals import Refusal

# What each kind of account holds. Only those that stand for the world outside may go below zero;
# a budget, and what is on its way, must be empty when the book is closed.
ACCOUNTS: dict[str, Words] = {
    "fund": Words("医保基金", "the fund"),
    "budget": Words("总额预算", "budget"),
    "care": Words("医疗费用", "care that was paid for"),
    "kept": Words("结余留用", "kept surplus"),
    "own": Words("医共体自有资金", "the consortium's own money"),
    "use": Words("内部分配", "shared inside"),
    "due": Words("待清算结余", "surplus on its way"),
    "owed": Words("待清算超支", "overrun on its way"),
    "reserve": Words("调剂金与保证金", "reserve and deposit"),
    "prepaid": Words("预付款", "prepaid"),
    "reward": Words("专项支付", "paid for results"),
    "payer": Words("费用承担", "who bears the cost"),
    "payable": Words("清算应付", "still to be paid at clearing"),
    "deducted": Words("扣款", "deducted"),
    "other": Words("其他资金", "money of others"),
}
# What accounts are opened for by a step itself; what a policy names it names in its own words.
PURPOSES: dict[str, Words] = {
    "pool": Words("调剂金", "reserve"),
    "deposit": Words("质量保证金", "quality deposit"),
    "head": Words("院长年薪", "pay of the head"),
}
MAY_OWE = ("fund", "own", "other", "payable")
MUST_BE_EMPTY = ("budget", "due", "owed")


class Account(NamedTuple):
    """An account: its kind, whose it is, and for money shared inside its purpose."""

    kind: str
    party: str
    purpose: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in self if part)


def called(kind: str, purpose: str = "") -> Words:
    """What people call an account: its kind, and what it is for."""
    zh, en = ACCOUNTS[kind]
    if not purpose:
        return Words(zh, en)
    own = PURPOSES.get(purpose, Words(purpose, purpose))
    return Words(f"{zh}·{own.zh}", f"{en}: {own.en}")


@dataclass(frozen=True, slots=True)
class Transfer:
    """Whole fen from one account to another, with the step that moved them and the reason."""

    giver: Account
    taker: Account
    amount: Fen
    step: str
    because: Because


@dataclass
class Book:
    """Accounts, transfers and balances. What one account gives another takes, so nothing is made or lost."""

    journal: list[Transfer] = field(default_factory=list)
    _balances: dict[Account, Fen] = field(default_factory=dict)

    def open(self, account: Account) -> Account:
        """Open an account; opening it again changes nothing."""
        if account.kind not in ACCOUNTS:
            raise ValueError(f"there is no kind of account called {account.kind!r}")
        self._balances.setdefault(account, NOTHING)
        return account

    def post(self, transfer: Transfer) -> None:
        """Move money.

        Raises:
            ValueError: when an account was not opened or the amount is below zero: a fault of a step.
        """
        for account in (transfer.giver, transfer.taker):
            if account not in self._balances:
                raise ValueError(f"step {transfer.step} used the account {account}, which was never opened")
        if transfer.amount < NOTHING:
            raise ValueError(f"step {transfer.step} moved {transfer.amount}: turn giver and taker round instead")
        self.journal.append(transfer)
        self._balances[transfer.giver] -= transfer.amount
        self._balances[transfer.taker] += transfer.amount

    def balance(self, account: Account) -> Fen:
        """What is on an account; nothing if it was never opened."""
        return self._balances.get(account, NOTHING)

    def accounts(self, kind: str, party: str) -> Iterator[Account]:
        """The opened accounts of a kind and party, in order."""
        return iter(sorted(a for a in self._balances if a.kind == kind and a.party == party))

    def close(self) -> None:
        """Check every balance.

        Raises:
            Refusal: when an account is overdrawn, or a budget was not cleared to the last fen.
        """
        for account, balance in sorted(self._balances.items()):
            if account.kind in ("due", "owed") and balance:
                raise Refusal(
                    f"{balance} yuan of {account.party} are still on their way ({ACCOUNTS[account.kind].en})",
                    expected="a step that pays what is due and one that charges what is owed",
                    cure="end the policy's steps with pay_due and charge_owed",
                )
            if account.kind in MUST_BE_EMPTY and balance:
                side = "surplus" if balance > NOTHING else "overrun"
                raise Refusal(
                    f"the {side} of {account.party} ({balance} yuan) was not cleared",
                    expected="steps that clear both a surplus and an overrun",
                    cure="add keep_surplus and share_overrun to the policy's steps",
                )
            if account.kind not in MAY_OWE and balance < NOTHING:
                raise Refusal(f"the account {account} paid out {-balance} yuan more than it held")
