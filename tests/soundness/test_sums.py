"""A wrong number without an error: what must hold of every sum."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.tiny import FILES, loaded, written
from yiheng.measures import DIMENSIONS, INDICATORS, Part, Ratio
from yiheng.measures.declare import keys_of
from yiheng.runs import Workspace, run_audit, run_load, run_measure, run_settle
from yiheng.runs.engine import Engine


@pytest.fixture(scope="module")
def engine(county):
    engine = Engine(county, county.lake.latest())
    engine.views()
    return engine


# A budget needs a settlement, and this county has none yet; so small a county has no month with stays enough to judge.
NEED_MORE = {"budget_use", "totals_quality"}


@pytest.mark.parametrize("name", sorted(INDICATORS))
def test_the_sum_over_groups_is_the_total(engine, name):
    indicator = INDICATORS[name]
    (whole,) = engine.rows(indicator.by(engine.tables, ()))
    assert whole["bottom"] or name in NEED_MORE
    for key in keys_of(indicator.define(engine.tables)):
        groups = engine.rows(indicator.by(engine.tables, (key,)))
        assert sum(g["top"] or 0 for g in groups) == (whole["top"] or 0), key
        assert sum(g["bottom"] or 0 for g in groups) == (whole["bottom"] or 0), key


def test_every_dimension_cuts_something(engine):
    usable = {key for i in INDICATORS.values() for key in keys_of(i.define(engine.tables))}
    assert usable == set(DIMENSIONS)


def test_a_distinct_count_or_a_mean_is_refused_when_it_is_declared(engine):
    stays = engine.tables["stay"]
    for wrong in (stays.person.nunique(), stays.stay_days.mean()):
        with pytest.raises(TypeError, match="does not add up across groups"):
            Ratio(Part(stays, wrong), Part(stays, stays.count()))


def test_joining_visits_to_people_places_and_enrolments_loses_and_doubles_none(engine):
    visits = engine.rows(engine.tables["visit"].count().as_table())[0]
    joined = engine.rows(engine.tables["visited"].count().as_table())[0]
    assert list(visits.values()) == list(joined.values())


def test_the_order_of_rows_does_not_matter(tmp_path):
    backwards = {}
    for name, text in FILES.items():
        header, *rows = text.splitlines()
        backwards[name] = "\n".join([header, *reversed(rows)]) + "\n"
    one, _ = loaded(tmp_path / "one")
    two = Workspace.new(tmp_path / "two")
    assert run_load(two, [written(tmp_path / "backwards", backwards)]).clean
    for run, name in ((run_audit, "findings"), (lambda w: run_measure(w, [], ["institution", "month"]), "rows")):
        assert run(one)[name] == run(two)[name]
    figures = [
        [s["figures"] for s in run_settle(w, ROOT / "policies" / "qingdao", year=2025)["statements"]]
        for w in (one, two)
    ]
    assert figures[0] == figures[1]


def test_rows_in_one_load_or_in_two_come_to_the_same(tmp_path):
    one, _ = loaded(tmp_path / "one")
    two = Workspace.new(tmp_path / "two")
    first = {name: text for name, text in FILES.items() if name not in ("settlement.csv", "fee_line.csv")}
    run_load(two, [written(tmp_path / "first", first)])
    rest = {name: FILES[name] for name in ("settlement.csv", "fee_line.csv")}
    assert run_load(two, [written(tmp_path / "rest", rest)]).clean
    keys = ["consortium", "month"]
    assert run_measure(one, [], keys)["rows"] == run_measure(two, [], keys)["rows"]


def test_a_reversal_undoes_its_settlement(tmp_path):
    head, *_ = FILES["settlement.csv"].splitlines()
    reversal = f"{head},refund,reversal_of\nR1,V1,2025-01-16 10:00:00,-100000,-90000,-60000,-40000,1,S1\n"
    workspace, _ = loaded(tmp_path)
    before = run_settle(workspace, ROOT / "policies" / "qingdao", year=2025)["statements"][0]["figures"]["spend"]
    assert run_load(workspace, [written(tmp_path / "reversal", {"settlement.csv": reversal})]).clean
    after = run_settle(workspace, ROOT / "policies" / "qingdao", year=2025)["statements"][0]["figures"]["spend"]
    # 600 + 900 + 30 yuan before; the 600 are taken back
    assert (before, after) == ("1530.00", "930.00")
