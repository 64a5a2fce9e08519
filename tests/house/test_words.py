"""One word for one thing: public names stand in the glossary, verbs in the documentation."""

from __future__ import annotations

import re

import click
import yaml

from yiheng.cli.main import main
from yiheng.measures import DIMENSIONS, INDICATORS, TOTALS
from yiheng.payment import ACCOUNTS, FIGURES, STEPS
from yiheng.records import RESULTS, TABLES
from yiheng.supervision import RULES

from .house import HOUSE, ROOT

BARE = {"amount", "rate", "value", "data", "info", "result", "flag", "type"}
CHINESE = re.compile("[一-鿿]")


def glossary() -> dict[str, dict[str, str]]:
    return {entry["id"]: entry for entry in yaml.safe_load((ROOT / "docs" / "glossary.yaml").read_text("utf-8"))}


def public_names() -> dict[str, str]:
    """Every public name with the kind of thing it is."""
    kinds = {
        "table": [*TABLES, *RESULTS],
        "indicator": INDICATORS,
        "total": TOTALS,
        "dimension": DIMENSIONS,
        "rule": RULES,
        "step": STEPS,
        "figure": FIGURES,
        "account": ACCOUNTS,
        "verb": main.commands,
    }
    return {name: kind for kind, names in kinds.items() for name in names}


def test_public_names_stand_in_the_glossary():
    known = glossary()
    missing = [f"{kind} {name}" for name, kind in public_names().items() if name not in known]
    assert not missing, "\n".join(missing)


def test_the_glossary_has_no_word_that_is_nowhere_used():
    used = public_names()
    assert not [name for name, entry in glossary().items() if entry["kind"] != "term" and name not in used]


def test_every_glossary_entry_has_a_chinese_word_and_a_meaning():
    for name, entry in glossary().items():
        assert CHINESE.search(entry["zh"]), name
        assert entry["means"].endswith("."), name


def test_columns_say_their_unit():
    bare = [f"{t.name}.{c.name}" for t in (*TABLES.values(), *RESULTS.values()) for c in t if c.name in BARE]
    assert not bare
    for table in (*TABLES.values(), *RESULTS.values()):
        for column in table:
            assert (column.kind == "fen") == column.name.endswith("_fen"), f"{table.name}.{column.name}"
            if column.kind == "instant":
                assert column.name.endswith("_at"), f"{table.name}.{column.name}"


def test_every_column_has_a_chinese_label():
    for table in (*TABLES.values(), *RESULTS.values()):
        for column in table:
            assert CHINESE.search(column.zh), f"{table.name}.{column.name}"


def test_no_national_name_means_two_columns_of_one_table():
    for table in TABLES.values():
        names = [n for c in table for n in (c.name, *c.aliases)]
        assert len(names) == len(set(names)), table.name


def test_every_verb_is_documented_and_every_documented_verb_exists():
    told = set(re.findall(r"^#+ `yiheng (\w+)", (ROOT / "docs" / "commands.md").read_text("utf-8"), re.MULTILINE))
    assert told == set(main.commands)


def test_every_verb_teaches_by_example():
    def commands(group: click.Group):
        for command in group.commands.values():
            yield from commands(command) if isinstance(command, click.Group) else [command]

    for command in commands(main):
        assert "Example" in (command.help or ""), command.name


def test_rules_and_indicators_end_their_sentence():
    for one in RULES.values():
        assert one.sentence.endswith("."), one.name
        assert one.source and one.not_for, one.name
    for one in INDICATORS.values():
        assert one.says_zh.endswith("。") and one.not_for, one.name
    for step in STEPS.values():
        assert step.zh.endswith("。") and step.en.endswith("."), step.name


# What insurance clerks do not say, and what they say instead.
NOT_OURS = {
    "数据湖": "已入库结算数据", "误报": "不属实", "存疑": "待核实", "改判": "重新核实", "查准率": "核实属实率", "查全率": "检出率",
    "分文不差": "精确到分", "高套诊断": "高套病种（编码高套）", "待定结余": "待清算结余", "待定超支": "待清算超支",
    "留待退回": "待收回", "赢家": "增减情况", "净得": "净结算额", "得益": "增加", "受损": "减少", "无从计算": "暂无法测算",
    "不施行": "未执行", "您的范围内": "您的权限范围内", "判断疑点": "核实疑点", "同行次数": "同日就诊次数", "签数": "抽签号数",
    "造一个": "生成", "快照集": "数据版本",
}  # fmt: skip


def test_point_13_chinese_is_that_of_insurance_clerks():
    texts = [file for kind in ("py", "html", "po", "typ", "csv", "yaml") for file in HOUSE.rglob(f"*.{kind}")]
    wrong = [
        f"{file.relative_to(HOUSE)}:{number}  {word}: write {right}"
        for file in texts
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        for word, right in NOT_OURS.items()
        if word in line.replace(right, "")
    ]
    assert not wrong, "\n".join(wrong)
