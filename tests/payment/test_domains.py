"""Point 8: every fact says what it may be; what is outside refuses its party by row, column and range, and no other."""

from __future__ import annotations

import csv
import json
from collections import Counter
from fractions import Fraction
from random import Random

import pytest
from click.testing import CliRunner

from tests.payment.outside import inside, outside
from tests.payment.test_examples import POLICIES, shipped
from yiheng.basis.evidence import Place
from yiheng.basis.refusals import Refusal
from yiheng.cli.main import main
from yiheng.payment import Statement, check_policy, fact_read, settle_each, share_pools
from yiheng.policy.schema import Fact
from yiheng.runs.facts import FactsRow, facts_of_row

SOURCES = [pytest.param(shipped(file), id=file.parent.name + file.stem) for file in POLICIES]
ROWS = 90
SAYS = {"zh": "例", "en": "example"}


def declared(**more):
    return Fact.model_validate({"is": SAYS, "column": "c", **more})


def read(fact, text):
    return fact_read(fact, text, "c", Place("f.csv", "7"))


CAUSES = ("uncontrollable", "justified", "mismanagement")


def drawn_rows(source, rng, number):
    """Rows inside the domains; of one visit no more is covered than it costs, of one overrun no more has a cause."""
    columns = {fact.column: fact for fact in source.policy.facts.values() if fact.column}
    for i in range(number):
        row = {column: inside(rng, fact) for column, fact in columns.items()}
        if {"cost", "covered"} <= row.keys():
            row["covered"] = str(min(row["cost"], row["covered"], key=float))
        if set(CAUSES) <= row.keys():
            # A third each of what was spent beyond 120 % of the base: the budget grows by less, so it is overrun.
            beyond = Fraction(row["spend"]) - Fraction(6, 5) * Fraction(row["base_spend"])
            row |= dict.fromkeys(CAUSES, str(max(int(beyond / 3), 0)))
        yield FactsRow(f"p{i}", source.policy.in_force.last.year, i + 2, row)


def settled(source, rows):
    parties = [facts_of_row(source, "f.csv", row) for row in rows]
    year = rows[0].year
    return dict(settle_each(source, year, share_pools(source, year, parties)))


@pytest.mark.parametrize("source", SOURCES)
def test_point_8_every_shipped_fact_declares_its_domain_and_what_is_inside_is_settled(source):
    """27 editions of 25 policies by 90 rows: 2,430 rows."""
    check_policy(source, every_unit=True)
    came = settled(source, list(drawn_rows(source, Random(8), ROWS)))
    refused = Counter(str(one) for one in came.values() if isinstance(one, Refusal))
    assert len(came) == ROWS and not refused, refused.most_common(2)


@pytest.mark.parametrize("source", SOURCES)
def test_point_8_whatever_is_outside_is_refused_with_row_column_and_range(source):
    """Each fact of each policy with each text outside its domain, one a row; a neighbour's row is settled."""
    tried = 0
    for name, fact in source.policy.facts.items():
        if fact.column is None:
            continue
        for text in outside(fact):
            with pytest.raises(Refusal) as refused:
                fact_read(fact, text, fact.column, Place("f.csv", "2"))
            told = str(refused.value)
            assert told.startswith(f"f.csv:2:{fact.column}: ") and text[:30].strip() in told, (name, text, told)
            assert "expected: " in told, (name, text, told)
            tried += 1
    assert tried


@pytest.mark.parametrize(
    "source", [one for one in SOURCES if not (one.values[0].policy.pools or one.values[0].policy.risk)]
)
def test_point_8_one_bad_party_does_not_take_the_others_along(source):
    good, other = drawn_rows(source, Random(9), 2)
    for name, fact in source.policy.facts.items():
        if fact.column is None or fact.judged == "where_used":
            continue
        for text in outside(fact):
            bad = FactsRow("bad", good.year, 9, {**other.cells, fact.column: text})
            came = settled(source, [good, bad])
            assert isinstance(came["p0"], Statement), came["p0"]
            assert isinstance(came["bad"], Refusal) and f"f.csv:9:{fact.column}: " in str(came["bad"]), (name, text)


