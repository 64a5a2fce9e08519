"""The rules about limited services and consumables, each a class of the national list."""

from __future__ import annotations

from ..limited import READS, limited
from .measured import MEASURED

duplicate_charge = limited(
    "duplicate_charge",
    "医疗服务项目重复收费",
    "GZ10000102012000",
    "Two items of which one contains the other, both charged in one visit on one day and not taken back.",
    {"contains": MEASURED["contains"]},
    weight="breach",
)

service_limited_to_work_injury = limited(
    "service_limited_to_work_injury",
    "医疗服务项目限工伤保险",
    "GZ10000102003000",
    "A service that only work-injury insurance pays, paid by another.",
    {"insurance": MEASURED["insurance"]},
)

service_limited_to_maternity = limited(
    "service_limited_to_maternity",
    "医疗服务项目限生育保险",
    "GZ10000102004000",
    "A service that only maternity insurance pays, paid by another.",
    {"insurance": MEASURED["insurance"]},
)

service_limited_to_newborns = limited(
    "service_limited_to_newborns",
    "医疗服务项目限新生儿使用",
    "GZ10000102005000",
    "A service that is paid for newborns only, charged to an older person.",
    {"max_age_days": MEASURED["max_age_days"]},
)

service_limited_to_children = limited(
    "service_limited_to_children",
    "医疗服务项目限儿童使用",
    "GZ10000102006000",
    "A service that is paid for children only, charged to an older person.",
    {"max_age": MEASURED["max_age"]},
)

service_for_children = limited(
    "service_for_children",
    "医疗服务项目儿童专用",
    "GZ10000302003000",
    "A service for children or newborns, charged to an older person.",
    {"max_age": MEASURED["max_age"], "max_age_days": MEASURED["max_age_days"]},
)

service_limited_to_diagnosis = limited(
    "service_limited_to_diagnosis",
    "医疗服务项目限适应症",
    "GZ10000102007000",
    "A service that is paid for some diagnoses only, charged in a visit with none of them.",
    {"diagnosis": MEASURED["diagnosis"]},
    reads=(*READS, "diagnosis"),
)

service_limited_to_department = limited(
    "service_limited_to_department",
    "医疗服务项目限科室使用",
    "GZ10000102008000",
    "A service that is for some departments only, charged in another.",
    {"department": MEASURED["department"]},
)

service_limited_to_visit_kind = limited(
    "service_limited_to_visit_kind",
    "医疗服务项目限就医方式",
    "GZ10000102009000",
    "A service that is paid in some kinds of visit only, charged in another.",
    {"visit_kind": MEASURED["visit_kind"]},
)

service_limited_to_level = limited(
    "service_limited_to_level",
    "医疗服务项目限医疗机构级别",
    "GZ10000102011000",
    "A service that needs a higher level of hospital, charged at a lower one.",
    {"level": MEASURED["level"]},
)

service_limited_to_age = limited(
    "service_limited_to_age",
    "医疗服务项目限年龄",
    None,
    "A service that is paid between two ages, charged outside them.",
    {"max_age": MEASURED["max_age"], "min_age": MEASURED["min_age"]},
)

service_for_other_sex = limited(
    "service_for_other_sex",
    "医疗服务项目区分性别使用",
    "GZ10000302004000",
    "A service limited to one sex, charged to a person of the other; unknown sex is spared.",
    {"sex": MEASURED["sex"]},
)

service_contraindicated = limited(
    "service_contraindicated",
    "医疗服务项目禁忌症",
    "GZ10000302005000",
    "A service charged in a visit with a diagnosis that forbids it.",
    {"not_diagnosis": MEASURED["not_diagnosis"]},
    reads=(*READS, "diagnosis"),
)

service_off_indication = limited(
    "service_off_indication",
    "医疗服务项目超适应症使用",
    "GZ10000302006000",
    "A service charged in a visit with none of the diagnoses it is meant for.",
    {"diagnosis": MEASURED["diagnosis"]},
    reads=(*READS, "diagnosis"),
)

exam_without_indication = limited(
    "exam_without_indication",
    "无指征检验检查",
    "GZ10000302001000",
    "An examination charged in a visit with no diagnosis that asks for it.",
    {"diagnosis": MEASURED["diagnosis"]},
    reads=(*READS, "diagnosis"),
)

