"""Closed code lists that contracts use, with the codes of the national dictionaries they come in as (nhsa.md §2)."""

from .declare import Codes

SEX = Codes(
    "sex",
    {"male": ("1", "男"), "female": ("2", "女"), "unknown": ("0", "9", "未知")},
    {"male": "男", "female": "女", "unknown": "未知"},
    dictionaries=("gend",),
)

INSURANCE = Codes(
    "insurance",
    {
        "employee": ("310",),
        "resident": ("390", "391", "380"),
        "retired_cadre": ("340", "360"),
        "maternity": ("510",),
        "long_term_care": ("410",),
        "other": ("320", "330", "350", "370", "392", "399"),
    },
    {
        "employee": "职工基本医疗保险",
        "resident": "城乡居民基本医疗保险",
        "retired_cadre": "离休人员医疗保障",
        "maternity": "生育保险",
        "long_term_care": "长期照护保险",
        "other": "其他",
    },
    dictionaries=("insutype",),
)

INSTITUTION_KIND = Codes(
    "institution_kind",
    {
        "hospital": ("1",),
        "township": (),
        "village": (),
        "pharmacy": ("2",),
        "outside": (),
    },
    {
        "hospital": "县级医院",
        "township": "乡镇卫生院",
        "village": "村卫生室",
        "pharmacy": "定点药店",
        "outside": "县外医疗机构",
    },
    dictionaries=("fixmedins_type",),
    not_taken=("3", "4", "5"),
)

VISIT_KIND = Codes(
    "visit_kind",
    {
        "outpatient": ("11", "12", "19", "51", "53"),
        "emergency": ("13",),
        "chronic": ("14",),
        "inpatient": ("21", "22", "23", "24", "25", "26", "27", "28", "52"),
        "pharmacy": ("41",),
    },
    {
        "outpatient": "普通门诊",
        "emergency": "急诊",
        "chronic": "门诊慢特病",
        "inpatient": "住院",
        "pharmacy": "药店购药",
    },
    by_prefix=True,
    dictionaries=("med_type",),
)

DISCHARGE_WAY = Codes(
    "discharge_way",
    {
        "home": ("1",),
        "transferred": ("2",),
        "transferred_down": ("3",),
        "against_advice": ("4",),
        "died": ("5",),
        "other": ("9",),
    },
    {
        "home": "医嘱离院",
        "transferred": "医嘱转院",
        "transferred_down": "医嘱转社区卫生服务机构/乡镇卫生院",
        "against_advice": "非医嘱离院",
        "died": "死亡",
        "other": "其他",
    },
    dictionaries=("dscg_way",),
)

ITEM_KIND = Codes(
    "item_kind",
    {
        "drug": ("101", "103", "104", "105"),
        "herb": ("102", "106"),
        "service": ("201",),
        "consumable": ("301",),
        "care": ("501",),
    },
    {
        "drug": "西药中成药",
        "herb": "中药饮片",
        "service": "医疗服务项目",
        "consumable": "医用耗材",
        "care": "长护服务项目",
    },
    dictionaries=("list_type",),
)

# The form of a national code says which catalogue it is from (nhsa.md §3): our word, where a line does not say it.
ITEM_KIND_BY_CODE = (
    ("[XZ][0-9A-Z]+", "drug"), (r"T\d+", "herb"), (r"\d{15}", "service"), (r"C\d+", "consumable"),
)  # fmt: skip

DIAGNOSIS_KIND = Codes(
    "diagnosis_kind",
    {"western": ("1",), "tcm_disease": ("2",), "tcm_syndrome": ("3",)},
    {"western": "西医诊断", "tcm_disease": "中医主病诊断", "tcm_syndrome": "中医主证诊断"},
    dictionaries=("diag_type",),
)

COVERAGE = Codes(
    "coverage",
    {"full": ("01", "1", "甲"), "partial": ("02", "2", "乙"), "none": ("03", "3", "丙")},
    {"full": "甲类", "partial": "乙类", "none": "丙类（自费）"},
    dictionaries=("chrgitm_lv",),
)

