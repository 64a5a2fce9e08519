"""Messages of the national interface: nodes become rows, places name message and node, the rest is refused."""

from __future__ import annotations

import json

import pytest

from tests.intake.test_load import quarantine, rows
from tests.tiny import loaded
from yiheng.basis.refusals import Refusal
from yiheng.intake import messages
from yiheng.runs import Workspace, run_load

SETTLED = {"infno": "2304", "output": {"setlinfo": {
    "setl_id": "S7", "mdtrt_id": "V1", "setl_time": "2025-01-15 10:00:00", "medfee_sumamt": 1000.0,
    "fund_pay_sumamt": 600.25, "psn_part_amt": 399.75, "psn_name": "张三", "certno": "37020019500101",
}}}  # fmt: skip
LINE = {"feedetl_sn": "1", "mdtrt_id": "V1", "med_list_codg": "XA1", "cnt": 2, "pric": 30.005, "det_item_fee_sumamt": 60.01,
        "fee_ocur_time": "2025-01-11 08:00:00"}  # fmt: skip
SOLD = {"infno": "3505", "msgid": "M1", "fixmedins_code": "H1", "input": {"selinfo": {
    "med_list_codg": "XA1", "fixmedins_bchno": "B1", "sel_retn_cnt": 3, "finl_trns_pric": 12.5, "setl_id": "S1", "psn_no": "A",
    "sel_retn_time": "2025-01-15 10:00:00", "drugtracinfo": [{"drug_trac_codg": "T1"}, {"drug_trac_codg": "T2"}],
}}}  # fmt: skip


def written(tmp_path, *found: object, name: str = "m.jsonl"):
    text = "\n".join(m if isinstance(m, str) else json.dumps(m, ensure_ascii=False) for m in found)
    (tmp_path / name).write_text(text, "utf-8")
    return tmp_path / name


def refusal(tmp_path, *found: object, name: str = "m.jsonl") -> str:
    with pytest.raises(Refusal) as refused:
        run_load(Workspace.new(tmp_path / "ws"), [written(tmp_path, *found, name=name)])
    return str(refused.value)


def test_a_settlement_lands_to_the_fen_and_names_are_left_aside(tmp_path):
    workspace, _ = loaded(tmp_path)
    result = run_load(workspace, [written(tmp_path, SETTLED)])
    assert result.clean and result.tables["settlement"].fen_accepted == 60025
    assert result.aside == {"m.jsonl/settlement": ["psn_name", "certno"]}
    kept = b"".join(f.read_bytes() for f in workspace.folder.rglob("*") if f.is_file())
    assert "张三".encode() not in kept


def test_lines_of_two_visits_may_have_the_same_number(tmp_path):
    workspace, _ = loaded(tmp_path)
    batch = {"infno": "2204", "input": {"feedetail": [LINE, {**LINE, "mdtrt_id": "V2"}]}}
    assert run_load(workspace, [written(tmp_path, batch)]).clean
    kept = {r["line_id"]: r for r in rows(workspace, "fee_line")}
    assert {"V1-1", "V2-1"} <= set(kept)
    # The national code of a drug begins with X; the message itself does not name the catalogue.
    assert (kept["V1-1"]["kind"], str(kept["V1-1"]["unit_price"])) == ("drug", "30.005000")


def test_a_bad_value_is_told_with_file_message_and_node(tmp_path):
    workspace, _ = loaded(tmp_path)
    batch = {"infno": "2301", "input": {"feedetail": [LINE, {**LINE, "feedetl_sn": "2", "cnt": "viel"}]}}
    result = run_load(workspace, [written(tmp_path, SETTLED, "", batch)])
    counts = result.tables["fee_line"]
    assert (counts.read, counts.accepted, counts.quarantined) == (2, 1, 1)
    (kept,) = quarantine(workspace, result.run)
    place = (kept["file"], kept["row_number"], kept["line"], kept["found"])
    assert place == ("m.jsonl/fee_line message 2 input.feedetail", 2, None, "viel")
    assert result.faults[0].first_en == "m.jsonl/fee_line message 2 input.feedetail, row 2"
    assert result.faults[0].first == "m.jsonl/fee_line message 2 input.feedetail 第 2 条记录"


