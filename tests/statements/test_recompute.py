"""Issue 12, point 7: LibreOffice computes a changed workbook, and finds what a settlement of the changed facts finds."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from yiheng.payment import FIGURES
from yiheng.payment.book import called
from yiheng.policy import Example, PolicyFile, read_policy
from yiheng.runs import kept_policies
from yiheng.statements import statements_of, write_workbook

from .shipped import POLICIES, settle_example, settled_examples

HEAD = 3
# So many other examples of each policy are typed into the workbook of its first one.
OTHERS = 1


@dataclass(frozen=True)
class Changed:
    """A workbook into which the facts of another example were typed, and what that example is settled to."""

    file: Path
    policy: Path
    name: str
    expected: dict[str, dict[str, str]]


class Sheet:
    """The sheet 重算 of a workbook: inputs by what they are, figures by what they are called."""

    def __init__(self, file: Path, *, computed: bool = False) -> None:
        self.book = openpyxl.load_workbook(file, data_only=computed)
        self.rows = [
            ["" if cell.value is None else cell.value for cell in row]
            for row in self.book["重算"].iter_rows(min_row=HEAD + 1)
        ]

    def type(self, party: str, starts: str, value: str) -> bool:
        """Type a value into an input; False where the workbook has none of that name."""
        for at, row in enumerate(self.rows, start=HEAD + 1):
            if row[0] == party and row[1] in ("事实", "政策参数", "所选假设") and str(row[2]).startswith(starts):
                self.book["重算"].cell(at, 4).value = _cell(value)
                return True
        return False

    def figures(self, party: str) -> dict[str, str]:
        return {r[2]: f"{Decimal(repr(r[3])):.2f}" for r in self.rows if r[1] == "重算结果" and r[0] == party}


def _cell(text: str):
    try:
        number = Fraction(text)
    except ValueError:
        return text
    return int(number) if number.denominator == 1 else Decimal(text)


def typed(sheet: Sheet, source: PolicyFile, first: Example, one: Example) -> bool:
    """Type an example into the workbook of another; False where it lacks an input."""
    if set(first.others) != set(one.others) or first.year != one.year or first.party != one.party:
        return False
    policy = source.policy
    for party, given in {one.party: one.given, **one.others}.items():
        before = first.given if party == first.party else first.others[party]
        for name, text in given.items():
            if before.get(name) != text and not sheet.type(party, policy.facts[name].says.zh, text):
                return False
    for name, choice in {**{n: policy.assumptions[n].chosen for n in first.assume}, **one.assume}.items():
        sets = policy.assumptions[name].sets
        starts = policy.values[sets].says.zh if sets else f"假设：{policy.assumptions[name].says.zh}"
        if not sheet.type("", starts, choice):
            return False
    return True


def words(statement) -> dict[str, str]:
    """The figures of a statement under the names that the sheet gives them."""
    told = {}
    for name, yuan in {**statement["figures"], **statement["further"]}.items():
        kind, _, purpose = name.partition("/")
        zh = FIGURES[name].zh if name in FIGURES else called(kind, purpose).zh
        told[zh] = yuan
    return told


@pytest.fixture(scope="module")
def changed(tmp_path_factory) -> list[Changed]:
    """Workbooks with changed inputs of every policy, computed by LibreOffice in one go."""
    folder = tmp_path_factory.mktemp("recompute")
    made = []
    for file in POLICIES:
        source = read_policy(file, shown_as=f"{file.parent.name}/{file.name}")
        first, *others = settled_examples(file)
        own = folder / f"{file.parent.name}-{file.stem}"
        own.mkdir()
        result = settle_example(file, first, own)
        run = kept_policies(own / "ws" / "runs" / result["run"])
        write_workbook(result, own / "s.xlsx", policies=run)
        for at, one in enumerate(others):
            sheet = Sheet(own / "s.xlsx")
            if len([c for c in made if c.policy == file]) == OTHERS or not typed(sheet, source, first, one):
                continue
            into = folder / f"{own.name}-{at}.xlsx"
            sheet.book.save(into)
            settled = settle_example(file, one, own)
            made.append(Changed(into, file, one.name, {s["party"]: words(s) for s in statements_of(settled)}))
    out = folder / "computed"
    asked = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx"]
    subprocess.run(
        [*asked, "--outdir", str(out), *(str(c.file) for c in made)], check=True, capture_output=True, timeout=300
    )
    return [Changed(out / c.file.name, c.policy, c.name, c.expected) for c in made]


def test_point_7_a_changed_workbook_computes_what_a_settlement_of_the_changed_facts_finds(changed):
    assert len({c.policy.parent.name for c in changed}) >= 20
    wrong = []
    for one in changed:
        sheet = Sheet(one.file, computed=True)
        for party, expected in one.expected.items():
            got = sheet.figures(party)
            wrong += [
                (one.policy.parent.name, one.name, name, yuan, got.get(name, "0.00"))
                for name, yuan in expected.items() if got.get(name, "0.00") != yuan
            ]  # fmt: skip
    assert not wrong, wrong[:10]


def test_point_7_a_norm_by_risk_says_why_it_is_an_input_and_what_it_was_made_of(tmp_path):
    """The cells of people are not in the sheet: who changes them settles again. All else of the policy is a formula."""
    (file,) = (one for one in POLICIES if one.parent.name == "risk-example")
    first = settled_examples(file)[0]
    result = settle_example(file, first, tmp_path)
    write_workbook(result, tmp_path / "s.xlsx", policies=kept_policies(tmp_path / "ws" / "runs" / result["run"]))
    inputs = {str(row[2]) for row in Sheet(tmp_path / "s.xlsx").rows if row[1] == "事实"}
    (norm,) = (one for one in inputs if one.startswith("风险调整标准"))
    assert "单元数据不列入本表，改动后须重新清算" in norm and "最小单元、可信度、编码增幅上限" in norm
    assert not any(one.startswith("norm") for one in inputs)


@pytest.mark.parametrize("file", POLICIES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_point_15_the_sheet_cites_the_line_that_the_reasons_cite(tmp_path, file):
    """The entry of a value that holds, with its days and article: not the line where its name is written."""
    result = settle_example(file, settled_examples(file)[0], tmp_path)
    write_workbook(result, tmp_path / "s.xlsx", policies=kept_policies(tmp_path / "ws" / "runs" / result["run"]))
    cited = {str(row[6]) for row in Sheet(tmp_path / "s.xlsx").rows if row[1] == "政策参数"}
    lines, text = [int(one.rpartition(":")[2]) for one in cited], file.read_text("utf-8").splitlines()
    assert lines and all(re.match(r"\s*- (\{)?from: ", text[line - 1]) for line in lines), cited
