"""The same ten rules in plain SQL, each one statement over the files of the lake: the limit of what can be reached.

Nothing is pinned, explained, excepted or bundled, and no code list is asked for its days.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from yiheng.codes import LISTS, SHIPPED_FILES, read_edition
from yiheng.runs import Workspace

from .rule_sets import CHOSEN, SETS, said

# What an engine of ours may hold as well.
MEMORY = "1300MiB"
READ = ("visit", "person", "diagnosis", "settlement", "fee_line")
STAYS = """
create temp table stay as
with inpatient as (select * from visit where kind = 'inpatient')
select person_id, institution_id, visit_id, began_on, ended_on, code, settlement_id, fen,
    coalesce(planned_course, false) as planned, coalesce(emergency, false) as urgent
from inpatient
left join (
    select visit_id, min(code) as code from diagnosis semi join inpatient using (visit_id) where is_main group by all
) using (visit_id)
left join (
    select visit_id, min(settlement_id) as settlement_id, sum(scope_fen)::bigint as fen
    from settlement semi join inpatient using (visit_id) group by all
) using (visit_id)"""

# Person, institution, visit, settlement, line, day and fen at stake of each finding.
RULES = {
    "charged_outside_stay": """
select person_id, institution_id, visit_id, settlement_id, line_id, occurred_at::date, scope_fen
from fee_line join (select * from visit where kind = 'inpatient' and ended_on is not null) using (visit_id)
where quantity > 0 and (occurred_at::date < began_on or occurred_at::date > ended_on)""",
    "diagnosis_for_other_sex": """
select person_id, institution_id, visit_id, null, null, began_on, 0
from diagnosis
join (
    select code, forbidden_for as sex from (select distinct code from diagnosis) join sex_conflict
    on starts_with(code, code_prefix) where kind = 'dx' group by all
) using (code)
join visit using (visit_id) join person using (person_id, sex)""",
    "drug_for_other_sex": """
with charged as (
    select visit_id, item_code, allowed, min(line_id) as line, min(settlement_id) as settlement,
        min(occurred_at::date) as day, sum(scope_fen)::bigint as fen
    from fee_line join (
        select item_code, min(value) as allowed from knowledge_point
        where rule_class = '药品区分性别使用' and measure = 'sex' group by all
    ) using (item_code)
    group by all having sum(quantity) > 0
)
select person_id, institution_id, visit_id, settlement, line, day, fen
from charged join visit using (visit_id) join person using (person_id) where sex <> 'unknown' and sex <> allowed""",
    "duplicate_charge": """
with pair as (
    select distinct item_code as whole, value as part from knowledge_point where rule_class = '医疗服务项目重复收费'
),
charged as (
    select visit_id, item_code, occurred_at::date as day, min(line_id) as line, min(settlement_id) as settlement,
        sum(scope_fen)::bigint as fen
    from fee_line
    where item_code in (select unnest([whole, part]) from pair)
    and visit_id in (select visit_id from fee_line where item_code in (select whole from pair))
    group by all having sum(quantity) > 0
)
select person_id, institution_id, visit_id, a.settlement, a.line, day, a.fen
from charged a join pair on a.item_code = part
join (select visit_id, day, item_code as whole from charged) using (visit_id, day, whole)
join visit using (visit_id)""",
    "frequent_stays": """
with beyond as (
    select *, year(began_on) as year, row_number() over (
        partition by person_id, year(began_on) order by began_on, ended_on, visit_id
    ) as nth
    from stay where not planned qualify nth > 6
)
select person_id, any_value(institution_id) filter (nth = 7), any_value(visit_id) filter (nth = 7),
    any_value(settlement_id) filter (nth = 7), null, any_value(began_on) filter (nth = 7), sum(fen)::bigint
from beyond group by person_id, year""",
    "hoarded_drug": """
with counted as (select visit_id, person_id, institution_id from visit where not coalesce(planned_course, false)),
many as (
    select person_id, item_code, date_trunc('quarter', occurred_at) as quarter
    from fee_line join counted using (visit_id) where days_supplied > 0
    group by all having sum(if(quantity > 0, days_supplied, -days_supplied)) > 270
),
given as (
    select *, date_trunc('quarter', occurred_at) as quarter, if(quantity > 0, days_supplied, -days_supplied) as days
    from fee_line join (select * from counted where person_id in (select person_id from many)) using (visit_id)
    where days_supplied > 0
),
held as (
    select *, sum(days) over (partition by person_id, item_code, quarter order by occurred_at, line_id) as so_far
    from given semi join many using (person_id, item_code, quarter)
)
select person_id, institution_id, visit_id, settlement_id, line_id, occurred_at::date, scope_fen
from held where so_far > 270 and days > 0""",
    "over_frequency": """
with charged as (
    select visit_id, item_code, most, max(line_id) as line, min(settlement_id) as settlement,
        max(occurred_at::date) as day, sum(quantity) as units, sum(scope_fen)::bigint as fen
    from fee_line join (
        select item_code, min(value::int) as most from knowledge_point
        where rule_class = '医疗服务项目限定频次' and measure = 'most_per_day' group by all
    ) using (item_code)
    group by all having units > 0
)
select person_id, institution_id, visit_id, settlement, line, day,
    ((fen * (units - most * (ended_on - began_on + 1)) * 10000)::hugeint // (units * 10000)::hugeint)::bigint
from charged join visit using (visit_id) where units > most * (ended_on - began_on + 1)""",
    "overlapping_stays": """
select person_id, institution_id, visit_id, settlement_id, null, began_on, fen from (
    select *, max(ended_on) over (
        partition by person_id order by began_on, ended_on, visit_id rows between unbounded preceding and 1 preceding
    ) as earlier_until
    from stay where ended_on is not null
) where began_on < earlier_until""",
    "split_stay": """
select person_id, institution_id, visit_id, settlement_id, null, began_on, fen from (
    select *, began_on - lag(ended_on) over (
        partition by person_id, institution_id, code[:3] order by began_on, ended_on, visit_id
    ) as gap
    from stay where code is not null
) where gap between 0 and 15 and not planned and not urgent""",
    "visit_during_stay": """
with within as (
    select distinct person_id, c.institution_id, c.visit_id, c.began_on
    from (select * from visit where kind <> 'inpatient') c join stay s using (person_id)
    where c.began_on > s.began_on and c.began_on < s.ended_on
)
select person_id, institution_id, visit_id, min(settlement_id), null, began_on, sum(scope_fen)::bigint
from within left join settlement using (visit_id) group by all""",
}


def audit(folder: Path, form: str) -> dict[str, list[Any]]:
    """What each rule finds in the county that was loaded."""
    lake = Workspace.open(folder / f"workspace-{form}").lake
    con = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(folder / ".peer")})
    con.execute("set preserve_insertion_order = false")
    for name in READ:
        con.read_parquet(lake.files(name, lake.latest())).create_view(name)
    for name in ("knowledge_point", "sex_conflict"):
        con.register(name, pa.Table.from_pylist(read_edition(LISTS[name], SHIPPED_FILES[name]).rows))
    con.execute(STAYS)
    found = {name: said(con.execute(RULES[name]).fetchall()) for name in SETS[CHOSEN]}
    con.close()
    return found


if __name__ == "__main__":
    _, place, kind, *_ = sys.argv[1:]
    start = time.perf_counter()
    result = audit(Path(place), kind)
    print(json.dumps({"seconds": time.perf_counter() - start, "result": result}))
