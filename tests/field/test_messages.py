"""Field case 13: JSON messages as clients write them; a node that holds no rows stops no others (point 10, readers)."""

from __future__ import annotations

import json

import pytest

from yiheng.basis.refusals import Refusal

from .conftest import field, loaded


@pytest.mark.parametrize("case", ["empty-string-list.json", "string-in-list.json"])
def test_13_an_empty_text_for_a_list_is_an_empty_list(county, case):
    tables = loaded(county, field("13-json-shapes") / case).tables
    assert (tables["visit"].accepted, tables["fee_line"].accepted) == (1, 1)
    assert "operation" not in tables


def test_13_a_word_among_objects_is_named_and_all_else_is_read(county, tmp_path):
    whole = json.loads(field("13-json-shapes/string-in-list.json").read_text("utf-8"))
    (patient,) = whole["input"]["data"]["patient_dtos"]
    patient["fsi_encounter_dtos"][0]["fsi_operation_dtos"] = ["无"]
    lacking = {"infno": "2304", "output": {}}
    file = tmp_path / "sent.json"
    file.write_text(json.dumps([lacking, whole]))
    result = loaded(county, file)
    assert (result.tables["visit"].accepted, result.tables["fee_line"].accepted) == (1, 1)
    assert [one.split("\n")[0] for one in result.refused] == [
        "sent.json message 1: transaction 2304 lacks 'output.setlinfo'",
        "sent.json message 2: 'fsi_operation_dtos' holds something else than objects: item 1 is left out",
    ]


def test_13_odd_numbers_are_quarantined_in_their_row(county):
    result = loaded(county, field("13-json-shapes/odd-numbers.jsonl"))
    counts = result.tables["settlement"]
    assert counts.read == counts.accepted + counts.quarantined == 13


def test_13_an_answer_as_text_is_refused(county):
    with pytest.raises(Refusal, match=r"transaction 2304 lacks 'output\.setlinfo'"):
        loaded(county, field("13-json-shapes/output-as-text.json"))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("deep.json", "[" * 200_000, "deep.json:1: the objects are nested too deeply"),
        ("deep.jsonl", '{"infno": ' + "[" * 200_000, "deep.jsonl:1: the objects are nested too deeply"),
        ("twice.json", '[{"infno": "1", "infno": "2"}]', "twice.json:1: the key 'infno' appears twice"),
    ],
)
def test_point_11_messages_nested_or_doubled_are_a_sentence(county, tmp_path, name, content, says):
    (tmp_path / name).write_text(content)
    with pytest.raises(Refusal) as refused:
        loaded(county, tmp_path / name)
    assert says in str(refused.value)


def test_point_11_a_number_with_a_gigantic_exponent_is_quarantined_at_once(county, tmp_path):
    row = '{"setl_id": "Z1", "mdtrt_id": "K1", "setl_time": "2025-03-09 11:00:00", "fund_pay_sumamt": 1e999999999}'
    (tmp_path / "m.json").write_text('{"infno": "2304", "output": {"setlinfo": ' + row + "}}")
    assert [fault.fault for fault in loaded(county, tmp_path / "m.json").faults] == ["fund_fen_unreadable"]
