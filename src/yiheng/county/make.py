"""The making of a county: people, visits, charges and settlements, written year by year."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from yiheng.basis.refusals import Refusal

from . import (
    faults_of_amounts,
    faults_of_beds,
    faults_of_bills,
    faults_of_bundles,
    faults_of_care,
    faults_of_charges,
    faults_of_company,
    faults_of_conduct,
    faults_of_goods,
    faults_of_groups,
    faults_of_limits,
    faults_of_persons,
    faults_of_stays,
)
from .catalogue import ONE
from .charges import charge
from .chronic import health_record_table, registration_table
from .columns import Columns, day_number, rows_in, stack, stream, take
from .excess import Excess
from .faults_of_pages import PageFaults
from .front_pages import counted, front_page_table
from .goods import Stock
from .happen import plant_events
from .labels import AnswerSheet
from .ledgers import Ledgers
from .neglect import Neglect
from .orders import exam_table, examinations, order_table, survey_table
from .outpatient import lately_seen, ordinary_visits
from .pathways import next_steps, receiving_places, referrals
from .people import enrol, settle_people
from .places import Places, found_places
from .script import Script
from .settle import settle
from .staff import department_table, doctor_table, membership_table
from .stays import INPATIENT, ordinary_stays, without_crowds
from .tables import care_tables, enrolment_table, line_table, people_tables, settlement_table
from .upkeep import camera_table, care_notes, care_table, care_visits, complaint_table, proxy_table
from .write import ArrowColumns, Folder

FEWEST_PEOPLE = 200
_PEOPLE_PER_FAULT = 600
_MOST_FAULTS = 300
_FAULTS_PER_SPARE = 6
# There are many more limits than rules of the first kind, so each has fewer faults.
_PEOPLE_PER_LATER_FAULT = 3000
_LATER = (
    *(faults_of_limits, faults_of_amounts, faults_of_company),
    *(faults_of_persons, faults_of_conduct, faults_of_goods, faults_of_groups, faults_of_care),
    faults_of_bills,
    faults_of_bundles,
    faults_of_beds,
)
# Departments and consortia are older than the first year of the data.
_YEARS_BEFORE = 2


@dataclass(frozen=True)
class CountyMade:
    """What was written: rows by table, fen the funds paid, planted faults."""

    rows: dict[str, int]
    fund_fen: int
    faults: int


def make_county(
    data: Path,
    labels: Path,
    *,
    people: int = 20_000,
    seed: int = 2025,
    years: tuple[int, ...] = (2022, 2023, 2024, 2025),
    quality_labels: Path | None = None,
    event_labels: Path | None = None,
) -> CountyMade:
    """Write a county as one Parquet file per table, and its planted faults as a CSV elsewhere.

    The same arguments give the same bytes.

    Args:
        data: folder of the tables; made when missing.
        labels: file of the answer sheet; it must not lie in the folder of the tables.
        people: how many persons, at least 200.
        seed: another seed is another county.
        years: calendar years that follow each other.
        quality_labels: file of a second answer sheet; only if it is given do the front pages have planted faults.
        event_labels: file that names every refund, reversal, late claim, open stay and whatever else happens to real
            rows; only if it is given do they happen.

    Raises:
        Refusal: when there are too few people, a gap between years, or labels among the data.
    """
    _refuse_nonsense(data, labels, people, years)
    for more in (quality_labels, event_labels):
        if more:
            _refuse_nonsense(data, more, people, years)
    draws = [np.random.default_rng([seed, part]) for part in range(5 + len(years))]
    places = found_places(people)
    persons = settle_people(draws[0], people, years, places)
    neglect = Neglect.of(stream(seed, "neglect"), places, years[-1])
    script = _write_script(draws[1], persons, places, years, neglect)
    visits = _all_visits(draws[2], draws[3], stream(seed, "neglected stays"), script, neglect)
    excess = Excess(neglect)
    excess.draw_buyers(stream(seed, "drawn buyers"), visits)
    visits = take(visits, ~script.unlit(visits))
    sheet = AnswerSheet(script.claims, script.notes, places.ids)
    fund_fen = 0
    with Folder(data) as folder:
        making = _Making(
            seed,
            folder,
            sheet,
            script,
            neglect,
            excess,
            visits,
            lately_seen(visits),
            _write_pathways(seed, folder, visits, script),
            Stock.of(places, years[0], len(years)),
            Ledgers.of(places, years[0], len(years)),
            PageFaults(seed) if quality_labels else None,
        )
        making.write_residents()
        for since, year in enumerate(years):
            making.write_enrolled(draws[4], year)
            fund_fen += making.write_year(draws[5 + since], since)
        making.write_books()
    if quality_labels and making.page_faults:
        making.page_faults.write(quality_labels)
    made = CountyMade(dict(folder.rows), fund_fen, sheet.write(labels))
    if event_labels is None:
        return made
    actors = np.array([*script.actors, *script.quiet], np.int64)
    sizes, effect = plant_events(seed, data, event_labels, years=years, actors=actors, faults=labels)
    return replace(made, rows=made.rows | sizes, fund_fen=fund_fen + effect)


def _refuse_nonsense(data: Path, labels: Path, people: int, years: tuple[int, ...]) -> None:
    if people < FEWEST_PEOPLE:
        raise Refusal(
            f"a county of {people} people has no room for its planted faults",
            expected=f"at least {FEWEST_PEOPLE} people",
        )
    if not years or list(years) != list(range(years[0], years[0] + len(years))):
        raise Refusal(f"the years {years} do not follow each other", expected="years such as 2024, 2025")
    if data.resolve() in labels.resolve().parents:
        raise Refusal(
            "the labels lie among the data they judge",
            where=str(labels),
            expected="a file outside the folder of the tables",
        )


def _write_script(
    rng: np.random.Generator, persons: Columns, places: Places, years: tuple[int, ...], neglect: Neglect
) -> Script:
    faults = min(max(2, rows_in(persons) // _PEOPLE_PER_FAULT), _MOST_FAULTS)
    spares = max(1, faults // _FAULTS_PER_SPARE)
    script = Script(rng, persons, places, years, notes=neglect.notes(years[-1]), closed=set(neglect.closed.tolist()))
    for plant in (*faults_of_stays.ALL, *faults_of_charges.ALL):
        plant(script, faults, spares)
    faults = min(max(2, rows_in(persons) // _PEOPLE_PER_LATER_FAULT), _MOST_FAULTS)
    spares = max(1, faults // _FAULTS_PER_SPARE)
    for family in _LATER:
        for plant in family.ALL:
            plant(script, faults, spares)
    faults_of_goods.dark_days(script, faults, spares)
    return script


def _all_visits(
    stays_rng: np.random.Generator,
    visits_rng: np.random.Generator,
    neglect_rng: np.random.Generator,
    script: Script,
    neglect: Neglect,
) -> Columns:
    """Everything that happened, in order of the first day; the planted visits stand among the others."""
    persons, places, years = script.people, script.places, script.years
    stays = ordinary_stays(
        stays_rng,
        persons,
        places,
        years,
        np.array(script.actors),
        lambda stays: neglect.of_stays(neglect_rng, stays, persons),
    )
    scripted = script.all_visits()
    stays = without_crowds(stays, scripted)
    neglect.transfer(neglect_rng, stays)
    neglect.skimp(stays)
    stays = stack([stays, scripted])
    others = ordinary_visits(visits_rng, persons, places, years, stays)
    left_out = np.isin(others["person"], np.array(script.quiet, np.int32)) | neglect.unseen(others)
    others = take(others, ~left_out)
    visits = stack([stays, others, neglect.purchases(stays, others, persons)])
    return take(visits, np.lexsort((visits["kind"], visits["person"], visits["began"])))


def _scripted_lines(script: Script, visits: Columns) -> Columns:
    """The script's lines that belong to these visits."""
    row_of = {int(visits["script"][row]): row for row in np.flatnonzero(visits["script"] >= 0)}
    mine = [(row_of[visit], *rest) for visit, *rest in script.lines if visit in row_of]
    named = ("visit", "item", "quantity", "day", "second", "set_price", "trace")
    columns = dict(zip(named, np.array(mine, np.int64).reshape(len(mine), len(named)).T, strict=True))
    narrow = {name: columns[name].astype(np.int32) for name in ("set_price", "trace")}
    return columns | narrow | {"quantity": columns["quantity"] * ONE}


