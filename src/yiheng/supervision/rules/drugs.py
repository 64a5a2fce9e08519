"""The rules about limited drugs and herbs, each a class of the national list."""

from __future__ import annotations

from ..limited import READS, limited
from .measured import MEASURED

drug_for_children = limited(
    "drug_for_children",
    "药品儿童专用",
    "GZ10000301002000",
    "A drug for children only, charged to an older person.",
    {"max_age": MEASURED["max_age"]},
)

drug_limited_to_children = limited(
    "drug_limited_to_children",
    "药品限儿童使用",
    "GZ10000101007000",
    "A drug that is paid for children only, charged to an older person.",
    {"max_age": MEASURED["max_age"]},
)

drug_limited_to_newborns = limited(
    "drug_limited_to_newborns",
    "药品限新生儿使用",
    "GZ10000101006000",
    "A drug that is paid for newborns only, charged to an older person.",
    {"max_age_days": MEASURED["max_age_days"]},
)

drug_forbidden_for_children = limited(
    "drug_forbidden_for_children",
    "药品儿童禁用",
    "GZ10000301003000",
    "A drug that children must not have, charged to a child.",
    {"min_age": MEASURED["min_age"]},
)

drug_risky_for_old = limited(
    "drug_risky_for_old",
    "老年人用药安全",
    "GZ10000301009000",
    "A drug that is unsafe at a great age, charged to an old person.",
    {"max_age": MEASURED["max_age"]},
)

drug_in_pregnancy = limited(
    "drug_in_pregnancy",
    "妊娠期及哺乳期用药安全",
    "GZ10000301010000",
    "A drug that pregnancy forbids, charged in a visit with a diagnosis of pregnancy.",
    {"not_diagnosis": MEASURED["not_diagnosis"]},
    reads=(*READS, "diagnosis"),
)

drug_contraindicated = limited(
    "drug_contraindicated",
    "药品禁忌症",
    "GZ10000301008000",
    "A drug charged in a visit with a diagnosis that forbids it.",
    {"not_diagnosis": MEASURED["not_diagnosis"]},
    reads=(*READS, "diagnosis"),
)

drug_limited_to_diagnosis = limited(
    "drug_limited_to_diagnosis",
    "药品限适应症",
    "GZ10000101008000",
    "A drug that is paid for some diagnoses only, charged in a visit with none of them.",
    {"diagnosis": MEASURED["diagnosis"]},
    reads=(*READS, "diagnosis"),
)

drug_off_label = limited(
    "drug_off_label",
    "超说明书适应症用药",
    "GZ10000301007000",
    "A drug charged in a visit with none of the diagnoses of its label.",
    {"diagnosis": MEASURED["diagnosis"]},
    reads=(*READS, "diagnosis"),
)

drug_beyond_disease_list = limited(
    "drug_beyond_disease_list",
    "药品超限定病种目录范围使用",
    "GZ10000101011000",
    "A drug of a chronic disease's list, charged in a visit for another disease.",
    {"diagnosis": MEASURED["diagnosis"]},
    reads=(*READS, "diagnosis"),
)

drug_limited_to_level = limited(
    "drug_limited_to_level",
    "药品限医疗机构级别",
    "GZ10000101012000",
    "A drug that needs a higher level of hospital, charged at a lower one.",
    {"level": MEASURED["level"]},
)

drug_limited_to_visit_kind = limited(
    "drug_limited_to_visit_kind",
    "药品限就医方式",
    None,
    "A drug that is paid in some kinds of visit only, charged in another.",
    {"visit_kind": MEASURED["visit_kind"]},
)

drug_limited_to_work_injury = limited(
    "drug_limited_to_work_injury",
    "药品限工伤保险",
    "GZ10000101001000",
    "A drug that only work-injury insurance pays, paid by another.",
    {"insurance": MEASURED["insurance"]},
)

drug_limited_to_maternity = limited(
    "drug_limited_to_maternity",
    "药品限生育保险",
    "GZ10000101002000",
    "A drug that only maternity insurance pays, paid by another.",
    {"insurance": MEASURED["insurance"]},
)

drug_for_other_sex = limited(
    "drug_for_other_sex",
    "药品区分性别使用",
    "GZ10000301004000",
    "A drug limited to one sex, charged to a person of the other; unknown sex is spared.",
    {"sex": MEASURED["sex"]},
)

herb_never_paid = limited(
    "herb_never_paid",
    "中药饮片单复方均不予支付",
    "GZ10000101003000",
    "A herb that is never paid, charged to a fund.",
    {"insurance": MEASURED["insurance"]},
)

herb_alone = limited(
    "herb_alone",
    "中药饮片单方使用不予支付",
    "GZ10000101004000",
    "A prescription of nothing but herbs that are not paid alone.",
    {"not_alone": MEASURED["not_alone"]},
)

drug_over_label_dose = limited(
    "drug_over_label_dose",
    "超说明书用量开药",
    "GZ10000301005000",
    "More of a drug in a visit, or for each day that it is to last, than its label allows.",
    {"most_units": MEASURED["most_units"], "most_daily_units": MEASURED["most_daily_units"]},
)

drug_over_days = limited(
    "drug_over_days",
    "药品限最大开药天数/开药量",
    None,
    "A drug supplied for more days at once than are paid.",
    {"most_days_supplied": MEASURED["most_days_supplied"]},
)

drug_course_too_long = limited(
    "drug_course_too_long",
    "药品限支付疗程",
    "GZ10000101010000",
    "A drug used on more days of a visit than are paid.",
    {"most_days": MEASURED["most_days"]},
)

drug_interaction = limited(
    "drug_interaction",
    "药品相互作用",
    "GZ10000301011000",
    "Two drugs that must not meet, charged in one visit on one day.",
    {"not_with": MEASURED["not_with"]},
)

repeated_drug = limited(
    "repeated_drug",
    "重复开药",
    "GZ10000301006000",
    "Two drugs of like effect, charged in one visit on one day.",
    {"not_with": MEASURED["not_with"]},
)

herb_incompatible = limited(
    "herb_incompatible",
    "中药饮片配伍禁忌",
    "GZ10000301012000",
    "Two herbs that must not meet, charged in one visit on one day.",
    {"not_with": MEASURED["not_with"]},
)

herb_over_quantity = limited(
    "herb_over_quantity",
    "中药饮片超量上传",
    None,
    "More of a herb in a visit than its limit.",
    {"most_units": MEASURED["most_units"]},
)

herb_oversized = limited(
    "herb_oversized",
    "中药饮片超大处方",
    None,
    "Herbs that together weigh more on a day than a prescription may.",
    {"most_grams_a_day": MEASURED["most_grams_a_day"]},
)

drug_without_service = limited(
    "drug_without_service",
    "药品与医疗服务项目不符",
    "GZ10000301001000",
    "A drug that needs a service, charged without it.",
    {"needs": MEASURED["needs"]},
)