CHARGE_KIND = Codes(
    "charge_kind",
    {
        "bed": ("01",),
        "consultation": ("02",),
        "examination": ("03",),
        "test": ("04",),
        "treatment": ("05",),
        "operation": ("06",),
        "nursing": ("07",),
        "material": ("08",),
        "western_drug": ("09",),
        "herb": ("10",),
        "patent_drug": ("11",),
        "general_care": ("12",),
        "registration": ("13",),
        "other": ("14",),
    },
    {
        "bed": "床位费",
        "consultation": "诊察费",
        "examination": "检查费",
        "test": "化验费",
        "treatment": "治疗费",
        "operation": "手术费",
        "nursing": "护理费",
        "material": "卫生材料费",
        "western_drug": "西药费",
        "herb": "中药饮片费",
        "patent_drug": "中成药费",
        "general_care": "一般诊疗费",
        "registration": "挂号费",
        "other": "其他费",
    },
    dictionaries=("med_chrgitm_type",),
)

MEMBER_ROLE = Codes(
    "member_role",
    {"lead": (), "member": (), "township": (), "village": ()},
    {"lead": "牵头医院", "member": "成员医院", "township": "乡镇卫生院", "village": "村卫生室"},
)

DOCTOR_TITLE = Codes(
    "doctor_title",
    {
        "chief": ("231", "5"),
        "deputy_chief": ("232", "4"),
        "attending": ("233", "3"),
        "resident": ("234", "2"),
        "assistant": ("235", "1"),
        "none": ("6",),
        "other": ("9",),
    },
    {
        "chief": "主任医师",
        "deputy_chief": "副主任医师",
        "attending": "主治医师",
        "resident": "医师",
        "assistant": "医士",
        "none": "无职称",
        "other": "其他",
    },
    dictionaries=("pro_tech_duty", "drord_dr_profttl"),
)

ADMISSION_CONDITION = Codes(
    "admission_condition",
    {"present": ("1",), "not_confirmed": ("2",), "unclear": ("3",), "absent": ("4",)},
    {"present": "有", "not_confirmed": "临床未确定", "unclear": "情况不明", "absent": "无"},
    dictionaries=("adm_cond_type",),
)

REFERRAL_DIRECTION = Codes("referral_direction", {"up": (), "down": ()}, {"up": "上转", "down": "下转"})

HEALTH_MEASURE = Codes(
    "health_measure",
    {"systolic": (), "diastolic": (), "fasting_glucose": (), "hba1c": ()},
    {"systolic": "收缩压", "diastolic": "舒张压", "fasting_glucose": "空腹血糖", "hba1c": "糖化血红蛋白"},
)

STOCK_MOVE = Codes(
    "stock_move_kind",
    {
        "transfer_in": ("101",),
        "transfer_out": ("102",),
        "surplus_found": ("103",),
        "loss_found": ("104",),
        "destroyed": ("105",),
        "other_in": ("106",),
        "other_out": ("107",),
        "purchase": ("108",),
        "purchase_return": ("109",),
        "gift_in": ("110",),
        "gift_return": ("111",),
        "sale": (),
        "sale_return": (),
        "stocktaking": (),
    },
    {
        "transfer_in": "调拨入库",
        "transfer_out": "调拨出库",
        "surplus_found": "盘盈",
        "loss_found": "盘损",
        "destroyed": "销毁",
        "other_in": "其他入库",
        "other_out": "其他出库",
        "purchase": "商品采购入库",
        "purchase_return": "商品退货出库",
        "gift_in": "赠药入库",
        "gift_return": "赠药退回出库",
        "sale": "商品销售",
        "sale_return": "商品销售退货",
        "stocktaking": "商品盘存",
    },
    dictionaries=("inv_chg_type",),
)

FLOW_KIND = Codes(
    "flow_kind",
    {"income": (), "spending": (), "balance": ()},
    {"income": "收入", "spending": "支出", "balance": "结余"},
)

COST_KIND = Codes(
    "cost_kind",
    {"staff": (), "drugs": (), "consumables": (), "equipment": (), "space": (), "other": ()},
    {
        "staff": "人员经费",
        "drugs": "药品费",
        "consumables": "卫生材料费",
        "equipment": "设备折旧",
        "space": "房屋水电",
        "other": "其他费用",
    },
)
