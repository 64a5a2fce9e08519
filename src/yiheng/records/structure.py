"""Contracts of how institutions belong together: consortium members, departments, doctors."""

from yiheng.basis.evidence import Words

from .codes import DOCTOR_TITLE, MEMBER_ROLE
from .declare import Check, Column, Table


def institution_id(*, null: bool = False, aliases: tuple[str, ...] = ("fixmedins_code",)) -> Column:
    """The column by which rows name their institution."""
    return Column(
        "institution_id", "text", "定点医药机构编号", "the institution", null, aliases, refers_to="institution"
    )


MEMBERSHIP = Table(
    name="membership",
    zh="医共体成员",
    en="One span of days in which an institution belongs to a consortium; a merger or move is a new row.",
    key=("institution_id", "consortium", "member_from"),
    columns=(
        institution_id(),
        Column("consortium", "text", "医共体", "the consortium"),
        Column("role", "text", "成员角色", "what the institution is in it", codes=MEMBER_ROLE),
        Column("member_from", "day", "成员起日", "first day", aliases=("begndate",)),
        Column("member_until", "day", "成员止日", "last day; empty while it lasts", True, ("enddate",), open_end=True),
    ),
    checks=(
        Check(
            "membership_ends_before_it_starts",
            Words("成员止日早于起日", "the membership ends before it starts"),
            Words("止日不早于起日", "a last day on or after the first"),
            ("member_from", "member_until"),
            lambda t: t.member_until < t.member_from,
        ),
    ),
)

DEPARTMENT = Table(
    name="department",
    zh="科室",
    en="One department of an institution.",
    key=("institution_id", "department"),
    aliases=("deptinfo",),
    columns=(
        institution_id(),
        Column("department", "text", "科室编码", "department code", aliases=("hosp_dept_codg",)),
        Column("name", "text", "科室名称", "name", aliases=("hosp_dept_name",), free=True),
        Column("specialty", "text", "科别", "specialty code", True, ("caty",)),
        Column("beds", "count", "编制床位数", "approved beds", True, ("aprv_bed_cnt",), at_least=0),
        Column("opened_on", "day", "开始日期", "first day", True, ("begntime",)),
        Column("closed_on", "day", "结束日期", "last day", True, ("endtime",), open_end=True),
    ),
)

DOCTOR = Table(
    name="doctor",
    zh="医师",
    en="One doctor at one institution, known by the national code; no name.",
    key=("institution_id", "doctor"),
    columns=(
        institution_id(),
        Column("doctor", "text", "医师编码", "national code of the doctor", aliases=("dr_codg", "dr_code")),
        Column("department", "text", "科室编码", "department code", True, ("dept_code",)),
        Column("title", "text", "职称", "title", True, ("pro_tech_duty", "drord_dr_profttl"), DOCTOR_TITLE),
        Column("suspended_until", "day", "暂停支付资格至", "payment eligibility suspended until", True, open_end=True),
    ),
)
