"""Contracts of care beyond one visit: referrals, chronic diseases, orders, results, health, satisfaction."""

from yiheng.basis.evidence import Words

from .codes import HEALTH_MEASURE, REFERRAL_DIRECTION
from .declare import Check, Column, Table
from .structure import institution_id


def _person() -> Column:
    return Column(
        "person_id", "text", "人员编号", "the person", aliases=("psn_no",), refers_to="person", personal="person"
    )


def _visit(*, null: bool = False, aliases: tuple[str, ...] = ("mdtrt_id",)) -> Column:
    return Column("visit_id", "text", "就诊ID", "the visit", null, aliases, refers_to="visit")


REFERRAL = Table(
    name="referral",
    zh="转诊",
    en="One referral of a person from one institution to another.",
    key=("referral_id",),
    aliases=("out_appy_d", "refmedin"),
    columns=(
        Column("referral_id", "text", "待遇申报明细流水号", "number of the referral", aliases=("trt_dcla_detl_sn",)),
        _person(),
        _visit(null=True, aliases=("refl_old_mdtrt_id",)),
        Column(
            "from_institution", "text", "转出机构", "institution that refers", True,
            ("trafout_fixmedins_code",), refers_to="institution",
        ),
        Column(
            "to_institution", "text", "转往机构", "institution referred to", True,
            ("reflin_medins_no",), refers_to="institution",
        ),
        Column("direction", "text", "转诊方向", "up or down", True, codes=REFERRAL_DIRECTION),
        Column("referred_on", "day", "转诊日期", "day of the referral", aliases=("refl_date", "begndate")),
        Column("diagnosis", "text", "诊断代码", "diagnosis code", True, ("diag_code",), dotted=True),
    ),
)  # fmt: skip

CHRONIC_REGISTRATION = Table(
    name="chronic_registration",
    zh="门诊慢特病备案",
    en="One span of days in which a person is registered with a chronic disease.",
    key=("person_id", "disease_code", "registered_from"),
    aliases=("psn_opsp_reg_d",),
    columns=(
        _person(),
        Column(
            "disease_code", "text", "门慢门特病种代码", "code of the disease", aliases=("opsp_dise_code", "dise_codg")
        ),
        Column("disease_name", "text", "门慢门特病种名称", "name of the disease", True, ("opsp_dise_name",), free=True),
        institution_id(null=True, aliases=("ide_fixmedins_no",)),
        Column("registered_from", "day", "备案起日", "first day", aliases=("begndate",)),
        Column(
            "registered_until", "day", "备案止日", "last day; empty while it lasts", True, ("enddate",),
            open_end=True, not_before=("person_id", "born_on"),
        ),
    ),
    checks=(
        Check(
            "registration_ends_before_it_starts",
            Words("备案止日早于起日", "the registration ends before it starts"),
            Words("止日不早于起日", "a last day on or after the first"),
            ("registered_from", "registered_until"),
            lambda t: t.registered_until < t.registered_from,
        ),
    ),
)  # fmt: skip

ORDER_LINE = Table(
    name="order_line",
    zh="医嘱处方明细",
    en="One line of a prescription or order.",
    # The sender's number is unique inside one visit only.
    key=("order_id", "visit_id"),
    aliases=("drord_d",),
    columns=(
        Column("order_id", "text", "医嘱明细流水号", "number of the line", aliases=("drord_detl_id", "rx_id")),
        Column("order_no", "text", "医嘱号", "number of the order", True, ("drord_no", "rxno")),
        _visit(),
        Column("item_code", "text", "医疗目录编码", "national code", aliases=("med_list_codg",)),
        Column("item_name", "text", "项目名称", "name", True, ("medins_list_name",), free=True),
        Column("dose", "quantity", "单次剂量", "single dose", True, ("sin_dos",)),
        Column("dose_unit", "text", "剂量单位", "unit of the dose", True, ("sin_dosunt",), free=True),
        Column("frequency", "text", "使用频次", "how often", True, ("frqu_dscr", "used_frqu_dscr"), free=True),
        Column("route", "text", "用药途径", "route", True, ("medc_way_dscr",), free=True),
        Column("days_supplied", "count", "使用天数", "days of supply", True, ("used_days", "prd_days"), at_least=0),
        Column("quantity", "quantity", "发药总量", "quantity dispensed", True, ("dismed_amt",)),
        Column(
            "ordered_at", "instant", "医嘱开始时间", "when it begins", aliases=("drord_begntime", "drord_begn_date")
        ),
        Column(
            "stopped_at",
            "instant",
            "医嘱结束时间",
            "when it ends",
            True,
            ("drord_endtime", "drord_stop_date"),
            open_end=True,
        ),
        Column("department", "text", "开单科室", "ordering department", True, ("drord_dept_codg",)),
        Column("doctor", "text", "开单医生", "ordering doctor", True, ("drord_dr_code", "drord_dr_codg"), zeros=True),
    ),
)

EXAM_RESULT = Table(
    name="exam_result",
    zh="检查检验结果",
    en="One examination and whether it found anything.",
    key=("exam_id",),
    columns=(
        Column("exam_id", "text", "检查流水号", "number of the examination"),
        _visit(),
        Column("item_code", "text", "医疗目录编码", "national code", aliases=("med_list_codg",)),
        Column("kind", "text", "检查类别", "kind of examination, such as CT", free=True),
        Column("positive", "yes", "是否阳性", "whether it found anything", True),
        Column("equipment_id", "text", "设备编号", "the machine", True),
        Column("examined_at", "instant", "检查时间", "when"),
    ),
)

HEALTH_RECORD = Table(
    name="health_record",
    zh="健康管理记录",
    en="One measurement of a managed person.",
    key=("person_id", "measured_on", "measure"),
    columns=(
        _person(),
        Column("measured_on", "day", "测量日期", "day of the measurement", not_before=("person_id", "born_on")),
        Column("measure", "text", "测量项目", "what was measured", codes=HEALTH_MEASURE),
        Column("reading", "quantity", "测量值", "the reading: mmHg, mmol/L or %"),
        Column("managed", "yes", "规范管理", "managed by the rules", True),
        institution_id(null=True),
    ),
)

SURVEY = Table(
    name="survey",
    zh="满意度调查",
    en="One answer to one question about a visit, 0 to 100.",
    key=("visit_id", "question"),
    columns=(
        _visit(),
        Column("question", "text", "题目", "the question", free=True),
        Column("score", "count", "得分（0-100）", "the answer, 0 to 100", at_least=0),
        Column("answered_on", "day", "答复日期", "day of the answer", not_before=("visit_id", "began_on")),
    ),
)
