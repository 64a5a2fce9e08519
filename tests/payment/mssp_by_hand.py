"""The Shared Savings Program in plain Python from 42 CFR 425.604 to .610, without a policy file or a step."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction as F

ONE_SIDED, BASIC = ("T1", "A", "B"), ("A", "B", "C", "D", "E")
LARGEST = {"T1": 50, "T1+": 50, "T2": 60, "T3": 75, "EN": 75, "A": 40, "B": 40, "C": 50, "D": 50, "E": 50}
MOST_PAID = {"T2": 15, "T3": 20, "EN": 20}
FLAT = {"T1+": 30, "C": 30, "D": 30, "E": 30}
MOST_OWED = {"T3": 15, "EN": 15, "C": 1, "D": 2, "E": 4, "T1+": 4}
# From so many people to so many: the rate at both ends, in tenths of a per cent.
MINIMUM = [
    (500, 999, 122, 87), (1000, 2999, 87, 50), (3000, 4999, 50, 39), (5000, 5999, 39, 36), (6000, 6999, 36, 34),
    (7000, 7999, 34, 32), (8000, 8999, 32, 31), (9000, 9999, 31, 30), (10000, 14999, 30, 27), (15000, 19999, 27, 25),
    (20000, 49999, 25, 22), (50000, 59999, 22, 20),
]  # fmt: skip


def minimum_rate(people: int) -> F:
    """The least savings rate of the one-sided tracks."""
    for low, high, first, last in MINIMUM:
        if low <= people <= high:
            return (first + F((last - first) * (people - low), high - low)) / 1000
    return F(2, 100)


def sharing(row: Mapping[str, object], year: int, track: str) -> F:
    """The share of savings, before sequestration."""
    met, alternative = row["met_quality"] == "1", row["met_alternative"] == "1"
    largest, quality = F(LARGEST[track], 100), F(str(row["quality"]))
    if year <= 2020:
        return largest * quality if met else F(0)
    if met:
        return largest
    return largest * quality if year >= 2023 and alternative else F(0)


def loss_rate(row: Mapping[str, object], year: int, track: str) -> F:
    """The share of a loss that the organisation bears."""
    if track not in ("T2", "T3", "EN"):
        return F(FLAT.get(track, 0), 100)
    most = F(60 if track == "T2" else 75, 100)
    met = row["met_quality"] == "1" or (year >= 2023 and row["met_alternative"] == "1")
    return min(max(1 - F(LARGEST[track], 100) * F(str(row["quality"])), F(40, 100)), most) if met else most


def payment(row: Mapping[str, object]) -> F:
    """What is paid to the organisation, in dollars; below zero what it owes."""
    year, track, people = int(str(row["year"])), str(row["track"]), int(str(row["people"]))
    benchmark, spent = F(str(row["benchmark"])), F(str(row["expenditure"]))
    gate = minimum_rate(people) if track in ONE_SIDED else F(str(row["elected_rate"]))
    saved, rate = benchmark - spent, (benchmark - spent) / benchmark
    if saved > 0:
        low = track in BASIC and row["revenue"] == "Low Revenue" and people >= 5000 and int(str(row["start"])) >= 2024
        part = F(1) if rate >= gate else F(1, 2) if year >= 2023 and low else F(0)
        if year >= 2023 and row["guardrail"] == "1":
            part = F(0)
        after = F(98, 100) if year <= 2018 or year >= 2021 else F(1)
        return min(saved * part * sharing(row, year, track) * after, benchmark * MOST_PAID.get(track, 10) / 100)
    if track in ONE_SIDED or saved == 0 or -rate < gate:
        return F(0)
    owed = -saved * loss_rate(row, year, track)
    if track == "T2":
        owed = min(owed, benchmark * {1: F(5), 2: F(15, 2)}.get(year - int(str(row["start"])) + 1, F(10)) / 100)
    else:
        owed = min(owed, benchmark * MOST_OWED[track] / 100)
    relief = abs(F(str(row["disaster"] or 0))) + abs(F(str(row["termination"] or 0)))
    return -max(owed - relief, F(0))
