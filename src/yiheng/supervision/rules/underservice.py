"""Rules about service withheld by an institution in a year, beside what like people get from its peers."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.policy import Limits
from yiheng.records import TRANSFERRED

from ..declare import Tables, rule
from ..few import Least
from ..like import beside_like, no_chance, of_whom, placed
from .views import limits_of, told_of

PACKAGE = "总额付费下的推诿与服务不足监管（DRG/DIP 经办管理规程：推诿病人、分解住院、高套分组）"
READS = ("visit", "diagnosis", "settlement", "institution", "person", "chronic_registration")
JUDGED = ("hospital", "township")
FEW = "例数少的机构；同类机构没有的病人"


def like_stays(t: Tables, limits: Limits) -> ibis.Table:
    """Stays with their main diagnosis, who lay there, and the kind of the institution as its peers."""
    kinds = t["institution"].select("institution_id", peer=_.kind)
    stays = t["paid_stay"].filter(_.diagnosis.notnull()).join(kinds, _.institution == kinds.institution_id)
    stays = stays.select(
        "peer",
        "person",
        "institution",
        "visit",
        "discharge_way",
        code=_.diagnosis,
        began_on=_.admitted_on,
        ended_on=_.discharged_on,
        planned=_.planned_course.fill_null(False),
        occurred_on=_.admitted_on,
        illness=_.diagnosis.left(1),
    )
    return of_whom(t, stays, limits)


def _conspicuous(cases: ibis.Table, limits: Limits) -> ibis.Table:
    """Institutions with more hits than like cases give elsewhere: enough of them, by a wide gap and by no chance."""
    beyond = _.observed_weight - _.expected_weight
    return beside_like(cases).filter(
        _.observed >= limits["withheld_least_observed"].value,
        _.of >= limits["withheld_least_cases"].value,
        beyond * limits["per_mille"].value >= _.weight * limits["withheld_gap_per_mille"].value,
        no_chance(limits),
    )


def far_worse(cases: ibis.Table, limits: Limits) -> ibis.Table:
    """Conspicuous institutions whose share is a multiple of the one expected."""
    times = _.observed_weight * limits["per_mille"].value >= _.expected_weight * limits["withheld_per_mille"].value
    return placed(_conspicuous(cases, limits).filter(times))


def flag(hit: ibis.Deferred) -> ibis.Deferred:
    return ibis.ifelse(hit, 1, 0)


def share_says(zh: str, en: str) -> Words:
    return Words(
        f"{{institution}} {{year}} 年{zh} {{observed}} 例（共 {{of}} 例），同类人在 {{peers}} 家同类机构为 "
        f"{{expected_per_mille}}",
        f"{{institution}}, {{year}}: {{observed}} of {{of}} {en}; of like people at {{peers}} peers "
        f"{{expected_per_mille}}",
    )


@rule(
    zh="推诿重症",
    official_code=None,
    weight="clue",
    says=share_says("将重症患者转走", "severely ill were transferred"),
    reads=READS,
    codes=("code_limit",),
    source=PACKAGE,
    least=Least("stays", "withheld_least_cases"),
    not_for=f"计划性疗程；{FEW}",
)
def severe_sent_away(t: Tables, limits: Limits) -> ibis.Table:
    """A hospital transfers far more of its severely ill than like people are transferred by its peers."""
    stays = like_stays(t, limits).filter(_.peer.isin(JUDGED), ~_.planned)
    severe = told_of(stays, limits_of(t, "dx", "severe")).select("code").distinct()
    cases = stays.join(severe, "code").mutate(
        hit=flag(_.discharge_way == "transferred"), illness=_.code.left(limits["diagnosis_group_signs"].value)
    )
    return far_worse(cases, limits)


@rule(
    zh="转嫁自费",
    official_code=None,
    weight="clue",
    says=share_says("住院自费占比偏高", "stays paid much outside the policy"),
    reads=READS,
    source=PACKAGE,
    least=Least("stays", "withheld_least_cases"),
    not_for=FEW,
)
def self_pay_shift(t: Tables, limits: Limits) -> ibis.Table:
    """An institution has far more stays with much that the policy does not cover than like people have elsewhere."""
    paid = t["settlement"].semi_join(t["paid_stay"], _.visit_id == t["paid_stay"].visit)
    paid = paid.group_by(visit=_.visit_id).agg(total_fen=_.total_fen.sum(), covered_fen=_.scope_fen.sum())
    stays = like_stays(t, limits).filter(_.peer.isin(JUDGED)).join(paid, "visit").filter(_.total_fen > 0)
    whole, share = limits["per_mille"].value, limits["self_paid_per_mille"].value
    much = (_.total_fen - _.covered_fen) * whole > _.total_fen * share
    return far_worse(stays.mutate(hit=flag(much)), limits)


@rule(
    zh="推诿缩短住院",
    official_code=None,
    weight="clue",
    says=share_says("出院后不久即住进他院", "stays were soon followed by one elsewhere"),
    reads=READS,
    source=PACKAGE,
    least=Least("stays", "withheld_least_cases"),
    not_for=f"医嘱转院；随后的计划性疗程；{FEW}",
)
def early_discharge(t: Tables, limits: Limits) -> ibis.Table:
    """Far more of those discharged are soon in hospital elsewhere than like people of its peers."""
    stays = like_stays(t, limits)
    left = stays.filter(_.peer.isin(JUDGED), _.ended_on.notnull(), ~_.discharge_way.isin(TRANSFERRED))
    soon = left.ended_on + ibis.interval(days=limits["soon_elsewhere_days"].value)
    again = stays.filter(~_.planned).select(who=_.person, back_on=_.began_on, elsewhere=_.institution)
    back = left.join(
        again,
        [
            left.person == again.who,
            left.institution != again.elsewhere,
            again.back_on >= left.ended_on,
            again.back_on <= soon,
        ],
    )
    back = back.select("visit").distinct().mutate(back=ibis.literal(1))
    cases = left.left_join(back, "visit").drop("visit_right").mutate(hit=_.back.fill_null(0))
    return far_worse(cases, limits)


@rule(
    zh="高套病种（编码高套）",
    official_code=None,
    weight="clue",
    says=share_says("写成费用较高的疾病", "illnesses were written as the costlier one"),
    reads=READS,
    codes=("code_limit",),
    source=PACKAGE,
    least=Least("stays", "withheld_least_cases"),
    not_for=f"code_limit 中没有的疾病；{FEW}",
)
def upcoded_illness(t: Tables, limits: Limits) -> ibis.Table:
    """Of illnesses that can be written for each other the costlier one stands far more often than with like people."""
    pairs = limits_of(t, "dx", "lighter")
    both = ibis.union(
        pairs.select("code_prefix", value=_.code_prefix).mutate(hit=ibis.literal(1)).distinct(),
        pairs.select(code_prefix=_.value, value=_.code_prefix).mutate(hit=ibis.literal(0)).distinct(),
    )
    stays = like_stays(t, limits).filter(_.peer.isin(JUDGED))
    codes = stays.select("code").distinct()
    told = codes.join(both, codes.code.startswith(both.code_prefix)).group_by("code")
    told = told.agg(family=_.value.min(), hit=_.hit.max())
    cases = stays.join(told, "code").mutate(illness=_.family)
    # The costlier one is common anyway; what shows is that the lighter one is nearly gone.
    left = (_.weight - _.observed_weight) * limits["per_mille"].value
    gone = left <= (_.weight - _.expected_weight) * limits["lighter_left_per_mille"].value
    return placed(_conspicuous(cases, limits).filter(gone))


def _signed(t: Tables) -> ibis.Table:
    return (
        t["enrolment"]
        .filter(_.institution_id.notnull())
        .select("enrolled_from", "enrolled_until", person=_.person_id, signed_at=_.institution_id)
    )


def _centres(t: Tables, signed: ibis.Table) -> ibis.Table:
    """The township centre to which most of those go who are signed at an institution; a centre is its own."""
    kinds = t["institution"].select(signed_at=_.institution_id, signed_kind=_.kind)
    centres = t["institution"].filter(_.kind == "township").select(centre=_.institution_id)
    seen = t["visit"].select("began_on", centre=_.institution_id, who=_.person_id).semi_join(centres, "centre")
    clinics = signed.join(kinds, "signed_at").filter(_.signed_kind == "village")
    went = clinics.join(
        seen,
        [
            clinics.person == seen.who,
            seen.began_on >= clinics.enrolled_from,
            seen.began_on <= clinics.enrolled_until,
        ],
    )
    went = went.group_by("signed_at", "centre").agg(visits=_.count())
    most = ibis.row_number().over(group_by="signed_at", order_by=[ibis.desc("visits"), "centre"])
    of_clinics = went.mutate(turn=most).filter(_.turn == 0).select("signed_at", "centre")
    return of_clinics.union(centres.select("centre", signed_at=_.centre).select("signed_at", "centre"))


@rule(
    zh="患者外流",
    official_code=None,
    weight="clue",
    says=share_says("住院的签约居民中到县外住院", "of its people in hospital were so outside the county"),
    reads=(*READS, "enrolment"),
    source=PACKAGE,
    least=Least("stays", "withheld_least_cases"),
    not_for=f"未签约者；{FEW}",
)
def outflow_of_people(t: Tables, limits: Limits) -> ibis.Table:
    """Far more of a town's signed people in hospital go outside the county than like people of other towns."""
    signed = _signed(t)
    stays = like_stays(t, limits).rename(kind="peer", stayed_at="institution")
    of = signed.rename(who="person")
    theirs = stays.join(
        of, [stays.person == of.who, stays.began_on >= of.enrolled_from, stays.began_on <= of.enrolled_until]
    )
    theirs = theirs.join(_centres(t, signed), "signed_at").mutate(hit=flag(_.kind == "outside"))
    # A person counts once: whoever is often in hospital is so at one place.
    cases = theirs.group_by("person", "year", "sex", "chronic").agg(
        hit=_.hit.max(),
        institution=_.centre.min(),
        age_band=_.age_band.min(),
        illness=_.illness.min(),
        occurred_on=_.occurred_on.max(),
    )
    cases = cases.mutate(peer=ibis.literal("township"))
    return far_worse(cases, limits)


