"""A county of three people, small enough to be worked out by hand, as CSV under our own names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from yiheng.intake import Loaded
from yiheng.runs import Workspace, run_load
from yiheng.runs.list_file import HEAD, LIST, add_line
from yiheng.runs.listed import noted_lines

# Two consortium hospitals, one outside; A is a woman of xihai, B a man of xihai, C a man of donghe.
FILES = {
    "institution.csv": """\
institution_id,name,kind,level,division
H1,西海第一人民医院,hospital,三级,370299
T1,大场镇中心卫生院,township,一级,370299
O1,省立医院,outside,三级,370100
""",
    "person.csv": """\
person_id,sex,born_on,insurance,division
A,female,1950-01-01,resident,370299
B,male,1960-02-02,employee,370299
C,male,1970-03-03,resident,370299
""",
    "enrolment.csv": """\
person_id,consortium,institution_id,enrolled_from,enrolled_until
A,xihai,T1,2024-01-01,2025-12-31
B,xihai,T1,2025-01-01,2025-12-31
C,donghe,T1,2025-01-01,2025-12-31
""",
    "visit.csv": """\
visit_id,person_id,institution_id,kind,began_on,ended_on,planned_course,emergency
V1,A,H1,inpatient,2025-01-10,2025-01-15,0,0
V2,A,O1,inpatient,2025-02-01,2025-02-03,0,0
V3,B,T1,outpatient,2025-03-01,2025-03-01,0,0
V4,C,H1,inpatient,2025-03-05,2025-03-05,0,1
""",
    "diagnosis.csv": """\
visit_id,ordinal,code,name,is_main
V1,1,J18.9,肺炎,1
V2,1,I10,高血压,1
V3,1,I10,高血压,1
V4,1,K35.8,急性阑尾炎,1
""",
    "operation.csv": """\
visit_id,ordinal,code,name,is_main,operated_on
V4,1,47.0901,阑尾切除术,1,2025-03-05
""",
    "settlement.csv": """\
settlement_id,visit_id,settled_at,total_fen,scope_fen,fund_fen,person_fen
S1,V1,2025-01-15 10:00:00,100000,90000,60000,40000
S2,V2,2025-02-03 10:00:00,200000,150000,90000,110000
S3,V3,2025-03-01 10:00:00,5000,5000,3000,2000
S4,V4,2025-03-05 10:00:00,80000,80000,50000,30000
""",
    "fee_line.csv": """\
line_id,visit_id,settlement_id,item_code,item_name,kind,quantity,unit_price,amount_fen,scope_fen,occurred_at
F1,V1,S1,YHX1,某药,drug,10,30.00,30000,30000,2025-01-11 08:00:00
F2,V1,S1,YHX2,某检查,service,1,700.00,70000,60000,2025-01-12 08:00:00
F3,V2,S2,YHX2,某检查,service,1,2000.00,200000,150000,2025-02-02 08:00:00
F4,V3,S3,YHX1,某药,drug,1,50.00,5000,5000,2025-03-01 09:00:00
F5,V4,S4,YHX2,某检查,service,1,800.00,80000,80000,2025-03-05 09:00:00
""",
}


def written(folder: Path, files: dict[str, str] | None = None, **changed: str) -> Path:
    """Write the tiny county, some of its files replaced (``visit=...`` for ``visit.csv``)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**(files or FILES), **{f"{n}.csv": t for n, t in changed.items()}}.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def loaded(tmp_path: Path, **changed: str) -> tuple[Workspace, Loaded]:
    """The tiny county, loaded into a new workspace."""
    workspace = Workspace.new(tmp_path / "workspace")
    return workspace, run_load(workspace, [written(tmp_path / "source", **changed)])


def with_row(table: str, row: str) -> str:
    """A file of the tiny county with one more row."""
    return FILES[f"{table}.csv"] + row + "\n"


def relisted(workspace: Workspace, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Change the lines of the list of runs as somebody would who also works out all hashes."""
    folder, lines = workspace.folder / "runs", [dict(line) for line in noted_lines(workspace.folder / "runs")]
    change(lines)
    (folder / LIST).unlink()
    (folder.parent / HEAD).unlink(missing_ok=True)
    for line in lines:
        add_line(folder, line)
