"""Findings are judged on their page, and a rule's measured precision stands beside it."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import pytest

ADDRESS = "/findings/judge/"


@pytest.fixture
def found(served):
    """A finding of the newest audit; another than the browser test judges."""
    from yiheng.cockpit import results, suspects

    return suspects.of_run(results.audited())[-1]


def said(found, **more):
    return {"finding": found["id"], "verdict": "confirmed", "reason": "病历没有记录", **more}


def lines(found):
    from yiheng.casework.models import JournalLine

    return JournalLine.objects.filter(act="finding.judged", subject=found["id"]).count()


def exported(client, found):
    rows = csv.DictReader(io.StringIO(client.get("/findings.csv").content.decode("utf-8-sig")))
    return next(row for row in rows if row["疑点编号"] == found["id"])


def test_a_finding_is_judged_shown_and_exported_and_judged_again(as_, found):
    from yiheng.cockpit.verdicts import Precision, precisions

    before = precisions().get(found["rule"], Precision(0, 0))
    client = as_("judge")
    assert exported(client, found)["核实结论"] == ""
    answer = client.post(f"{ADDRESS}?rule={found['rule']}", said(found))
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/findings/?rule={found['rule']}#finding-{found['id']}"
    assert precisions()[found["rule"]] == Precision(before.confirmed + 1, before.false_alarms)
    year = found["occurred_on"][:4]
    page = client.get(f"/findings/?rule={found['rule']}&year={year}&page=9999").content.decode()
    assert "病历没有记录" in page and 'class="verdict confirmed"' in page
    row = exported(client, found)
    assert (row["核实结论"], row["核实理由"]) == ("属实", "病历没有记录")
    client.post(ADDRESS, said(found, verdict="false_alarm", reason="补交了病历"))
    assert precisions()[found["rule"]] == Precision(before.confirmed, before.false_alarms + 1)
    assert exported(client, found)["核实结论"] == "不属实"
    assert lines(found) == 2


def test_a_verdict_without_reason_is_refused_on_the_page(as_, found):
    answer = as_("judge").post(ADDRESS, said(found, reason=""))
    assert answer.status_code == 400 and "请写明理由" in answer.content.decode()
    assert lines(found) == 0


@pytest.mark.parametrize(
    ("role", "status"), [("stranger", 302), ("clerk", 403), ("reviewer", 403), ("xihai", 404), ("newcomer", 404)]
)
def test_only_who_has_the_right_judges(as_, found, role, status):
    answer = as_(role).post(ADDRESS, said(found))
    assert answer.status_code == status
    assert status != 302 or answer.headers["Location"].startswith("/login/")
    assert lines(found) == 0


@pytest.mark.parametrize("finding", ["", "0000000000000000"])
def test_what_was_not_found_cannot_be_judged(as_, found, finding):
    assert as_("judge").post(ADDRESS, said(found, finding=finding)).status_code == 404


def test_the_form_is_offered_by_right_only(as_, found):
    pages = {role: as_(role).get("/findings/").content.decode() for role in ("clerk", "judge")}
    assert ADDRESS in pages["judge"] and ADDRESS not in pages["clerk"]
    assert "未核实" in pages["clerk"]


def test_a_forged_form_is_refused(as_, found):
    assert as_("judge", enforce_csrf_checks=True).post(ADDRESS, said(found)).status_code == 403
    assert lines(found) == 0


def test_a_page_with_verdicts_is_english_in_english(as_, found):
    client = as_("judge")
    client.post("/language/", {"language": "en"})
    client.post(ADDRESS, said(found, reason="no record"))
    page = client.get("/findings/?page=9999").content.decode()
    assert "Confirmed" in page and "few judged, so only: at least" in page and "属实" not in page


def test_precision_is_confirmed_of_judged_and_bounded_where_few_were(served):
    from yiheng.cockpit.verdicts import Precision

    assert (Precision(0, 0).share, Precision(0, 0).at_least) == (None, None)
    three = Precision(2, 1)
    assert three.share == Fraction(2, 3)
    # Wilson: p = 2/3, n = 3, z² = 2.706025; (0.66667 + 0.45100 - 1.645 √(0.07407 + 0.07517)) / 1.90201 = 0.25352.
    assert three.at_least == Fraction(253, 1000)
    assert Precision(0, 5).at_least == 0
    # With one confirmed: 1 / (1 + 2.706025) = 0.26983.
    assert Precision(1, 0).at_least == Fraction(269, 1000)
    assert Precision(20, 10).at_least is None and Precision(20, 9).at_least is not None


@pytest.mark.parametrize(
    "number", ["370212199001011234", "370212 19900101 1234", "１３８１２３４５６７８", "138-1234-5678"]
)
def test_point_9_a_verdict_keeps_no_number_of_a_person(as_, found, number):
    before = lines(found)
    answer = as_("judge").post(ADDRESS, said(found, reason=f"已电话核实（{number}）"))
    assert answer.status_code == 400 and "所填内容含有证件号码、手机号码或银行卡号" in answer.content.decode()
    assert lines(found) == before
