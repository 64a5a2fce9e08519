"""Issue 12, point 2: what is signed lists every account, and its sums are those of the book."""

from __future__ import annotations

import io
import re
from collections import defaultdict

import openpyxl
import pypdf
import pytest

from yiheng.basis.money import NOTHING, Fen
from yiheng.cli.heads import further
from yiheng.statements import (
    conclusion,
    dues,
    further_words,
    ledger,
    statement_hash,
    statements_of,
    sums,
    write_statement_pdf,
    write_workbook,
)

from .settled import settled
from .shipped import POLICIES, every_example, settle_example, settled_examples

PAY, COLLECT, OTHERS, BORNE = "医保基金应拨付医共体", "医共体应缴回医保基金", "其他资金应拨付医共体", "各方承担"


def moved_by_the_book(statement) -> dict[str, int]:
    """What moves at clearing, worked out from balances alone: kinds of accounts, no step and no line of the paper.

    An advance that was counted leaves a debt of the fund on ``payable`` or a rest on ``prepaid``; without one the fund
    owes what stays on ``kept`` and ``use``, and the party what its ``own`` account gave.
    """
    left: dict[str, int] = defaultdict(int)
    rewarded: dict[str, int] = defaultdict(int)
    ahead = own = 0
    for t in statement["transfers"]:
        fen = Fen.from_yuan(t["yuan"]).n
        giver, taker = (t[side].split("/")[0] for side in ("from", "to"))
        left[giver] -= fen
        left[taker] += fen
        if taker == "reward":
            rewarded[giver] += fen
        if giver == "reward":
            rewarded[taker] -= fen
        ahead += giver == "prepaid"
        if giver == "own":
            own += fen
    if ahead:
        pay, collect = -left["payable"] + rewarded["fund"], left["prepaid"]
    else:
        pay, collect = left["kept"] + left["use"] + rewarded["fund"], own
    return {PAY: pay, COLLECT: collect, OTHERS: rewarded["other"], BORNE: left["payer"]}


def page_one(result, statement, folder) -> str:
    into = folder / "s.pdf"
    write_statement_pdf(result, statement, into)
    page = pypdf.PdfReader(io.BytesIO(into.read_bytes())).pages[0].extract_text()
    return "".join(page.replace("\u200b", "").split())


@pytest.mark.parametrize(
    ("file", "one"), [pytest.param(f, o, id=f"{f.parent.name}: {o.name}") for f, o in every_example()]
)
def test_point_2_the_sums_are_those_of_the_book(file, one, tmp_path):
    (statement,) = statements_of(settle_example(file, one, tmp_path), one.party)
    expected = moved_by_the_book(statement)
    assert (
        dict(zip((PAY, COLLECT, OTHERS, BORNE), (a.n for a in sums(dues(statement)).values()), strict=True)) == expected
    )
    told = "".join(conclusion(statement))
    for way, fen in expected.items():
        assert (f"合计：{way} {Fen(fen)} 元" in told) == bool(fen), told
    assert ("无应付、应收款项" in told) == (not any(expected.values())) or "除上列" in told
    # Every account that ended with anything stands in a sentence.
    for name, yuan in statement["further"].items():
        assert yuan == "0.00" or str(Fen.from_yuan(yuan)) in told, name


