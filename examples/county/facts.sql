-- Facts of each consortium that the totals of a settlement do not give, for the policies that ship. Counted from the lake where it
-- can be; what people decide (scores, tracks, whether there was a breach) stands as written here and is to be replaced by theirs.
-- One row a party and year; amounts in yuan, two decimals. A column POLICY.column is for that policy alone.
with span as (select 2025 as settled),
answered as (
  select person_id, consortium, y.year,
    sum(date_diff('day', greatest(enrolled_from, make_date(y.year, 1, 1)),
      least(coalesce(enrolled_until, make_date(y.year, 12, 31)), make_date(y.year, 12, 31))) + 1) as days
  from enrolment, (select unnest(range(2022, 2026)) as year) y
  where enrolled_from <= make_date(y.year, 12, 31) and coalesce(enrolled_until, make_date(y.year, 12, 31)) >= make_date(y.year, 1, 1)
  group by all),
people as (select consortium, year, count(*) as heads from answered group by all),
signed as (
  select consortium, count(distinct person_id) as heads from enrolment, span
  where family_doctor is not null and enrolled_from <= make_date(settled, 12, 31)
    and coalesce(enrolled_until, make_date(settled, 12, 31)) >= make_date(settled, 12, 31)
  group by all),
paid as (
  select e.consortium, year(v.ended_on) as year, v.visit_id, v.kind, i.kind as place, s.fund_fen,
    coalesce(left(d.code, 3), '—') as illness
  from settlement s join visit v using (visit_id) join institution i using (institution_id)
    join enrolment e on e.person_id = v.person_id
      and v.ended_on between e.enrolled_from and coalesce(e.enrolled_until, v.ended_on)
    left join diagnosis d on d.visit_id = v.visit_id and d.is_main),
spent as (
  select consortium, year, sum(fund_fen) as fen,
    sum(fund_fen) filter (kind = 'inpatient') as inpatient_fen,
    sum(fund_fen) filter (kind <> 'inpatient') as outpatient_fen,
    sum(fund_fen) filter (kind <> 'inpatient' and place in ('township', 'village')) as primary_fen,
    count(*) filter (kind <> 'inpatient' and place in ('township', 'village')) as primary_visits,
    count(*) filter (kind <> 'inpatient' and place = 'hospital') as hospital_visits,
    count(*) filter (kind <> 'inpatient') as visits
  from paid group by all),
-- Points of a stay: 100 × mean cost of its illness by mean cost of all stays.
stays as (select *, avg(fund_fen) over (partition by illness) / avg(fund_fen) over () * 100 as points from paid where kind = 'inpatient'),
points as (select consortium, year, round(sum(points), 2) as points from stays group by all),
income as (select sum(flow_fen) as fen from fund_flow, span where kind = 'income' and year(month_from) = settled)
select s.consortium as party, s.year, p.heads as people, coalesce(g.heads, p.heads) as signed_people, coalesce(g.heads, p.heads) as signed,
  printf('%.2f', income.fen * p.heads / (sum(p.heads) over ()) / 100) as income,
  printf('%.2f', s.fen / 100) as spend, printf('%.2f', last.fen / 100) as quota,
  printf('%.2f', last.fen * 1.05 / 100) as ceiling, '居民' as insurance, '无' as major_breach,
  printf('%.2f', s.outpatient_fen / 100) as "yancheng-median.spend", printf('%.2f', s.inpatient_fen / 100) as "zhejiang.spend",
  printf('%.2f', s.primary_fen / 100) as "ningxia.spend", printf('%.2f', s.primary_fen / 100) as "primary-capitation.spend",
  printf('%.2f', points.points) as points, s.primary_visits as visits, '90' as score,
  printf('%.2f%%', 100 * (1 - s.hospital_visits / last.hospital_visits)) as tertiary_fall,
  printf('%.2f%%', 100 * (s.primary_visits / s.visits - last.primary_visits / last.visits)) as primary_rise,
  printf('%.2f', last.fen * 1.05 / 100) as benchmark, printf('%.2f', s.fen / 100) as expenditure, '0.9' as quality_score,
  'Global' as risk_option, printf('%.2f', before3.fen / 100) as base_year_1, printf('%.2f', before2.fen / 100) as base_year_2,
  printf('%.2f', last.fen / 100) as base_year_3, '1' as quality_factor, '1' as raw_score, p.heads as assigned_beneficiaries,
  '90' as service_quality, '90' as assessment, '0.00' as uncontrollable, '0.00' as justified, '0.00' as mismanagement,
  printf('%.2f', last.fen / 100) as last_total, printf('%.2f', last.fen * 1.02 / 100) as target,
  '0.02' as min_savings_rate, '1' as met_quality_standard, 'High Revenue' as revenue_category, 'E' as track, '2024' as start_date
from spent s join span on s.year = span.settled join people p using (consortium, year) join points using (consortium, year)
  left join signed g using (consortium) cross join income
  join spent last on last.consortium = s.consortium and last.year = s.year - 1
  join spent before2 on before2.consortium = s.consortium and before2.year = s.year - 2
  join spent before3 on before3.consortium = s.consortium and before3.year = s.year - 3
order by all