def test_a_settlement_list_feeds_front_page_diagnoses_and_operations(tmp_path):
    workspace, _ = loaded(tmp_path)
    message = {"infno": "4101", "input": {
        "setlinfo": {"mdtrt_id": "V2", "setl_id": "S2", "dscg_way": "1"},
        "diseinfo": [{"diag_code": "I10", "maindiag_flag": "1"}, {"diag_code": "E11", "maindiag_flag": "0"}],
        "oprninfo": {"oprn_oprt_code": "47.0901", "oprn_oprt_date": "2025-02-02"},
    }}  # fmt: skip
    result = run_load(workspace, [written(tmp_path, [message], name="m.json")])
    assert result.clean, result.faults
    assert {n: c.read for n, c in result.tables.items()} == {"front_page": 1, "diagnosis": 2, "operation": 1}
    of_v2 = [r for r in rows(workspace, "diagnosis") if r["visit_id"] == "V2"]
    assert sorted((r["ordinal"], r["code"], r["is_main"]) for r in of_v2) == [(1, "I10", True), (2, "E11", False)]


def test_an_audit_request_feeds_persons_visits_and_their_lines(tmp_path):
    workspace, _ = loaded(tmp_path)
    visit = {"mdtrt_id": "V9", "medins_id": "H1", "adm_date": "2025-05-01 08:00:00", "dscg_date": "2025-05-03 08:00:00",
             "med_type": "21", "insutype": "390",
             "fsi_diagnose_dtos": [{"dise_codg": "I10", "dise_name": "高血压", "maindise_flag": "1", "dias_srt_no": "1"}],
             "fsi_operation_dtos": [{"oprn_code": "47.0901", "main_oprn_flag": "1"}],
             "fsi_order_dtos": [{"rx_id": "R1", "hilist_code": "XA1", "cnt": 1, "pric": 2, "sumamt": 2,
                                 "drord_begn_date": "2025-05-01 09:00:00"}]}  # fmt: skip
    patient = {"patn_id": "D", "gend": "2", "brdy": "1950-01-01", "poolarea": "370299", "fsi_encounter_dtos": [visit]}
    result = run_load(workspace, [written(tmp_path, {"infno": "3101", "input": {"data": {"patient_dtos": [patient]}}})])
    assert result.clean, result.faults
    assert {n: c.accepted for n, c in result.tables.items()} == {
        "person": 1, "visit": 1, "diagnosis": 1, "operation": 1, "fee_line": 1,
    }  # fmt: skip
    assert {r["insurance"] for r in rows(workspace, "person") if r["person_id"] == "D"} == {"resident"}


def test_a_sale_leaves_the_stock_once_however_many_codes_it_has(tmp_path):
    workspace, _ = loaded(tmp_path)
    moved = {"med_list_codg": "XA1", "fixmedins_bchno": "B1", "inv_chg_type": "104", "cnt": 2, "pric": 12.5,
             "inv_chg_time": "2025-01-16 10:00:00"}  # fmt: skip
    loss = {"infno": "3502", "msgid": "M2", "fixmedins_code": "H1", "input": {"invinfo": [moved]}}
    result = run_load(workspace, [written(tmp_path, SOLD, loss)])
    assert result.clean, result.faults
    kept = {(r["kind"], int(r["quantity"]), r["trace_code"]) for r in rows(workspace, "stock_move")}
    assert kept == {("sale", -3, "T1"), ("sale", 0, "T2"), ("loss_found", -2, None)}


def test_a_movement_sent_again_is_one_and_two_alike_in_one_message_are_two(tmp_path):
    workspace, _ = loaded(tmp_path)
    pack = {**SOLD["input"]["selinfo"], "drugtracinfo": [], "sel_retn_cnt": 1}
    sold = {**SOLD, "input": {"selinfo": [pack, pack]}}
    assert run_load(workspace, [written(tmp_path, sold)]).tables["stock_move"].accepted == 2
    again = run_load(workspace, [written(tmp_path, {**sold, "msgid": "M9"}, name="again.jsonl")]).tables["stock_move"]
    assert (again.read, again.accepted, again.duplicates) == (2, 0, 2)


