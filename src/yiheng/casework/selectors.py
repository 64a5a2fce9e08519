"""Reads that know who asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Max
from django.http import Http404

from yiheng.basis.refusals import Refusal, nearest

from .models import FindingVerdict, User

# A database takes only so many names in one question; of more, all that was judged is read.
MOST_NAMED = 500


def user_get(*, username: str) -> User:
    """A user by name.

    Raises:
        Refusal: when there is none; the nearest name is given.
    """
    known = User.objects.filter(username=username).first()
    if known is None:
        names = list(User.objects.values_list("username", flat=True))
        raise Refusal(
            f"user not found: '{username}'",
            expected="one of the users that 'yiheng user list' shows",
            cure=nearest(username, names),
        )
    return known


def users_told() -> list[dict[str, Any]]:
    """Every user: ``{"user", "consortium", "rights", "active", "last_sign_in"}``, by name."""
    told = []
    for user in User.objects.order_by("username").prefetch_related("user_permissions"):
        told.append(
            {
                "user": user.username,
                "consortium": user.consortium,
                "rights": sorted(one.codename for one in user.user_permissions.all()),
                "active": user.is_active,
                "last_sign_in": user.last_login.isoformat(timespec="seconds") if user.last_login else None,
            }
        )
    return told


def somebody_can_sign_in() -> bool:
    """Whether any user is active."""
    return User.objects.filter(is_active=True).exists()


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


def judges_findings(*, user: User) -> bool:
    """Who sees findings may judge them by right only."""
    return sees_findings(user=user) and user.has_perm("casework.judge_findings")


def proposes_settlements(*, user: User) -> bool:
    """Who of the fund office may propose a settlement, and take it back."""
    return user.in_fund_office and user.has_perm("casework.propose_settlements")


def adopts_settlements(*, user: User) -> bool:
    """Who of the fund office may adopt what another proposed, and withdraw what was adopted."""
    return user.in_fund_office and user.has_perm("casework.adopt_settlements")


def verdicts_of(*, findings: Iterable[str]) -> dict[str, FindingVerdict]:
    """The verdict that counts, the latest, of each of these findings that was judged."""
    asked = set(findings)
    judged = FindingVerdict.objects.select_related("by").order_by("pk")
    if len(asked) <= MOST_NAMED:
        judged = judged.filter(finding__in=asked)
    return {one.finding: one for one in judged if one.finding in asked}


def verdicts_by_rule() -> dict[str, dict[str, int]]:
    """How many findings of each rule have which verdict; of each finding the latest counts."""
    latest = FindingVerdict.objects.values("finding").annotate(last=Max("pk")).values("last")
    rows = FindingVerdict.objects.filter(pk__in=latest).order_by().values("rule", "verdict").annotate(n=Count("pk"))
    counted: dict[str, dict[str, int]] = {}
    for row in rows:
        counted.setdefault(row["rule"], {})[row["verdict"]] = row["n"]
    return counted
