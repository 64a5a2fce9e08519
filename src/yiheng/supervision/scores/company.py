"""People who are at one place together again and again: pairs found among all visits, joined to groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
from ibis import _

from yiheng.policy import Limits
from yiheng.records import western

from .declare import Tables

WHOLE_PERCENT = 100
# What stays of one group have in common.
ALIKE = ("institution", "first_on", "last_on", "illness")


def pairs_of(t: Tables, year: int, limits: Limits) -> ibis.Table:
    """Two persons who were at one place without a bed on the same days so often that it is no chance.

    On so many days or more, and on a large part of the days of the one who comes less often. Planned courses are
    spared: people of one dialysis shift meet.
    """
    least, percent = limits["together_days"].value, limits["together_percent"].value
    called = t["visit"].filter(_.began_on.year() == year, _.kind != "inpatient", ~_.planned_course.fill_null(False))
    paid = t["settlement"].group_by("visit_id").agg(fund_fen=_.fund_fen.sum().cast("int64"))
    called = called.left_join(paid, "visit_id").select("person_id", "institution_id", "began_on", "fund_fen", "doctor")
    days = called.group_by("person_id", "institution_id", "began_on").agg(
        fund_fen=_.fund_fen.sum().fill_null(0).cast("int64"), doctor=_.doctor.min()
    )
    # Whoever comes less often than that meets nobody so often; this keeps the pairs few at a large place.
    days = days.mutate(own_days=_.count().over(group_by=["person_id", "institution_id"])).filter(_.own_days >= least)
    names = {"person_id": "other", "own_days": "other_days", "fund_fen": "other_fen", "doctor": "other_doctor"}
    others = days.rename({new: old for old, new in names.items()})
    met = days.join(others, [days.institution_id == others.institution_id, days.began_on == others.began_on])
    met = met.filter(_.person_id < _.other)
    pairs = met.group_by("institution_id", "person_id", "other").agg(
        days=_.count(),
        fewest=ibis.least(_.own_days.min(), _.other_days.min()),
        one_fen=_.fund_fen.sum().cast("int64"),
        other_fen=_.other_fen.sum().cast("int64"),
        same_doctor=(_.doctor == _.other_doctor).sum(),
    )
    strong = pairs.filter(_.days >= least, _.days * WHOLE_PERCENT >= _.fewest * percent)
    return strong.select(
        *("other", "days", "one_fen", "other_fen"),
        institution=_.institution_id,
        one=_.person_id,
        doctors=_.same_doctor.fill_null(0),
    )


def admitted_of(t: Tables, year: int, limits: Limits) -> ibis.Table:
    """Many persons admitted to one place on one day, discharged on one day, with the same illness."""
    main = western(t).filter(_.is_main).group_by("visit_id").agg(code=_.code.min())
    paid = t["settlement"].group_by("visit_id").agg(fund_fen=_.fund_fen.sum().cast("int64"))
    stays = t["visit"].filter(_.kind == "inpatient", _.ended_on.year() == year, ~_.planned_course.fill_null(False))
    joined = stays.join(main, "visit_id").left_join(paid, "visit_id")
    stays = joined.select(
        institution=_.institution_id,
        first_on=_.began_on,
        last_on=_.ended_on,
        illness=_.code.left(limits["illness_signs"].value),
        person=_.person_id,
        fund_fen=_.fund_fen.fill_null(0),
    )
    # One person counts once, however many rows.
    stays = stays.group_by(*ALIKE, "person").agg(fund_fen=_.fund_fen.sum().cast("int64"))
    together = stays.mutate(together=_.count().over(group_by=list(ALIKE)))
    return together.filter(_.together >= limits["together_stays"].value).drop("together")


@dataclass(frozen=True)
class Group:
    """People who belong together.

    Attributes:
        ties: pairs of members by days together, added up; a common stay ties each with each once.
    """

    members: tuple[str, ...]
    institutions: tuple[str, ...]
    most_days: int
    stays: int
    same_doctor_days: int
    ties: int
    fund_fen: int

    def as_json(self) -> dict[str, Any]:
        """The group as plain values, with the sentence why."""
        return {name: list(one) if isinstance(one, tuple) else one for name, one in vars(self).items()} | {
            "persons": len(self.members),
            "says": self._says_zh(),
            "says_en": self._says_en(),
        }

    def _says_zh(self) -> str:
        many, where = len(self.members), "、".join(self.institutions)
        again = f"同日就诊，最多的两人达 {self.most_days} 天" if self.most_days else ""
        lain = f"{self.stays} 人次以同一疾病同日入院、同日出院" if self.stays else ""
        return f"{many} 人在 {where} {'；'.join(part for part in (again, lain) if part)}"

    def _says_en(self) -> str:
        many, where = len(self.members), ", ".join(self.institutions)
        again = f"came on the same days, two of them on {self.most_days}" if self.most_days else ""
        lain = f"were admitted and discharged together with one illness ({self.stays} stays)" if self.stays else ""
        return f"{many} persons at {where} {'; '.join(part for part in (again, lain) if part)}"


def groups_of(pairs: Iterable[Mapping[str, Any]], admitted: Iterable[Mapping[str, Any]], limits: Limits) -> list[Group]:
    """Connected people, the strongest tie first; a family is no group."""
    pairs, admitted = list(pairs), list(admitted)
    common: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in admitted:
        common.setdefault(tuple(row[name] for name in ALIKE), []).append(row)
    links = [(row["one"], row["other"]) for row in pairs]
    links += [(rows[0]["person"], row["person"]) for rows in common.values() for row in rows]
    head = _joined(links)
    members: dict[str, set[str]] = {}
    for person, first in head.items():
        members.setdefault(first, set()).add(person)
    found = []
    for first, persons in members.items():
        if len(persons) < limits["together_persons"].value:
            continue
        ours = [row for row in pairs if head[row["one"]] == first]
        stays = [rows for rows in common.values() if head[rows[0]["person"]] == first]
        found.append(_group(persons, ours, stays))
    return sorted(found, key=_strongest_first)


def _group(persons: set[str], pairs: list[Mapping[str, Any]], stays: list[list[Mapping[str, Any]]]) -> Group:
    places = {row["institution"] for row in pairs} | {rows[0]["institution"] for rows in stays}
    lain = [row for rows in stays for row in rows]
    # Each of so many was there with each other.
    each = sum(row["days"] for row in pairs) + sum(sum(range(len(rows))) for rows in stays)
    return Group(
        tuple(sorted(persons)),
        tuple(sorted(places)),
        max((row["days"] for row in pairs), default=0),
        len(lain),
        sum(row["doctors"] for row in pairs),
        each,
        _spent(pairs) + sum(row["fund_fen"] for row in lain),
    )


def _spent(pairs: list[Mapping[str, Any]]) -> int:
    """The fund's part of the days together, each person at each place once: of the pair in which it is most."""
    most: dict[tuple[str, str], int] = {}
    for row in pairs:
        for person, fen in ((row["one"], row["one_fen"]), (row["other"], row["other_fen"])):
            key = (person, row["institution"])
            most[key] = max(most.get(key, 0), fen)
    return sum(most.values())


def _joined(links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Union-find: each name with the smallest name that it is connected to."""
    head: dict[str, str] = {}

    def first(name: str) -> str:
        while head.setdefault(name, name) != name:
            head[name] = head[head[name]]
            name = head[name]
        return name

    for one, other in links:
        low, high = sorted((first(one), first(other)))
        head[high] = low
    return {name: first(name) for name in head}


def _strongest_first(group: Group) -> tuple[int, tuple[str, ...]]:
    return -group.ties, group.members
