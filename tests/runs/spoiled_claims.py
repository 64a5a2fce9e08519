"""The public claims with faults put in: claims repeated, dated outside their stay, and care elsewhere during a stay.

Every 97th claim with dates, counted by its number, is spoiled in one way; the remainder says in which. Near misses are
put in beside. A mapping of the tests also reads each claim as a line and the out-patient claims.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.conftest import ROOT, shared_file

EVERY = 97
INPATIENT = "DE1_0_2008_to_2010_Inpatient_Claims_Sample_2.csv"
OUTPATIENT = "DE1_0_2008_to_2010_Outpatient_Claims_Sample_2.csv"
DAY = "strftime(strptime({}, '%Y%m%d') + interval ({}) day, '%Y%m%d')"


def _day(column: str, later: int) -> str:
    return DAY.format(column, later)


# Copies of claims under another number: the remainder, the new number, and what else differs.
_COPIES = (
    (0, "'R' || CLM_ID", ""),
    # The copy has the smaller number, so that the claim it was made of is the later one.
    (1, "'0' || CLM_ID", ""),
    (2, "'N' || CLM_ID", "(CLM_PMT_AMT::decimal(18, 2) + 1)::varchar as CLM_PMT_AMT"),
    (3, "'N' || CLM_ID", "'E8889' as ICD9_DGNS_CD_1"),
    (4, "'N' || CLM_ID", "'9999ZZ' as PRVDR_NUM"),
    (5, "'N' || CLM_ID", f"{_day('NCH_BENE_DSCHRG_DT', 1)} as NCH_BENE_DSCHRG_DT"),
)
# Days that are written anew: the remainder, the column and its new day.
_DAYS = (
    (10, "NCH_BENE_DSCHRG_DT", _day("CLM_ADMSN_DT", -1)),
    (11, "CLM_FROM_DT", _day("CLM_ADMSN_DT", -2)),
    (12, "CLM_FROM_DT", _day("NCH_BENE_DSCHRG_DT", 3)),
    (13, "CLM_FROM_DT", "NCH_BENE_DSCHRG_DT"),
)
# Out-patient claims beside a stay: the remainder and their day.
_CALLS = (
    (14, _day("CLM_ADMSN_DT", 1)),
    (15, "CLM_ADMSN_DT"),
    (16, "NCH_BENE_DSCHRG_DT"),
)
# Columns of the out-patient file, by the same codebook.
_CALL = """
    DESYNPUF_ID, 'C' || CLM_ID as CLM_ID, '1' as SEGMENT, {day} as CLM_FROM_DT, {day} as CLM_THRU_DT, PRVDR_NUM,
    '120.00' as CLM_PMT_AMT, '0.00' as NCH_PRMRY_PYR_CLM_PD_AMT, AT_PHYSN_NPI,
    '0.00' as NCH_BENE_BLOOD_DDCTBL_LBLTY_AM, '10.00' as NCH_BENE_PTB_DDCTBL_AMT,
    '20.00' as NCH_BENE_PTB_COINSRNC_AMT, ICD9_DGNS_CD_1
"""
_MORE_TABLES = """
  - table: visit
    files: "*_Outpatient_Claims_Sample_*.csv"
    columns:
      visit_id: CLM_ID
      person_id: DESYNPUF_ID
      institution_id: PRVDR_NUM
      kind: "'outpatient'"
      began_on: CLM_FROM_DT
      ended_on: CLM_THRU_DT

  - table: settlement
    files: "*_Outpatient_Claims_Sample_*.csv"
    columns:
      settlement_id: CLM_ID
      visit_id: CLM_ID
      settled_at: CLM_THRU_DT
      fund_fen: CLM_PMT_AMT
      scope_fen: CLM_PMT_AMT + NCH_BENE_PTB_DDCTBL_AMT + NCH_BENE_PTB_COINSRNC_AMT

  - table: fee_line
    files: "*_Inpatient_Claims_Sample_*.csv"
    only_if: CLM_FROM_DT
    columns:
      line_id: CLM_ID
      visit_id: CLM_ID
      item_code: "'DRG' || coalesce(CLM_DRG_CD, '000')"
      kind: "'service'"
      quantity: "'1'"
      unit_price: CLM_PMT_AMT
      amount_fen: CLM_PMT_AMT
      scope_fen: CLM_PMT_AMT
      occurred_at: CLM_FROM_DT
"""


def write_spoiled(folder: Path) -> None:
    """Write the spoiled claims, the out-patient claims, the beneficiaries as they are, and the mapping beside them."""
    con = duckdb.connect()
    source = shared_file("synpuf")
    con.execute(f"create view raw as select * from read_csv('{source}/*Inpatient*.csv', all_varchar=true)")
    con.execute(
        "create table dated as select *, row_number() over (order by CLM_ID) % "
        f"{EVERY} as turn from raw where CLM_THRU_DT is not null"
    )
    written = ", ".join(
        f"case {' '.join(f'when turn = {turn} then {new}' for turn, name, new in _DAYS if name == column)}"
        f" else {column} end as {column}"
        for column in sorted({column for _, column, _ in _DAYS})
    )
    copies = [
        f"select * exclude turn replace ({', '.join(filter(None, [f'{number} as CLM_ID', changed]))})"
        f" from dated where turn = {turn}"
        for turn, number, changed in _COPIES
    ]
    rows = [
        f"select * exclude turn replace ({written}) from dated",
        *copies,
        "select * from raw where CLM_THRU_DT is null",
    ]
    data = folder / "data"
    data.mkdir()
    con.execute(f"copy ({' union all '.join(rows)}) to '{data / INPATIENT}' (format csv, header, force_quote *)")
    calls = [f"select {_CALL.format(day=day)} from dated where turn = {turn}" for turn, day in _CALLS]
    con.execute(f"copy ({' union all '.join(calls)}) to '{data / OUTPATIENT}' (format csv, header)")
    for file in source.glob("*Beneficiary*.csv"):
        (data / file.name).symlink_to(file.resolve())
    mapping = (ROOT / "mappings" / "us-desynpuf.yaml").read_text("utf-8")
    (folder / "mapping.yaml").write_text(mapping + _MORE_TABLES, "utf-8")
