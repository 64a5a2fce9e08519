"""The shipped pairs of the official violation list catch names as institutions write them, and no others."""

from __future__ import annotations

import csv

import pytest

from yiheng.codes import LISTS, SHIPPED_FILES, read_edition
from yiheng.supervision import RULES
from yiheng.testkit import few_rows

# One pair of item names for each bundle, as price lists of provinces write them.
PAIRS = {
    "gastric_lavage": ("洗胃（洗胃机洗胃）", "插胃管术"),
    "bladder_instillation": ("膀胱灌注治疗", "导尿"),
    "coronary_intervention": ("经皮冠状动脉内支架置入术(STENT)", "冠状动脉造影术"),
    "vascular_intervention_anaesthesia": ("经皮血管介入治疗", "局部浸润麻醉"),
    "vascular_intervention_guidance": ("经皮血管介入治疗", "DSA引导"),
    "vascular_intervention_monitoring": ("经皮血管介入治疗", "术中监护"),
    "atrial_appendage": ("经皮左心耳封堵术", "房间隔穿刺术"),
    "telemetry": ("遥测心电监护", "心电监测"),
    "oesophageal_pacing": ("经食管心脏调搏术", "常规心电图检查"),
    "spinal_fusion": ("腰椎椎间融合术", "椎间盘摘除术"),
    "open_reduction": ("股骨干骨折切开复位内固定术", "骨折手法牵引复位术"),
    "joint_replacement": ("人工全膝关节置换术", "膝关节滑膜切除术"),
    "arthroscopic_operation": ("关节镜下半月板修整术", "关节镜检查"),
    "blood_purification": ("连续性肾脏替代治疗", "血液透析"),
    "contrast_ct": ("X线计算机体层(CT)增强扫描", "X线计算机体层(CT)平扫"),
    "contrast_mri": ("磁共振增强扫描", "磁共振平扫"),
    "radiography": ("数字化摄影(DR)", "普通透视"),
    "lung_cancer": ("肺癌根治术", "胸腔闭式引流术"),
    "thyroid_cancer": ("甲状腺癌扩大根治术", "颈部淋巴结清扫术"),
    "breast_cancer": ("乳腺癌根治术", "腋窝淋巴结清扫术"),
    "general_anaesthesia": ("全身麻醉", "气管插管术"),
    "neuraxial_anaesthesia": ("椎管内麻醉", "硬膜外置管术"),
    "anaesthesia_monitoring": ("麻醉中监测", "有创血压监测"),
    "special_nursing": ("特级护理", "一般专项护理"),
    "partial_nephrectomy": ("肾部分切除术", "肾固定术"),
    "pulp_devitalisation": ("牙髓失活术", "开髓引流术"),
    "root_canal_post": ("根管内固定术", "根管预备"),
}
INNOCENT = (
    ("X线计算机体层(CT)增强扫描", "磁共振平扫"),
    ("经皮冠状动脉内支架置入术(STENT)", "CT冠状动脉造影"),
    ("关节镜检查", "关节镜检查术"),
    ("麻醉深度监测", "心电监测"),
    ("人工全膝关节置换术", "肠粘连松解术"),
    ("血液透析灌流", "血液透析灌流"),
    ("经食管心脏调搏术", "动态心电图"),
    ("腹腔闭式引流术", "颈部淋巴结清扫术"),
)


def found_in(pairs):
    """The bundles that are found when each pair is charged on one day of a visit of its own."""
    visits = [
        {"visit_id": f"V{n}", "person_id": "A", "institution_id": "H1", "kind": "inpatient", "began_on": "2025-03-01"}
        for n, _ in enumerate(pairs)
    ]
    lines = [
        {
            "line_id": f"F{n}{side}",
            "visit_id": f"V{n}",
            "item_code": name,
            "item_name": name,
            "kind": "service",
            "quantity": "1",
            "scope_fen": "100",
            "occurred_at": "2025-03-02 10:00:00",
        }
        for n, pair in enumerate(pairs)
        for side, name in enumerate(pair)
    ]
    shipped = read_edition(LISTS["bundled_charge"], SHIPPED_FILES["bundled_charge"]).rows
    words = [{name: str(row[name]) for name in LISTS["bundled_charge"].schema} for row in shipped]
    given = {"visit": visits, "fee_line": lines, "bundled_charge": words}
    rows = RULES["bundled_charge"].rows(few_rows(given)).to_pyarrow().to_pylist()
    return {row["visit"]: (row["with_name"], row["item_name"], row["bundle"]) for row in rows}


def test_every_bundle_that_ships_finds_its_pair():
    with SHIPPED_FILES["bundled_charge"].open(encoding="utf-8") as file:
        assert {row["bundle"] for row in csv.DictReader(file)} == set(PAIRS)
    found = found_in([*PAIRS.values()])
    assert found == {f"V{n}": (*pair, bundle) for n, (bundle, pair) in enumerate(PAIRS.items())}


@pytest.mark.parametrize("pair", INNOCENT)
def test_names_that_only_look_like_a_pair_are_spared(pair):
    assert found_in([pair]) == {}


def test_the_shipped_words_are_all_said_by_the_official_list():
    with SHIPPED_FILES["bundled_charge"].open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["mark"] for row in rows} == {"said_by_source"}
    assert {row["number"]: row["bundle"] for row in rows if row["number"]} == {
        "11": "gastric_lavage",
        "12": "bladder_instillation",
    }
