"""The eight rules once more, as plain SQL, so that the labels are judged by something else than their maker."""

STAYS = """
with stay as (
    select v.*, s.scope_fen, left(d.code, 3) as illness
    from visit v join settlement s using (visit_id)
    join diagnosis d on d.visit_id = v.visit_id and d.is_main
    where v.kind = 'inpatient')
"""
POINTS = """
with line as (
    select l.*, l.occurred_at::date as day, v.person_id, v.began_on, v.ended_on, v.kind as visit_kind
    from fee_line l join visit v using (visit_id)),
point as (select * from knowledge_points)
"""
FOUND = {
    "split_stay": STAYS
    + """
    select visit_id, null, scope_fen from (
        select *, lag(ended_on) over (
            partition by person_id, institution_id, illness order by began_on, visit_id) as left_on
        from stay)
    where began_on - left_on between 0 and 15 and not planned_course and not emergency""",
    "frequent_stays": STAYS
    + """
    , counted as (
        select *, row_number() over (
            partition by person_id, year(began_on) order by began_on, visit_id) as turn
        from stay where not planned_course)
    select any_value(visit_id) filter (turn = 7), null, sum(scope_fen)
    from counted where turn > 6 group by person_id, year(began_on)""",
    "overlapping_stays": STAYS
    + """
    select visit_id, null, scope_fen from (
        select *, max(ended_on) over (
            partition by person_id order by began_on, ended_on, visit_id
            rows between unbounded preceding and 1 preceding) as occupied_until
        from stay)
    where began_on < occupied_until""",
    "duplicate_charge": POINTS
    + """
    , pair as (
        select string_split(item_codes, '|')[1] as a, string_split(item_codes, '|')[2] as b
        from point where rule_class = '医疗服务项目重复收费'),
    daily as (
        select visit_id, day, item_code, sum(quantity) as n, min(line_id) as line, sum(scope_fen) as scope
        from line group by all having sum(quantity) > 0)
    select y.visit_id, y.line, y.scope
    from pair join daily x on x.item_code = pair.a
    join daily y on y.item_code = pair.b and y.visit_id = x.visit_id and y.day = x.day""",
    "drug_for_other_sex": POINTS
    + """
    , meant as (
        select unnest(string_split(item_codes, '|')) as item_code,
            case when regexp_matches("constraint", '前列腺|男') then 'male'
                 when regexp_matches("constraint", '女|妇|子宫|月经|妊娠|产后') then 'female' end as sex
        from point where rule_class = '药品区分性别使用')
    select visit_id, min(line_id), sum(scope_fen)
    from line join meant using (item_code) join person p using (person_id)
    where p.sex in ('male', 'female') and p.sex <> meant.sex
    group by visit_id, item_code having sum(quantity) > 0""",
    "over_frequency": POINTS
    + """
    , capped as (
        select item_codes as item_code, case "constraint" when '小时' then 24 else 1 end as per_day
        from point where rule_class = '医疗服务项目限定频次'),
    summed as (
        select visit_id, item_code, max(line_id) as line, sum(scope_fen)::hugeint as scope,
            (sum(quantity) * 10000)::hugeint as n,
            (any_value(per_day) * (any_value(ended_on - began_on) + 1) * 10000)::hugeint as cap
        from line join capped using (item_code) group by visit_id, item_code)
    select visit_id, line, scope * (n - cap) // n from summed where n > cap""",
    "charged_outside_stay": POINTS
    + """
    select visit_id, line_id, scope_fen from line
    where visit_kind = 'inpatient' and quantity > 0 and (day < began_on or day > ended_on)""",
    "diagnosis_for_other_sex": """
    select distinct d.visit_id, d.ordinal::varchar, 0
    from diagnosis d join visit using (visit_id) join person p using (person_id)
    join sex_conflict c on c.kind = 'dx' and c.forbidden_for = p.sex and starts_with(d.code, c.code_prefix)""",
}