@pytest.mark.parametrize("file", POLICIES, ids=lambda f: f"{f.parent.name}-{f.stem}")
def test_point_2_page_one_the_workbook_and_the_book_say_the_same(file, tmp_path):
    one = settled_examples(file)[-1]
    result = settle_example(file, one, tmp_path)
    (statement,) = statements_of(result, one.party)
    expected = {way: Fen(fen) for way, fen in moved_by_the_book(statement).items() if fen}
    text = page_one(result, statement, tmp_path)
    for way, amount in expected.items():
        assert f"合计{way}{amount}" in text and f"合计：{way}{amount}元" in text
    if not expected:
        assert "合计无应付、应收款项0.00" in text
    assert "复核人（签字）" in text, "what is signed is the first sheet"
    whole = statement_hash(result, statement)
    assert whole[:16] in text
    write_workbook(result, tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    rows = [r for r in book["应收应付"].iter_rows(min_row=2, values_only=True) if r[0] == one.party and r[2] == "合计"]
    found = {row[3]: Fen.from_yuan(f"{row[4]:.2f}") for row in rows}
    assert found == (expected or {"无应付、应收款项": NOTHING})
    assert whole in {row[-1] for row in book["清算结果"].iter_rows(min_row=2, values_only=True)}
    plain = ledger([statement], [whole])
    for way, amount in zip(("pay", "collect", "others", "borne"), moved_by_the_book(statement).values(), strict=True):
        assert f"{one.year}\t{way}\t合计\t{Fen(amount).yuan}\n" in plain
    assert plain.endswith(f"\t{one.year}\t{whole}\n")


def test_point_2_a_reward_is_no_longer_printed_as_nothing(tmp_path):
    """500 patients at 1,200.00 less three complications at 1,200.00: 596,400.00 that the fund owes."""
    (file,) = (f for f in POLICIES if f.parent.name == "diabetes-outcome")
    one = next(o for o in settled_examples(file) if o.name.startswith("Three severe"))
    result = settle_example(file, one, tmp_path)
    text = page_one(result, statements_of(result, one.party)[0], tmp_path)
    assert "专项支付596,400.00元（大写：伍拾玖万陆仟肆佰元整）" in text
    assert "也不承担超支" not in text and "预算与支出相等" not in text


def test_point_2_example_values_that_decide_and_assumptions_are_marked_on_page_one(tmp_path):
    surplus, overrun = "东河,1050000.00,1000000.00", "西海,1180000.13,1000000.07"
    result = settled(tmp_path, surplus, overrun)
    texts = {s["party"]: page_one(result, s, tmp_path) for s in statements_of(result)}
    for text in texts.values():
        assert "示例值，付费前须替换预算在基数上的增长率：9%（报道未载，示例值）" in text
        assert "未说明以何为基数——取“当年预算”" in text and "（budget）" not in text
    # The recognised growth decides an overrun only.
    assert "数值为示例" in texts["西海"] and "数值为示例" not in texts["东河"]


def test_point_2_an_advance_lists_what_was_paid_withheld_and_is_still_due(tmp_path):
    """600,000.00 of which 30 % are withheld: 420,000.00 ahead; care 550,000.00 + kept 50,000.00 − 420,000.00 = 180,000.00."""
    (file,) = (f for f in POLICIES if f.parent.name == "ningxia")
    result = settle_example(file, settled_examples(file)[0], tmp_path)
    (statement,) = statements_of(result)
    told = "".join(conclusion(statement))
    assert "预付款·2011-01 420,000.00 元" in told and "（年内已预付）" in told
    assert "结余留用归医共体 50,000.00 元" in told and "（已计入清算应付，不另拨付）" in told
    assert "合计：医保基金应拨付医共体 180,000.00 元" in told


def test_point_2_paying_and_collecting_are_set_off():
    """Kept 100.00, deducted by decision 130.00: the party returns 30.00."""

    def t(giver, taker, yuan, step):
        return {"from": giver, "to": taker, "yuan": yuan, "step": step, "because": {"says": "x"}}

    statement = {
        "party": "a/b", "year": 2025, "figures": dict.fromkeys(("budget", "spend", "surplus", "overrun", "kept", "fund_bears", "party_bears"), "0.00"),
        "transfers": [
            t("fund/a/b", "budget/a/b", "100.00", "budget_given"),
            t("budget/a/b", "kept/a/b", "100.00", "keep_surplus"),
            t("own/a/b", "deducted/a/b/查实违规", "130.00", "deduct_decided"),
        ],
    }  # fmt: skip
    told = conclusion(statement)
    assert "扣款·查实违规 130.00 元（大写：壹佰叁拾元整）。" in told
    assert told[-1] == "收付相抵后：医共体应缴回医保基金 30.00 元（大写：叁拾元整）。"
    on_paper = conclusion(statement, sums_first=True)
    assert sorted(on_paper) == sorted(told)
    first = next(at for at, line in enumerate(on_paper) if line.startswith("扣款·"))
    assert on_paper.index(told[-1]) < first, "on paper the sums come before the single accounts"


def test_point_2_nothing_due_is_said_only_when_every_account_is_nothing(tmp_path):
    result = settled(tmp_path, "南山,1090000.00,1000000.00")
    assert re.search("各账户均为零，无应付、应收款项", "".join(conclusion(statements_of(result)[0])))


def test_point_2_the_terminal_says_every_account_and_the_hash(tmp_path, capsys, monkeypatch):
    from yiheng.cli.due import notes, say_due

    monkeypatch.setenv("YIHENG_LANG", "zh")
    (file,) = (f for f in POLICIES if f.parent.name == "xiamen")
    one = settled_examples(file)[0]
    result = settle_example(file, one, tmp_path)
    (statement,) = statements_of(result, one.party)
    say_due(result, statement)
    said = capsys.readouterr().err
    assert "合计：其他资金应拨付医共体 1,320,000.00 元" in said
    assert "示例值，付费前须替换：全额拨付的得分：80 %" in said and statement_hash(result, statement) in said
    assert notes(result, statement)[-1].endswith(statement_hash(result, statement))


@pytest.fixture(scope="module")
def returned(tmp_path_factory):
    """105,000,000.00 prepaid in twelve months; of the surplus of 10,000,000.00, 2 % = 200,000.00 are not kept."""
    (file,) = (f for f in POLICIES if f.parent.name == "consortium-agreement")
    return settle_example(file, settled_examples(file)[0], tmp_path_factory.mktemp("agreement"))


def test_an_account_has_one_name_on_paper_in_the_workbook_and_on_the_terminal(returned, tmp_path):
    """105,000,000.00 less care 95,000,000.00 less kept 9,800,000.00: 200,000.00 of the last month go back."""
    (statement,) = returned["statements"]
    name = "多拨部分待收回·2025-12"
    assert statement["further"]["prepaid/2025-12"] == "200000.00"
    assert f"{name}医共体应缴回医保基金200,000.00" in page_one(returned, statement, tmp_path)
    write_workbook(returned, tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    head, row = book["清算结果"].iter_rows(values_only=True)
    assert row[head.index(f"{name}（元）")] == 200000
    assert not any("预付款·" in cell for cell in head)
    assert further_words("prepaid/2025-12", [statement]).zh == name == further("prepaid/2025-12", [statement]).zh
    ahead = {**statement, "transfers": [t for t in statement["transfers"] if t["step"] != "settle_prepaid"]}
    assert further_words("prepaid/2025-12", [ahead]).zh == "预付款·2025-12"
    assert further_words("prepaid/2025-12", [ahead, statement]).zh == "预付款余额·2025-12"


def test_page_one_says_why_a_part_of_a_surplus_is_withheld_and_what_was_paid_before(returned, tmp_path):
    """20 % follow a score of 90: 20 % x 10 % = 2 % of 10,000,000.00 are not kept."""
    (statement,) = returned["statements"]
    text = page_one(returned, {**statement}, tmp_path)
    assert "9,800,000.00元（大写：玖佰捌拾万元整）（已含在预付款中，不另拨付）" in text
    assert "未留用200,000.00元，依据：结余的一定比例与考核得分挂钩（待清算结余×（1－98%），其中20%×得分90%）" in text


def test_papers_hold_names_of_accounts_and_steps_no_ids(returned, tmp_path):
    (statement,) = returned["statements"]
    into = tmp_path / "s.pdf"
    write_statement_pdf(returned, statement, into, name="东河医共体")
    text = "".join(pypdf.PdfReader(into).pages[0].extract_text().split())
    assert "专项支付·院长年薪" in text and "head" not in text and f"{statement['party']}/" not in text
    assert "取“合理超支70%”" in text and "uncontrollable" not in text
    assert "清算结果（元）" in text
    write_workbook(returned, tmp_path / "s.xlsx", names={statement["party"]: "东河医共体"})
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    whose = f"东河医共体（{statement['party']}）"
    for sheet, ids in {"转账": (3, 4, 5), "账户": (2,)}.items():
        for row in book[sheet].iter_rows(min_row=2, values_only=True):
            assert row[0] == whose
            assert not any(re.search("[a-z]", row[at]) for at in ids), row
    moved = [row[3:6] for row in book["转账"].iter_rows(min_row=2, values_only=True)]
    assert ("预算分十二个月预付，按比例预留，扣款从当月起抵扣", "医保基金", "预付款·2025-01") in {
        (step, giver.partition("·")[0], taker) for step, giver, taker in moved
    }
    for sheet in book.worksheets:
        told = {row[0] for row in sheet.iter_rows(values_only=True) if row[0]}
        assert statement["party"] not in told, sheet.title
