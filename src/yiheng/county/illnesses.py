"""Why people come: diagnoses with the sex and ages they befall, and the operations they lead to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .catalogue import NUMBER, SEXES
from .columns import pick

# Ages 0-14, 15-44, 45-64, 65 and over.
BAND_STARTS = np.array([0, 15, 45, 65])


class Operation(NamedTuple):
    code: str
    name: str
    item: str
    implant: bool = False


OPERATIONS = (
    Operation("47.0100", "腹腔镜下阑尾切除术", "appendix_out"),
    Operation("51.2300", "腹腔镜下胆囊切除术", "gallbladder_out"),
    Operation("13.4100", "白内障超声乳化抽吸术", "lens_in", True),
    Operation("81.5100", "全髋关节置换术", "joint_in", True),
    Operation("00.6600", "经皮冠状动脉腔内血管成形术", "stent_in", True),
    Operation("74.1x00", "低位子宫下段剖宫产", "birth_cut"),
    Operation("60.2900", "经尿道前列腺电切术", "other_surgery"),
    Operation("65.2500", "腹腔镜下卵巢囊肿切除术", "other_surgery"),
    Operation("53.0000", "腹股沟疝修补术", "other_surgery", True),
    Operation("32.4100", "胸腔镜下肺叶切除术", "other_surgery", True),
    Operation("45.7300", "右半结肠切除术", "other_surgery"),
    Operation("80.5100", "椎间盘切除术", "other_surgery", True),
    Operation("79.3600", "胫腓骨骨折切开复位内固定术", "other_surgery", True),
    Operation("68.4900", "经腹子宫全切除术", "other_surgery"),
    Operation("85.4300", "单侧乳房切除术", "other_surgery"),
    Operation("55.5100", "肾切除术", "other_surgery"),
    Operation("00.6100", "经皮脑血管成形术", "stent_in", True),
    Operation("43.4100", "内镜下胃病损切除术", "other_surgery"),
)
SECOND_OPERATION = ("38.9300", "静脉导管插入术")


class Illness(NamedTuple):
    """One diagnosis; weights say how often it is the reason for a visit and for a stay."""

    code: str
    name: str
    bands: str
    visits: int
    stays: int
    department: str
    sex: str = ""
    operation: str = ""
    operated_percent: int = 0
    item: str = ""


ILLNESSES = (
    Illness("I10", "原发性高血压", "23", 10, 30, "03"),
    Illness("E11.9", "2型糖尿病", "23", 8, 40, "03"),
    Illness("I25.1", "冠状动脉粥样硬化性心脏病", "23", 8, 70, "03", "", "00.6600", 38),
    Illness("J44.9", "慢性阻塞性肺病", "23", 6, 50, "03"),
    Illness("J06.9", "急性上呼吸道感染", "0123", 120, 10, "03"),
    Illness("J20.9", "急性支气管炎", "0123", 50, 30, "03"),
    Illness("J18.9", "肺炎", "0123", 12, 75, "03"),
    Illness("K29.5", "慢性胃炎", "123", 40, 24, "03", "", "43.4100", 50),
    Illness("K52.9", "非感染性胃肠炎", "0123", 30, 18, "03"),
    Illness("I63.9", "脑梗死", "23", 8, 95, "03", "", "00.6100", 25),
    Illness("I20.0", "不稳定性心绞痛", "23", 6, 55, "03", "", "00.6600", 55),
    Illness("I21.9", "急性心肌梗死", "23", 1, 14, "03", "", "00.6600", 75),
    Illness("I50.9", "心力衰竭", "3", 4, 40, "03"),
    Illness("K35.8", "急性阑尾炎", "012", 2, 24, "04", "", "47.0100", 90),
    Illness("K80.2", "胆囊结石", "123", 8, 36, "04", "", "51.2300", 80),
    Illness("K40.9", "腹股沟疝", "0123", 3, 20, "04", "", "53.0000", 95),
    Illness("M51.2", "腰椎间盘突出", "123", 40, 50, "04", "", "80.5100", 50),
    Illness("M17.9", "膝关节病", "23", 25, 24, "04", "", "81.5100", 60),
    Illness("S72.0", "股骨颈骨折", "3", 1, 22, "04", "", "81.5100", 85),
    Illness("S82.9", "小腿骨折", "012", 4, 34, "04", "", "79.3600", 85),
    Illness("H25.9", "老年性白内障", "3", 6, 70, "10", "", "13.4100", 95),
    Illness("C34.9", "肺恶性肿瘤", "23", 2, 20, "03", "", "32.4100", 45),
    Illness("C18.9", "结肠恶性肿瘤", "23", 1, 14, "04", "", "45.7300", 60),
    Illness("C16.9", "胃恶性肿瘤", "23", 1, 12, "04", "", "43.4100", 60),
    Illness("C64.9", "肾恶性肿瘤", "23", 1, 4, "04", "", "55.5100", 75),
    Illness("C50.9", "乳腺恶性肿瘤", "23", 1, 6, "04", "", "85.4300", 80),
    Illness("N18.9", "慢性肾脏病", "23", 4, 18, "03"),
    Illness("L30.9", "皮炎", "0123", 30, 2, "13"),
    Illness("N40", "前列腺增生", "23", 16, 22, "04", "male", "60.2900", 60, "prostate_tablet"),
    Illness("N41.1", "慢性前列腺炎", "12", 8, 2, "04", "male", "", 0, "prostate_capsule"),
    Illness("C61", "前列腺恶性肿瘤", "3", 1, 4, "04", "male"),
    Illness("N83.2", "卵巢囊肿", "12", 6, 16, "05", "female", "65.2500", 75),
    Illness("D25.9", "子宫平滑肌瘤", "12", 6, 16, "05", "female", "68.4900", 75),
    Illness("N76.0", "急性阴道炎", "12", 22, 2, "05", "female", "", 0, "vaginal"),
    Illness("N92.6", "月经不规则", "12", 14, 3, "05", "female", "", 0, "womb_pill"),
    Illness("O80.0", "单胎顺产", "1", 0, 45, "05", "female", "", 0, "after_birth"),
    Illness("O82.0", "经选择性剖宫产的分娩", "1", 0, 40, "05", "female", "74.1x00", 100, "after_birth"),
    Illness("Z51.1", "肿瘤化学治疗疗程", "", 0, 0, "03", "", "", 0, "chemo"),
    Illness("Z49.1", "体外透析", "", 0, 0, "03", "", "", 0, "dialysis"),
)
ILL = {illness.code: number for number, illness in enumerate(ILLNESSES)}
CHRONIC = np.array([ILL[code] for code in ("I10", "E11.9", "I25.1", "J44.9", "N18.9")])
# Chance in percent of each chronic condition, by age band. Of adults 27.5 % have hypertension and 11.9 % diabetes, of
# the rural elderly 47.2 % hypertension ([nutrition], [elderly] of figures.yaml); fewer are registered, for many do not
# know.
CHRONIC_PERCENT = np.array([[0, 0, 0, 0, 0], [4, 1, 0, 0, 0], [28, 12, 6, 3, 1], [51, 22, 19, 10, 4]])
COMPANIONS = np.array([ILL[c] for c in ("I10", "E11.9", "K29.5", "I25.1", "J44.9", "M17.9", "L30.9")])
TUMOURS = np.array([ILL[c] for c in ("C34.9", "C18.9", "C16.9")])

# Two codes with the same number belong to one group of three characters.
_GROUPS = sorted({illness.code[:3] for illness in ILLNESSES})
GROUP = np.array([_GROUPS.index(illness.code[:3]) for illness in ILLNESSES])
# Nights of an honest stay: nobody lies longer with an appendix, and nobody needs a bed for a night or two with these.
LEAST_NIGHTS = np.array([3 if illness.code in ("L30.9", "N76.0") else 1 for illness in ILLNESSES])
MOST_NIGHTS = np.array([10 if illness.code == "K35.8" else 75 for illness in ILLNESSES])
# Thousandths of the usual price of goods that a stay may come to: of this illness no single stay makes a year's drugs.
DEAREST = np.array([1500 if illness.code == "K52.9" else 1_000_000 for illness in ILLNESSES])
GIVEN = np.array([NUMBER[i.item] if i.item else -1 for i in ILLNESSES])
_OPERATION_AT = {operation.code: number for number, operation in enumerate(OPERATIONS)}
LEADS_TO = np.array([_OPERATION_AT.get(i.operation, -1) for i in ILLNESSES])
OPERATED_PERCENT = np.array([i.operated_percent for i in ILLNESSES])
SURGERY = np.array([NUMBER[operation.item] for operation in OPERATIONS])
WITH_IMPLANT = np.array([operation.implant for operation in OPERATIONS])


def band_of(age: np.ndarray) -> np.ndarray:
    return np.clip(np.searchsorted(BAND_STARTS, age, side="right") - 1, 0, len(BAND_STARTS) - 1)


def _weights(sex: int, band: int, reason: str) -> np.ndarray:
    befalls = [(not i.sex or SEXES.index(i.sex) == sex) and str(band) in i.bands for i in ILLNESSES]
    return np.where(befalls, [getattr(i, reason) for i in ILLNESSES], 0)


def fall_ill(rng: np.random.Generator, sex: np.ndarray, band: np.ndarray, reason: str) -> np.ndarray:
    """A main diagnosis for each row that befits sex and age; ``reason`` is visits or stays."""
    ill = np.zeros(len(sex), dtype=np.int16)
    for one_sex in range(len(SEXES)):
        for one_band in range(len(BAND_STARTS)):
            rows = np.flatnonzero((sex == one_sex) & (band == one_band))
            ill[rows] = pick(rng, _weights(one_sex, one_band, reason), len(rows))
    return ill
