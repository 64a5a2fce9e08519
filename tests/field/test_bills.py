"""Field case 29: a bill before payment is read by the contracts of a load (points 10 and 11, readers)."""

from __future__ import annotations

import json

import pytest

from .conftest import field, said, yiheng

ON = ("--on", "2025-06-30")
# 1,500.00 charged, 1,280.00 at most, 20 % own share: 1,500.00 - 1,280.00 x 0.8 = 476.00.
OWN = 47_600


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bills")
    catalogue = folder / "catalogue.csv"
    text = field("28-catalogue-csv/unquoted.csv").read_text("utf-8")
    catalogue.write_text(text.replace("1,280.00", "1280.00"), "utf-8")
    assert yiheng("new", folder / "desk").exit_code == 0
    assert yiheng("codes", "load", catalogue, "--list", "catalogue", "-w", folder / "desk").exit_code == 0
    return folder / "desk"


def checked(desk, name):
    return yiheng("check", field("29-check-bill") / name, *ON, "-w", desk, "--format", "json")


@pytest.mark.parametrize(
    ("name", "decision", "found", "own"),
    [
        ("plain.json", "pass", [], [OWN]),
        ("single-object.json", "pass", [], [OWN]),
        ("quantity-space.json", "pass", [], [OWN]),
        ("amount-null.json", "pass", [], [OWN]),
        # 150000.0 is the whole number 150000, as a load reads it; 150000.5000 below is none.
        ("amount-float.json", "pass", [], [OWN]),
        ("no-born.json", "pass", [], [OWN]),
        ("null-list.json", "pass", [], []),
        ("empty-string-list.json", "pass", [], []),
        ("zero.json", "pass", [], [0]),
        ("stay-local.json", "hint", ["charged_outside_stay"], [OWN]),
    ],
)
def test_29_a_bill_that_can_be_read(desk, name, decision, found, own):
    result = said(checked(desk, name))
    assert result["decision"] == decision
    assert [one["rule"] for one in result["findings"]] == found
    assert [line["own_fen"] for line in result["lines"]] == own


@pytest.mark.parametrize(
    ("name", "asks"),
    [("no-born.json", "person[1]: born_on is missing"), ("amount-null.json", "fee_line[1]: amount_fen is missing")],
)
def test_29_what_is_missing_without_making_a_row_useless_is_asked_for(desk, name, asks):
    assert any(asks in question for question in said(checked(desk, name))["questions"])
    assert asks in yiheng("check", field("29-check-bill") / name, *ON, "-w", desk).output


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("dup-key.json", "dup-key.json:1: the key 'quantity' appears twice in one object"),
        ("stay-no-quantity.json", "fee_line[1]: quantity is missing"),
        ("quantity-empty.json", "fee_line[1]: quantity is missing"),
        ("quantity-5dec.json", "fee_line[1]: '1.00005' is not what quantity takes"),
        ("quantity-exp.json", "fee_line[1]: '1e0' is not what quantity takes"),
        ("amount-text-yuan-4-decimals.json", "fee_line[1]: '150000.5000' is not what amount_fen takes"),
        ("nan.json", "fee_line[1]: 'NaN' is not what amount_fen takes"),
        ("day-only-year.json", "fee_line[1]: '2025' is not what occurred_at takes"),
        ("instant-bc.json", "fee_line[1]: '2025-06-30 (BC)' is not what occurred_at takes"),
        ("instant-epoch.json", "fee_line[1]: 'epoch' is not what occurred_at takes"),
        ("instant-infinity.json", "fee_line[1]: 'infinity' is not what occurred_at takes"),
        ("newborn-without-person.json", "visit[1]: person_id is missing"),
        ("unknown-node.json", "unknown-node.json: 'extra' is no table of rows"),
        ("batch-array.json", "batch-array.json: a bill is one object"),
        ("deep.json", "deep.json:1: the objects are nested too deeply"),
    ],
)
def test_29_a_bill_that_cannot_be_read_is_refused_in_its_place(desk, name, says):
    done = checked(desk, name)
    assert done.exit_code == 2 and says in done.output
    assert '"decision"' not in done.output


@pytest.mark.parametrize(
    "name", ["instant-z.json", "instant-tz.json", "stay-z.json", "stay-offset.json", "stay-local.json", "plain.json"]
)
def test_29_an_instant_is_judged_as_a_load_judges_it(desk, county, tmp_path, name):
    """Whatever the contract says of a zone: where a load accepts the line so does the desk, and else neither."""
    bill = json.loads(field("29-check-bill").joinpath(name).read_text("utf-8"))
    (line,) = bill["fee_line"]
    row = {**line, "visit_id": "K1", "settlement_id": "Q1"}
    source = tmp_path / "fee_line.csv"
    source.write_text(",".join(row) + "\n" + ",".join(map(str, row.values())) + "\n")
    counts = said(yiheng("load", source, "-w", county, "--format", "json"))["tables"]["fee_line"]
    assert (checked(desk, name).exit_code == 2) == (counts["quarantined"] == 1)


