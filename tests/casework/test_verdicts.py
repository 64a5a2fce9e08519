"""Verdicts on findings: each act does it, refuses what is wrong, needs the right, and writes one line; none is lost."""

from __future__ import annotations

import hashlib

import pytest

from yiheng.basis.refusals import Refusal

from .test_acts import lines
from .test_journal import sql

MINE = {"finding": "f-1", "rule": "made_up_rule", "verdict": "confirmed", "reason": "病历没有记录"}


def judge(by, **more):
    from yiheng.casework.services import finding_judge

    return finding_judge(**{**MINE, **more}, by=by)


def test_a_verdict_is_kept_with_one_line(people):
    from yiheng.casework.selectors import verdicts_of

    judge(people["judge"], reason="  病历没有记录 ")
    counts = verdicts_of(findings=["f-1", "f-2"])
    assert {name: (one.verdict, one.reason, one.by) for name, one in counts.items()} == {
        "f-1": ("confirmed", "病历没有记录", people["judge"])
    }
    written = [one for one in lines("finding.judged") if one.subject == "f-1"]
    # The line holds the hash of the verdict's row, so that an edited row is found.
    row = counts["f-1"]
    at = row.at.isoformat(timespec="microseconds")
    text = f'[{row.pk},"{at}","f-1","made_up_rule","confirmed","病历没有记录","judge"]'
    hashed = hashlib.sha256(text.encode()).hexdigest()
    told = {"rule": "made_up_rule", "verdict": "confirmed", "row": row.pk, "row_sha256": hashed}
    assert [(one.by, one.data) for one in written] == [(people["judge"], told)]


def test_the_latest_verdict_counts_and_the_earlier_stays(people):
    from yiheng.casework.models import FindingVerdict
    from yiheng.casework.selectors import verdicts_by_rule, verdicts_of

    judge(people["judge"])
    judge(people["judge"], verdict="false_alarm", reason="补交了病历")
    judge(people["judge"], finding="f-2")
    judge(people["judge"], finding="f-3")
    judge(people["judge"], finding="f-3", verdict="unclear", reason="再看")
    assert verdicts_of(findings=["f-1"])["f-1"].verdict == "false_alarm"
    assert FindingVerdict.objects.filter(finding="f-1").count() == 2
    assert verdicts_by_rule()["made_up_rule"] == {"confirmed": 1, "false_alarm": 1, "unclear": 1}


def test_many_findings_are_asked_for_as_well(people):
    from yiheng.casework.selectors import MOST_NAMED, verdicts_of

    judge(people["judge"])
    judge(people["judge"], finding="elsewhere")
    many = ["f-1", *(f"g-{n}" for n in range(MOST_NAMED))]
    assert set(verdicts_of(findings=many)) == {"f-1"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"verdict": "guilty"}, "没有“guilty”这种核实结论。"),
        ({"reason": "  "}, "请写明理由"),
        ({"reason": "长" * 501}, "不超过 500 字"),
    ],
)
def test_a_verdict_that_is_none_is_refused_and_leaves_no_line(people, more, said):
    with pytest.raises(Refusal, match=said):
        judge(people["judge"], **more)
    assert not [one for one in lines("finding.judged") if one.subject == "f-1"]


def test_the_same_verdict_again_is_refused(people):
    judge(people["judge"])
    with pytest.raises(Refusal, match="已有同样的核实结论"):
        judge(people["judge"])
    assert len([one for one in lines("finding.judged") if one.subject == "f-1"]) == 1


@pytest.mark.parametrize("role", ["clerk", "reviewer", "xihai", "newcomer"])
def test_judging_needs_the_right_and_the_fund_office(people, role):
    with pytest.raises(Refusal, match="您无权核实疑点。"):
        judge(people[role])
    assert not [one for one in lines("finding.judged") if one.subject == "f-1"]


WAYS = {
    "changed by its model": lambda one: setattr(one, "verdict", "unclear") or one.save(),
    "deleted by its model": lambda one: one.delete(),
    "changed by a query": lambda one: type(one).objects.filter(pk=one.pk).update(verdict="unclear"),
    "deleted by SQL": lambda one: sql("DELETE FROM casework_findingverdict WHERE id = %s", one.pk),
    "replaced by SQL": lambda one: sql(
        "REPLACE INTO casework_findingverdict (id, at, finding, rule, verdict, reason, by_id) "
        "VALUES (%s, '2020-01-01', 'f-1', 'r', 'unclear', 'x', %s)",
        one.pk,
        one.by_id,
    ),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_verdict_is_never_changed_or_deleted(people, way):
    from django.db import DatabaseError, transaction

    from yiheng.casework.models import FindingVerdict

    kept = judge(people["judge"])
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        way(FindingVerdict.objects.get(pk=kept.pk))
    again = FindingVerdict.objects.get(pk=kept.pk)
    assert (again.verdict, again.reason) == ("confirmed", "病历没有记录")
