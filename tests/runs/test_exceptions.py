"""Exceptions leave findings out until their last day, and nothing vanishes in silence."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.tiny import loaded
from yiheng.basis.refusals import Refusal, Refusals
from yiheng.runs import load_codes, replay, run_audit

HEAD = "rule,institution,person,visit,item_code,reason,granted_by,until\n"
# V3 of the tiny county lasted one day, 2025-03-01; a line of V1 and one of V2 are dated outside their stay.
LINES = """\
line_id,visit_id,settlement_id,item_code,item_name,kind,quantity,unit_price,amount_fen,scope_fen,occurred_at
F1,V1,S1,YHX1,某药,drug,10,30.00,30000,30000,2025-01-11 08:00:00
F2,V1,S1,YHX2,某检查,service,1,700.00,70000,60000,2025-01-20 08:00:00
F3,V2,S2,YHX2,某检查,service,1,2000.00,200000,150000,2025-02-05 08:00:00
"""
RULE = "charged_outside_stay"


@pytest.fixture
def workspace(tmp_path):
    return loaded(tmp_path, fee_line=LINES)[0]


def grant(workspace, tmp_path, *rows, **more):
    file = tmp_path / "exceptions.csv"
    file.write_text(HEAD + "".join(f"{row}\n" for row in rows), "utf-8")
    return load_codes(workspace, file, "exception", **more)


def lines(found):
    return sorted(one["line"] for one in found)


def test_without_exceptions_both_lines_are_found(workspace):
    audited = run_audit(workspace, [RULE])
    assert lines(audited["findings"]) == ["F2", "F3"] and audited["excepted"] == []
    assert (audited["at_stake_fen"], audited["at_stake_once_fen"]) == (210000, 210000)


@pytest.mark.parametrize(
    ("row", "left_out"),
    [
        (f"{RULE},,,V1,,试点,张,2025-12-31", ["F2"]),
        (f"{RULE},O1,,,,试点,张,2025-12-31", ["F3"]),
        (f"{RULE},,A,,,试点,张,2025-12-31", ["F2", "F3"]),
        (f"{RULE},,A,,YHX2,试点,张,2025-12-31", ["F2", "F3"]),
        (f"{RULE},,,,YHX1,试点,张,2025-12-31", []),
        (f"{RULE},H1,B,,,试点,张,2025-12-31", []),
        ("split_stay,,A,,,试点,张,2025-12-31", []),
        # F2 is dated 2025-01-20, F3 2025-02-05: the last day counts, the day after does not.
        (f"{RULE},,A,,,试点,张,2025-01-20", ["F2"]),
        (f"{RULE},,A,,,试点,张,2025-01-19", []),
        (f"{RULE},,A,,,试点,张,2025-02-05", ["F2", "F3"]),
    ],
)
def test_an_exception_covers_what_its_columns_say_until_its_last_day(workspace, tmp_path, row, left_out):
    edition = grant(workspace, tmp_path, row).edition
    audited = run_audit(workspace, [RULE])
    assert lines(audited["excepted"]) == left_out
    assert lines(audited["findings"]) == sorted({"F2", "F3"} - set(left_out))
    # The sums are those of what stands.
    stands = {"F2": 60000, "F3": 150000}
    fen = sum(stands[one] for one in lines(audited["findings"]))
    assert audited["rules"][0]["findings"] == 2 - len(left_out)
    assert audited["rules"][0]["at_stake_fen"] == audited["at_stake_once_fen"] == fen
    for one in audited["excepted"]:
        until = row.rpartition(",")[2]
        assert one["exception"] == {"reason": "试点", "granted_by": "张", "until": until, "edition": edition}


def test_an_exception_begins_when_its_edition_begins(workspace, tmp_path):
    grant(workspace, tmp_path, f"{RULE},,A,,,试点,张,2025-12-31", first=dt.date(2025, 2, 1))
    assert lines(run_audit(workspace, [RULE])["excepted"]) == ["F3"]


def test_an_audit_pins_its_exceptions_and_replays_after_others_were_granted(workspace, tmp_path):
    bare = run_audit(workspace, [RULE])["run"]
    grant(workspace, tmp_path, f"{RULE},,,V1,,试点,张,2025-12-31")
    first = run_audit(workspace, [RULE])
    grant(workspace, tmp_path, f"{RULE},O1,,,,试点,李,2025-12-31", replace=True)
    second = run_audit(workspace, [RULE])
    assert len({bare, first["run"], second["run"]}) == 3
    assert (lines(first["excepted"]), lines(second["excepted"])) == (["F2"], ["F3"])
    for run in (bare, first["run"], second["run"]):
        assert replay(workspace, run).same


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (f"{RULE},,,,,试点,张,2025-12-31", "for nobody in particular"),
        (",,A,,,试点,张,2025-12-31", "rule must be filled"),
        (f"{RULE},,A,,,,张,2025-12-31", "reason must be filled"),
        (f"{RULE},,A,,,试点,,2025-12-31", "granted_by must be filled"),
        (f"{RULE},,A,,,试点,张,", "until must be filled"),
        (f"{RULE},,A,,,试点,张,2025-02-30", "'2025-02-30' is no day"),
        ("split_stays,,A,,,试点,张,2025-12-31", "there is no rule 'split_stays'"),
    ],
)
def test_an_exception_that_says_too_little_is_refused_with_its_place(workspace, tmp_path, row, said):
    with pytest.raises((Refusal, Refusals), match=said) as refusal:
        grant(workspace, tmp_path, f"{RULE},,,V1,,试点,张,2025-12-31", row)
    assert "exceptions.csv:3" in str(refusal.value)


def test_two_findings_of_a_visit_are_one_bundle(workspace):
    audited = run_audit(workspace)
    assert sorted(one for b in audited["bundles"] for one in b["findings"]) == sorted(
        one["id"] for one in audited["findings"]
    )
    assert audited["at_stake_once_fen"] <= audited["at_stake_fen"]
