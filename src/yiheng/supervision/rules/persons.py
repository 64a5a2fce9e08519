"""Rules about what is recorded of a person: diagnoses that contradict the person's sex."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.policy import Limits

from ..declare import Tables, rule
from ..limited import RULE_BASE


@rule(
    zh="诊断与患者性别不符",
    official_code="GZ10000204006000",
    weight="suspicion",
    says=Words(
        "就诊 {visit} 的第 {ordinal} 诊断 {diagnosis_code} 不适用于{person_is_zh}参保人 {person}",
        "diagnosis {ordinal} of visit {visit}, {diagnosis_code}, does not fit {person}, who is {person_is}",
    ),
    reads=("visit", "person", "diagnosis"),
    codes=("sex_conflict",),
    source=f"{RULE_BASE} 诊断与患者性别不符；公布的编码规则",
    not_for="性别未知的参保人",
    stages=("before", "during", "after"),
)
def diagnosis_for_other_sex(t: Tables, limits: Limits) -> ibis.Table:
    """A diagnosis code that is forbidden for the person's sex; unknown sex is spared."""
    prefixes = t["sex_conflict"].filter(_.kind == "dx").select("forbidden_for", "code_prefix")
    # Codes are few and rows are many: match each code once.
    codes = t["diagnosis"].select("code").distinct()
    forbidden = (
        codes.join(prefixes, codes.code.startswith(prefixes.code_prefix))
        .group_by("code", "forbidden_for")
        .agg(code_prefix=_.code_prefix.max())
    )
    visits = t["visit"].select("visit_id", "began_on", person=_.person_id, institution=_.institution_id)
    who = t["person"].select(person=_.person_id, person_is=_.sex)
    found = t["diagnosis"].join(forbidden, "code").join(visits, "visit_id").join(who, "person")
    found = found.filter(_.person_is == _.forbidden_for)
    zh = {"male": "男性", "female": "女性"}
    return found.select(
        "person",
        "institution",
        "ordinal",
        "person_is",
        "code_prefix",
        visit=_.visit_id,
        settlement=ibis.null("string"),
        line=ibis.null("string"),
        occurred_on=_.began_on,
        scope_fen=ibis.literal(0, "int64"),
        diagnosis_code=_.code,
        about=_.ordinal.cast("string"),
        person_is_zh=_.person_is.cases(*zh.items()),
    )
