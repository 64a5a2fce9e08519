"""A broken package is refused by name, with its fault and what to do; everything else works on."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from yiheng.basis.refusals import Refusal
from yiheng.supervision import PACKAGES, RULES
from yiheng.supervision.shape import shape_faults
from yiheng.testkit import trials

from .installed import LIXIAN, changed, install, yiheng

OURS = set(RULES)
SELECTED = 'line=ibis.null("string")'
# What is put otherwise in the package of Lixian, and what is said of it.
BROKEN = {
    "its import fails": (
        {"init": ("import ibis\n", "import ibis_of_another_age\n")},
        ["its rules cannot be imported: ModuleNotFoundError: No module named 'ibis_of_another_age'", "mend or upgrade"],
    ),
    "it ends the program": (
        {"init": ("NOTICE =", "raise SystemExit(3)\nNOTICE =")},
        ["its rules cannot be imported: SystemExit: 3"],
    ),
    "it holds no rule": ({"init": '"""Nothing."""\n'}, ["the module holds no rule", "functions under @rule"]),
    "a function is named": (
        {"pyproject": ('"lixian_rules"\n\n[tool', '"lixian_rules:limited"\n\n[tool')},
        ["the entry point names a function", "name the module alone"],
    ),
    "its name is no name": (
        {"pyproject": ("lixian = ", '"li.xian" = ')},
        ["'li.xian' is no name for rules", "name the entry point otherwise"],
    ),
    "a rule of ours is in it": (
        {"init": ("NOTICE =", "from yiheng.supervision.rules.stays import split_stay\nNOTICE =")},
        ["rule 'split_stay' is not of this package", "do not import it into the module"],
    ),
    "a name is given twice": (
        {"init": ('    "infusion_outside_hospital",', '    "night_sales",')},
        ["the name 'night_sales' is given to 2 rules", "name one otherwise"],
    ),
    "a rule has no examples": (
        {"night_sales": None},
        ["examples/night_sales.yaml: rule 'night_sales' has no examples", "write night_sales.yaml"],
    ),
    "its limits cannot be read": (
        {"limits": ("value: 22", "value: ten")},
        ["limits.yaml:5", "night_begins.value"],
    ),
    "a limit is unknown": (
        {"init": ('limits["night_begins"]', 'limits["night_begin"]')},
        ["rule 'lixian.night_sales': its expression cannot be made", "did you mean 'night_begins'?"],
    ),
    "a table is unknown": (
        {"init": ('join(t["settlement"]', 'join(t["settlements"]')},
        ["there is no table 'settlements', did you mean 'settlement'?"],
    ),
    "a column of the subject is missing": (
        {"init": (f"{SELECTED},", "")},
        ["rule 'lixian.night_sales': it does not select line", "mend the rule"],
    ),
    "a column is of another kind": (
        {"init": ("occurred_on=_.settled_at.date()", "occurred_on=_.settled_at")},
        ["its column occurred_on is timestamp(6), not date"],
    ),
    "it divides": (
        {"init": (SELECTED, f"{SELECTED}, half=(_.scope_fen / 2)")},
        ["its column half is floating point", "it divides"],
    ),
    "it gives no table": ({"init": ("return sold", "return 7 or sold")}, ["it gives a int, not a table"]),
    "it reads what it does not say": (
        {"init": ('reads=("visit", "settlement")', 'reads=("visit",)')},
        ["it reads settlement without saying so in reads"],
    ),
    "it names no table": (
        {"init": ('reads=("visit", "settlement")', 'reads=("visit", "settlement", "visits")')},
        ["it reads 'visits', which is no table, did you mean 'visit'?"],
    ),
    "its sentence names what is not there": (
        {"init": ("{sold_at_hour} 时", "{hour} 时")},
        ["its sentence names hour, which it does not select"],
    ),
    "its docstring is no sentence": (
        {"init": ("one whose hour is unknown is spared.", "one whose hour is unknown is spared")},
        ["does not begin with a sentence that ends with a full stop"],
    ),
    "its weight is none": ({"init": ('weight="clue"', 'weight="guess"')}, ["there is no weight 'guess'"]),
    "its stage is none": ({"init": ('stages=("during", "after")', 'stages=("later",)')}, ["its stages are not of before"]),
    "its name in Chinese is missing": ({"init": ('zh="夜间购药"', 'zh="night"')}, ["is not Chinese"]),
    "its source is missing": ({"init": ('source=f"{NOTICE}第三条"', 'source=""')}, ["it does not say its source"]),
    "its name has capitals": (
        {"init": ("def night_sales", "def Night_sales"), "night_sales": None},
        ["its name is not of small letters"],
    ),
}  # fmt: skip


def beizhen(folder):
    """Another county's package, which is whole."""
    other = changed(LIXIAN, folder, pyproject=('lixian = "lixian_rules"', 'beizhen = "beizhen_rules"'))
    text = (other / "pyproject.toml").read_text("utf-8").replace('"lixian-rules"', '"beizhen-rules"')
    (other / "pyproject.toml").write_text(text.replace("lixian_rules", "beizhen_rules"), "utf-8")
    (other / "lixian_rules").rename(other / "beizhen_rules")
    return other


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_package_is_named_with_its_fault_and_the_others_work_on(how, doors, tmp_path):
    files, says = BROKEN[how]
    site = install(changed(LIXIAN, tmp_path / "broken", **files), tmp_path / "site")
    install(beizhen(tmp_path / "whole"), site)
    loaded = doors(site)
    (refused,) = loaded.refused
    assert str(refused).startswith("lixian-rules 1.0: ")
    for words in (*says, "to do: "):
        assert words in str(refused), str(refused)
    assert [one.name for one in loaded.packages] == list(PACKAGES) == ["beizhen"]
    assert set(RULES) == OURS | {"beizhen.night_sales", "beizhen.infusion_outside_hospital"}