treatment_without_indication = limited(
    "treatment_without_indication",
    "无指征治疗",
    "GZ10000302002000",
    "A treatment charged in a visit with no diagnosis that asks for it.",
    {"diagnosis": MEASURED["diagnosis"]},
    reads=(*READS, "diagnosis"),
)

service_course_too_long = limited(
    "service_course_too_long",
    "医疗服务项目限支付疗程",
    "GZ10000102010000",
    "A service used on more days of a visit than are paid.",
    {"most_days": MEASURED["most_days"]},
)

service_over_total = limited(
    "service_over_total",
    "医疗服务项目超限定报销总额",
    "GZ10000102015000",
    "A service covered in a visit beyond its total.",
    {"most_fen": MEASURED["most_fen"]},
    weight="breach",
)

service_over_price = limited(
    "service_over_price",
    "医疗服务项目超限定单价收费",
    "GZ10000102001000",
    "A service charged above its limited price.",
    {"most_price_fen": MEASURED["most_price_fen"]},
    weight="breach",
)

over_frequency = limited(
    "over_frequency",
    "医疗服务项目限定频次",
    "GZ10000102014000",
    "More of an item than the days of the visit can hold; several days charged on one day are no fault.",
    {"most_per_day": MEASURED["most_per_day"]},
)

service_too_soon = limited(
    "service_too_soon",
    "医疗服务项目周期超频次",
    None,
    "A service used again by one person sooner than its limit.",
    {"least_gap_days": MEASURED["least_gap_days"]},
)

second_operation_full_price = limited(
    "second_operation_full_price",
    "手术项目未按规定折价收费",
    "GZ10000102002000",
    "A second operation through one incision above half its full price.",
    {"group": MEASURED["group"]},
    weight="breach",
)

service_with_consumable_doubled = limited(
    "service_with_consumable_doubled",
    "医疗服务项目与医用耗材重复收费",
    None,
    "A consumable that a service contains, charged beside it.",
    {"not_with": MEASURED["not_with"]},
    weight="breach",
)

anaesthesia_without_operation = limited(
    "anaesthesia_without_operation",
    "麻醉项目无手术",
    None,
    "An anaesthesia charged without any operation.",
    {"needs": MEASURED["needs"]},
    source="官方违规问题清单的通行口径",
)

decoction_without_herbs = limited(
    "decoction_without_herbs",
    "煎药项目无饮片",
    None,
    "A decoction charged without any herb.",
    {"needs": MEASURED["needs"]},
    source="官方违规问题清单的通行口径",
)

consumable_limited_to_newborns = limited(
    "consumable_limited_to_newborns",
    "耗材限新生儿使用",
    "GZ10000103001000",
    "A consumable that is paid for newborns only, charged to an older person.",
    {"max_age_days": MEASURED["max_age_days"]},
)

consumable_limited_to_children = limited(
    "consumable_limited_to_children",
    "耗材限儿童使用",
    "GZ10000103002000",
    "A consumable that is paid for children only, charged to an older person.",
    {"max_age": MEASURED["max_age"]},
)

consumable_over_total = limited(
    "consumable_over_total",
    "耗材超限定报销总额",
    "GZ10000103003000",
    "A consumable covered in a visit beyond its total.",
    {"most_fen": MEASURED["most_fen"]},
    weight="breach",
)

consumable_in_other_department = limited(
    "consumable_in_other_department",
    "医用耗材与科室不符",
    "GZ10000303002000",
    "A consumable of one department, charged in another.",
    {"department": MEASURED["department"]},
)

consumable_for_other_sex = limited(
    "consumable_for_other_sex",
    "医用耗材与性别不符",
    None,
    "A consumable limited to one sex, charged to a person of the other; unknown sex is spared.",
    {"sex": MEASURED["sex"]},
)

consumable_limited_to_diagnosis = limited(
    "consumable_limited_to_diagnosis",
    "医用耗材限疾病使用",
    None,
    "A consumable for some diagnoses, charged in a visit with none of them.",
    {"diagnosis": MEASURED["diagnosis"]},
    reads=(*READS, "diagnosis"),
)

consumable_over_quantity = limited(
    "consumable_over_quantity",
    "医用耗材数量超标",
    "GZ10000303003000",
    "More of a consumable in a visit than its limit.",
    {"most_units": MEASURED["most_units"]},
)

consumable_without_service = limited(
    "consumable_without_service",
    "医用耗材与医疗服务项目不符",
    "GZ10000303001000",
    "A consumable that needs a service, charged without it.",
    {"needs": MEASURED["needs"]},
)
