"""Reads that know who asks never give another's party."""

from __future__ import annotations

import pytest

PARTIES = ["donghe", "xihai"]


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("clerk", PARTIES),
        ("reviewer", PARTIES),
        ("judge", PARTIES),
        ("xihai", ["xihai"]),
        ("donghe", ["donghe"]),
        ("newcomer", []),
    ],
)
def test_parties_are_those_of_the_scope(people, role, seen):
    from django.http import Http404

    from yiheng.casework.selectors import parties_seen_by, party_get

    user = people[role]
    assert parties_seen_by(user=user, parties=PARTIES) == seen
    for party in [*PARTIES, "nowhere", ""]:
        if party in seen:
            assert party_get(user=user, parties=PARTIES, party=party) == party
        else:
            with pytest.raises(Http404):
                party_get(user=user, parties=PARTIES, party=party)


def test_only_the_fund_office_sees_findings_and_only_by_right_whole_numbers(people):
    from yiheng.casework.selectors import judges_findings, sees_findings, sees_person_numbers

    signed_in = {role: user for role, user in people.items() if role != "stranger"}
    assert {r for r, u in signed_in.items() if sees_findings(user=u)} == {"clerk", "reviewer", "judge"}
    assert {r for r, u in signed_in.items() if sees_person_numbers(user=u)} == {"reviewer"}
    # One of a consortium has the right as well, but sees no findings.
    assert {r for r, u in signed_in.items() if judges_findings(user=u)} == {"judge"}
