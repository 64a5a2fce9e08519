"""Who belongs together: pairs by the days they share, groups by the pairs, families and chance spared."""

from __future__ import annotations

from tests.tiny import FILES, loaded
from yiheng.runs import run_score
from yiheng.supervision.scores import LIMITS, groups_of

PERSONS = "ABCDEFGH"


def pair(one, other, days=5, at="H1"):
    return {
        "institution": at, "one": one, "other": other, "days": days, "one_fen": 100, "other_fen": 200, "doctors": 1,
    }  # fmt: skip


def stay(person, first="2025-01-01", at="H1"):
    row = {"institution": at, "first_on": first, "last_on": "2025-01-05", "illness": "K52"}
    return row | {"person": person, "fund_fen": 1000}


def test_a_chain_of_four_is_a_group_and_a_family_of_three_is_none():
    chain = [pair("A", "B"), pair("B", "C", 6), pair("D", "C"), pair("X", "Y"), pair("Y", "Z")]
    (group,) = groups_of(chain, [], LIMITS)
    assert group.members == ("A", "B", "C", "D")
    # Days together 5 + 6 + 5; each person's most: A 100, B 200, C 200, D 100.
    assert (group.ties, group.most_days, group.fund_fen, group.same_doctor_days) == (16, 6, 600, 3)


def test_people_admitted_together_are_one_group_with_those_they_meet_again():
    admitted = [stay(person) for person in PERSONS]
    first, second = groups_of([pair("H", "I")], [*admitted, *(stay(p, "2025-03-01", "H2") for p in "QRST")], LIMITS)
    assert first.members == (*PERSONS, "I") and second.members == ("Q", "R", "S", "T")
    # Eight together are 28 pairs, and five days of one more pair.
    assert (first.ties, first.stays, first.institutions) == (33, 8, ("H1",))
    assert "9 人在 H1 同日就诊" in first.as_json()["says"] and "8 人次" in first.as_json()["says"]


def in_company(tmp_path, days_of, planned=()):
    """A workspace in which each person comes to T1 on these days of March."""
    rows, paid = [], []
    for person, days in days_of.items():
        for day in days:
            visit = f"{person}{day}"
            planned_course = int(person in planned)
            rows.append(f"{visit},{person},T1,outpatient,2025-03-{day:02},2025-03-{day:02},{planned_course},0\n")
            paid.append(f"S{visit},{visit},2025-03-{day:02} 10:00:00,1000,1000,600,400\n")
    born = "".join(f"{person},male,1960-01-01,resident,370299\n" for person in days_of)
    workspace, result = loaded(
        tmp_path,
        person=FILES["person.csv"] + born,
        visit=FILES["visit.csv"] + "".join(rows),
        settlement=FILES["settlement.csv"] + "".join(paid),
    )
    assert result.clean
    return run_score(workspace, "group", year=2025)["groups"]


def test_the_same_days_again_and_again_make_a_group(tmp_path):
    (group,) = in_company(tmp_path, {f"P{n}": (1, 4, 7, 10, 13) for n in range(4)})
    # Six pairs of five days; four persons of five visits of 6 yuan.
    assert (group["persons"], group["ties"], group["fund_fen"]) == (4, 30, 12000)


def test_four_days_together_are_too_few(tmp_path):
    assert in_company(tmp_path, {f"P{n}": (1, 4, 7, 10, 13 + n) for n in range(4)}) == []


def test_people_who_come_very_often_meet_by_chance(tmp_path):
    # Five common days, and six more of each alone: five of eleven is less than half.
    days = {f"P{n}": (1, 2, 3, 4, 5, *range(6 + 6 * n, 12 + 6 * n)) for n in range(4)}
    assert in_company(tmp_path, days) == []


def test_a_planned_course_is_spared(tmp_path):
    days = {f"P{n}": (1, 4, 7, 10, 13) for n in range(4)}
    assert in_company(tmp_path, days, planned=("P0",)) == []