@pytest.mark.parametrize(
    ("fact", "text", "words"),
    [
        ({"kind": "number", "unit": "percent"}, "0.95", "0.95 is on the scale from 0 to 1"),
        ({"kind": "number", "unit": "percent"}, "0.95", "write 95, or 0.95% if that is meant"),
        ({"kind": "number", "unit": "percent"}, "100.01", "per cent, from 0 to 100"),
        ({"kind": "number", "unit": "score"}, "0.9", "write 90"),
        ({"kind": "number", "unit": "share"}, "55", "write 0.55, or 55% if it is a percentage"),
        ({"kind": "number", "unit": "people"}, "-1", "people, whole, from 0 to 2,000,000,000"),
        ({"kind": "number", "unit": "cases"}, "2.5", "2.5 is not a whole number"),
        ({"unit": "yuan"}, "-0.01", "yuan, from 0 to 10,000,000,000,000"),
        ({"unit": "yuan"}, "1000,50", "'1000,50' is not an amount in yuan"),
        ({"kind": "number", "unit": "days"}, "1e999999999", "in scientific form"),
        ({"kind": "word", "words": {"1": ["是"], "0": ["否"]}}, "2", "1 | 0"),
        ({"kind": "year", "dates": {"forms": ["M/D/YY"], "century": 2000}}, "2016-01-01", "M/D/YY"),
    ],
)
def test_point_8_a_refusal_names_place_figure_and_range(fact, text, words):
    with pytest.raises(Refusal) as refused:
        read(declared(**fact), text)
    assert str(refused.value).startswith("f.csv:7:c: ") and words in str(refused.value)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("1", "1"), ("1.0", "1"), (" 1 ", "1"), ("１", "1"), ("TRUE", "1"), ("是", "1"), ("\u200b1\u00a0", "1"),
        ("0.00", "0"), ("否", "0"), ("no", "0"),
    ],
)  # fmt: skip
def test_point_18_another_spelling_is_the_same_word(text, word):
    fact = declared(kind="word", words={"1": ["yes", "true", "是"], "0": ["no", "否"]})
    assert read(fact, text).word == word


@pytest.mark.parametrize("text", ["", " ", "NaN", "nan", "NULL", "N/A", "-", "—"])
def test_point_18_a_placeholder_is_an_empty_cell(text):
    fact = read(declared(kind="number", unit="people"), text)
    assert fact.number is None and fact.fault is None
    assert read(declared(unit="yuan", empty="0"), text).amount.n == 0


def test_point_18_guangyuan_knows_residents_by_their_other_name_and_refuses_what_it_does_not_know(tmp_path):
    """20 % of 10,000,000 - 9,000,000 = 1,000,000 for residents is 200,000.00; an unknown insurance pays nothing silently no more."""
    done, answer = settled_by_command(
        tmp_path, "guangyuan", ["party", "year", "ceiling", "spend", "insurance", "major_breach"],
        [
            ["a", "2019", "10000000", "9000000", "居民", "无"], ["b", "2019", "10000000", "9000000", "城乡居民 ", "没有"],
            ["c", "2019", "10000000", "9000000", "学生", "无"], ["d", "2019", "-1", "9000000", "职工", "无"],
            ["e", "2019", "10000000", "9000000", "居民", "无"], ["e", "2019", "10000000", "9000000", "居民", "无"],
            ["", "2019", "10000000", "9000000", "居民", "无"],
        ],
    )  # fmt: skip
    assert done.exit_code == 1
    assert {one["party"]: one["figures"]["kept"] for one in answer["statements"]} == {
        "a": "200000.00",
        "b": "200000.00",
    }
    why = {one["party"]: one["why"] for one in answer["refused"]}
    assert why["c"].startswith("facts.csv:4:insurance: '学生' is none of its words") and "职工 | 居民" in why["c"]
    assert why["d"].startswith("facts.csv:5:ceiling: -1 is out of range")
    assert "appears twice (lines 6, 7)" in why["e"] and "no name or year" in why["line 8"]


def settled_by_command(folder, policy, header, rows):
    file, workspace = folder / "facts.csv", folder / "ws"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([header, *rows])
    run = CliRunner().invoke
    assert run(main, ["new", str(workspace)]).exit_code == 0
    done = run(main, ["-w", str(workspace), "settle", policy, "--facts", str(file), "--format", "json"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done, json.loads(done.stdout)


def test_point_8_a_pool_of_points_is_shared_although_a_party_has_no_spending(tmp_path):
    """100,000,000 by points 1 : 3; what the second spent cannot be read, and it alone is refused."""
    done, answer = settled_by_command(
        tmp_path, "zhejiang", ["party", "year", "points", "spend"],
        [["a", "2020", "100", "25000000"], ["b", "2020", "300", "many"]],
    )  # fmt: skip
    assert done.exit_code == 1
    assert [(one["party"], one["figures"]["budget"]) for one in answer["statements"]] == [("a", "25000000.00")]
    assert [one["party"] for one in answer["refused"]] == ["b"]


@pytest.mark.parametrize(("unit", "text"), [("score", "0.8分"), ("score", "0.8 分"), ("percent", "0.8%")])
def test_point_8_a_figure_below_one_of_a_hundred_has_a_spelling_of_its_own(unit, text):
    """0.8 of 100 is 0.008; without its sign 0.8 may be 80 of 100, and the refusal names both."""
    assert read(declared(kind="number", unit=unit), text).number == Fraction(8, 1000)
    with pytest.raises(Refusal, match=f"write 80, or {text.replace(' ', '')} if that is meant"):
        read(declared(kind="number", unit=unit), "0.8")
