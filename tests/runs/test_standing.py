"""Point 1 of issue 12: nothing is official by accident; what a second person adopted counts, all else is a trial."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import threading

import pytest

from tests.runs.test_comparing import policy
from tests.tiny import FILES, loaded, with_row, written
from yiheng import runs
from yiheng.basis.refusals import Refusal
from yiheng.runs import (
    Workspace,
    adopt,
    official_of,
    register_of,
    replay,
    run_audit,
    run_compare,
    run_load,
    run_measure,
    run_settle,
    standing,
    withdraw,
)

WHY = "totals agree with the ledger"
EXAMPLES = "the council set these values in its minute 12"
# Budgets are given: xihai 2,000.00, donghe 400.00; spending is 1,530.00 and 500.00 yuan.
PAIRS = {("donghe", 2025), ("xihai", 2025)}


@pytest.fixture
def workspace(tmp_path):
    return loaded(tmp_path)[0]


@pytest.fixture
def first(tmp_path):
    return policy(tmp_path, "first")


def settled(workspace, file, **more):
    return run_settle(workspace, file, year=2025, **more)["run"]


def shown(workspace):
    return {pair: (stand.run, stand.state) for pair, stand in standing(workspace).items()}


def both(run, state):
    return dict.fromkeys(PAIRS, (run, state))


def propose(workspace, run, **more):
    """Every policy here leaves things open and marks its values, so why they may decide is stated."""
    return runs.propose(workspace, run, **{"marks_because": EXAMPLES, **more})


def made_official(workspace, run, **more):
    propose(workspace, run, by="li", why=WHY, **more)
    return adopt(workspace, run, by="wang", why=WHY)


def budget_use(workspace):
    rows = run_measure(workspace, ["budget_use"], ["consortium", "year"])["rows"]
    return {row["consortium"]: (row["top"], row["bottom"]) for row in rows}


def test_point_1_a_settlement_is_a_trial_until_a_second_person_adopts_it(workspace, first):
    run = settled(workspace, first)
    assert shown(workspace) == both(run, "trial")
    propose(workspace, run, by="li", why=WHY)
    assert shown(workspace) == both(run, "proposed")
    for same in ("li", " LI ", "ｌｉ"):
        with pytest.raises(Refusal, match="proposed it and cannot adopt it"):
            adopt(workspace, run, by=same, why=WHY)
    adopt(workspace, run, by="wang", why="seen")
    assert shown(workspace) == both(run, "adopted")
    ((_, stand), *_) = official_of(workspace, "xihai")
    assert (stand.proposed.by, stand.adopted.by, stand.adopted.why) == ("li", "wang", "seen")


def test_point_1_no_act_twice_and_none_without_a_reason(workspace, first):
    run = settled(workspace, first)
    with pytest.raises(Refusal, match="is not proposed"):
        adopt(workspace, run, by="wang", why=WHY)
    for why in ("", "  ", "x" * 501):
        with pytest.raises(Refusal, match="an act needs its reason"):
            propose(workspace, run, by="li", why=why)
    made_official(workspace, run)
    for act in (propose, adopt):
        with pytest.raises(Refusal):
            act(workspace, run, by="zhao", why=WHY)
    withdraw(workspace, run, by="wang", why="wrong claims")
    with pytest.raises(Refusal, match="is withdrawn already"):
        withdraw(workspace, run, by="wang", why="again")
    assert [(one.act, one.by) for one in register_of(workspace).acts] == [
        ("proposed", "li"), ("adopted", "wang"), ("withdrawn", "wang"),
    ]  # fmt: skip


def test_point_1_a_what_if_replaces_nothing(workspace, first):
    run = settled(workspace, first)
    before = budget_use(workspace)
    # Spending by budget, in fen: 1,530.00 / 2,000.00 and 500.00 / 400.00.
    assert before == {"xihai": (153_000, 200_000), "donghe": (50_000, 40_000)}
    assumed = settled(workspace, first, assume={"cap_base": "base_spend"})
    early = settled(workspace, first, known_on=dt.date(2025, 6, 1))
    for made in (run, ""):
        if made:
            made_official(workspace, made)
        assert {one for one, _ in shown(workspace).values()} == {run}
        assert budget_use(workspace) == before
    with pytest.raises(Refusal, match="it assumes cap_base=base_spend: a what-if"):
        propose(workspace, assumed, by="li", why=WHY)
    with pytest.raises(Refusal, match="announced by 2025-06-01"):
        propose(workspace, early, by="li", why=WHY)


def test_point_1_another_policy_replaces_nothing_unless_people_name_it(workspace, first, tmp_path):
    run = settled(workspace, first)
    other = settled(workspace, policy(tmp_path, "other", XIHAI="9000.00"))
    # The same policy with one figure edited is another policy as well, although it has the same name.
    edited = settled(workspace, policy(tmp_path / "edited", "first", XIHAI="9000.00"))
    assert shown(workspace) == both(run, "trial")
    assert budget_use(workspace)["xihai"] == (153_000, 200_000)
    for tried, name in ((other, "other"), (edited, "first")):
        with pytest.raises(Refusal, match=f"settled under another policy so far(.|\n)*--policy {name}"):
            propose(workspace, tried, by="li", why=WHY)
    made_official(workspace, other, policy="other")
    assert shown(workspace) == both(other, "adopted")
    assert budget_use(workspace)["xihai"] == (153_000, 900_000)


def test_point_1_of_two_proposals_for_a_year_the_second_is_adopted_only_in_sight_of_the_first(
    workspace, first, tmp_path
):
    run, other = settled(workspace, first), settled(workspace, policy(tmp_path, "second"))
    propose(workspace, run, by="li", why=WHY)
    propose(workspace, other, by="li", why=WHY, policy="second")
    adopt(workspace, run, by="wang", why=WHY)
    with pytest.raises(Refusal, match=f"{run} was adopted after {other} was proposed"):
        adopt(workspace, other, by="wang", why=WHY)
    assert shown(workspace) == both(run, "adopted")
    withdraw(workspace, other, by="li", why="made before the other was adopted")
    propose(workspace, other, by="li", why=WHY, policy="second")
    adopt(workspace, other, by="wang", why=WHY)
    assert shown(workspace) == both(other, "adopted")


def test_point_1_a_refused_party_keeps_its_statement_and_needs_a_reason(workspace, first, tmp_path):
    run = settled(workspace, first)
    # A third party comes in, and the policy gives it no budget.
    more = {
        "person.csv": with_row("person", "D,male,1980-04-04,resident,370299"),
        "enrolment.csv": with_row("enrolment", "D,beishan,T1,2025-01-01,2025-12-31"),
        "visit.csv": with_row("visit", "V5,D,T1,outpatient,2025-04-01,2025-04-01,0,0"),
        "settlement.csv": with_row("settlement", "S5,V5,2025-04-01 10:00:00,5000,5000,3000,2000"),
    }
    run_load(workspace, [written(tmp_path / "more", more)])
    part = run_settle(workspace, first, year=2025)
    assert [one["party"] for one in part["refused"]] == ["beishan"]
    with pytest.raises(Refusal, match="1 parties were refused: beishan"):
        propose(workspace, part["run"], by="li", why=WHY)
    act = propose(workspace, part["run"], by="li", why=WHY, refused_because="beishan joins in 2026")
    assert act.refused_because == "beishan joins in 2026"
    adopt(workspace, part["run"], by="wang", why=WHY)
    assert shown(workspace) == both(part["run"], "adopted")
    assert run != part["run"]


def test_point_1_a_run_that_refused_a_party_leaves_the_older_statement(workspace, tmp_path):
    packed = policy(tmp_path, "packed", PACKED="packed")
    facts = tmp_path / "added.csv"
    facts.write_text("party,year,public_health\nxihai,2025,10.00\ndonghe,2025,10.00\n", "utf-8")
    whole = settled(workspace, packed, added=facts)
    facts.write_text("party,year,public_health\nxihai,2025,20.00\n", "utf-8")
    part = run_settle(workspace, packed, year=2025, added=facts)
    assert [one["party"] for one in part["refused"]] == ["donghe"]
    # A trial as well replaces only what it settled.
    assert shown(workspace) == {("xihai", 2025): (part["run"], "trial"), ("donghe", 2025): (whole, "trial")}
    made_official(workspace, whole)
    assert shown(workspace) == both(whole, "adopted")


def test_point_1_a_file_of_facts_replaces_no_settlement_of_the_lake(workspace, first, tmp_path):
    run = settled(workspace, first)
    facts = tmp_path / "facts.csv"
    facts.write_text("party,year,spend,public_health\nxihai,2025,1.00,\nelsewhere,2025,1.00,\n", "utf-8")
    of_file = run_settle(workspace, policy(tmp_path, "first", DONGHE="1.00, elsewhere: 5.00"), facts=facts)["run"]
    # Who is in no lake is shown as what it is; the measures of the lake do not know it.
    assert shown(workspace) == both(run, "trial") | {("elsewhere", 2025): (of_file, "trial")}
    assert set(budget_use(workspace)) == {"xihai", "donghe"}
    with pytest.raises(Refusal, match="it settles a file of facts"):
        propose(workspace, of_file, by="li", why=WHY)


def test_point_1_other_verbs_are_never_official(workspace, first, tmp_path):
    settled(workspace, first)
    runs = [
        run_audit(workspace, ["overlapping_stays"])["run"],
        run_measure(workspace, ["budget_use"], ["consortium", "year"])["run"],
        run_compare(workspace, [first, policy(tmp_path, "second")], year=2025)["run"],
    ]
    for run in runs:
        with pytest.raises(Refusal, match="is no settlement"):
            propose(workspace, run, by="li", why=WHY)


def test_point_1_a_correction_keeps_the_old_one_reachable(workspace, first, tmp_path):
    old = settled(workspace, first)
    made_official(workspace, old)
    corrected = FILES["settlement.csv"].replace("60000,40000", "61000,39000")
    run_load(workspace, [written(tmp_path / "more", {"settlement.csv": corrected})])
    new = settled(workspace, first)
    # Newer data change no official figure by themselves.
    assert shown(workspace) == both(old, "adopted")
    made_official(workspace, new)
    assert shown(workspace) == both(new, "adopted")
    assert register_of(workspace).state(old) == "superseded"
    assert replay(workspace, old).same
    # What the correction had replaced does not come back by itself.
    withdraw(workspace, new, by="wang", why="the reload was wrong")
    assert "adopted" not in {state for _, state in shown(workspace).values()}


def test_point_3_after_a_withdrawal_no_experiment_is_shown_but_a_trial_under_the_same_policy(
    workspace, first, tmp_path
):
    official = settled(workspace, first)
    experiment = settled(workspace, policy(tmp_path, "experiment", XIHAI="9000.00"))
    made_official(workspace, official)
    withdraw(workspace, official, by="wang", why="claims of March were wrong")
    assert shown(workspace) == {} and set(register_of(workspace).lapsed) == PAIRS
    with pytest.raises(Refusal, match="the official settlement of 2025 was withdrawn on"):
        official_of(workspace, year=2025)
    # The measure of budget use stands on the same settlements: without any there is no budget to divide by.
    assert budget_use(workspace)["xihai"] == (153_000, 0)
    corrected = FILES["settlement.csv"].replace("60000,40000", "61000,39000")
    run_load(workspace, [written(tmp_path / "more", {"settlement.csv": corrected})])
    again = settled(workspace, first)
    assert shown(workspace) == both(again, "trial")
    with pytest.raises(Refusal, match="settled under another policy so far"):
        propose(workspace, experiment, by="li", why=WHY)
    made_official(workspace, again)
    assert register_of(workspace).lapsed == {}


def test_point_1_a_withdrawn_trial_is_passed_over(workspace, first, tmp_path):
    wrong = settled(workspace, first)
    right = settled(workspace, policy(tmp_path, "right", XIHAI="3000.00"))
    assert shown(workspace) == both(wrong, "trial")
    withdraw(workspace, wrong, by="li", why="not our policy")
    assert shown(workspace) == both(right, "trial")


def test_point_1_a_manifest_rewritten_by_hand_makes_nothing_official(workspace, first):
    run = run_settle(workspace, first, year=2025, assume={"cap_base": "base_spend"})["run"]
    file = workspace.find_run(run) / "manifest.json"
    whole = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**whole, "inputs": {**whole["inputs"], "assume": {}}}), "utf-8")
    with pytest.raises(Refusal, match="its manifest is not what the run wrote"):
        propose(workspace, run, by="li", why=WHY)
    right = settled(workspace, first)
    file = workspace.find_run(right) / "manifest.json"
    whole = json.loads(file.read_text("utf-8"))
    del whole["outputs"]
    file.write_text(json.dumps(whole), "utf-8")
    with pytest.raises(Refusal, match="its manifest names no statements"):
        propose(workspace, right, by="li", why=WHY)


def test_point_1_statements_changed_after_they_were_proposed_are_refused(workspace, first):
    run = settled(workspace, first)
    propose(workspace, run, by="li", why=WHY)
    file = workspace.find_run(run) / "statements.json"
    whole = file.read_text("utf-8")
    file.write_text(whole.replace("2000.00", "9000.00"), "utf-8")
    with pytest.raises(Refusal, match="statements.json is not what the run wrote"):
        adopt(workspace, run, by="wang", why=WHY)
    file.write_text(whole, "utf-8")
    adopt(workspace, run, by="wang", why=WHY)
    file.write_text(whole.replace("2000.00", "9000.00"), "utf-8")
    with pytest.raises(Refusal, match="the statements adopted on .* are not as they were"):
        standing(workspace)


@pytest.mark.parametrize("spoil", ["by", "order", "missing", "alone"])
def test_point_1_a_register_edited_by_hand_is_found(workspace, first, spoil):
    made_official(workspace, settled(workspace, first))
    file = workspace.folder / "runs" / "standing.jsonl"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    spoiled = {
        "by": [lines[0], lines[1].replace('"by": "wang"', '"by": "zhao"')],
        "order": lines[::-1],
        "missing": lines[1:],
        # Every hash made right again, but one person did both.
        "alone": _by_one_person(lines),
    }[spoil]
    file.write_text("".join(spoiled), "utf-8")
    with pytest.raises(Refusal, match="the register of settlements is not as it was written"):
        standing(workspace)


def _by_one_person(lines):
    from yiheng.runs import Act

    told = json.loads(lines[1])
    told.pop("hash")
    return [lines[0], Act(**{**told, "by": "li", "parties": tuple(told["parties"])}).line + "\n"]


def test_point_1_of_two_who_adopt_at_once_one_is_told(workspace, first):
    run = settled(workspace, first)
    propose(workspace, run, by="li", why=WHY)
    came = []

    def press(who):
        try:
            adopt(workspace, run, by=who, why=WHY)
            came.append("done")
        except Refusal as refusal:
            came.append(refusal.what)

    people = [threading.Thread(target=press, args=(who,)) for who in ("wang", "zhao")]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(came) == ["done", f"{run} is not proposed"]
    assert [one.act for one in register_of(workspace).acts] == ["proposed", "adopted"]


def test_point_1_who_ran_it_is_noted_and_changes_no_byte(workspace, first):
    run = run_settle(Workspace(workspace.folder, by="li"), first, year=2025)["run"]
    manifest = (workspace.find_run(run) / "manifest.json").read_bytes()
    assert workspace.runs("settle")[0]["by"] == "li"
    assert run_settle(Workspace(workspace.folder, by="wang"), first, year=2025)["run"] == run
    assert (workspace.find_run(run) / "manifest.json").read_bytes() == manifest
    assert workspace.runs("settle")[0]["by"] == "wang"
    # Without a name it is the user of the operating system.
    run_settle(workspace, first, year=2025)
    assert workspace.runs("settle")[0]["by"] not in ("", "wang")


def test_point_13_example_values_and_assumptions_are_not_proposed_without_a_word(workspace, first):
    run = settled(workspace, first)
    # Three are assumed: kept, cap_base, packed. Four example values decide: the budgets of the two parties, what
    # xihai keeps of its surplus (470.00), and the cap of donghe's overrun (100.00): 3 + 4 = 7.
    decide = {
        "kept=50", "cap_base=budget", "packed=apart",
        "budget: 2,000.00 (一)", "budget: 400.00 (一)", "kept share: 50 % (二)", "cap: 10 % (三)",
    }  # fmt: skip
    for silent in ("", "  "):
        with pytest.raises(Refusal, match="7 example values or assumptions decide: ") as refused:
            propose(workspace, run, by="li", why=WHY, marks_because=silent)
        assert set(refused.value.found[0].what.partition(" decide: ")[2].split(" | ")) == decide
        assert "--examples-because" in str(refused.value)
    assert shown(workspace) == both(run, "trial")
    act = made_official(workspace, run)
    assert act.marks_because == EXAMPLES
    assert [one.marks_because for one in register_of(workspace).acts] == [EXAMPLES, EXAMPLES]


def test_point_13_a_register_without_that_reason_is_read_as_it_was_written(workspace, first):
    made_official(workspace, settled(workspace, first))
    act = register_of(workspace).acts[0]
    before = dataclasses.replace(act, marks_because="")
    assert "marks_because" not in before.line and before.hash != act.hash


def test_point_13_statements_changed_after_the_run_are_named(workspace, first):
    run = settled(workspace, first)
    assert runs.altered(workspace, run) == ()
    file = workspace.folder / "runs" / run / "statements.json"
    file.write_text(file.read_text("utf-8").replace("1530.00", "1531.00"), "utf-8")
    assert runs.altered(workspace, run) == ("statements.json",)


ODD_LINES = [
    "[]", '"act"', "7", "null", "{}", "{", "\x00", "[" * 100_000, '{"hash": 1}',
    *({name: value} for name, value in [
        ("by", 7), ("year", "2025"), ("act", "burned"), ("parties", [1]), ("marks_because", 7), ("names", 7), ("names", ["a", "b"]), ("names", [1]), ("at", "yesterday"), ("at", "2025-01-01"), ("more", 1),
    ]),
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD_LINES, ids=lambda odd: str(odd)[:20])
def test_point_1_an_odd_line_in_the_register_is_a_sentence_with_its_place(workspace, odd):
    file = workspace.folder / "runs" / "standing.jsonl"
    sound = {"at": "2025-01-01T00:00:00+00:00", "run": "settle-1", "act": "proposed", "by": "li", "why": "w", "result": "r",
             "policy": "p", "year": 2025, "parties": ["xihai"], "hash": "h"}  # fmt: skip
    file.write_text((odd if isinstance(odd, str) else json.dumps({**sound, **odd})) + "\n", "utf-8")
    with pytest.raises(Refusal, match=r"the register of settlements is not as it was written[^:]*"):
        register_of(workspace)


def test_point_1_bytes_that_are_no_text_in_the_register_are_a_sentence(workspace):
    (workspace.folder / "runs" / "standing.jsonl").write_bytes(b"\xff\xfe\n")
    with pytest.raises(Refusal, match="standing.jsonl:1"):
        register_of(workspace)
