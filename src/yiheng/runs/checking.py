"""The run that judges the quality of settlement lists, of totals, and of what was refused at the door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ibis import _

from yiheng.basis.files import new_file
from yiheng.basis.refusals import Refusal, nearest
from yiheng.lake import told
from yiheng.measures import CHECKS, CODES, LIMITS
from yiheng.measures.quality import LISTS, MONTHS, counted, questioned

from .editions import editions_in_use, pinned_editions
from .engine import Engine
from .loading import QUARANTINE
from .making import making
from .manifest import Manifest, canonical, write_whole
from .measuring import divided
from .results import checked
from .workspace import Workspace

if TYPE_CHECKING:
    import pyarrow.dataset as ds

QUALITY, QUESTIONED, REFUSED = "quality.json", "questioned.parquet", "refused.parquet"
JUDGED_VIEWS = ("enrolment_span", "visited", "stay", "charged", "listed", "hospital_month")
ROW = ("institution", "month", "check_kind", "check")
REFUSED_SCHEMA = ibis.schema(
    {
        "table_name": "string",
        "file": "string",
        "row_number": "int64",
        "line": "int64",
        "fault": "string",
        "column_name": "string",
        "found": "string",
        "says": "string",
        "says_en": "string",
        "expected": "string",
        "expected_en": "string",
        "institution_id": "string",
        "visit_id": "string",
    }
)
Members = dict[str, list[dict[str, Any]]]
# After every last day: only a membership that lasts holds.
LASTING = "9999-12"
MonthsOf = Mapping[str, Collection[str]]

DOOR = ("institution", "load", "table_name", "file", "fault")


@told()
def run_quality(
    workspace: Workspace,
    *,
    institution: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Judge the quality of the data as it is now.

    Args:
        institution: only what this institution sent; None means all.
        since, until: only stays that ended on these days, both included; totals are judged for whole months.

    Raises:
        Refusal: when the institution is unknown.
    """
    manifest = Manifest(
        "quality",
        {
            "institution": institution,
            "since": since.isoformat() if since else None,
            "until": until.isoformat() if until else None,
        },
        {
            "data": workspace.data(),
            "codes": {
                name: [one.as_json() for one in kept] for name, kept in editions_in_use(workspace, CODES).items()
            },
            "limits": {name: limit.value for name, limit in LIMITS.items()},
            "loads": [run for noted in workspace.runs("load") if _has_refused(workspace, run := noted["run"])],
        },
    )
    with making(workspace, manifest) as folder:
        return check_quality(workspace, manifest, folder, progress)


