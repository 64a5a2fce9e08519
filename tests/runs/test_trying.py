"""Examples of rules say what is wrong with them: rows that no contract knows, findings that are otherwise."""

from __future__ import annotations

import pytest

from yiheng.basis.refusals import Refusal
from yiheng.runs import few_rows, trials
from yiheng.supervision import RULES

RULE = "overlapping_stays"
# A is admitted on the 8th while the first stay goes on until the 10th.
GIVEN = """\
  given:
    visit:
      - {visit_id: V0, person_id: A, institution_id: H1, kind: inpatient, began_on: 2025-01-01, ended_on: 2025-01-10}
      - {visit_id: V1, person_id: A, institution_id: H2, kind: inpatient, began_on: 2025-01-08, ended_on: 2025-01-12}
    settlement:
      - {settlement_id: S1, visit_id: V1, fund_fen: "1", scope_fen: "500"}
"""


def tried(folder, text):
    (folder / f"{RULE}.yaml").write_text(text, "utf-8")
    return {one.name: one.differs() for one in trials([RULES[RULE]], folder)}


def test_a_finding_that_is_otherwise_or_missing_or_too_much_is_said(tmp_path):
    told = tried(
        tmp_path,
        f"- name: as it is\n{GIVEN}  catches: [{{visit: V1, at_stake_fen: '500'}}]\n"
        f"- name: another amount\n{GIVEN}  catches: [{{visit: V1, at_stake_fen: '501'}}]\n"
        f"- name: no such column\n{GIVEN}  catches: [{{visits: V1}}]\n"
        f"- name: spared\n{GIVEN}  catches: []\n"
        "- name: out of nothing\n  given: {}\n  catches: [{visit: V1}]\n",
    )
    assert told["as it is"] == []
    assert told["another amount"] == ["at_stake_fen is '500', not '501'"]
    assert told["no such column"] == ["a finding has no 'visits', did you mean 'visit'?"]
    assert told["spared"][0].startswith("1 findings, not 0: ")
    assert told["out of nothing"] == ["0 findings, not 1: nothing"]


@pytest.mark.parametrize(
    ("catches", "says"),
    [("[{visit: V1}]", "no example spares everything"), ("[]", "no example catches anything")],
)
def test_a_rule_whose_examples_are_of_one_kind_is_named(catches, says, tmp_path):
    told = tried(tmp_path, f"- name: the only one\n{GIVEN}  catches: {catches}\n")
    assert told["it has rows to catch and rows to spare"] == [says]


def test_an_example_with_an_unknown_key_is_refused_with_its_line(tmp_path):
    with pytest.raises(Refusal, match=r"overlapping_stays.yaml:9: the key 'catch' is not known"):
        tried(tmp_path, f"- name: the only one\n{GIVEN}  catches: []\n  catch: []\n")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"visits": []}, "there is no table 'visits'\n  to do: did you mean 'visit'?"),
        ({"visit": [{"visit_ids": "V1"}]}, "visit has no column 'visit_ids'\n  to do: did you mean 'visit_id'?"),
        ({"visit": [{"began_on": "1 March"}]}, "f.yaml:1 visit.began_on: '1 March' is no date"),
        ({"settlement": [{"scope_fen": "1.5"}]}, "f.yaml:1 settlement.scope_fen: '1.5' is no int64"),
        ({"visit": [{"emergency": "perhaps"}]}, "f.yaml:1 visit.emergency: 'perhaps' is no boolean"),
    ],
)
def test_rows_that_no_contract_knows_are_refused(given, says):
    with pytest.raises(Refusal) as refused:
        few_rows(given, "f.yaml:1")
    assert says in str(refused.value)


def test_a_table_that_is_not_there_is_no_empty_one():
    tables = few_rows({}, without=("sex_conflict",))
    assert "sex_conflict" not in tables and "gray_code" in tables
    with pytest.raises(LookupError, match="there is no table 'sex_conflict'"):
        tables["sex_conflict"]