@pytest.mark.parametrize(
    ("infno", "node", "item", "kind", "quantity"),
    [
        ("3501", "invinfo", {"inv_cnt": 5, "invdate": "2025-01-15"}, "stocktaking", 5),
        ("3503", "purcinfo", {"purc_retn_cnt": 5, "purc_retn_stoin_time": "2025-01-15"}, "purchase", 5),
        ("3504", "purcinfo", {"purc_retn_cnt": 5, "purc_retn_stoin_time": "2025-01-15"}, "purchase_return", -5),
        ("3506", "selinfo", {"sel_retn_cnt": 5, "sel_retn_time": "2025-01-15"}, "sale_return", 5),
    ],
)
def test_each_movement_of_stock_has_its_kind_and_sign(tmp_path, infno, node, item, kind, quantity):
    workspace, _ = loaded(tmp_path)
    goods = {"med_list_codg": "XA1", "fixmedins_bchno": "B1", **item}
    message = {"infno": infno, "msgid": "M1", "fixmedins_code": "H1", "input": {node: goods}}
    assert run_load(workspace, [written(tmp_path, message)]).clean
    assert [(r["kind"], int(r["quantity"])) for r in rows(workspace, "stock_move")] == [(kind, quantity)]


def test_a_transaction_that_the_platform_refused_is_no_fact_and_is_named(tmp_path):
    workspace, _ = loaded(tmp_path)
    result = run_load(workspace, [written(tmp_path, SETTLED, {**SETTLED, "infcode": "-1"})])
    assert result.tables["settlement"].read == 1
    assert result.left == ["m.jsonl message 2"]


def test_many_messages_are_kept_in_parts_and_none_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "BATCH", 2)
    workspace, _ = loaded(tmp_path)
    lines = [{**LINE, "feedetl_sn": str(i), **({"bilg_dr_codg": "D1"} if i > 2 else {})} for i in range(5)]
    result = run_load(workspace, [written(tmp_path, *[{"infno": "2301", "input": {"feedetail": [x]}} for x in lines])])
    assert result.clean and result.tables["fee_line"].accepted == 5


@pytest.mark.parametrize(
    ("found", "name", "words"),
    [
        ([SETTLED, '{"infno": "2304",, }'], "m.jsonl", ["m.jsonl:2:18: this is no JSON", "export it again"]),
        (['[\n{"infno":\n]'], "m.json", ["m.json:3:1: this is no JSON"]),
        ([{"infno": "9001"}], "m.jsonl", ["m.jsonl message 1: transaction '9001' is not read", "2204 2207 2208 2301 2304 2305 3101 3501"]),
        ([{"infcode": 0, "output": {}}], "m.jsonl", ["m.jsonl message 1: this is no message", "add infno"]),
        ([SETTLED, ["x"]], "m.jsonl", ["m.jsonl message 2: this is no message"]),
        ([{"infno": "2304", "input": {}}], "m.jsonl", ["transaction 2304 lacks 'output.setlinfo'", "input and output"]),
        ([{"infno": "2301", "input": {"feedetail": "x"}}], "m.jsonl", ["'feedetail' holds something else than objects"]),
        ([{"infno": "4101", "input": {"setlinfo": [{}, {}]}}], "m.jsonl", ["a settlement list is of one stay"]),
        (['{"infno": "2304", "INFNO": "2301"}'], "m.jsonl", ["m.jsonl:1: the key 'infno' appears twice"]),
        (["[" * 100_000], "m.json", ["m.json:1: the objects are nested too deeply"]),
        ([""], "m.json", ["m.json: the file holds no message"]),
        (["[]"], "m.json", ["m.json: the file holds no message"]),
    ],
)  # fmt: skip
def test_a_broken_file_of_messages_is_refused_whole(tmp_path, found, name, words):
    told = refusal(tmp_path, *found, name=name)
    for word in words:
        assert word in told, told


def test_nothing_of_a_refused_file_lands_and_the_others_do(tmp_path):
    workspace, _ = loaded(tmp_path)
    good = written(tmp_path, SETTLED, name="good.jsonl")
    bad = written(tmp_path, {**SETTLED, "x": 1}, {"infno": "1"}, name="bad.jsonl")
    result = run_load(workspace, [good, bad])
    assert result.tables["settlement"].read == 1 and len(result.refused) == 1


def lines_of(infno: str, *numbers: str, batch: str = "P1") -> dict:
    return {"infno": infno, "input": {"feedetail": [{**LINE, "feedetl_sn": n, "chrg_bchno": batch} for n in numbers]}}


