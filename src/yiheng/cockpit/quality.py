"""Quality of settlement lists as its page shows it: what was asked for, within the scope of who asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import Http404
from django.utils.translation import get_language

from yiheng.basis.evidence import Words
from yiheng.basis.periods import months_of
from yiheng.casework.selectors import sees_party
from yiheng.measures import CHECKS, KINDS
from yiheng.runs import questioned_page, questioned_rows, refused_rows
from yiheng.statements import CheckSum, exact, field_words, sums_by_check, written

from . import results, show
from .asked import SignedIn
from .discreet import Said, said_to
from .results import Run

ROWS_ON_A_PAGE = 50
VERDICTS = ("invalid", "unknown")


@dataclass(frozen=True)
class Asked:
    """A filter and the rows of the run that it lets through; all of them are in the reader's scope.

    Attributes:
        mine: institutions that are the reader's today, for what has no month; None is a row whose sender is unknown.
        said: how a text is told to the reader.
    """

    year: int | None
    institution: str
    month: str
    kind: str
    check: str
    verdict: str
    rows: list[dict[str, Any]]
    of_year: list[dict[str, Any]]
    years: list[int]
    institutions: dict[str, str]
    mine: list[str | None]
    said: Said

    @property
    def filter(self) -> dict[str, Any]:
        """What was asked for, without what was not."""
        asked = {"institution": self.institution, "year": self.year, "month": self.month, "kind": self.kind}
        return {name: value for name, value in asked.items() if value}

    @property
    def query(self) -> str:
        return urlencode(self.filter)

    @property
    def query_without_month(self) -> str:
        return urlencode({name: value for name, value in self.filter.items() if name not in ("month", "institution")})

    @property
    def institution_name(self) -> str:
        return self.institutions[self.institution]

    @property
    def months(self) -> list[str]:
        return sorted({row["month"] for row in self.of_year})

    @property
    def months_of(self) -> dict[str, list[str]]:
        """Each institution with its months: a member that moved is only seen for its own months."""
        found: dict[str, set[str]] = {}
        for row in self.rows:
            found.setdefault(row["institution"], set()).add(row["month"])
        return {one: sorted(months) for one, months in found.items()}

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [(str(name), in_language(words)) for name, words in KINDS.items()]

    @property
    def check_says(self) -> str:
        return in_language(CHECKS[self.check].says)

    @property
    def check_fields(self) -> str:
        return in_language(field_words(self.check))

    @property
    def check_expected(self) -> str:
        return in_language(CHECKS[self.check].expected)

    def about(self, run: Run) -> dict[str, str]:
        """What a workbook of these rows speaks of."""
        name = self.institution_name if self.institution else ""
        return {
            "运行": run.id,
            "机构": f"{self.institution} {name}".strip() or "全部",
            "月份": self.month or (str(self.year) if self.year else "全部"),
        }


@dataclass(frozen=True)
class Cell:
    """One month of an institution, or its year; no share where nothing was judged."""

    month: str
    invalid: int
    unknown: int
    share: str | None


@dataclass(frozen=True)
class OfInstitution:
    """An institution with its twelve months; None where it had no stays."""

    id: str
    name: str
    months: list[Cell | None]
    whole: Cell


def chosen(request: SignedIn, run: Run) -> Asked:
    """The filter asked for; by default the newest year of all institutions.

    Raises:
        Http404: for what is not there or not theirs.
    """
    rows = run.result["rows"]
    # Asked of each party, not of each of thousands of rows.
    seen = {party: sees_party(user=request.user, party=party) for party in {row["consortium"] for row in rows}}
    mine = [row for row in rows if seen[row["consortium"]]]
    known = run.result["institutions"]
    names = {one: known[one]["name"] for one in sorted({row["institution"] for row in mine})}
    years = sorted({int(row["month"][:4]) for row in mine}, reverse=True)
    year = _one_of(request, "year", [str(year) for year in years]) or (str(years[0]) if years else "")
    of_year = [row for row in mine if row["month"].startswith(f"{year}-")]
    institution = _one_of(request, "institution", names)
    month = _one_of(request, "month", {row["month"] for row in of_year})
    kind = _one_of(request, "kind", [str(name) for name in KINDS])
    wanted = {"institution": institution, "month": month, "kind": kind}
    rows = [row for row in of_year if all(not value or row[name] == value for name, value in wanted.items())]
    senders: list[str | None] = [
        one
        for one in known
        if institution in ("", one) and sees_party(user=request.user, party=known[one]["consortium"])
    ]
    if request.user.in_fund_office and not institution:
        senders.append(None)
    return Asked(
        int(year) if year else None, institution, month, kind, _one_of(request, "check", CHECKS),
        _one_of(request, "verdict", VERDICTS) or VERDICTS[0], rows, of_year, years, names, senders,
        said_to(request.user),
    )  # fmt: skip


def by_institution(what: Asked, run: Run) -> list[OfInstitution]:
    """The year by institution and month."""
    by: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in what.of_year:
        if what.kind in ("", row["kind"]) and what.institution in ("", row["institution"]):
            by.setdefault(row["institution"], {}).setdefault(row["month"], []).append(row)
    if what.year is None:
        return []
    keys = [f"{span.first:%Y-%m}" for span in months_of(what.year)]
    return [
        OfInstitution(
            one,
            what.institutions[one],
            [_cell(key, months[key]) if key in months else None for key in keys],
            _cell("", [row for rows in months.values() for row in rows]),
        )
        for one, months in by.items()
    ]


def sums(what: Asked) -> dict[str, list[CheckSum]]:
    """What each check came to: ``open`` where something failed or was not judged, and ``passed``."""
    made = sums_by_check(what.rows)
    return {
        "open": [one for one in made if one.invalid or one.unknown],
        "passed": [one for one in made if not one.invalid and not one.unknown],
    }


def page_of(what: Asked, run: Run, number: str) -> tuple[Page[int], list[dict[str, Any]]]:
    """A page of the rows in question of one check."""
    count = sum(row[what.verdict] for row in what.rows if row["check"] == what.check)
    page = Paginator(range(count), ROWS_ON_A_PAGE).get_page(number)
    first = max(page.start_index() - 1, 0)
    only = {"check": what.check, "verdict": what.verdict}
    return page, questioned_page(results.folder_of(run), what.months_of, first, ROWS_ON_A_PAGE, **only)


def questioned(what: Asked, run: Run) -> Iterator[dict[str, Any]]:
    """All rows in question of the filter."""
    checks = {row["check"] for row in what.rows}
    return (row for row in questioned_rows(results.folder_of(run), what.months_of) if row["check"] in checks)


def refused(what: Asked, run: Run, in_full: bool) -> Iterator[dict[str, Any]]:
    """The rows that loads refused, person numbers masked where the reader may not see them."""
    for row in refused_rows(results.folder_of(run), what.mine):
        masked = row["column_name"] == "person_id" and not in_full
        yield _told(what, {**row, "found": show.masked(row["found"])} if masked else row)


def refused_counts(what: Asked, run: Run) -> list[dict[str, Any]]:
    """Refused rows by sender, file and fault, in the reader's language."""
    return [
        _told(what, {**one, "says": one["says"] if show.in_chinese() else one["says_en"]})
        for one in run.result["refused"]
        if one["institution"] in what.mine
    ]


def _told(what: Asked, row: dict[str, Any]) -> dict[str, Any]:
    texts = ("file", "says", "found", "expected")
    return row | {name: what.said(row[name]) for name in texts if isinstance(row.get(name), str)}


def in_language(words: Words) -> str:
    """Words in the reader's language."""
    return words.in_language(get_language() or "zh")


def _cell(month: str, rows: list[dict[str, Any]]) -> Cell:
    valid, invalid, unknown = (sum(row[verdict] for row in rows) for verdict in ("valid", "invalid", "unknown"))
    share = exact(valid, valid + invalid, "share")
    return Cell(month, invalid, unknown, None if share is None else written(share, "share"))


def _one_of(request: SignedIn, name: str, known: Any) -> str:
    """A value asked for; empty when none is."""
    value = request.GET.get(name, "")
    if value and value not in known:
        raise Http404
    return value
