"""Rules of an installed package are used like ours: audited, checked, replayed, excepted, judged, shown."""

from __future__ import annotations

import json

import pytest

from tests.conftest import ROOT
from tests.tiny import loaded, with_row
from yiheng.supervision import RULES

from .installed import LIXIAN, changed, install, yiheng

NIGHT, INFUSION = "lixian.night_sales", "lixian.infusion_outside_hospital"
# B buys for 40.00 yuan of the policy's scope at 23 o'clock, and for 20.00 at noon.
VISITS = with_row("visit", "V8,B,T1,pharmacy,2025-04-01,2025-04-01,0,0\nV9,B,T1,pharmacy,2025-04-02,2025-04-02,0,0")
SETTLED = with_row(
    "settlement",
    "S8,V8,2025-04-01 23:00:00,4500,4000,3000,1500\nS9,V9,2025-04-02 12:00:00,2000,2000,1000,1000",
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    made, _ = loaded(tmp_path_factory.mktemp("night"), visit=VISITS, settlement=SETTLED)
    return made


@pytest.fixture(scope="module")
def audited(site, workspace):
    return json.loads(yiheng(site, "audit", "--rule", NIGHT, "--format", "json", "-w", workspace.folder)[0])


def test_a_rule_of_a_package_is_listed_under_the_name_of_the_package(site):
    listed = {one["rule"]: one for one in json.loads(yiheng(site, "rules", "list", "--format", "json")[0])}
    assert set(listed) == {*RULES, NIGHT, INFUSION}
    assert listed[NIGHT] == {
        "rule": NIGHT,
        "zh": "夜间购药",
        "weight": "clue",
        "answer": "inform",
        "official_code": None,
        "package": "lixian-rules 1.0",
    }
    assert listed["split_stay"]["package"] is None


def test_the_page_of_rules_names_the_package(site):
    page = yiheng(site, "rules", "page")[0]
    assert f"| `{NIGHT}` | 夜间购药 | lixian-rules 1.0 | clue |" in page
    assert page.index("## Our rules") < page.index("## Rules of installed packages") < page.index(NIGHT)


def test_an_audit_finds_what_a_rule_of_a_package_finds_and_pins_the_package(audited, workspace):
    (found,) = audited["findings"]
    assert {key: found[key] for key in ("rule", "weight", "person", "institution", "visit", "settlement")} == {
        "rule": NIGHT,
        "weight": "clue",
        "person": "B",
        "institution": "T1",
        "visit": "V8",
        "settlement": "S8",
    }
    assert (found["at_stake_fen"], found["evidence"]) == (4000, {"sold_at_hour": 23})
    assert found["says"] == "参保人 B 于 2025-04-01 23 时在 T1 购药，该时段药店不营业"
    manifest = json.loads((workspace.find_run(audited["run"]) / "manifest.json").read_text("utf-8"))
    assert manifest["pins"]["packages"] == {
        "lixian": {
            "distribution": "lixian-rules",
            "version": "1.0",
            "limits": {"night_begins": 22, "night_ends": 6},
        }
    }
    assert not set(manifest["pins"]["limits"]) & {"night_begins", "night_ends"}


def test_an_audit_of_all_judges_rules_of_packages_as_well(site, workspace):
    whole = json.loads(yiheng(site, "audit", "--format", "json", "-w", workspace.folder)[0])
    assert NIGHT in {one["rule"] for one in whole["rules"]}
    # Its class of limited items stands in no list.
    unknown = {one["rule"]: one for one in whole["unknown"]}
    assert unknown[INFUSION]["missing"] == ["knowledge_point", "item_limit"]


def test_a_run_of_our_own_rules_is_the_same_run_whatever_is_installed(site, workspace, tmp_path):
    words = ("audit", "--rule", "split_stay", "--format", "json", "-w", workspace.folder)
    assert json.loads(yiheng(site, *words)[0])["run"] == json.loads(yiheng(tmp_path, *words)[0])["run"]


def test_a_run_is_replayed_by_the_same_version_only(site, workspace, audited, tmp_path):
    words = ("replay", audited["run"], "-w", workspace.folder)
    yiheng(site, *words)
    _, said = yiheng(install(LIXIAN, tmp_path / "later", version="1.1"), *words, code=2)
    assert said == (
        f"{audited['run']}: the rules 'lixian.…' of this run come from a package, and lixian-rules 1.1 is installed\n"
        "  expected: lixian-rules 1.0\n"
        "  to do: pip install lixian-rules==1.0, or run the audit again with what is installed\n"
    )
    _, said = yiheng(tmp_path / "nothing", *words, code=2)
    assert "none is in use: it is not installed, or was refused at the start" in said
    assert "pip install lixian-rules==1.0" in said


def test_a_replay_judges_by_the_limits_that_the_run_pinned(workspace, audited, tmp_path):
    # The same version with an edited limit: the night begins at 24, but the run said 22.
    edited = changed(LIXIAN, tmp_path / "edited", limits=("value: 22", "value: 24"))
    yiheng(install(edited, tmp_path / "site"), "replay", audited["run"], "-w", workspace.folder)


def test_a_rule_that_its_package_no_longer_has_is_named_at_a_replay(workspace, audited, tmp_path):
    other = changed(LIXIAN, tmp_path / "other", init=("def night_sales", "def sold_at_night"), night_sales=None)
    examples = LIXIAN / "lixian_rules" / "examples"
    text = (examples / "night_sales.yaml").read_text("utf-8")
    (other / "lixian_rules" / "examples" / "sold_at_night.yaml").write_text(text, "utf-8")
    _, said = yiheng(install(other, tmp_path / "site"), "replay", audited["run"], "-w", workspace.folder, code=2)
    assert f"the rule '{NIGHT}' is no longer there" in said
    assert "did you mean 'lixian.sold_at_night'" in said


def test_spark_finds_the_same(site, workspace, audited):
    words = ("audit", "--rule", NIGHT, "--engine", "spark", "--format", "json", "-w", workspace.folder)
    assert json.loads(yiheng(site, *words)[0]) == audited


def test_a_bill_is_checked_by_a_rule_of_a_package(site, workspace, tmp_path):
    bill = {
        "person": [{"person_id": "B"}],
        "institution": [{"institution_id": "T1"}],
        "visit": [
            {"visit_id": "V8", "person_id": "B", "institution_id": "T1", "kind": "pharmacy", "began_on": "2025-04-01"}
        ],
        "settlement": [
            {"settlement_id": "S8", "visit_id": "V8", "settled_at": "2025-04-01 23:00:00", "scope_fen": 4000}
        ],
    }
    file = tmp_path / "bill.json"
    file.write_text(json.dumps(bill), "utf-8")
    checked = json.loads(yiheng(site, "check", file, "--format", "json", "-w", workspace.folder, code=1)[0])
    assert [(one["rule"], one["at_stake_fen"]) for one in checked["findings"]] == [(NIGHT, 4000)]


def test_an_exception_from_a_rule_of_a_package_is_granted(site, workspace, tmp_path):
    list_of = tmp_path / "exceptions.csv"
    list_of.write_text(
        "rule,institution,person,visit,item_code,reason,granted_by,until\n"
        f"{NIGHT},T1,,,,值班药房,漓县医保局,2025-12-31\n",
        "utf-8",
    )
    copy, _ = loaded(tmp_path, visit=VISITS, settlement=SETTLED)
    yiheng(site, "codes", "load", list_of, "--list", "exception", "-w", copy.folder)
    words = ("audit", "--rule", NIGHT, "--format", "json", "-w", copy.folder)
    said = json.loads(yiheng(site, *words)[0])
    assert (said["findings"], len(said["excepted"])) == ([], 1)


def test_the_cockpit_knows_the_rule(site, workspace):
    asked = (
        "import sys; from pathlib import Path; from yiheng.cockpit.serve import configure; "
        "configure(Path(sys.argv[1])); from yiheng.cockpit.suspects import rule_label; print(rule_label(sys.argv[2]))"
    )
    assert yiheng(site, workspace.folder, NIGHT, start=("-c", asked))[0] == "夜间购药\n"


def test_the_package_tests_itself_in_one_function(site):
    said, _ = yiheng(site, LIXIAN, "-p", "no:cacheprovider", "-c", "/dev/null", start=("-m", "pytest"))
    # Two examples of each rule, and that each rule has both kinds.
    assert "6 passed" in said


def test_the_command_tries_the_examples_of_a_package(site, tmp_path):
    said = json.loads(yiheng(site, "rules", "test", "lixian", "--format", "json")[0])
    assert len(said) == 6 and all(one["holds"] for one in said)
    # Ten is no hour of the night; the second example no longer spares.
    other = changed(LIXIAN, tmp_path / "other", limits=("value: 6", "value: 10"))
    said, told = yiheng(install(other, tmp_path / "site"), "rules", "test", "lixian", "--format", "json", code=1)
    (differs,) = [one for one in json.loads(said) if not one["holds"]]
    assert (differs["rule"], differs["place"]) == (NIGHT, "night_sales.yaml:14")
    assert differs["differs"][0].startswith("1 findings, not 0: 参保人 A 于 2025-03-02 6 时")
    assert "6 tried, 1 differ" in told


def test_a_rule_of_a_package_is_judged_by_labels(site, workspace, tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text(
        "rule,expect,visit,at_stake_fen\n"
        f"{NIGHT},catch,V8,4000\n"
        # Known to somebody, but settled by day.
        f"{NIGHT},catch,V9,2000\n",
        "utf-8",
    )
    words = ("rules", "precision", "--labels", labels, "--format", "json", "-w", workspace.folder)
    (judged,) = json.loads(yiheng(site, *words)[0])["rules"]
    assert (judged["caught"], judged["missed"], judged["right"], judged["wrong"]) == (1, 1, 1, 0)
    # 1 of 2 findings, 4,000 of 6,000 fen.
    assert (judged["recall"], judged["recall_of_money"], judged["precision"]) == ("50.0", "66.6", "100.0")


@pytest.mark.parametrize(
    "name",
    ["pyproject.toml", "lixian_rules/__init__.py", "lixian_rules/limits.yaml", "test_lixian.py",
     "lixian_rules/examples/night_sales.yaml"],
)  # fmt: skip
def test_the_page_that_teaches_it_shows_this_package(name):
    page = (ROOT / "docs" / "howto" / "write-a-rule-outside.md").read_text("utf-8")
    assert f"`{name}`\n\n" in page and (LIXIAN / name).read_text("utf-8") in page