def test_all_faults_of_a_package_are_said_together(doors, tmp_path):
    broken = changed(
        LIXIAN, tmp_path / "broken", init=('weight="clue"', 'weight="guess"'), infusion_outside_hospital=None
    )
    (refused,) = doors(install(broken, tmp_path / "site")).refused
    assert "there is no weight 'guess'" in str(refused)
    # Without a file of its own, the examples of what it measures are looked for.
    assert "measures/visit_kind.yaml: rule 'infusion_outside_hospital' has no examples" in str(refused)


def test_two_packages_of_one_name_are_both_refused(doors, tmp_path):
    other = changed(LIXIAN, tmp_path / "other", pyproject=('"lixian-rules"', '"lixian-rules-too"'))
    loaded = doors(install(other, install(LIXIAN, tmp_path / "site")))
    assert [str(one).split(": ")[0] for one in loaded.refused] == ["lixian-rules 1.0", "lixian-rules-too 1.0"]
    assert all("2 installed packages call their rules 'lixian'" in str(one) for one in loaded.refused)
    assert set(RULES) == OURS


def test_doors_open_once(doors, tmp_path):
    from yiheng.hooks import load_rules

    loaded = doors(install(LIXIAN, tmp_path / "site"))
    assert load_rules() is loaded and len(loaded.packages) == 1


def test_a_refused_package_is_said_by_the_command_and_an_audit_of_all_is_not_clean(tmp_path):
    broken = changed(LIXIAN, tmp_path / "broken", init=("import ibis\n", "import ibis_of_another_age\n"))
    site = install(broken, tmp_path / "site")
    folder = tmp_path / "ws"
    _, said = yiheng(site, "new", folder)
    assert "not used: lixian-rules 1.0: lixian = lixian_rules: its rules cannot be imported" in said
    yiheng(site, "audit", "--format", "json", "-w", folder, code=1)
    yiheng(site, "audit", "--rule", "split_stay", "--format", "json", "-w", folder)
    _, said = yiheng(site, "audit", "--rule", "lixian.night_sales", "-w", folder, code=2)
    assert "there is no rule 'lixian.night_sales'" in said
    _, said = yiheng(site, "rules", "test", "lixian", code=2)
    assert said.count("its rules cannot be imported") == 2


def test_a_folder_or_package_that_is_none_is_refused(doors, tmp_path):
    doors(install(LIXIAN, tmp_path / "site"))
    with pytest.raises(Refusal, match="'lixan' is no folder and no package with rules\n  to do: did you mean 'lixian'"):
        trials("lixan")
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refusal, match="the folder holds no examples of a rule"):
        trials(tmp_path / "empty")
    (tmp_path / "empty" / "split_stays.yaml").write_text("[]", "utf-8")
    with pytest.raises(Refusal, match="there is no rule 'split_stays'\n  to do: did you mean 'split_stay'"):
        trials(tmp_path / "empty")


def test_examples_of_a_folder_may_be_of_our_rules_or_of_a_package(doors, tmp_path):
    doors(install(LIXIAN, tmp_path / "site"))
    folder = tmp_path / "more"
    folder.mkdir()
    for name, file in {
        "lixian.night_sales": LIXIAN / "lixian_rules" / "examples" / "night_sales.yaml",
        "split_stay": ROOT / "tests" / "examples" / "rules" / "split_stay.yaml",
    }.items():
        (folder / f"{name}.yaml").write_text(file.read_text("utf-8"), "utf-8")
    tried = trials(folder)
    assert {one.rule for one in tried} == {"lixian.night_sales", "split_stay"}
    assert not [one.differs() for one in tried if one.differs()]


def test_our_own_rules_have_the_shape_that_is_asked_of_others():
    faults = {name: found for name, rule in RULES.items() if (found := shape_faults(rule))}
    # Stays come with their diagnosis; these rules do not look at it, and judge where none was loaded.
    blind = ("low_standard_stay", "readmitted_elsewhere", "visit_during_stay")
    assert faults == {name: ["it reads diagnosis without saying so in reads"] for name in blind}
