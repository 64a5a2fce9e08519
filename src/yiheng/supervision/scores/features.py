"""The features of scores: whole sums over the visits of one subject in one year."""

from __future__ import annotations

import ibis
from ibis.expr.types import IntegerScalar

from .declare import CARERS, EVERYBODY, Sums, feature

STAYS = "score_least_stays"
# Shares of the first digits 1 to 9 by Benford's law, in ten-thousandths; they add up to the whole.
BENFORD = (3010, 1761, 1249, 969, 792, 670, 580, 512, 457)
WHOLE = 10_000


def _share(part: ibis.Column, whole: ibis.Column) -> Sums:
    """One amount in another, over the rows where both are known."""
    known = part.notnull() & whole.notnull()
    return Sums(part.sum(where=known), whole.sum(where=known), known.sum())


def _each(amount: ibis.Column, among: ibis.Column) -> Sums:
    """An amount for each row that counts, over those where it is known."""
    known = among & amount.notnull()
    return Sums(amount.sum(where=known), known.sum(), known.sum())


def _marked(marked: ibis.Column, among: ibis.Column) -> Sums:
    """Rows that are marked among those that count."""
    known = among & marked.notnull()
    return Sums((marked & known).sum(), known.sum(), known.sum())


def _in_a_year(count: IntegerScalar, visits: IntegerScalar) -> Sums:
    """A number of a whole year; one who made any visit has one year."""
    return Sums(count, ibis.ifelse(visits > 0, 1, 0), visits)


@feature(zh="次均住院费用", far="higher", unit="fen", least=STAYS)
def stay_cost(v: ibis.Table) -> Sums:
    """Mean whole cost of a finished stay."""
    return _each(v.total_fen, v.is_stay)


@feature(zh="平均住院日", far="either", unit="days", least=STAYS)
def stay_days(v: ibis.Table) -> Sums:
    """Mean days of a finished stay."""
    return _each(v.days, v.is_stay)


@feature(zh="再入院占比", far="higher", unit="share", least=STAYS)
def readmissions(v: ibis.Table) -> Sums:
    """Share of stays that are soon followed by another stay anywhere."""
    return _marked(v.readmitted, v.is_stay)


@feature(zh="转出占比", far="higher", unit="share", least=STAYS)
def transfers(v: ibis.Table) -> Sums:
    """Share of stays that end with a transfer to another hospital."""
    return _marked(v.transferred, v.is_stay)


@feature(zh="住院占比", far="higher", unit="share", subjects=("institution", "department"))
def admissions(v: ibis.Table) -> Sums:
    """Share of visits that are stays."""
    return _marked(v.is_stay, v.visit_id.notnull())


@feature(zh="次均门诊费用", far="higher", unit="fen")
def contact_cost(v: ibis.Table) -> Sums:
    """Mean whole cost of a visit without a bed."""
    return _each(v.total_fen, ~v.is_stay)


@feature(zh="药占比（偏高）", far="higher", unit="share", subjects=CARERS)
def drug_part_high(v: ibis.Table) -> Sums:
    """Share of drugs in everything charged, where it is high."""
    return _share(v.drug_fen, v.charged_fen)


@feature(zh="药占比（偏低）", far="lower", unit="share", subjects=CARERS)
def drug_part_low(v: ibis.Table) -> Sums:
    """Share of drugs in everything charged, where it is low: other things take their place."""
    return _share(v.drug_fen, v.charged_fen)


@feature(zh="个人负担占比", far="higher", unit="share")
def self_pay(v: ibis.Table) -> Sums:
    """Share of the whole cost that persons pay."""
    return _share(v.person_fen, v.total_fen)


@feature(zh="政策范围外占比", far="higher", unit="share")
def uncovered(v: ibis.Table) -> Sums:
    """Share of the whole cost that the policy does not cover."""
    return _share(v.total_fen - v.scope_fen, v.total_fen)


