"""Rules about what is recorded of a person: codes that contradict the person's sex or age, or each other."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.codes import HOLDS
from yiheng.policy import Limits
from yiheng.records import holding, western

from ..declare import Tables, rule
from ..limited import RULE_BASE
from ..views import full_years
from .views import limits_of, newborns_with_mother

ZH = {"male": "男性", "female": "女性"}


def _coded(t: Tables, rows: ibis.Table) -> ibis.Table:
    """Diagnoses or operations as findings: about their ordinal, no money of their own at stake."""
    visits = t["visit"].select("visit_id", "began_on", person=_.person_id, institution=_.institution_id)
    who = t["person"].select("born_on", person=_.person_id, person_is=_.sex)
    return (
        rows.join(visits, "visit_id")
        .join(who, "person")
        .mutate(
            visit=_.visit_id,
            settlement=ibis.null("string"),
            line=ibis.null("string"),
            occurred_on=_.began_on,
            scope_fen=ibis.literal(0, "int64"),
            about=_.ordinal.cast("string"),
        )
    )


def _told(rows: ibis.Table, limits: ibis.Table, *by: str) -> ibis.Table:
    """Rows whose code begins as a list says, with what it says; codes are few and rows many, each is matched once."""
    codes = rows.select("code").distinct()
    told = codes.join(limits, codes.code.startswith(limits.code_prefix))
    return rows.join(told.group_by("code", *by).agg(code_prefix=_.code_prefix.max()), "code")


LIMIT = ("code_prefix", "measure", "value")


def _limited(t: Tables, table: str, kind: str, listed: ibis.Table, *measures: str) -> ibis.Table:
    """Coded rows of which a place's list or the public coding rules of their day tell a limit."""
    public = t["coding_rule"].filter(_.kind == kind, _.measure.isin(measures)).select(*LIMIT, *HOLDS)
    undated = listed.select(*LIMIT).mutate(**{day: ibis.null(of) for day, of in HOLDS.items()})
    rows = (western(t) if table == "diagnosis" else t[table]).select("visit_id", "ordinal", "code")
    found = _coded(t, _told(rows, ibis.union(undated, public), "measure", "value", *HOLDS))
    return found.filter(holding(found.began_on))


def _of_other_sex(t: Tables, table: str, kind: str) -> ibis.Table:
    allowed = _.forbidden_for.cases(("male", "female"), ("female", "male"))
    listed = t["sex_conflict"].filter(_.kind == kind).mutate(measure=ibis.literal("sex"), value=allowed)
    found = _limited(t, table, kind, listed, "sex").filter(_.person_is.isin([*ZH]), _.person_is != _["value"])
    once = found.group_by(*SUBJECT, "person_is", "code").agg(code_prefix=_.code_prefix.max())
    return once.mutate(person_is_zh=_.person_is.cases(*ZH.items()))


SUBJECT = ("person", "institution", "visit", "settlement", "line", "occurred_on", "scope_fen", "about", "ordinal")


@rule(
    zh="诊断与患者性别不符",
    official_code="GZ10000204006000",
    weight="suspicion",
    says=Words(
        "就诊 {visit} 的第 {ordinal} 诊断 {diagnosis_code} 不适用于{person_is_zh}参保人 {person}",
        "diagnosis {ordinal} of visit {visit}, {diagnosis_code}, does not fit {person}, who is {person_is}",
    ),
    reads=("visit", "person", "diagnosis"),
    codes=("coding_rule", "sex_conflict"),
    any_list=True,
    source=f"{RULE_BASE} 诊断与患者性别不符；公布的编码规则",
    not_for="性别未知的参保人",
    stages=("before", "during", "after"),
)
def diagnosis_for_other_sex(t: Tables, limits: Limits) -> ibis.Table:
    """A diagnosis code that is forbidden for the person's sex; unknown sex is spared."""
    found = _of_other_sex(t, "diagnosis", "dx")
    return found.select(*SUBJECT, "person_is", "person_is_zh", "code_prefix", diagnosis_code=_.code)