def _write_pathways(seed: int, folder: Folder, visits: Columns, script: Script) -> np.ndarray:
    """Write what spans visits and years; return who took over each transferred person."""
    persons, places, years = script.people, script.places, script.years
    steps = next_steps(visits)
    receiving = receiving_places(visits, steps, places)
    folder.add("referral", referrals(stream(seed, "referral"), visits, steps, receiving, places))
    registered = registration_table(stream(seed, "chronic_registration"), visits, persons, places, script.unregistered)
    folder.add("chronic_registration", registered)
    stays = take(visits, visits["kind"] == INPATIENT)
    care = care_visits(stream(seed, "care_visit"), persons, stays, years, script.care)
    folder.add("care_visit", care_table(care, persons, places, script.care))
    script.notes += care_notes(care, persons, places, script.care)
    folder.add("camera_span", camera_table(stream(seed, "camera_span"), places, years, script.dark, script.outages))
    return receiving


@dataclass(frozen=True)
class _Making:
    """What the writing of each year needs.

    Attributes:
        seen: for each visit whether a prescription of another one may be filled at it.
        receiving: for each visit the place that took over a transferred person, -1 for all others.
    """

    seed: int
    folder: Folder
    sheet: AnswerSheet
    script: Script
    neglect: Neglect
    excess: Excess
    visits: Columns
    seen: np.ndarray
    receiving: np.ndarray
    stock: Stock
    ledgers: Ledgers
    page_faults: PageFaults | None

    def write_residents(self) -> None:
        """Write the people, and the institutions with their departments, doctors and consortia."""
        people, places, years, folder = self.script.people, self.script.places, self.script.years, self.folder
        for name, columns in people_tables(stream(self.seed, "person"), people, places).items():
            folder.add(name, columns)
        folder.add("membership", membership_table(places, years))
        opened = day_number(dt.date(years[0] - _YEARS_BEFORE, 1, 1))
        folder.add("department", department_table(places, rows_in(people), opened))
        folder.add("doctor", doctor_table(stream(self.seed, "doctor"), places, years, self.script.guests))

    def write_enrolled(self, rng: np.random.Generator, year: int) -> None:
        """Write who belonged to the county in a year, and what was measured of the managed among them."""
        people, places, folder = self.script.people, self.script.places, self.folder
        enrolled = enrol(rng, people, places, year)
        folder.add("enrolment", enrolment_table(stream(self.seed, "enrolment", year), enrolled, places))
        # Who is managed is drawn anew from the same stream, so it is the same in every year.
        managing, measuring = stream(self.seed, "managed"), stream(self.seed, "health_record", year)
        folder.add("health_record", health_record_table(managing, measuring, people, places, year))

    def write_year(self, rng: np.random.Generator, since: int) -> int:
        """Write the visits that began in one year with all that belongs to them; return what the funds paid."""
        year = self.script.years[since]
        begins = [day_number(dt.date(y, 1, 1)) for y in (year, year + 1)]
        first, after = (int(n) for n in np.searchsorted(self.visits["began"], begins))
        if first == after:
            return 0
        mine = {name: values[first:after] for name, values in self.visits.items()}
        people, places, folder = self.script.people, self.script.places, self.folder
        written = stack([_scripted_lines(self.script, mine), self.neglect.self_paid(mine), self.excess.given(mine)])
        lines = charge(rng, mine, people, places.kind, since, written)
        paid = _paid(lines, mine, people, places)
        first_line = folder.rows["fee_line"]
        self.sheet.follow(mine, first, lines, first_line, paid["scope_fen"])
        self.excess.watch(mine, lines)
        cared = care_tables(rng, stream(self.seed, "diagnosis", year), mine, first, people, places)
        for name, columns in cared.items():
            folder.add(name, columns)
        folder.add("settlement", settlement_table(rng, mine, first, paid, people, places))
        folder.add("fee_line", line_table(lines, mine, first, first_line, places))
        self._write_aftermath(year, first, mine, lines)
        exams = examinations(stream(self.seed, "exam_result", year), mine, lines, places, self.excess)
        folder.add("exam_result", exam_table(exams, first, lines, folder.rows["exam_result"]))
        self.ledgers.enter(mine, lines, exams, people["insurance"][mine["person"]], paid["fund_fen"])
        listed = _listed(cared, mine)
        receiving = self.receiving[first:after]
        pages = stream(self.seed, "front_page", year)
        page = front_page_table(pages, mine, first, lines, listed, receiving, people, places)
        if self.page_faults:
            page = self.page_faults.plant(year, page, mine, first, people)
        folder.add("front_page", page)
        return int(paid["fund_fen"].sum())

    def _write_aftermath(self, year: int, first: int, visits: Columns, lines: Columns) -> None:
        """Write what follows from a year's visits and lines: orders, sales, opinions."""
        folder, places = self.folder, self.script.places
        orders = stream(self.seed, "order_line", year)
        folder.add("order_line", order_table(orders, visits, first, lines, folder.rows["order_line"], places))
        seen = self.seen[first : first + rows_in(visits)]
        folder.add("stock_move", self.stock.sell(visits, seen, first, lines, folder.rows["stock_move"]))
        folder.add("proxy_purchase", proxy_table(visits, first, self.script.people, self.script.proxies))
        folder.add("survey", survey_table(stream(self.seed, "survey", year), visits, first, self.neglect))
        complaints, people = stream(self.seed, "complaint", year), rows_in(self.script.people)
        already = folder.rows["complaint"]
        folder.add("complaint", complaint_table(complaints, visits, people, already, places))

    def write_books(self) -> None:
        """Write what is known only when all years are: purchases, stocks and monthly sums."""
        folder = self.folder
        settled = self.stock.settle(stream(self.seed, "stock_level"), folder.rows["stock_move"])
        for name, columns in settled.items():
            folder.add(name, columns)
        folder.add("cost", self.ledgers.cost_table())
        folder.add("equipment", self.ledgers.equipment_table())
        folder.add("fund_flow", self.ledgers.flow_table(self.script.people))
        self.script.notes.extend(self.excess.notes(self.script.years[-1]))


def _listed(cared: dict[str, ArrowColumns], visits: Columns) -> dict[str, np.ndarray]:
    """How many diagnoses and operations each visit has."""
    operations = np.zeros(rows_in(visits), np.int64)
    operations[visits["operation"] >= 0] = counted(cared["operation"]["ordinal"])
    return {"diagnosis_count": counted(cared["diagnosis"]["ordinal"]), "operation_count": operations}


def _paid(lines: Columns, visits: Columns, people: Columns, places: Places) -> Columns:
    """The payers' parts of each visit, with its total and what the policy covers of it."""
    total, scope = (_per_visit(lines, name, rows_in(visits)) for name in ("amount", "scope"))
    where, insurance = places.kind[visits["place"]], people["insurance"][visits["person"]]
    parts = settle(total, scope, visits["kind"], insurance, where)
    return parts | {"total_fen": total, "scope_fen": scope}


def _per_visit(lines: Columns, name: str, visits: int) -> np.ndarray:
    """Sums in whole fen; every visit has lines, and they stand in order of their visit."""
    starts = np.searchsorted(lines["visit"], np.arange(visits))
    return np.add.reduceat(lines[name], starts)
