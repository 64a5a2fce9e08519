"""Point D23: the county has what real data has, each row with its label, and every reader treats it as it should."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.conftest import ROOT
from tests.county.test_make_county import bytes_of
from tests.supervision.test_county_labels import SURE
from yiheng.county import CountyMade, make_county
from yiheng.county.write import MADE
from yiheng.intake import Loaded
from yiheng.runs import Workspace, load_shipped_codes, run_audit, run_load, run_measure, run_settle
from yiheng.testkit import judge_rule, read_labels

PEOPLE, YEAR = 900, 2025
# Rows on disk of which events change columns that their labels stand for; all else is added.
CHANGED = {
    "late_claim": ("settlement", "settled_at"),
    "unknown_total": ("settlement", "total_fen"),
    "relatives_account": ("settlement", "cash_fen"),
    "moved_enrolment": ("enrolment", "enrolled_until"),
}
GONE = ("full_refund", "entered_twice")
TABLES_OF_A_VISIT = (
    *("visit", "settlement", "fee_line", "diagnosis", "operation", "front_page", "order_line", "exam_result"),
    *("survey", "referral", "proxy_purchase"),
)


@dataclass(frozen=True)
class Happened:
    """A county with events, the same one without, and its lake."""

    plain: Path
    folder: Path
    made: CountyMade
    loaded: Loaded
    workspace: Workspace

    @property
    def labels(self) -> list[dict[str, str]]:
        with (self.folder / "events.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def of(self, *kinds: str) -> list[dict[str, str]]:
        return [label for label in self.labels if label["kind"] in kinds]

    def rows(self, table: str) -> list[dict]:
        return pq.read_table(self.folder / "data" / f"{table}.parquet").to_pylist()


def loaded(folder: Path, data: Path) -> tuple[Loaded, Workspace]:
    workspace = Workspace.new(folder)
    told = run_load(workspace, [data])
    load_shipped_codes(workspace)
    return told, workspace


@pytest.fixture(scope="module")
def happened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("events")
    make_county(folder / "plain" / "data", folder / "plain" / "labels.csv", people=PEOPLE)
    made = make_county(folder / "data", folder / "labels.csv", people=PEOPLE, event_labels=folder / "events.csv")
    return Happened(folder / "plain", folder, made, *loaded(folder / "workspace", folder / "data"))


def test_point_23_every_kind_happens_and_the_same_seed_gives_the_same_bytes(happened, tmp_path):
    for name in ("once", "again"):
        folder = tmp_path / name
        make_county(folder / "data", folder / "labels.csv", people=200, seed=3, event_labels=folder / "events.csv")
    assert bytes_of(tmp_path / "once") == bytes_of(tmp_path / "again")
    kinds = {label["kind"] for label in happened.labels}
    assert kinds == {
        *("full_refund", "entered_twice", "partial_refund", "reversal", "settled_again", "late_claim", "open_stay"),
        *("unsettled", "unknown_total", "unknown_fund", "moved_enrolment", "overlapping_enrolment", "newborn"),
        *("newborn_with_mother", "relatives_account", "stocktaking"),
    }
    assert min(len(happened.of(kind)) for kind in kinds) >= 2


def test_point_23_the_rest_of_the_county_stays_as_it_is(happened):
    db = duckdb.connect()
    lost = {}
    for table in MADE:
        old, new = (f"'{place / 'data' / table}.parquet'" for place in (happened.plain, happened.folder))
        lost[table] = db.execute(f"select count(*) from (from {old} except from {new})").fetchone()[0]
    told = {table: sum(len(happened.of(k)) for k, (t, _) in CHANGED.items() if t == table) for table in lost}
    # The funds' own books follow what was paid and came back: months of spending, and balances from then on.
    assert 0 < lost.pop("fund_flow") <= 2 * 2 * 48 and told.pop("fund_flow") == 0
    assert lost == told
    assert bytes_of(happened.plain)["labels.csv"] == (happened.folder / "labels.csv").read_bytes()


def test_point_23_a_row_in_the_lake_is_what_its_label_says(happened):
    paid = {row["settlement_id"]: row for row in happened.rows("settlement")}
    amounts = {"relatives_account": "relatives_account_fen"}
    for label in happened.of(*CHANGED, *GONE, "partial_refund", "reversal", "settled_again", "newborn_with_mother"):
        if label["table"] == "settlement":
            row = paid[label["row"]]
            assert row["visit_id"] == label["visit"]
            assert str(row[amounts.get(label["kind"], "total_fen")] or "") == label["fen"], label
            assert str(row["fund_fen"]) == label["fund_fen"], label
    # Only the settlements of which the funds' part has not come are set aside.
    tables = happened.loaded.as_json()["tables"]
    assert {name: told["quarantined"] for name, told in tables.items() if told["quarantined"]} == {
        "settlement": len(happened.of("unknown_fund"))
    }
    told = tables["settlement"]
    assert told["fen_accepted"] == sum(row["fund_fen"] or 0 for row in paid.values()) == happened.made.fund_fen
    plain = pq.read_table(happened.plain / "data" / "settlement.parquet", columns=["fund_fen"])
    assert told["fen_accepted"] == sum(plain["fund_fen"].to_pylist()) + sum(
        int(label["effect_fen"]) for label in happened.labels
    )


def test_point_23_what_takes_back_has_the_opposite_sign_and_never_more(happened):
    paid = {row["settlement_id"]: row for row in happened.rows("settlement")}
    money = [name for name in next(iter(paid.values())) if name.endswith("_fen")]
    for label in happened.of("full_refund", "reversal", "partial_refund"):
        back, first = paid[label["row"]], paid[label["of"]]
        assert back["reversal_of"] == label["of"] and back["settled_at"] >= first["settled_at"]
        for name in money:
            mine, theirs = back[name] or 0, first[name] or 0
            assert -theirs <= mine <= 0, (label, name)
            assert label["kind"] == "partial_refund" or mine == -theirs
    for label in happened.of("settled_again"):
        assert min(paid[label["row"]][name] or 0 for name in money) >= 0
    lines = defaultdict(int)
    for line in happened.rows("fee_line"):
        lines[line["settlement_id"]] += line["amount_fen"]
    odd = [key for key, row in paid.items() if row["total_fen"] is not None and row["fund_fen"] is not None]
    assert [key for key in odd if lines[key] != paid[key]["total_fen"]] == []


def test_point_23_open_stays_late_claims_and_counts_are_what_they_are_called(happened):
    visits = {row["visit_id"]: row for row in happened.rows("visit")}
    settled = {row["visit_id"]: row["settled_at"] for row in happened.rows("settlement")}
    charged = {row["visit_id"] for row in happened.rows("fee_line")}
    for label in happened.of("open_stay"):
        stay = visits[label["row"]]
        assert stay["ended_on"] is None and stay["discharge_way"] is None and stay["kind"] == "inpatient"
        assert label["row"] not in settled and label["row"] in charged and stay["began_on"].year == YEAR
    assert {row["visit_id"] for row in visits.values() if row["ended_on"] is None} == {
        label["row"] for label in happened.of("open_stay")
    }
    assert not {label["row"] for label in happened.of("unsettled")} & set(settled)
    for label in happened.of("late_claim"):
        assert settled[label["visit"]].year == visits[label["visit"]]["ended_on"].year + 1
    counts = [row["move_id"] for row in happened.rows("stock_move") if row["kind"] == "stocktaking"]
    assert sorted(counts) == sorted(label["row"] for label in happened.of("stocktaking"))


def test_point_23_newborns_are_enrolled_after_their_care_under_the_mothers_number(happened):
    born = {row["person_id"]: row["born_on"] for row in happened.rows("person")}
    visits = {row["visit_id"]: row for row in happened.rows("visit")}
    stays = defaultdict(list)
    for row in visits.values():
        if row["kind"] == "inpatient":
            stays[row["person_id"]].append(row)
    children, treated = happened.of("newborn"), happened.of("newborn_with_mother")
    assert len(children) == len(treated)
    for label in children:
        days = (date.fromisoformat(label["happened_on"]) - born[label["person"]]).days
        assert 10 <= days <= 60
    for label in treated:
        mine = visits[label["visit"]]
        assert date.fromisoformat(label["happened_on"]) in [born[child["person"]] for child in children]
        hers = [one for one in stays[label["person"]] if one["visit_id"] != label["visit"]]
        assert any(one["began_on"] < mine["began_on"] and mine["ended_on"] <= one["ended_on"] for one in hers)


@pytest.fixture(scope="module")
def audited(happened):
    return run_audit(happened.workspace)


@pytest.mark.parametrize("rule", SURE)
def test_point_23_a_rule_finds_the_planted_faults_and_none_of_what_happened(rule, happened, audited):
    labels = read_labels(happened.folder / "labels.csv")
    judged = judge_rule(rule, audited["findings"], labels)
    assert (judged.recall, judged.precision, judged.other_amount) == (1, 1, 0)
    assert judged.spared == sum(one.rule == rule and one.expect == "spare" for one in labels)


def without_refunded(happened, folder: Path) -> Path:
    """The county without the visits that were taken back in full: neither they, nor what was paid, nor their lines."""
    gone = {label["visit"] for label in happened.of(*GONE)}
    folder.mkdir()
    for table in MADE:
        rows = pq.read_table(happened.folder / "data" / f"{table}.parquet")
        if table in TABLES_OF_A_VISIT and "visit_id" in rows.column_names:
            rows = rows.filter([one not in gone for one in rows["visit_id"].to_pylist()])
        if table == "stock_move":
            paid = {label[name] for label in happened.of(*GONE) for name in ("row", "of")}
            paid -= {label["of"] for label in happened.of("entered_twice")}
            rows = rows.filter([one not in paid for one in rows["settlement_id"].to_pylist()])
        pq.write_table(rows, folder / f"{table}.parquet")
    return folder


def test_point_23_a_fully_refunded_visit_counts_in_no_rule_and_no_indicator(happened, audited, tmp_path):
    _, without = loaded(tmp_path / "workspace", without_refunded(happened, tmp_path / "data"))
    keys = ("rule", "person", "institution", "visit", "settlement", "line", "about", "occurred_on", "at_stake_fen")

    def found(findings):
        return sorted(tuple(str(one[key]) for key in keys) for one in findings)

    assert found(audited["findings"]) == found(run_audit(without)["findings"])
    for grain in (["consortium", "year"],):
        with_them, alone = (
            {
                (row["indicator"], *(row[key] for key in grain if key in row)): (
                    row["top"],
                    row["bottom"],
                    row["value"],
                )
                for row in run_measure(workspace, [], grain)["rows"]
            }
            for workspace in (happened.workspace, without)
        )
        assert {key for key in with_them if with_them[key] != alone.get(key)} == set()
        assert with_them.keys() == alone.keys()


def answers(enrolments: list[dict], day: date) -> str | None:
    """Who answers for a person on a day: of several enrolments the one that began last."""
    on = [one for one in enrolments if one["enrolled_from"] <= day <= one["enrolled_until"]]
    return max(on, key=lambda one: one["enrolled_from"])["consortium"] if on else None


def test_point_23_the_settlement_is_the_sum_of_the_rows_in_plain_python(happened):
    enrolled = defaultdict(list)
    for row in happened.rows("enrolment"):
        enrolled[row["person_id"]].append(row)
    visits = {row["visit_id"]: row for row in happened.rows("visit")}
    spent, late, moved = defaultdict(int), defaultdict(int), defaultdict(int)
    lately = {label["row"] for label in happened.of("late_claim")}
    movers = {label["person"] for label in happened.of("moved_enrolment", "overlapping_enrolment")}
    for row in happened.rows("settlement"):
        visit = visits[row["visit_id"]]
        last = visit["ended_on"] or visit["began_on"]
        if last.year == YEAR and row["fund_fen"] is not None:
            party = answers(enrolled[visit["person_id"]], last)
            spent[party] += row["fund_fen"]
            late[party] += row["fund_fen"] if row["settlement_id"] in lately else 0
            moved[party] += row["fund_fen"] if visit["person_id"] in movers else 0
    assert set(spent) == {"xihai", "donghe"}
    # The case bites: late claims and the care of those who moved are part of what is settled.
    assert sum(late.values()) > 0 and all(moved.values())
    settled = run_settle(happened.workspace, ROOT / "policies" / "qingdao", year=YEAR)
    assert {one["party"]: Decimal(one["figures"]["spend"]) for one in settled["statements"]} == {
        party: Decimal(fen) / 100 for party, fen in spent.items()
    }
    # What has not come with the funds' part is named, and is not zero.
    waiting = [label for label in happened.of("unknown_fund") if label["happened_on"].startswith(str(YEAR))]
    assert settled["quarantined"]["rows"] == len(waiting) > 0


def test_point_23_the_page_about_the_county_names_every_kind_of_event(happened):
    page = (ROOT / "docs" / "reference" / "county.md").read_text("utf-8")
    told = {(label["kind"], label["treatment"]) for label in happened.labels}
    assert [kind for kind, treatment in told if f"\n| `{kind}` | `{treatment}` |" not in page] == []
