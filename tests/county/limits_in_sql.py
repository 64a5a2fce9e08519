"""Limits of items as plain SQL over the written tables and the shipped list, apart from what planted their faults."""

LINES = """
with line as (
    select l.*, l.occurred_at::date as day, v.person_id, v.institution_id, v.began_on, v.kind as visit_kind,
        p.sex, date_sub('year', p.born_on, v.began_on) as age, v.began_on - p.born_on as age_days,
        i.level, v.department as ward, s.insurance as paid_by
    from fee_line l join visit v using (visit_id) join person p using (person_id)
    join institution i using (institution_id) join settlement s on s.settlement_id = l.settlement_id),
held as (select visit_id, list(code) as codes from diagnosis group by 1),
lim as (
    select rule_class, item_code, measure, list(value) as many, any_value(value) as value
    from item_limits where rule_class = '{rule_class}' group by all)
"""
WRONG = {
    "max_age": "age > value::int",
    "min_age": "age < value::int",
    "max_age_days": "age_days > value::int",
    "sex": "sex in ('male', 'female') and sex <> value",
    "level": "list_position(['未定级', '一级', '二级', '三级'], level) < list_position(['未定级', '一级', '二级', '三级'], value)",
    "visit_kind": "visit_kind <> value",
    "department": "ward is distinct from value",
    "insurance": "paid_by <> value",
    "diagnosis": "len(list_filter(codes, lambda c: len(list_filter(many, lambda m: starts_with(c, m))) > 0)) = 0",
    "not_diagnosis": "len(list_filter(codes, lambda c: len(list_filter(many, lambda m: starts_with(c, m))) > 0)) > 0",
}


def beyond_a_limit(rule_class, measure):
    return f"""{LINES.format(rule_class=rule_class)}
    select visit_id, min(line_id), sum(scope_fen) from line join lim using (item_code) join held using (visit_id)
    where measure = '{measure}' and {WRONG[measure]}
    group by visit_id, item_code having sum(quantity) > 0"""


FOUND = {
    "drug_for_children": beyond_a_limit("药品儿童专用", "max_age"),
    "drug_limited_to_children": beyond_a_limit("药品限儿童使用", "max_age"),
    "drug_limited_to_newborns": beyond_a_limit("药品限新生儿使用", "max_age_days"),
    "drug_forbidden_for_children": beyond_a_limit("药品儿童禁用", "min_age"),
    "drug_risky_for_old": beyond_a_limit("老年人用药安全", "max_age"),
    "drug_in_pregnancy": beyond_a_limit("妊娠期及哺乳期用药安全", "not_diagnosis"),
    "drug_contraindicated": beyond_a_limit("药品禁忌症", "not_diagnosis"),
    "drug_limited_to_diagnosis": beyond_a_limit("药品限适应症", "diagnosis"),
    "drug_off_label": beyond_a_limit("超说明书适应症用药", "diagnosis"),
    "drug_beyond_disease_list": beyond_a_limit("药品超限定病种目录范围使用", "diagnosis"),
    "drug_limited_to_level": beyond_a_limit("药品限医疗机构级别", "level"),
    "drug_limited_to_visit_kind": beyond_a_limit("药品限就医方式", "visit_kind"),
    "drug_limited_to_work_injury": beyond_a_limit("药品限工伤保险", "insurance"),
    "drug_limited_to_maternity": beyond_a_limit("药品限生育保险", "insurance"),
    "herb_never_paid": beyond_a_limit("中药饮片单复方均不予支付", "insurance"),
    "service_limited_to_work_injury": beyond_a_limit("医疗服务项目限工伤保险", "insurance"),
    "service_limited_to_maternity": beyond_a_limit("医疗服务项目限生育保险", "insurance"),
    "service_limited_to_newborns": beyond_a_limit("医疗服务项目限新生儿使用", "max_age_days"),
    "service_limited_to_children": beyond_a_limit("医疗服务项目限儿童使用", "max_age"),
    "service_for_children": beyond_a_limit("医疗服务项目儿童专用", "max_age"),
    "service_limited_to_diagnosis": beyond_a_limit("医疗服务项目限适应症", "diagnosis"),
    "service_limited_to_department": beyond_a_limit("医疗服务项目限科室使用", "department"),
    "service_limited_to_visit_kind": beyond_a_limit("医疗服务项目限就医方式", "visit_kind"),
    "service_limited_to_level": beyond_a_limit("医疗服务项目限医疗机构级别", "level"),
    "service_limited_to_age": beyond_a_limit("医疗服务项目限年龄", "max_age"),
    "service_for_other_sex": beyond_a_limit("医疗服务项目区分性别使用", "sex"),
    "service_contraindicated": beyond_a_limit("医疗服务项目禁忌症", "not_diagnosis"),
    "service_off_indication": beyond_a_limit("医疗服务项目超适应症使用", "diagnosis"),
    "exam_without_indication": beyond_a_limit("无指征检验检查", "diagnosis"),
    "treatment_without_indication": beyond_a_limit("无指征治疗", "diagnosis"),
    "consumable_limited_to_newborns": beyond_a_limit("耗材限新生儿使用", "max_age_days"),
    "consumable_limited_to_children": beyond_a_limit("耗材限儿童使用", "max_age"),
    "consumable_in_other_department": beyond_a_limit("医用耗材与科室不符", "department"),
    "consumable_for_other_sex": beyond_a_limit("医用耗材与性别不符", "sex"),
    "consumable_limited_to_diagnosis": beyond_a_limit("医用耗材限疾病使用", "diagnosis"),
}