@feature(zh="重复就诊占比", far="higher", unit="share")
def repeats(v: ibis.Table) -> Sums:
    """Share of visits by persons who had been there in the year already."""
    return Sums(v.visit_id.count() - v.person.nunique(), v.visit_id.count(), v.visit_id.count())


@feature(zh="夜间费用占比", far="higher", unit="share")
def at_night(v: ibis.Table) -> Sums:
    """Share of fee lines charged at night."""
    return _share(v.night_lines, v.lines)


@feature(zh="周末就诊占比", far="higher", unit="share")
def at_weekends(v: ibis.Table) -> Sums:
    """Share of visits that begin on a Saturday or Sunday."""
    return _marked(v.weekend, v.visit_id.notnull())


@feature(zh="金额首位数字偏离", far="higher", unit="share")
def first_digits(v: ibis.Table) -> Sums:
    """How far the first digits of amounts are from Benford's law: the differences of the nine shares, added up."""
    known = v.first_digit > 0
    many = known.sum()
    apart = [(v.first_digit == n).sum() * WHOLE - many * share for n, share in enumerate(BENFORD, start=1)]
    return Sums(sum((one.abs() for one in apart[1:]), start=apart[0].abs()), many * WHOLE, many)


@feature(zh="相同金额占比", far="higher", unit="share")
def same_amounts(v: ibis.Table) -> Sums:
    """Share of visits whose whole cost had come up before."""
    known = v.total_fen.notnull().sum()
    return Sums(known - v.total_fen.nunique(), known, known)


@feature(zh="签约居民人均就诊", far="lower", unit="number", subjects=("institution",), rows="signed")
def service_for_signed(s: ibis.Table) -> Sums:
    """Visits that each person signed with the institution made there."""
    return Sums(s.own_visits.sum(), s.person.count(), s.person.count())


@feature(zh="签约居民县外住院占比", far="higher", unit="share", subjects=("institution",), rows="signed", least=STAYS)
def outflow(s: ibis.Table) -> Sums:
    """Share of the stays of persons signed with the institution that were outside the county."""
    return Sums(s.outside_stays.sum(), s.stays.sum(), s.stays.sum())


@feature(zh="年就诊次数", far="higher", unit="number", subjects=("person",))
def visits_a_year(v: ibis.Table) -> Sums:
    """Visits of the person in the year."""
    return _in_a_year(v.visit_id.count(), v.visit_id.count())


@feature(zh="年住院次数", far="higher", unit="number", subjects=("person",))
def stays_a_year(v: ibis.Table) -> Sums:
    """Finished stays of the person in the year."""
    return _in_a_year(v.is_stay.sum(), v.visit_id.count())


@feature(zh="年就诊机构数", far="higher", unit="number", subjects=("person",))
def places_a_year(v: ibis.Table) -> Sums:
    """Institutions where the person was in the year."""
    return _in_a_year(v.institution.nunique(), v.visit_id.count())


@feature(zh="年药店购药次数", far="higher", unit="number", subjects=("person",))
def purchases_a_year(v: ibis.Table) -> Sums:
    """Purchases of the person at pharmacies in the year."""
    return _in_a_year(v.is_purchase.sum(), v.visit_id.count())


@feature(zh="年医疗费用", far="higher", unit="fen", subjects=("person",))
def cost_a_year(v: ibis.Table) -> Sums:
    """Whole cost of the person in the year; unknown where the cost of one visit is."""
    lacking = v.visit_id.count() - v.total_fen.notnull().sum()
    return _in_a_year(ibis.ifelse(lacking > 0, ibis.null("int64"), v.total_fen.sum()), v.visit_id.count())


@feature(zh="同日多次就诊占比", far="higher", unit="share", subjects=EVERYBODY[-1:])
def same_days(v: ibis.Table) -> Sums:
    """Share of visits on a day on which the person had made another."""
    return Sums(v.visit_id.count() - v.began_on.nunique(), v.visit_id.count(), v.visit_id.count())