@pytest.mark.parametrize(
    ("day", "kept"),
    [
        # Line 2 is withdrawn before anything is settled; 1 and 3 stay.
        ([lines_of("2301", "1", "2", "3"), ("2302", {"feedetl_sn": "2"})], {"V1-1", "V1-3"}),
        # 0000 stands for all lines of the visit, and what is sent again afterwards stays.
        ([lines_of("2301", "1", "2"), ("2302", {"feedetl_sn": "0000"}), lines_of("2301", "2")], {"V1-2"}),
        # A batch of an outpatient; the other batch stays.
        ([lines_of("2204", "1"), lines_of("2204", "2", batch="P2"), ("2205", {"chrg_bchno": "P2"})], {"V1-1"}),
        # The whole message, by its id; a list of withdrawals does as one.
        ([lines_of("2301", "1") | {"msgid": "M1"}, lines_of("2301", "2") | {"msgid": "M2"},
          ("2601", {"omsgid": "M2", "oinfno": "2301"})], {"V1-1"}),
        ([lines_of("2301", "1", "2", "3"), ("2302", [{"feedetl_sn": "1"}, {"feedetl_sn": "3"}])], {"V1-2"}),
    ],
)  # fmt: skip
def test_point_10_what_a_later_message_withdraws_is_left_out_and_named(tmp_path, day, kept):
    workspace, _ = loaded(tmp_path)
    before = {row["line_id"] for row in rows(workspace, "fee_line")}
    sent = [withdrawal(*one) if isinstance(one, tuple) else one for one in day]
    result = run_load(workspace, [written(tmp_path, *sent)])
    assert result.clean and {row["line_id"] for row in rows(workspace, "fee_line")} - before == kept
    assert any("rows withdrawn before it" in one for one in result.left)
    # Nothing vanishes from the sums, neither rows nor fen; each line is of 60.01 yuan.
    counts, sums = result.tables["fee_line"], sum(len(one["input"].get("feedetail", ())) for one in sent)
    assert (counts.read, counts.accepted, counts.withdrawn) == (sums, len(kept), sums - len(kept))
    assert (counts.fen_read, counts.fen_withdrawn) == (6001 * sums, 6001 * (sums - len(kept)))


def withdrawal(infno: str, data: dict | list) -> dict:
    items = data if isinstance(data, list) else [data]
    return {"infno": infno, "input": {"data": [{"mdtrt_id": "V1", "psn_no": "A", **item} for item in items]}}


def test_point_10_a_deletion_of_goods_takes_what_its_sender_had_sent(tmp_path):
    workspace, _ = loaded(tmp_path)
    before = len(rows(workspace, "stock_move"))
    deleted = {
        "infno": "3507",
        "fixmedins_code": "H1",
        "input": {"data": {"fixmedins_bchno": "B1", "inv_data_type": "4"}},
    }
    result = run_load(workspace, [written(tmp_path, SETTLED, SOLD, deleted)])
    assert len(rows(workspace, "stock_move")) == before
    # Both packs of the sale.
    assert result.left == ["m.jsonl message 3 (infno 3507): 2 rows withdrawn before it"]
    # The table holds nothing else, and is counted all the same.
    moved = result.tables["stock_move"]
    assert (moved.read, moved.accepted, moved.quarantined, moved.duplicates, moved.withdrawn) == (2, 0, 0, 0, 2)
    other = {**deleted, "fixmedins_code": "H2"}
    assert not run_load(workspace, [written(tmp_path, SOLD, other, name="two.jsonl")]).clean
    assert len(rows(workspace, "stock_move")) == before + 2


def test_point_10_a_withdrawal_of_what_is_not_there_refuses_itself_alone(tmp_path):
    workspace, _ = loaded(tmp_path)
    result = run_load(workspace, [written(tmp_path, SETTLED, withdrawal("2302", {"feedetl_sn": "9"}))])
    assert result.tables["settlement"].accepted == 1
    assert "m.jsonl message 2: transaction 2302 withdraws what no message before it" in result.refused[0]


@pytest.mark.parametrize("infno", ["2206", "2303"])
def test_point_10_a_trial_settlement_settles_nothing(tmp_path, infno):
    workspace, _ = loaded(tmp_path)
    trial = {"infno": infno, "output": {"setlinfo": {**SETTLED["output"]["setlinfo"], "setl_id": "S8"}}}
    result = run_load(workspace, [written(tmp_path, SETTLED, trial)])
    assert result.clean and {"S7"} == {r["settlement_id"] for r in rows(workspace, "settlement")} & {"S7", "S8"}
    assert result.left == [f"m.jsonl message 2 (infno {infno}: a trial, no settlement)"]
