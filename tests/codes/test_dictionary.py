"""The national dictionaries, what records takes of them, and what a province adds."""

from __future__ import annotations

import datetime as dt
import json

import pyarrow.parquet as pq
import pytest

from tests.tiny import FILES, written
from yiheng.basis.refusals import Refusal
from yiheng.codes import LISTS, read_edition, shipped_dictionary
from yiheng.records import TABLES, Codes
from yiheng.runs import Workspace, load_codes, run_load

HEADER = "dictionary,dictionary_name,code,name,parent,status,valid_from,valid_until,source\n"
OVERLAY = "dictionary,code,name,national_code,valid_from,valid_until,source\n"
TAKEN: dict[str, Codes] = {
    c.codes.name: c.codes for t in TABLES.values() for c in t if c.codes and c.codes.dictionaries
}


def national(dictionary):
    """The codes of a dictionary that are not a province's own."""
    return {r["code"] for r in shipped_dictionary() if r["dictionary"] == dictionary and r["status"] != "local"}


def test_the_dictionaries_of_the_interface_are_there():
    """Visits, persons, papers, funds, fees, institutions, clearing, stock, clinic, audit: nhsa.md §2.1 to §2.15."""
    wanted = """med_type psn_type psn_insu_stas psn_clct_stas psn_cert_type patn_cert_type mdtrt_cert_type psn_idet_type
        fund_pay_type chrgitm_lv med_chrgitm_type list_type hosp_lv fixmedins_type clr_type clr_way clr_stas
        psn_setlway setl_type refd_setl_flag pay_loc det_type detd_stas chk_flag dfr_souc manl_reim_rea dise_type_code
        inv_chg_type inv_data_type rx_flag trdn_flag prod_geay_flag tcmdrug_used_way prodplac_type gend dscg_way
        diag_type inout_diag_type ipt_patn_disediag_type_code adm_cond_type adm_way days_rinp_flag_31 matn_type
        birctrl_type hosp_appr_flag dscg_tkdrug_flag drord_type used_frqu drug_used_way pro_tech_duty drord_dr_profttl
        trig_scen med_mdtrt_type matn_stas drord_bhvr out_setl_flag insutype"""
    assert set(wanted.split()) <= {row["dictionary"] for row in shipped_dictionary()}


@pytest.mark.parametrize(
    ("dictionary", "codes"),
    [
        ("insutype", "310 320 330 340 350 360 370 380 390 391 392 399 410 510"),
        ("med_type", "11 12 13 14 19 21 22 23 24 25 26 27 28 41 51 52 53"),
        ("gend", "0 1 2 9"),
        ("dscg_way", "1 2 3 4 5 9"),
        ("clr_type", "11 21 41 99"),
        ("med_chrgitm_type", "01 02 03 04 05 06 07 08 09 10 11 12 13 14"),
        ("inv_chg_type", "101 102 103 104 105 106 107 108 109 110 111"),
    ],
)
def test_the_national_codes_of_a_dictionary(dictionary, codes):
    assert national(dictionary) == set(codes.split())


def test_sources_that_contradict_each_other_stand_side_by_side():
    """One client takes 1 as emergency and 2 as out-patient, another the other way round."""
    ways = {(r["code"], r["name"], r["source"]) for r in shipped_dictionary() if r["dictionary"] == "adm_way"}
    assert {("1", "急诊", "id 41796303170"), ("1", "门诊", "OHenum")} <= ways
    assert {r["status"] for r in shipped_dictionary() if r["dictionary"] == "adm_way"} == {"conflict"}


def test_every_row_names_its_source():
    assert all(row["source"] for row in shipped_dictionary())


@pytest.mark.parametrize("codes", TAKEN.values(), ids=TAKEN)
def test_what_records_takes_is_in_the_dictionaries_and_nothing_is_forgotten(codes):
    known = {r["code"] for r in shipped_dictionary() if r["dictionary"] in codes.dictionaries}
    assert known, codes.dictionaries
    # Other spellings that records takes are Chinese words.
    taken = {code for incoming in codes.words.values() for code in incoming if code.isascii()}
    assert taken <= known
    assert set(codes.not_taken) <= known
    for dictionary in codes.dictionaries:
        for code in national(dictionary):
            assert (codes.word(code) is None) == (code in codes.not_taken), f"{dictionary} {code}"


