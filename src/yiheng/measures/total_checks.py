"""The checks of an institution's monthly totals: do they look like a hospital's."""

from __future__ import annotations

import ibis

from yiheng.basis.evidence import Words

from .quality import FIELDS, MONTHS, Judge, QualityCheck, check
from .views import LIMITS

LEAST = LIMITS["least_stays_to_judge"].value

FIELDS.update(
    stays=Words("出院人次", "stays"),
    length=Words("住院天数", "days of each stay"),
    bills=Words("有总费用的住院", "stays with a total"),
    repeated=Words("总费用与他人相同的住院", "stays with the same total as another"),
    charged_fen=Words("住院明细合计（分）", "charged for stays, fen"),
    drugs_fen=Words("其中药品（分）", "of it drugs, fen"),
    stays_before=Words("上月出院人次", "stays of the month before"),
)


def _of_month(
    name: str, says: Words, expected: Words, fields: tuple[str, ...], fault: Judge, enough: Judge | None = None
) -> None:
    """A check of a month; below so many stays nobody can tell."""

    def judged(t: ibis.Table) -> ibis.expr.types.BooleanValue:
        judgeable = enough(t) if enough else t.stays >= LEAST
        return ibis.ifelse(judgeable, fault(t), ibis.null("boolean"))

    check(QualityCheck(name, "analytical", says, expected, fields, judged, of=MONTHS))


_of_month(
    "stays_all_of_one_length",
    Words("当月所有住院天数相同", "all stays of the month have the same length"),
    Words("住院天数有长有短", "stays of different length"),
    ("stays", "length"),
    lambda t: t.lengths == 1,
)
_of_month(
    "same_bill_repeated",
    Words("当月过半住院的总费用精确到分地相同", "more than half the stays have a total that another has to the fen"),
    Words("各次住院费用不同", "totals that differ"),
    ("bills", "repeated"),
    lambda t: t.repeated * 2 > t.bills,
    lambda t: t.bills >= LEAST,
)
_of_month(
    "drugs_are_all_or_nothing",
    Words("当月住院费用全是药品，或没有药品", "the stays of the month are charged drugs alone, or none"),
    Words("药品与服务并存", "drugs and services"),
    ("charged_fen", "drugs_fen"),
    lambda t: (t.drugs_fen == t.charged_fen) | (t.drugs_fen == 0),
    lambda t: t.charged_stays >= LEAST,
)
_of_month(
    "stays_jump",
    Words("当月出院人次超过上月的 3 倍", "more than three times the stays of the month before"),
    Words("出院人次逐月平稳", "steady numbers of stays"),
    ("stays", "stays_before"),
    lambda t: t.stays > t.stays_before * LIMITS["stays_jump_times"].value,
)
