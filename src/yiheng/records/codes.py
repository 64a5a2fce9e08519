"""Closed code lists that contracts use, with the national codes they come in as (nhsa.md §2)."""

from .declare import Codes

SEX = Codes(
    "sex",
    {"male": ("1", "男"), "female": ("2", "女"), "unknown": ("0", "9", "未知")},
    {"male": "男", "female": "女", "unknown": "未知"},
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
)

COVERAGE = Codes(
    "coverage",
    {"full": ("01", "1", "甲"), "partial": ("02", "2", "乙"), "none": ("03", "3", "丙")},
    {"full": "甲类", "partial": "乙类", "none": "丙类（自费）"},
)