@rule(
    zh="手术操作编码与性别不符",
    official_code="GZ10000201005000",
    weight="suspicion",
    says=Words(
        "就诊 {visit} 的第 {ordinal} 手术操作 {operation_code} 不适用于{person_is_zh}参保人 {person}",
        "operation {ordinal} of visit {visit}, {operation_code}, does not fit {person}, who is {person_is}",
    ),
    reads=("visit", "person", "operation"),
    codes=("coding_rule", "sex_conflict"),
    any_list=True,
    source=f"{RULE_BASE} 手术操作编码与性别不符；公布的编码规则",
    not_for="性别未知的参保人",
    stages=("before", "during", "after"),
)
def operation_for_other_sex(t: Tables, limits: Limits) -> ibis.Table:
    """An operation code that is forbidden for the person's sex; unknown sex is spared."""
    found = _of_other_sex(t, "operation", "px")
    return found.select(*SUBJECT, "person_is", "person_is_zh", "code_prefix", operation_code=_.code)


@rule(
    zh="诊断编码与手术操作编码不符",
    official_code="GZ10000201006000",
    weight="suspicion",
    says=Words(
        "就诊 {visit} 的第 {ordinal} 手术操作 {operation_code} 没有与之相符的诊断（参保人 {person}）",
        "operation {ordinal} of visit {visit}, {operation_code}, has no diagnosis it belongs to (person {person})",
    ),
    reads=("visit", "person", "diagnosis", "operation"),
    codes=("code_limit",),
    source=f"{RULE_BASE} 诊断编码与手术操作编码不符",
    not_for="没有诊断的就诊；code_limit 中没有的手术操作",
    stages=("during", "after"),
)
def operation_without_diagnosis(t: Tables, limits: Limits) -> ibis.Table:
    """An operation without any diagnosis it belongs to; a visit without diagnoses is spared."""
    operations = _told(t["operation"].select("visit_id", "ordinal", "code"), limits_of(t, "px", "diagnosis"), "value")
    held = western(t).select(held_code=_.code, visit_id=_.visit_id)
    both = operations.join(held, "visit_id")
    fits = ibis.ifelse(_.held_code.startswith(_.value), 1, 0)
    wrong = both.group_by("visit_id", "ordinal", "code").agg(fits=fits.max()).filter(_.fits == 0)
    return _coded(t, wrong).select(*SUBJECT, operation_code=_.code)


@rule(
    zh="诊断与患者年龄不符",
    official_code="GZ10000204007000",
    weight="suspicion",
    says=Words(
        "就诊 {visit} 的第 {ordinal} 诊断 {diagnosis_code} 与参保人 {person} 的年龄 {age} 岁不符（界限 "
        "{age_limit} 岁）",
        "diagnosis {ordinal} of visit {visit}, {diagnosis_code}, does not fit {person} at {age} years (limit "
        "{age_limit})",
    ),
    reads=("visit", "person", "diagnosis"),
    codes=("coding_rule", "code_limit", "sex_conflict"),
    any_list=True,
    source=f"{RULE_BASE} 诊断与患者年龄不符；公开编码规则",
    not_for="恰满界限年龄者；性别已不符的诊断；新生儿随母住院",
    stages=("before", "during", "after"),
)
def diagnosis_for_other_age(t: Tables, limits: Limits) -> ibis.Table:
    """A diagnosis below its least age or above its largest."""
    ages = t["code_limit"].filter(_.kind == "dx", _.measure.isin(["min_age", "max_age"]))
    found = _limited(t, "diagnosis", "dx", ages, "min_age", "max_age")
    found = found.mutate(age=full_years(_.born_on, _.began_on), age_limit=_.value.cast("int64"))
    young = (_.measure == "min_age") & (_.age < _.age_limit)
    old = (_.measure == "max_age") & (_.age > _.age_limit)
    # What is told of the sex already, such as a man's pregnancy, is one fault.
    told = _of_other_sex(t, "diagnosis", "dx").select("visit", "about")
    wrong = found.filter(young | old).anti_join(told, ["visit", "about"])
    wrong = wrong.anti_join(newborns_with_mother(t), "visit").group_by(*SUBJECT, "age", diagnosis_code=_.code)
    return wrong.agg(age_limit=_.age_limit.max())
