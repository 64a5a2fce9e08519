"""The county that hostile inputs are thrown at: small enough to be loaded in a quarter of a second."""

from __future__ import annotations

import datetime as dt
from typing import Any

DAY = dt.date(2025, 6, 30)
FILES = {
    "institution.csv": "institution_id,name,kind,level,division\nH1,西海第一人民医院,hospital,三级,370299\n",
    "person.csv": """\
person_id,sex,born_on,insurance,division
A,female,1950-01-01,resident,370299
B,male,1960-02-02,employee,370299
C,male,1970-03-03,resident,370299
""",
    "enrolment.csv": """\
person_id,consortium,institution_id,enrolled_from,enrolled_until
A,xihai,H1,2024-01-01,2025-12-31
B,xihai,H1,2025-01-01,2025-12-31
C,donghe,H1,2025-01-01,2025-12-31
""",
    "visit.csv": """\
visit_id,person_id,institution_id,kind,began_on,ended_on
V1,A,H1,inpatient,2024-01-10,2024-01-15
V2,A,H1,inpatient,2025-02-01,2025-02-03
V3,B,H1,outpatient,2025-03-01,2025-03-01
""",
    "settlement.csv": """\
settlement_id,visit_id,settled_at,total_fen,scope_fen,fund_fen,person_fen
S1,V1,2024-01-15 10:00:00,100000,90000,60000,40000
S2,V2,2025-02-03 10:00:00,200000,150000,90000,110000
S3,V3,2025-03-01 10:00:00,5000,5000,3000,2000
""",
    "fee_line.csv": """\
line_id,visit_id,settlement_id,item_code,item_name,kind,quantity,unit_price,amount_fen,scope_fen,occurred_at
F1,V1,S1,YHX1,某药,drug,10,30.00,30000,30000,2024-01-11 08:00:00
F2,V2,S2,YHX2,某检查,service,1,2000.00,200000,150000,2025-02-02 08:00:00
F3,V3,S3,YHX1,某药,drug,1,50.00,5000,5000,2025-03-01 09:00:00
""",
}
MESSAGE: dict[str, Any] = {
    "infno": "2304",
    "output": {
        "setlinfo": {
            "setl_id": "S7", "mdtrt_id": "V1", "setl_time": "2025-01-15 10:00:00", "medfee_sumamt": 1000.0,
            "fund_pay_sumamt": 600.25, "psn_part_amt": 399.75,
        }
    },
}  # fmt: skip
BILL: dict[str, Any] = {
    "visit": [
        {"visit_id": "V1", "person_id": "P1", "institution_id": "H1", "kind": "outpatient", "began_on": "2025-06-30"}
    ],
    "person": [{"person_id": "P1", "sex": "male", "born_on": "1960-01-01"}],
    "institution": [{"institution_id": "H1", "name": "县医院", "kind": "hospital", "level": "二级"}],
    "fee_line": [
        {
            "line_id": "F1", "visit_id": "V1", "settlement_id": "S1", "item_code": "YX1", "kind": "service",
            "quantity": "1", "unit_price": "1500.00", "amount_fen": 150000, "occurred_at": "2025-06-30T09:00:00",
        }
    ],
    "visits": ["V1"],
}  # fmt: skip
