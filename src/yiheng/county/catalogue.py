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
    Item("child_syrup", "YHX000101", "小儿清热糖浆", "drug", "full", 2800),
    Item("child_growth", "YHX000102", "小儿生长口服液", "drug", "partial", 5200),
    Item("newborn_drops", "YHX000103", "新生儿呼吸兴奋剂", "drug", "partial", 9600),
    Item("quinolone", "YHX000104", "左氧氟沙星片", "drug", "full", 2300),
    Item("sedative", "YHX000105", "长效镇静片", "drug", "partial", 1700),
    Item("retinoid", "YHX000106", "维A酸胶囊", "drug", "partial", 4400),
    Item("strong_pain", "YHX000107", "吲哚类止痛片", "drug", "full", 1900),
    Item("thrombolytic", "YHX000108", "溶栓注射剂", "drug", "partial", 260000),
    Item("antispasm", "YHX000109", "解痉吸入剂", "drug", "full", 8800),
    Item("insulin", "YHX000110", "长效胰岛素笔芯", "drug", "full", 7600),
    Item("strong_injection", "YHX000111", "复方中药注射剂", "drug", "partial", 6900),
    Item("feeding", "YHX000112", "三腔袋营养注射液", "drug", "partial", 32000),
    Item("scar_cream", "YHX000113", "疤痕软化膏", "drug", "partial", 4800),
    Item("labour_drug", "YHX000114", "引产栓", "drug", "partial", 8600),
    Item("heart_tablet", "YHX000115", "地高辛样片", "drug", "full", 1300),
    Item("long_drug", "YHX000116", "长期维持片", "drug", "full", 2600),
    Item("course_drug", "YHX000117", "脑血管注射剂", "drug", "partial", 7400),
    Item("thinner", "YHX000118", "华法林样片", "drug", "full", 1500),
    Item("antifungal", "YHX000119", "唑类抗真菌片", "drug", "full", 3600),
    Item("statin_one", "YHX000120", "甲他汀片", "drug", "full", 2100),
    Item("statin_two", "YHX000121", "乙他汀片", "drug", "full", 2500),
    Item("contrast", "YHX000122", "碘对比剂", "drug", "partial", 19000),
    Item("traced_drug", "YHX000123", "追溯管理片", "drug", "full", 4200),
    Item("short_drug", "YHX000124", "紧俏胶囊", "drug", "full", 5100),
    Item("work_assessment", "YHS400001", "工伤劳动能力评定", "service", "full", 15000),
    Item("birth_course", "YHS400002", "分娩镇痛辅导", "service", "full", 12000),
    Item("newborn_screen", "YHS400003", "新生儿疾病筛查", "service", "full", 9000),
    Item("child_growth_test", "YHS400004", "儿童生长发育评估", "service", "full", 6000),
    Item("child_infusion", "YHS400005", "小儿头皮静脉输液", "service", "full", 3500),
    Item("hyperbaric", "YHS400006", "高压氧治疗", "service", "partial", 16000),
    Item("skin_light", "YHS400007", "窄谱紫外线照射", "service", "full", 7000),
    Item("ward_nutrition", "YHS400008", "住院营养评定", "service", "full", 5000),
    Item("gene_test", "YHS400009", "基因检测", "service", "partial", 90000),
    Item("job_training", "YHS400010", "职业功能训练", "service", "full", 9500),
    Item("womb_scope", "YHS400011", "宫腔镜检查", "service", "full", 21000),
    Item("stress_test", "YHS400012", "运动负荷试验", "service", "full", 18000),
    Item("sleep_study", "YHS400013", "睡眠呼吸监测", "service", "partial", 30000),
    Item("tumour_markers", "YHS400014", "肿瘤标志物组合", "service", "full", 45000),
    Item("traction", "YHS400015", "腰椎牵引", "service", "full", 4200),
    Item("balance_training", "YHS400016", "平衡功能训练", "service", "full", 5500),
    Item("capped_therapy", "YHS400017", "限额理疗", "service", "full", 20000),
    Item("sugar_average", "YHS400018", "糖化血红蛋白测定", "service", "full", 7000),
    Item("bowel_cut", "YHS400019", "肠部分切除术", "service", "full", 180000),
    Item("stomach_cut", "YHS400020", "胃部分切除术", "service", "full", 260000),
    Item("needle_set", "YHS400021", "静脉留置针穿刺（含针）", "service", "full", 5000),
    Item("decoction", "YHS400022", "中药煎药", "service", "full", 300),
    Item("scan_guidance", "YHS400023", "超声引导", "service", "full", 13000),
    Item("set_test", "YHS400024", "限价检查", "service", "full", 10000),
    Item("newborn_tube", "YHC000101", "新生儿胃管", "consumable", "partial", 3200),
    Item("child_mask", "YHC000102", "儿童雾化面罩", "consumable", "partial", 2400),
    Item("eye_gel", "YHC000103", "眼用粘弹剂", "consumable", "partial", 38000),
    Item("womb_ring", "YHC000104", "子宫托", "consumable", "partial", 8800),
    Item("glucose_strip", "YHC000105", "血糖试纸", "consumable", "partial", 400),
    Item("guide_wire", "YHC000106", "导丝", "consumable", "partial", 98000),
    Item("capped_plate", "YHC000107", "限额接骨板", "consumable", "partial", 150000),
    Item("biopsy_needle", "YHC000108", "穿刺活检针", "consumable", "partial", 26000),
    Item("puncture_kit", "YHC000109", "留置针", "consumable", "partial", 2800),
    Item("short_kit", "YHC000110", "紧俏敷料包", "consumable", "partial", 3900),
    Item("donkey_glue", "YHZ000101", "驴皮胶", "herb", "partial", 300),
    Item("tonic_root", "YHZ000102", "滋补根", "herb", "full", 160),
    Item("tonic_berry", "YHZ000103", "滋补果", "herb", "full", 90),
    Item("aconite", "YHZ000104", "附子样饮片", "herb", "full", 60),
    Item("opposed_root", "YHZ000105", "相反根", "herb", "full", 44),
    Item("gastric_lavage", "YHS400025", "洗胃", "service", "full", 9000),
    Item("gastric_tube", "YHS400026", "插胃管", "service", "full", 2500),
    Item("contrast_scan", "YHS400027", "CT增强扫描", "service", "partial", 15000),
    Item("perfusion", "YHS400028", "血液灌流", "service", "full", 12000),
    Item("rescue", "YHS400029", "大抢救", "service", "full", 20000),
    Item("ventilator", "YHS400030", "呼吸机辅助呼吸（每小时）", "service", "full", 100),
)
# What a bill counts an item under, by its kind or the beginning of its code; a service of no other kind is a treatment.
_CHARGE_KIND = {"consumable": "material", "herb": "herb", "drug": "western_drug"}
_CHARGE_KIND_FROM = {"YHS21": "examination", "YHS22": "test", "YHS33": "operation"}
_CHARGE_KIND_OF = {
    **dict.fromkeys(("bed", "icu"), "bed"),
    **dict.fromkeys(("nurse_special", "nurse_one", "nurse_two", "nurse_three"), "nursing"),
    **dict.fromkeys(("round", "consult"), "consultation"),
    **dict.fromkeys(
        ("ct", "mri", "x_ray", "contrast_scan", "scan_guidance", "womb_scope", "stress_test"), "examination"
    ),
    **dict.fromkeys(("potassium", "blood_gas", "tumour_markers", "sugar_average", "gene_test", "set_test"), "test"),
    **dict.fromkeys(("bowel_cut", "stomach_cut"), "operation"),
}


def charge_kind(item: Item) -> str:
    """What the bill counts an item under."""
    if item.key in _CHARGE_KIND_OF:
        return _CHARGE_KIND_OF[item.key]
    return _CHARGE_KIND.get(item.kind) or _CHARGE_KIND_FROM.get(item.code[:5], "treatment")


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