def test_a_column_under_a_national_name_takes_the_dictionary_of_that_name():
    """The national name of a coded column is the name of its dictionary, where there is one."""
    known = {row["dictionary"] for row in shipped_dictionary()}
    for table in TABLES.values():
        for column in table:
            if column.codes and (named := [alias for alias in column.aliases if alias in known]):
                assert set(named) <= set(column.codes.dictionaries), f"{table.name}.{column.name}"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("gend,性别,1,男,,agreed,,,x\ngend,性别,1,女,,agreed,,,x\n", "d.csv:3: gend 1 stands already in line 2"),
        ("gend,性别,11,男,1,agreed,,,x\n", "d.csv:2: gend 11: there is no parent 1"),
        ("gend,性别,1,男,,sure,,,x\n", "d.csv:2: status 'sure' is none of"),
        ("gend,性别,,男,,agreed,,,x\n", "d.csv:2: dictionary, code and name must be filled"),
        ("gend,性别,1,男,,agreed,2025-02-01,2025-01-01,x\n", "d.csv:2: the code ends on 2025-01-01"),
        ("gend,性别,1,男,,agreed,2025/02/01,,x\n", "d.csv:2: '2025/02/01' to '' are no days"),
    ],
)
def test_a_dictionary_that_contradicts_itself_is_refused(tmp_path, rows, says):
    file = tmp_path / "d.csv"
    file.write_text(HEADER + rows, "utf-8")
    with pytest.raises(Refusal) as refusal:
        read_edition(LISTS["dictionary"], file)
    assert says in str(refusal.value)


def overlay(folder, *rows):
    file = folder / "overlay.csv"
    file.write_text(OVERLAY + "".join(f"{row},,,某省医保局\n" for row in rows), "utf-8")
    return file


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("med_typ,9921,新生儿随母住院,21", "there is no dictionary 'med_typ'\n  to do: did you mean 'med_type'?"),
        ("med_type,9921,新生儿随母住院,91", "med_type has no national code '91'"),
        # 15 is a province's own: nothing national stands behind it.
        ("med_type,1501,特药,15", "med_type has no national code '15'"),
        ("med_type,21,普通住院,22", "'21' is a national code of med_type itself"),
        ("med_type,9921,,21", "must be filled"),
    ],
)
def test_an_overlay_that_contradicts_the_dictionary_is_refused(tmp_path, row, says):
    with pytest.raises(Refusal) as refusal:
        load_codes(Workspace.new(tmp_path / "ws"), overlay(tmp_path, row), "dictionary_overlay")
    assert says in str(refusal.value) and "overlay.csv:2" in str(refusal.value)


VISITS = """\
mdtrt_id,psn_no,fixmedins_code,med_type,begntime,endtime
V1,A,H1,9921,2025-01-10,2025-01-15
V2,A,H1,1301,2025-02-01,2025-02-01
V3,A,H1,1302,2025-02-02,2025-02-02
V4,A,H1,9107,2025-02-03,2025-02-03
"""


def kinds(workspace, folder):
    """The kind of each visit as it was accepted, and the run."""
    keep = {name: text for name, text in FILES.items() if name in ("institution.csv", "person.csv")}
    loaded = run_load(workspace, [written(folder, {**keep, "mdtrt_d.csv": VISITS})])
    rows = read_visits(workspace)
    return rows, loaded


def read_visits(workspace):
    files = workspace.lake.files("visit", workspace.lake.latest())
    return {r["visit_id"]: r["kind"] for file in files for r in pq.read_table(file).to_pylist()}


def test_intake_takes_the_codes_that_a_province_adds(tmp_path):
    workspace = Workspace.new(tmp_path / "ws")
    before, loaded = kinds(workspace, tmp_path / "source")
    # By prefix 1301 and 1302 are emergencies; 9921 and 9107 are no national codes.
    assert before == {"V2": "emergency", "V3": "emergency"} and loaded.tables["visit"].quarantined == 2
    # In this province 1301 is a chronic visit: its own word goes before the prefix.
    rows = ("med_type,9921,新生儿随母住院,21", "med_type,1301,慢病门诊,14")
    kept = load_codes(workspace, overlay(tmp_path, *rows), "dictionary_overlay")
    after, loaded = kinds(workspace, tmp_path / "again")
    assert after == {"V1": "inpatient", "V2": "chronic", "V3": "emergency"}
    assert loaded.tables["visit"].quarantined == 1
    manifest = json.loads((workspace.find_run(loaded.run) / "manifest.json").read_text("utf-8"))
    assert manifest["pins"]["codes"] == {"dictionary_overlay": [{"edition": kept.edition, "from": None, "until": None}]}


def test_a_load_on_a_day_without_an_overlay_is_refused(tmp_path):
    workspace = Workspace.new(tmp_path / "ws")
    rows = overlay(tmp_path, "med_type,9921,新生儿随母住院,21")
    load_codes(workspace, rows, "dictionary_overlay", last=dt.date(2020, 12, 31))
    with pytest.raises(Refusal, match="no edition of 'dictionary_overlay' holds on"):
        run_load(workspace, [written(tmp_path / "source")])
    assert workspace.lake.latest().number == 0
