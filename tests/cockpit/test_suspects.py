"""Findings as readers see them."""

from __future__ import annotations

import csv
import io

FINDING = {
    "rule": "split_stay", "official_code": None, "weight": "suspicion", "person": "P0008766", "institution": "H1",
    "visit": "V1", "settlement": None, "line": None, "occurred_on": "2025-03-01", "at_stake_fen": 123456,
    "says": "参保人 P0008766 又住院", "says_en": "P0008766 was back", "evidence": {},
}  # fmt: skip


def test_the_number_is_masked_in_the_sentence_too(served):
    from yiheng.cockpit.suspects import export_row, shown

    one = shown(FINDING, {}, in_full=False)
    assert (one.person, one.says) == ("P0****66", "参保人 P0****66 又住院")
    assert "P0008766" not in "".join(export_row(FINDING, {}, in_full=False))
    assert shown(FINDING, {}, in_full=True).says == "参保人 P0008766 又住院"


def test_an_exported_row_is_exact(served):
    from yiheng.cockpit.suspects import EXPORTED, export_row

    row = dict(zip(EXPORTED, export_row(FINDING, {}, in_full=True), strict=True))
    assert (row["at_stake_yuan"], row["official_code"], row["line"]) == ("1234.56", "", "")


def test_sums_by_rule_add_up(served):
    from yiheng.cockpit.suspects import sums

    found = [FINDING, {**FINDING, "at_stake_fen": 44}, {**FINDING, "rule": "long_gone_rule", "at_stake_fen": 200_000}]
    made = [(one.name, one.label, one.count, one.at_stake.n) for one in sums(found, None)]
    assert made == [("long_gone_rule", "long_gone_rule", 1, 200_000), ("split_stay", "分解住院", 2, 123_500)]


def test_the_page_lists_the_national_rules_that_are_not_computed(as_):
    for language, title, reason in (
        ("zh", "国家规则库有 7 条规则不计算", "国家没有公布哪些项目须合并收费"),
        (
            "en",
            "7 rules of the national list are not computed",
            "which items must be charged as one has not been published",
        ),
    ):
        client = as_("clerk")
        client.post("/language/", {"language": language})
        page = client.get("/findings/").content.decode()
        listed = page.split('id="not-computed"')[1].split("</details>")[0]
        assert title in listed and reason in listed
        assert listed.count('<th scope="row">') == 7
        # 医疗服务项目分解收费 has this code in the published list.
        assert "医疗服务项目分解收费" in listed and "GZ10000102013000" in listed


def test_an_audit_of_an_older_version_does_not_say_what_it_did_not_compute(served):
    from types import SimpleNamespace

    from yiheng.cockpit.suspects import not_computed

    assert not_computed(SimpleNamespace(result={"findings": []})) == not_computed(None) == []


def test_no_cell_of_an_export_is_taken_for_a_formula(served):
    from yiheng.basis.signs import no_formula

    assert [no_formula(cell) for cell in ("=1+1", "@x", "-12.50", "+x", "甲")] == [
        "'=1+1",
        "'@x",
        "-12.50",
        "'+x",
        "甲",
    ]


def test_the_download_holds_every_finding_and_is_journalled(as_, people):
    from yiheng.casework.models import JournalLine
    from yiheng.cockpit import results

    findings = results.audited().result["findings"]
    for role, numbers in (("clerk", "masked"), ("reviewer", "full")):
        answer = as_(role).get("/findings.csv")
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert len(rows) == len(findings)
        fen = sum(int(row["涉及金额（元）"].replace(".", "")) for row in rows)
        assert fen == sum(f["at_stake_fen"] for f in findings)
        persons = {f["person"] for f in findings if f["person"]}
        assert bool({row["人员编号"] for row in rows} & persons) == (numbers == "full")
        (line,) = JournalLine.objects.filter(act="findings.exported", by=people[role])
        assert (line.data["findings"], line.data["person_numbers"]) == (len(findings), numbers)


def rests_on_demo(run):
    """A finding that rests on a demo list, and one that does not, of the newest audit."""
    demo = {rule["rule"]: rule["demo"] for rule in run.result["rules"]}
    one = next(f for f in run.result["findings"] if demo[f["rule"]])
    return one, next(f for f in run.result["findings"] if not demo[f["rule"]])


def test_point_12_pages_mark_what_rests_on_a_demo_list_and_show_the_answer(as_):
    from yiheng.cockpit import results
    from yiheng.supervision import ANSWERS, RULES

    marked, plain = rests_on_demo(results.audited())
    client = as_("clerk")
    for finding, is_marked in ((marked, True), (plain, False)):
        page = client.get(f"/findings/{finding['id']}/").content.decode()
        assert ("这条疑点依据示例代码表" in page) == is_marked
        assert f"<dt>事前答复</dt><dd>{ANSWERS[RULES[finding['rule']].answers].zh}</dd>" in page
        listed = client.get(f"/findings/?rule={finding['rule']}").content.decode()
        # In the list and in the sums by rule.
        assert ('class="weight demo"' in listed) == is_marked
        assert "事前答复" in listed


def test_point_12_the_download_bears_chinese_heads_and_marks_demo_lists(as_):
    from yiheng.cockpit import results

    marked, plain = rests_on_demo(results.audited())
    demo = {rule["rule"]: rule["demo"] for rule in results.audited().result["rules"]}
    client = as_("clerk")
    rows = list(csv.DictReader(io.StringIO(client.get("/findings.csv").content.decode("utf-8-sig"))))
    assert list(rows[0]) == [
        *(
            "规则",
            "规则名称",
            "国家编码",
            "性质",
            "事前答复",
            "所依示例代码表",
            "人员编号",
            "定点医药机构编号",
            "机构名称",
        ),
        *(
            "就诊ID",
            "结算ID",
            "费用明细流水号",
            "发生日期",
            "涉及金额（元）",
            "说明",
            "疑点编号",
            "核实结论",
            "核实理由",
        ),
    ]
    by_id = {row["疑点编号"]: row for row in rows}
    assert by_id[marked["id"]]["所依示例代码表"] == "、".join(demo[marked["rule"]])
    assert by_id[plain["id"]]["所依示例代码表"] == ""
    assert {row["事前答复"] for row in rows} <= {"拦截", "提醒", "告知"}
    client.post("/language/", {"language": "en"})
    head = client.get("/findings.csv").content.decode("utf-8-sig").split("\r\n")[0]
    assert head.startswith("rule,rule_name,official_code,weight,answer,demo,person")
