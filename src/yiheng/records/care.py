"""Contracts of visits, their diagnoses and their operations."""

from yiheng.basis.evidence import Words

from .codes import ADMISSION_CONDITION, DIAGNOSIS_KIND, DISCHARGE_WAY, VISIT_KIND
from .declare import Check, Column, Table

VISIT = Table(
    name="visit",
    zh="就诊",
    en="One visit: an out-patient contact, a stay in hospital, a purchase at a pharmacy.",
    key=("visit_id",),
    aliases=("mdtrt_d",),
    columns=(
        Column("visit_id", "text", "就诊ID", "number of the visit", aliases=("mdtrt_id",)),
        Column(
            "person_id", "text", "人员编号", "the person", aliases=("psn_no",), refers_to="person", personal="person"
        ),
        Column(
            "institution_id",
            "text",
            "定点医药机构编号",
            "the institution",
            aliases=("fixmedins_code",),
            refers_to="institution",
        ),
        Column(
            "department",
            "text",
            "科室",
            "department code",
            null=True,
            aliases=("adm_dept_codg", "dscg_dept_codg"),
        ),
        Column(
            "doctor",
            "text",
            "主诊医师",
            "code of the doctor in charge",
            null=True,
            aliases=("chfpdr_code", "atddr_no"),
            zeros=True,
        ),
        Column("kind", "text", "就诊类别", "kind of visit", aliases=("med_type",), codes=VISIT_KIND),
        Column(
            "began_on",
            "day",
            "开始日期",
            "first day; the day of admission of a stay",
            aliases=("begntime", "begndate"),
            not_before=("person_id", "born_on"),
        ),
        Column(
            "ended_on",
            "day",
            "结束日期",
            "last day; the day of discharge of a stay; empty while still in hospital",
            null=True,
            aliases=("endtime", "enddate"),
            open_end=True,
        ),
        Column(
            "discharge_way",
            "text",
            "离院方式",
            "how the person left",
            null=True,
            aliases=("dscg_way",),
            codes=DISCHARGE_WAY,
        ),
        Column(
            "planned_course",
            "yes",
            "计划性疗程",
            "one of a planned course such as chemotherapy or dialysis",
            null=True,
        ),
        Column("emergency", "yes", "急诊入院", "admitted as an emergency", null=True),
    ),
    checks=(
        Check(
            "discharged_before_admitted",
            Words("结束日期早于开始日期", "the visit ends before it begins"),
            Words("结束日期不早于开始日期", "a last day on or after the first"),
            ("began_on", "ended_on"),
            lambda t: t.ended_on < t.began_on,
        ),
    ),
)

DIAGNOSIS = Table(
    name="diagnosis",
    zh="诊断",
    en="One diagnosis of a visit.",
    # Western and Chinese diagnoses are listed apart, each list from 1 and with its own main one.
    key=("visit_id", "kind", "ordinal"),
    aliases=("setl_list_diag_d", "diseinfo"),
    columns=(
        Column("visit_id", "text", "就诊ID", "the visit", aliases=("mdtrt_id",), refers_to="visit"),
        Column(
            "kind",
            "text",
            "诊断类别",
            "which of the visit's lists it stands in; empty, the western one",
            aliases=("diag_type",),
            codes=DIAGNOSIS_KIND,
            default="western",
        ),
        Column("ordinal", "count", "诊断排序号", "place in the list, from 1", aliases=("diag_srt_no",), at_least=1),
        Column("code", "text", "诊断代码", "diagnosis code", aliases=("diag_code",), dotted=True),
        Column("name", "text", "诊断名称", "diagnosis name", null=True, aliases=("diag_name",), free=True),
        Column("is_main", "yes", "主诊断标志", "the main diagnosis of its list", aliases=("maindiag_flag",)),
        Column(
            "admission_condition",
            "text",
            "入院病情",
            "whether it was present on admission",
            null=True,
            aliases=("adm_cond_type",),
            codes=ADMISSION_CONDITION,
        ),
    ),
)

OPERATION = Table(
    name="operation",
    zh="手术操作",
    en="One operation or procedure of a visit.",
    key=("visit_id", "ordinal"),
    aliases=("setl_list_oprn_d", "oprninfo"),
    columns=(
        Column("visit_id", "text", "就诊ID", "the visit", aliases=("mdtrt_id",), refers_to="visit"),
        Column("ordinal", "count", "手术排序号", "place in the list, from 1", aliases=("oprn_srt_no",), at_least=1),
        Column("code", "text", "手术操作代码", "procedure code", aliases=("oprn_oprt_code",), dotted=True),
        Column("name", "text", "手术操作名称", "procedure name", null=True, aliases=("oprn_oprt_name",), free=True),
        Column(
            "is_main",
            "yes",
            "主手术标志",
            "the main operation of the visit",
            null=True,
            aliases=("main_oprn_flag",),
        ),
        Column(
            "operated_on",
            "day",
            "手术操作日期",
            "day of the operation",
            null=True,
            aliases=("oprn_oprt_date",),
        ),
        Column("surgeon", "text", "术者医师", "code of the surgeon", null=True, aliases=("oper_dr_code",), zeros=True),
        Column("anaesthesia", "text", "麻醉方式", "way of anaesthesia", null=True, aliases=("anst_way",), free=True),
    ),
)