def check_quality(
    workspace: Workspace, manifest: Manifest, folder: Path, progress: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Judge what a manifest says into a folder."""
    engine = Engine(workspace, workspace.at(manifest.pins), codes=pinned_editions(manifest.pins["codes"]))
    names = {row["institution_id"]: row["name"] for row in engine.rows(engine.tables["institution"])}
    asked = manifest.inputs["institution"]
    if asked is not None and asked not in names:
        raise Refusal(f"there is no institution '{asked}'", cure=nearest(asked, names))
    progress("lists")
    engine.views(*JUDGED_VIEWS)
    for view in (LISTS, MONTHS):
        engine.tables[view] = _asked_for(engine.tables[view], manifest.inputs, whole_months=view == MONTHS)
    counts = ibis.union(*(counted(engine.tables, view, ("institution", "month")) for view in (LISTS, MONTHS)))
    members: Members = {}
    for span in engine.rows(engine.tables["membership"], ("institution_id", "member_from")):
        members.setdefault(span["institution_id"], []).append(span)
    rows = [_row(row, members) for row in engine.rows(counts, ROW)]
    with new_file(folder / QUESTIONED) as part:
        engine.write(questioned(engine.tables), ("institution", "month", "check", "verdict", "visit"), part)
    progress("refused rows")
    refused = _refused(engine, workspace, manifest)
    with new_file(folder / REFUSED) as part:
        engine.write(refused, ("load", "table_name", "file", "row_number", "fault", "found"), part)
    by_door = refused.group_by(*DOOR).agg(
        says=_.says.min(), says_en=_.says_en.min(), expected=_.expected.min(), rows=_.count()
    )
    at_the_door = engine.rows(by_door, DOOR)
    engine.close()
    result = {
        "run": manifest.run,
        **manifest.inputs,
        "institutions": {
            one: {"name": name, "consortium": _consortium(one, LASTING, members)} for one, name in names.items()
        },
        "rows": rows,
        "refused": at_the_door,
    }
    write_whole(folder / QUALITY, canonical(result))
    manifest.write(folder, [QUALITY, QUESTIONED, REFUSED])
    return result


def questioned_rows(folder: Path, months_of: MonthsOf | None = None, **only: str) -> Iterator[dict[str, Any]]:
    """The rows in question of a run, however many they are.

    Args:
        months_of: only these months of these institutions; None means all.
        only: the value that a column must have.
    """
    return _rows(_questioned(folder, months_of, only))


def questioned_page(folder: Path, months_of: MonthsOf, first: int, most: int, **only: str) -> list[dict[str, Any]]:
    """At most so many of these rows, from the one numbered ``first`` (from 0)."""
    found: list[dict[str, Any]] = _questioned(folder, months_of, only).to_table().slice(first, most).to_pylist()
    return found


def refused_rows(folder: Path, institutions: Collection[str | None] | None = None) -> Iterator[dict[str, Any]]:
    """The refused rows of a run; of these institutions, or of all."""
    rows = _rows_in(checked(folder, REFUSED))
    if institutions is not None:
        rows = rows.filter(pc.field("institution").isin(pa.array(institutions, pa.string())))
    return _rows(rows)


def _questioned(folder: Path, months_of: MonthsOf | None, only: Mapping[str, str]) -> ds.Dataset:
    rows = _rows_in(checked(folder, QUESTIONED))
    for column, value in only.items():
        rows = rows.filter(pc.field(column) == value)
    if months_of is None:
        return rows
    wanted = pc.scalar(False)
    for institution, months in months_of.items():
        wanted = wanted | ((pc.field("institution") == institution) & pc.field("month").isin(pa.array(months)))
    return rows.filter(wanted)


def _rows_in(file: Path) -> ds.Dataset:
    # Imports pandas where it is installed, which only these rows are worth.
    import pyarrow.dataset as ds

    return ds.dataset(file)


def _rows(rows: ds.Dataset) -> Iterator[dict[str, Any]]:
    for batch in rows.to_batches():
        yield from batch.to_pylist()


def _asked_for(view: ibis.Table, inputs: dict[str, Any], *, whole_months: bool) -> ibis.Table:
    if inputs["institution"]:
        view = view.filter(view.institution == inputs["institution"])
    day = view.month if whole_months else ibis.coalesce(view.ended_on, view.began_on).strftime("%Y-%m-%d")
    signs = len("2025-01") if whole_months else len("2025-01-01")
    if inputs["since"]:
        view = view.filter(day >= inputs["since"][:signs])
    if inputs["until"]:
        view = view.filter(day <= inputs["until"][:signs])
    return view


def _row(row: dict[str, Any], members: Members) -> dict[str, Any]:
    """One check of one institution and month, as others rely on it."""
    return {
        "institution": row["institution"],
        "consortium": _consortium(row["institution"], row["month"], members),
        "month": row["month"],
        "kind": row["check_kind"],
        "check": row["check"],
        "says": CHECKS[row["check"]].says.zh,
        "valid": row["valid"],
        "invalid": row["invalid"],
        "unknown": row["unknown"],
        "share": divided(row["valid"], row["valid"] + row["invalid"]),
    }


def _consortium(institution: str, month: str, members: Members) -> str | None:
    """The consortium the institution belonged to at the end of a month; the later span where two meet."""
    of = [
        span["consortium"]
        for span in members.get(institution, ())
        if span["member_from"].isoformat() <= f"{month}-31"
        and (span["member_until"] is None or span["member_until"].isoformat() >= f"{month}-01")
    ]
    return of[-1] if of else None


def _has_refused(workspace: Workspace, run: str) -> bool:
    """Whether a load refused rows: one that refused none decides nothing here, and its id does not count."""
    rows: int = pq.read_metadata(checked(workspace.find_run(run), QUARANTINE)).num_rows
    return rows > 0


def _refused(engine: Engine, workspace: Workspace, manifest: Manifest) -> ibis.Table:
    """What loads refused: a row refused again by a later load stands once, with the later load."""
    loads = {run: checked(workspace.find_run(run), QUARANTINE) for run in manifest.pins["loads"]}
    rows = engine.read(loads, REFUSED_SCHEMA, "load")
    age = {run: number for number, run in enumerate(loads)}
    newest = rows.mutate(_age=rows.load.cases(*age.items(), else_=len(age))) if age else rows.mutate(_age=0)
    same = ibis.row_number().over(group_by=list(REFUSED_SCHEMA), order_by="_age")
    visits = engine.tables["visit"].select("visit_id", sender=_.institution_id)
    known = newest.mutate(_nth=same).filter(_._nth == 0).left_join(visits, "visit_id").drop("visit_id_right")
    known = known.mutate(institution=ibis.coalesce(_.institution_id, _.sender))
    asked = manifest.inputs["institution"]
    known = known.filter(_.institution == asked) if asked else known
    return known.drop("_age", "_nth", "sender", "institution_id")