@rule(
    zh="村卫生室零服务",
    official_code=None,
    weight="clue",
    says=Words(
        "{institution} {year} 年有签约居民 {of} 人而全年没有接诊，同类人在其签约村卫生室就诊过的为 "
        "{expected_per_mille}",
        "{institution}, {year}: {of} people are signed and nobody was seen; of like people {expected_per_mille} "
        "were seen "
        "at their clinic",
    ),
    reads=("visit", "institution", "person", "chronic_registration", "enrolment"),
    source=PACKAGE,
    least=Least("signed", "withheld_least_cases"),
    not_for="签约人数少的村卫生室；经批准停业的",
)
def clinic_without_service(t: Tables, limits: Limits) -> ibis.Table:
    """A village clinic with signed people saw nobody in a year, while like people were seen at theirs."""
    clinics = t["institution"].filter(_.kind == "village").select(signed_at=_.institution_id, peer=_.kind)
    signed = _signed(t).join(clinics, "signed_at").mutate(institution=_.signed_at, occurred_on=_.enrolled_until)
    signed = signed.mutate(illness=ibis.literal(""))
    people = of_whom(t, signed, limits)
    seen = t["visit"].select(person=_.person_id, institution=_.institution_id, year=_.began_on.year().cast("int64"))
    seen = seen.semi_join(clinics, seen.institution == clinics.signed_at)
    open_ = seen.select("institution", "year").distinct()
    seen = seen.distinct().mutate(hit=ibis.literal(1))
    cases = people.left_join(seen, ["person", "institution", "year"])
    cases = cases.drop("person_right", "institution_right", "year_right").mutate(hit=_.hit.fill_null(0))
    beside = beside_like(cases).anti_join(open_, ["institution", "year"])
    return placed(beside.filter(_.of >= limits["withheld_least_cases"].value, no_chance(limits)))
