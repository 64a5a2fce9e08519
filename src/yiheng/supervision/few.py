"""Which rules have too few cases in a small county: an institution cannot stand out among hardly any."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.basis.money import Fen

BY_YEAR = ("institution", "year")


def _stays(t: Mapping[str, ibis.Table]) -> ibis.Table:
    return t["paid_stay"].select("institution", on=_.admitted_on)


def _exams(t: Mapping[str, ibis.Table]) -> ibis.Table:
    places = t["visit"].select("visit_id", institution=_.institution_id)
    return t["exam_result"].join(places, "visit_id").select("institution", on=_.examined_at.date())


def _answers(t: Mapping[str, ibis.Table]) -> ibis.Table:
    asked = t["visit"].semi_join(t["survey"], "visit_id")
    return asked.select(institution=_.institution_id, on=_.began_on)


def _purchases(t: Mapping[str, ibis.Table]) -> ibis.Table:
    return t["visit"].filter(_.kind == "pharmacy").select(institution=_.institution_id, on=_.began_on)


def _drugs(t: Mapping[str, ibis.Table]) -> ibis.Table:
    return t["drug_use"].select("institution", on=_.occurred_on, cases=_.drug_fen)


def _signed(t: Mapping[str, ibis.Table]) -> ibis.Table:
    # Whoever was ever signed, as an enrolment may last: where too few are signed in all years, too few are in each.
    clinics = t["institution"].filter(_.kind == "village").select("institution_id")
    ever = t["enrolment"].semi_join(clinics, "institution_id")
    return ever.select("person_id", institution=_.institution_id).distinct()


# What a rule counts, with its words: each row is a case, or says how many; without a day it is of all years.
COUNTED: dict[str, tuple[Callable[..., ibis.Table], Words]] = {
    "stays": (_stays, Words("住院", "stays")),
    "exams": (_exams, Words("检查结果", "examinations")),
    "answers": (_answers, Words("满意度评价", "visits with answers")),
    "purchases": (_purchases, Words("购药", "purchases")),
    "signed": (_signed, Words("签约居民", "signed people")),
    "drug_fen": (_drugs, Words("药品费用", "charges for drugs")),
}
MONEY = "_fen"


@dataclass(frozen=True)
class Least:
    """How many cases of a year an institution needs, and how many such institutions there must be.

    Attributes:
        of: what is counted, of COUNTED.
        limit: the name of the limit.
        institutions: two where an institution is held beside its peers.
    """

    of: str
    limit: str
    institutions: int = 2


def cases_of(t: Mapping[str, ibis.Table], of: str, least: int) -> ibis.Table:
    """One row: institutions with any case, those with enough in some year, and the most cases of one in a year."""
    count, _words = COUNTED[of]
    rows = count(t)
    rows = rows if "cases" in rows.columns else rows.mutate(cases=ibis.literal(1))
    rows = rows.mutate(year=_.on.year()) if "on" in rows.columns else rows.mutate(year=ibis.null("int32"))
    years = rows.group_by(*BY_YEAR).agg(cases=_.cases.sum())
    best = years.group_by("institution").agg(cases=_.cases.max())
    return best.agg(institutions=_.count(), enough=(_.cases >= least).sum(), most=_.cases.max())


def too_few(least: Least, limit: int, row: Mapping[str, int | None]) -> Words | None:
    """Why a rule with so many cases cannot judge, if it cannot."""
    enough = row["enough"] or 0
    if enough >= least.institutions:
        return None
    words = COUNTED[least.of][1]
    have, most = row["institutions"] or 0, row["most"] or 0
    in_money = least.of.endswith(MONEY)
    # Money is told in yuan, all else in cases.
    needs, best = (str(Fen(one)) if in_money else str(one) for one in (limit, most))
    zh, en = (" 元", " yuan") if in_money else (" 例", "")
    return Words(
        f"{have} 家机构有{words.zh}，全年达到 {needs}{zh}的 {enough} 家（最多 {best}{zh}），"
        f"至少需要 {least.institutions} 家",
        f"{have} institutions have {words.en}, {enough} of them {needs}{en} in a year (the most is {best}{en}), needs "
        f"{least.institutions}",
    )
