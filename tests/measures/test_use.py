"""Shares of what is charged, worked by hand from a few lines."""

from __future__ import annotations

import pytest

from yiheng.measures import INDICATORS
from yiheng.runs import Workspace, run_load, run_measure

FILES = {
    "institution.csv": """\
institution_id,name,kind,level,division
H1,人民医院,hospital,二级,370299
T1,中心卫生院,township,一级,370299
""",
    "person.csv": "person_id,sex,born_on,insurance,division\nA,female,1950-01-01,resident,370299\n",
    "visit.csv": """\
visit_id,person_id,institution_id,kind,began_on,ended_on
V1,A,H1,outpatient,2025-03-01,2025-03-01
V2,A,T1,outpatient,2025-03-02,2025-03-02
""",
    # H1: CT 300, MRI 500, an item reported under both kinds 100, an X-ray 50, a drug 50; T1 reports no examination.
    "fee_line.csv": """\
line_id,visit_id,item_code,item_name,kind,charge_kind,quantity,unit_price,amount_fen,scope_fen,occurred_at
F1,V1,CT1,CT平扫,service,examination,1,3.00,300,300,2025-03-01 08:00:00
F2,V1,MR1,磁共振平扫,service,examination,1,5.00,500,500,2025-03-01 08:00:00
F3,V1,BO1,影像融合,service,examination,1,1.00,100,100,2025-03-01 08:00:00
F4,V1,DR1,数字化摄影,service,examination,1,0.50,50,50,2025-03-01 08:00:00
F5,V1,X1,某药,drug,western_drug,1,0.50,50,50,2025-03-01 08:00:00
F6,V2,CT1,CT平扫,service,examination,1,9.00,900,900,2025-03-02 08:00:00
""",
    "exam_result.csv": """\
exam_id,visit_id,item_code,kind,positive,examined_at
E1,V1,CT1,CT,1,2025-03-01 09:00:00
E2,V1,MR1,MRI,0,2025-03-01 09:00:00
E3,V1,BO1,CT,0,2025-03-01 09:00:00
E4,V1,BO1,MRI,0,2025-03-01 09:00:00
E5,V1,DR1,DR,0,2025-03-01 09:00:00
""",
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    folder = tmp_path_factory.mktemp("use")
    source = folder / "source"
    source.mkdir()
    for name, text in FILES.items():
        (source / name).write_text(text, "utf-8")
    workspace = Workspace.new(folder / "ws")
    assert run_load(workspace, [source]).clean
    rows = run_measure(workspace, ["ct_share", "mri_share", "exam_share", "drug_share"], ["institution"])["rows"]
    return {(row["indicator"], row["institution"]): (row["top"], row["bottom"]) for row in rows}


def test_what_was_reported_as_ct_or_mri_is_a_share_of_all_that_was_charged(measured):
    assert measured["ct_share", "H1"] == (300, 1000)
    assert measured["mri_share", "H1"] == (500, 1000)


def test_an_institution_that_reports_no_examination_is_unknown_and_not_zero(measured):
    assert ("ct_share", "T1") not in measured and ("mri_share", "T1") not in measured
    assert measured["exam_share", "T1"] == (900, 900)


def test_of_all_that_was_charged_examinations_and_drugs_are_shares(measured):
    assert measured["exam_share", "H1"] == (950, 1000)
    assert measured["drug_share", "H1"] == (50, 1000)


def test_both_bear_the_codes_of_the_national_list():
    assert "ZB10000205005000" in INDICATORS["ct_share"].source
    assert "ZB10000205006000" in INDICATORS["mri_share"].source


def test_point_6_every_indicator_says_what_a_full_refund_does():
    ours = [INDICATORS[name] for name in ("cost_per_stay", "primary_visit_share", "readmission_31d", "budget_use")]
    for one in ours:
        assert one.says_zh.endswith("全额退费或冲销的就诊不计。"), one.name
        assert one.says_en.endswith("Visits that were refunded or reversed in full count nowhere."), one.name
    assert [name for name, one in INDICATORS.items() if "全额退费" not in one.says_zh] == []