def test_29_an_instant_in_utc_is_never_taken_for_one_of_the_county(desk):
    """16:30 in UTC is 00:30 of the next day here, after the stay: it is found or refused, never passed."""
    for name in ("stay-z.json", "stay-offset.json"):
        done = checked(desk, name)
        assert done.exit_code == 2 or [one["rule"] for one in said(done)["findings"]] == ["charged_outside_stay"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"fee_line": [{"line_id": "F9", "visit_id": "V9"}]}, "no visit of the bill is 'V9'"),
        ({"visits": ["V9"]}, "the visit asked about, 'V9', is not in the bill; visits of the bill: V1"),
        ({"fee_line": ["x"]}, "fee_line[1]: this is no row"),
        ({"fee_line": 7}, "fee_line: this is no list of rows"),
        ({"person": [{"person_id": "\ud800"}]}, "a value is no text"),
        ({"fee_line": [{"amount_fen": "1e999999999"}]}, "'1e999999999' is not what amount_fen takes"),
        ({"fee_line": [{"amount_fen": True}]}, "'True' is not what amount_fen takes"),
        ({"fee_line": [{"quantity": "9" * 5000}]}, "is not what quantity takes"),
    ],
)
def test_29_nothing_of_a_bill_vanishes(desk, tmp_path, change, says):
    bill = json.loads(field("29-check-bill/plain.json").read_text("utf-8"))
    whole = {"line_id": "F9", "visit_id": "V1", "item_code": "YX1", "kind": "service", "quantity": "1",
             "unit_price": "1", "amount_fen": 100, "occurred_at": "2025-06-30 09:00:00"}  # fmt: skip
    changed = {
        name: [{**whole, **row} if name == "fee_line" and isinstance(row, dict) else row for row in rows]
        if isinstance(rows, list)
        else rows
        for name, rows in change.items()
    }
    file = tmp_path / "bill.json"
    file.write_text(json.dumps({**bill, **changed}))
    done = yiheng("check", file, *ON, "-w", desk)
    assert done.exit_code == 2 and says in done.output


@pytest.mark.parametrize(
    ("name", "says"), [("none.json", "there is no such file"), ("", "this is a folder, not a file")]
)
def test_point_13_a_bill_that_is_not_there_is_a_sentence(desk, tmp_path, name, says):
    done = yiheng("check", tmp_path / name, *ON, "-w", desk)
    assert done.exit_code == 2 and says in done.output


def altered(desk, tmp_path, **tables):
    """What the desk says of the plain bill with other rows of some tables."""
    bill = json.loads(field("29-check-bill/plain.json").read_text("utf-8"))
    file = tmp_path / "bill.json"
    file.write_text(json.dumps({**bill, **tables}, ensure_ascii=False), "utf-8")
    return yiheng("check", file, *ON, "-w", desk, "--format", "json")


def rows_of(table):
    return json.loads(field("29-check-bill/plain.json").read_text("utf-8"))[table]


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ({"person": []}, "visit[1]: the bill holds no person 'P1'"),
        ({"person": [{"person_id": "P2"}]}, "visit[1]: the bill holds no person 'P1'"),
        ({"person": [{"person_id": "p1"}]}, "visit[1]: the bill holds no person 'P1'"),
        ({"institution": []}, "visit[1]: the bill holds no institution 'H1'"),
        ({"institution": [{"institution_id": "H10"}]}, "visit[1]: the bill holds no institution 'H1'"),
    ],
)
def test_point_10_a_bill_without_its_person_or_institution_is_refused(desk, tmp_path, tables, says):
    done = altered(desk, tmp_path, **tables)
    assert done.exit_code == 2 and says in done.output


@pytest.mark.parametrize("written", ["P1", " P1 ", "Ｐ１", "P\u200b1", "'P1"])
def test_point_10_the_same_person_in_another_writing_is_the_same(desk, tmp_path, written):
    (person,) = rows_of("person")
    assert said(altered(desk, tmp_path, person=[{**person, "person_id": written}])) == said(altered(desk, tmp_path))


def test_point_10_a_row_that_stands_twice_in_a_bill_counts_once(desk, tmp_path):
    (line,) = rows_of("fee_line")
    checked = said(altered(desk, tmp_path, fee_line=[line, line], visit=rows_of("visit") * 2))
    assert [one["own_fen"] for one in checked["lines"]] == [OWN]


def test_point_10_one_key_with_two_contents_refuses_the_bill(desk, tmp_path):
    (line,) = rows_of("fee_line")
    done = altered(desk, tmp_path, fee_line=[line, {**line, "quantity": "2"}])
    assert done.exit_code == 2
    assert "fee_line[2]: the same line_id, visit_id as in fee_line[1], with other content" in done.output


def test_point_10_one_table_under_two_names_refuses_the_bill(desk, tmp_path):
    done = altered(desk, tmp_path, fee_list_d=rows_of("fee_line"))
    assert done.exit_code == 2 and "'fee_list_d' and 'fee_line' are one table under two names" in done.output
