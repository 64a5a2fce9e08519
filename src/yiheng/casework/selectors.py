"""Reads that know who asks."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import Http404

from .models import User


def parties_seen_by(*, user: User, parties: Iterable[str]) -> list[str]:
    """Of these parties the ones in the user's scope."""
    return [party for party in parties if sees_party(user=user, party=party)]


def sees_party(*, user: User, party: str | None) -> bool:
    """Whether a party is in the user's scope; what belongs to no party stays with the fund office."""
    return user.in_fund_office or (party is not None and party == user.consortium)


def party_get(*, user: User, parties: Iterable[str], party: str) -> str:
    """A party, or 404 both when it is absent and when it is not the user's to see."""
    if party not in parties_seen_by(user=user, parties=parties):
        raise Http404
    return party


def sees_findings(*, user: User) -> bool:
    """Findings name an institution and a person but no consortium, so they stay with the fund office."""
    return user.in_fund_office


def sees_person_numbers(*, user: User) -> bool:
    """Whether person numbers are shown in full."""
    return user.has_perm("casework.see_person_numbers")
