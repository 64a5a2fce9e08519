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


def of_class(rule_class, sql):
    return LINES.format(rule_class=rule_class) + sql


MORE_UNITS = """
    select visit_id, max(line_id), sum(scope_fen)::hugeint * (n - cap) // n from (
        select *, (sum(quantity) over mine * 10000)::hugeint as n, value::hugeint * 10000 as cap
        from line join lim using (item_code) window mine as (partition by visit_id, item_code))
    where n > cap group by visit_id, item_code, n, cap"""
GRAMS_A_DAY = """
    select visit_id, max(line_id), sum(scope_fen)::hugeint * (n - cap) // n from (
        select *, (sum(quantity) over mine * 10000)::hugeint as n, value::hugeint * 10000 as cap
        from line join lim using (item_code) window mine as (partition by visit_id, day))
    where n > cap group by visit_id, n, cap"""
DAYS_SUPPLIED = """
    select visit_id, line_id, scope_fen * (days_supplied - value::int) // days_supplied
    from line join lim using (item_code) where days_supplied > value::int"""
DAYS_USED = """
    select visit_id, min(line_id), sum(scope_fen) from (
        select *, dense_rank() over (partition by visit_id, item_code order by day) as turn
        from line join lim using (item_code))
    where turn > value::int group by visit_id, item_code"""
COVERED_FEN = """
    select visit_id, max(line_id), sum(scope_fen) - any_value(value::int) from line join lim using (item_code)
    group by visit_id, item_code having sum(scope_fen) > any_value(value::int)"""
UNIT_PRICE = """
    select visit_id, line_id, scope_fen * (unit_price * 100 - value::int)::bigint // (unit_price * 100)::bigint
    from line join lim using (item_code) where unit_price * 100 > value::int"""
TOO_SOON = """
    select visit_id, line_id, scope_fen from (
        select *, lag(day) over (partition by person_id, item_code order by day) as before
        from line join lim using (item_code)) where day - before < value::int"""
SECOND_OPERATION = """
    select visit_id, line_id, scope_fen * (unit_price * 100 - full_fen // 2)::bigint // (unit_price * 100)::bigint
    from (select line.*, f.value::bigint as full_fen, row_number() over (
            partition by visit_id, day, g.value order by unit_price desc) as turn
        from line join lim g on g.item_code = line.item_code and g.measure = 'group'
        join lim f on f.item_code = line.item_code and f.measure = 'full_price_fen')
    where turn > 1 and unit_price * 100 > full_fen // 2"""
ALONE = """
    select visit_id, line_id, scope_fen from line l join lim using (item_code) where not exists (from line o
        where o.visit_id = l.visit_id and o.kind = 'herb' and o.item_code not in (select item_code from lim))"""
NOT_WITH = """
    , daily as (
        select visit_id, day, item_code, sum(quantity) as n, min(line_id) as line, sum(scope_fen) as scope
        from line group by all having sum(quantity) > 0)
    select y.visit_id, y.line, y.scope from lim join daily x using (item_code)
    join daily y on y.visit_id = x.visit_id and y.day = x.day and y.item_code = lim.value"""
NEEDS = """
    , kept as (
        select visit_id, item_code, min(line_id) as line, sum(scope_fen) as scope
        from line group by all having sum(quantity) > 0)
    select k.visit_id, k.line, k.scope from lim join kept k using (item_code)
    where not exists (from kept o where o.visit_id = k.visit_id and list_contains(many, o.item_code))"""
TOO_MANY_DRUGS = """
    select visit_id, null, any_value(s.scope_fen) from fee_line l join visit v using (visit_id)
    join settlement s using (visit_id) where l.kind = 'drug' and v.kind <> 'inpatient'
    group by visit_id having count(distinct item_code) > 5"""


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
    "drug_over_label_dose": of_class("超说明书用量开药", MORE_UNITS),
    "consumable_over_quantity": of_class("医用耗材数量超标", MORE_UNITS),
    "herb_over_quantity": of_class("中药饮片超量上传", MORE_UNITS),
    "herb_oversized": of_class("中药饮片超大处方", GRAMS_A_DAY),
    "drug_over_days": of_class("药品限最大开药天数/开药量", DAYS_SUPPLIED),
    "drug_course_too_long": of_class("药品限支付疗程", DAYS_USED),
    "service_course_too_long": of_class("医疗服务项目限支付疗程", DAYS_USED),
    "service_over_total": of_class("医疗服务项目超限定报销总额", COVERED_FEN),
    "consumable_over_total": of_class("耗材超限定报销总额", COVERED_FEN),
    "service_over_price": of_class("医疗服务项目超限定单价收费", UNIT_PRICE),
    "service_too_soon": of_class("医疗服务项目周期超频次", TOO_SOON),
    "second_operation_full_price": of_class("手术项目未按规定折价收费", SECOND_OPERATION),
    "herb_alone": of_class("中药饮片单方使用不予支付", ALONE),
    "drug_interaction": of_class("药品相互作用", NOT_WITH),
    "herb_incompatible": of_class("中药饮片配伍禁忌", NOT_WITH),
    "repeated_drug": of_class("重复开药", NOT_WITH),
    "service_with_consumable_doubled": of_class("医疗服务项目与医用耗材重复收费", NOT_WITH),
    "drug_without_service": of_class("药品与医疗服务项目不符", NEEDS),
    "consumable_without_service": of_class("医用耗材与医疗服务项目不符", NEEDS),
    "anaesthesia_without_operation": of_class("麻醉项目无手术", NEEDS),
    "decoction_without_herbs": of_class("煎药项目无饮片", NEEDS),
    "too_many_drugs": TOO_MANY_DRUGS,
}
