"""What institutions charge for: invented items, their prices, and which of them are watched.

The watched items are those of the shipped demonstration list of knowledge points.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

# Herbs are weighed in steps of 2.5 g and priced in steps of 0.4 fen, so that any product is whole fen.
HERB_GRAMS_STEP = 25_000
HERB_PRICE_STEP = 4_000
PRICE_STEP = 10_000
ONE = 10_000


class Item(NamedTuple):
    """One item; the price counts fen, for a herb steps of 0.4 fen."""

    key: str
    code: str
    name: str
    kind: str
    coverage: str
    price: int
    sex: str = ""


ITEMS = (
    Item("bed", "YHS110001", "普通病房床位费", "service", "full", 5000),
    Item("icu", "YHS110002", "重症监护（含床位）", "service", "full", 48000),
    Item("nurse_special", "YHS110003", "特级护理", "service", "full", 12000),
    Item("nurse_one", "YHS110004", "一级护理", "service", "full", 5200),
    Item("nurse_two", "YHS110005", "二级护理", "service", "full", 3400),
    Item("nurse_three", "YHS110006", "三级护理", "service", "full", 2200),
    Item("round", "YHS110007", "住院诊查费", "service", "full", 2500),
    Item("consult", "YHS110008", "门诊诊查费", "service", "full", 1400),
    Item("monitor", "YHS120001", "心电监测", "service", "partial", 400),
    Item("oxygen", "YHS120002", "氧气吸入", "service", "full", 250),
    Item("injection", "YHS120003", "静脉输液", "service", "full", 4200),
    Item("nebuliser", "YHS120004", "雾化吸入", "service", "full", 3800),
    Item("acupuncture", "YHS120005", "针刺治疗", "service", "full", 8000),
    Item("rehab", "YHS120006", "康复训练", "service", "partial", 11000),
    Item("dialysis", "YHS120007", "血液透析", "service", "full", 38000),
    Item("ecg", "YHS210001", "常规心电图检查", "service", "full", 4000),
    Item("holter", "YHS210002", "动态心电图", "service", "full", 26000),
    Item("potassium", "YHS210003", "血清钾测定", "service", "full", 900),
    Item("blood_gas", "YHS210004", "血气与电解质组合分析", "service", "full", 12000),
    Item("liver_sound", "YHS210005", "肝脏彩超", "service", "partial", 11000),
    Item("belly_sound", "YHS210006", "腹部彩超全套", "service", "partial", 18000),
    Item("blood_count", "YHS220001", "血细胞分析", "service", "full", 2500),
    Item("crp", "YHS220002", "C反应蛋白测定", "service", "full", 3500),
    Item("biochemistry", "YHS220003", "生化全套", "service", "full", 29000),
    Item("glucose", "YHS220004", "葡萄糖测定", "service", "full", 600),
    Item("ct", "YHS220005", "CT平扫", "service", "partial", 36000),
    Item("mri", "YHS220006", "磁共振平扫", "service", "partial", 70000),
    Item("x_ray", "YHS220007", "数字化摄影", "service", "full", 9000),
    Item("appendix_out", "YHS330001", "阑尾切除术", "service", "full", 230000),
    Item("adhesions_freed", "YHS330002", "肠粘连松解术", "service", "full", 90000),
    Item("gallbladder_out", "YHS330003", "胆囊切除术", "service", "full", 320000),
    Item("lens_in", "YHS330004", "白内障摘除联合人工晶体植入术", "service", "full", 240000),
    Item("joint_in", "YHS330005", "人工关节置换术", "service", "full", 600000),
    Item("stent_in", "YHS330006", "冠状动脉支架置入术", "service", "partial", 680000),
    Item("birth_cut", "YHS330007", "剖宫产术", "service", "full", 240000),
    Item("other_surgery", "YHS330008", "其他手术治疗", "service", "partial", 420000),
    Item("anaesthesia", "YHS330009", "全身麻醉", "service", "full", 120000),
    Item("implant", "YHC000001", "植入材料", "consumable", "partial", 420000),
    Item("suture", "YHC000002", "可吸收缝合材料", "consumable", "partial", 36000),
    Item("needle_kit", "YHC000003", "留置针套件", "consumable", "none", 2600),
    Item("amlodipine", "YHX000001", "氨氯地平片", "drug", "full", 1600),
    Item("metformin", "YHX000002", "二甲双胍片", "drug", "full", 1800),
    Item("statin", "YHX000003", "阿托伐他汀片", "drug", "full", 2200),
    Item("aspirin", "YHX000004", "阿司匹林肠溶片", "drug", "full", 1200),
    Item("amoxicillin", "YHX000005", "阿莫西林胶囊", "drug", "full", 1500),
    Item("cold_granules", "YHX000006", "解表颗粒", "drug", "partial", 2400),
    Item("stomach", "YHX000007", "奥美拉唑肠溶胶囊", "drug", "full", 1900),
    Item("pain", "YHX000008", "布洛芬缓释胶囊", "drug", "partial", 2100),
    Item("vitamins", "YHX000009", "复合维生素片", "drug", "none", 3800),
    Item("cephalosporin", "YHX000010", "头孢曲松注射剂", "drug", "full", 7800),
    Item("infusion_pump", "YHX000011", "泮托拉唑注射剂", "drug", "partial", 11000),
    Item("blood_flow", "YHX000012", "活血注射剂", "drug", "partial", 15500),
    Item("heparin", "YHX000013", "低分子肝素注射剂", "drug", "partial", 9900),
    Item("saline", "YHX000014", "氯化钠注射液", "drug", "full", 900),
    Item("albumin", "YHX000015", "人血白蛋白", "drug", "partial", 76000),
    Item("chemo", "YHX000016", "化疗注射剂", "drug", "partial", 230000),
    Item("prostate_tablet", "YHX000017", "非那雄胺片", "drug", "full", 5600, "male"),
    Item("prostate_capsule", "YHX000018", "癃闭通胶囊", "drug", "partial", 4200, "male"),
    Item("hormone_male", "YHX000019", "十一酸睾酮软胶囊", "drug", "partial", 6800, "male"),
    Item("womb_pill", "YHX000020", "暖宫调经丸", "drug", "full", 3200, "female"),
    Item("after_birth", "YHX000021", "益母生化颗粒", "drug", "full", 2900, "female"),
    Item("vaginal", "YHX000022", "妇炎栓", "drug", "partial", 3500, "female"),
    Item("astragalus", "YHZ000001", "黄芪", "herb", "full", 32),
    Item("angelica", "YHZ000002", "当归", "herb", "full", 40),
    Item("liquorice", "YHZ000003", "甘草", "herb", "full", 20),
    Item("poria", "YHZ000004", "茯苓", "herb", "full", 24),
)
NUMBER = {item.key: number for number, item in enumerate(ITEMS)}


def numbers(*keys: str) -> np.ndarray:
    return np.array([NUMBER[key] for key in keys])


PAIRS = (
    ("icu", "bed"),
    ("nurse_special", "nurse_two"),
    ("holter", "ecg"),
    ("blood_gas", "potassium"),
    ("belly_sound", "liver_sound"),
    ("appendix_out", "adhesions_freed"),
)
UNITS_PER_DAY = {"bed": 1, "nurse_special": 1, "nurse_two": 1, "round": 1, "monitor": 24, "oxygen": 24}

# The wider tests of a pair are done from the second day of a stay, the narrower on the first: never together.
WIDER_TESTS = numbers("holter", "blood_gas", "belly_sound")
NARROWER_TESTS = numbers("ecg", "potassium", "liver_sound")
FREE_TESTS = numbers("blood_count", "crp", "biochemistry", "glucose", "ct", "mri", "x_ray")
STAY_TESTS = np.concatenate([FREE_TESTS, WIDER_TESTS, NARROWER_TESTS])
VISIT_TESTS = numbers("ecg", "potassium", "liver_sound", "blood_count", "glucose", "crp", "x_ray")
STAY_DRUGS = numbers("cephalosporin", "infusion_pump", "blood_flow", "heparin", "saline", "albumin", "stomach", "pain")
VISIT_DRUGS = numbers("amoxicillin", "cold_granules", "stomach", "pain", "vitamins", "aspirin", "statin", "amlodipine")
CHRONIC_DRUGS = numbers("amlodipine", "metformin", "statin", "aspirin")
TREATMENTS = numbers("injection", "nebuliser", "acupuncture", "rehab")
HERBS = numbers("astragalus", "angelica", "liquorice", "poria")

PRICE = np.array([item.price for item in ITEMS], dtype=np.int64)
STEP = np.array([HERB_PRICE_STEP if item.kind == "herb" else PRICE_STEP for item in ITEMS], dtype=np.int64)
IS_SERVICE = np.array([item.kind == "service" for item in ITEMS])
IS_DRUG = np.array([item.kind == "drug" for item in ITEMS])
COVERED_PERCENT = np.array([{"full": 100, "partial": 90, "none": 0}[item.coverage] for item in ITEMS])
SEXES = ("male", "female", "unknown")
ITEM_SEX = np.array([SEXES.index(item.sex) if item.sex else -1 for item in ITEMS])
