"""Contract of the settlement list and front page of a stay: the fields that quality checks need."""

from .codes import DISCHARGE_WAY
from .declare import Column, Table


def _text(name: str, zh: str, en: str, *aliases: str) -> Column:
    return Column(name, "text", zh, en, null=True, aliases=aliases, free=True)


def _count(name: str, zh: str, en: str, *aliases: str) -> Column:
    return Column(name, "count", zh, en, null=True, aliases=aliases, at_least=0)


# The list carries names, addresses and certificates as well; they are personal and have no column here.
FRONT_PAGE = Table(
    name="front_page",
    zh="结算清单与病案首页",
    en="The settlement list and front page of one stay.",
    key=("visit_id",),
    aliases=("setl_list_d", "baseinfo"),
    columns=(
        Column("visit_id", "text", "就诊ID", "the stay", aliases=("mdtrt_id", "mdtrt_sn"), refers_to="visit"),
        Column("declared_at", "instant", "申报时间", "when the list was sent in", null=True, aliases=("dcla_time",)),
        _text("nationality", "国籍", "nationality code", "ntly"),
        _text("occupation", "职业", "occupation code", "prfs"),
        _text("contact_relation", "与患者关系", "relation of the contact to the patient", "patn_rlts"),
        Column("age_years", "quantity", "年龄（岁）", "age in years", null=True, aliases=("age",)),
        _count("age_days", "不足1周岁年龄（天）", "age in days, below one year", "nwb_age"),
        _text("newborn_admission", "新生儿入院类型", "kind of newborn admission", "nwb_adm_type"),
        Column(
            "birth_weight_g", "quantity", "新生儿出生体重（克）", "birth weight, g", null=True, aliases=("nwb_bir_wt",)
        ),
        Column(
            "admission_weight_g",
            "quantity",
            "新生儿入院体重（克）",
            "weight on admission, g",
            null=True,
            aliases=("nwb_adm_wt",),
        ),
        _text("inpatient_kind", "住院医疗类型", "kind of in-patient care", "ipt_med_type"),
        _text("admission_way", "入院途径", "way of admission", "adm_way"),
        _text("treatment_kind", "治疗类别", "kind of treatment", "trt_type"),
        Column("admitted_at", "instant", "入院时间", "admission", null=True, aliases=("adm_time", "adm_date")),
        Column("discharged_at", "instant", "出院时间", "discharge", null=True, aliases=("dscg_time", "dscg_date")),
        _text("admission_department", "入院科别", "department of admission", "adm_caty"),
        _text("transfer_departments", "转科科别", "departments transferred to", "refldept_dept"),
        _text("discharge_department", "出院科别", "department of discharge", "dscg_caty"),
        _count("stay_days", "实际住院天数", "days of the stay", "act_ipt_days"),
        _text("outpatient_diagnosis", "门（急）诊诊断代码", "out-patient diagnosis code", "wm_dise_code"),
        _count("diagnosis_count", "诊断代码计数", "number of diagnosis codes", "diag_code_cnt"),
        _count("operation_count", "手术操作代码计数", "number of procedure codes", "oprn_oprt_code_cnt"),
        _text("ventilator_time", "呼吸机使用时长", "time on a ventilator, days/hours/minutes", "vent_used_dura"),
        _text("coma_before", "入院前昏迷时长", "coma before admission, days/hours/minutes", "pwcry_bfadm_coma_dura"),
        _text("coma_after", "入院后昏迷时长", "coma after admission, days/hours/minutes", "pwcry_afadm_coma_dura"),
        _text("blood_kind", "输血品种", "kind of blood given", "bld_cat"),
        _count("blood_units", "输血量", "amount of blood given", "bld_amt"),
        _count("special_nursing_days", "特级护理天数", "days of special nursing", "spga_nurscare_days"),
        _count("first_nursing_days", "一级护理天数", "days of first-level nursing", "lv1_nurscare_days"),
        _count("second_nursing_days", "二级护理天数", "days of second-level nursing", "scd_nurscare_days"),
        _count("third_nursing_days", "三级护理天数", "days of third-level nursing", "lv3_nurscare_days"),
        Column(
            "discharge_way",
            "text",
            "离院方式",
            "how the person left",
            null=True,
            aliases=("dscg_way",),
            codes=DISCHARGE_WAY,
        ),
        _text("receiving_institution", "拟接收机构代码", "institution that takes over", "acp_optins_code"),
        # 1 says none is planned, 2 says one is; the sender's digit is kept because senders differ.
        _text(
            "readmission_plan", "出院31天内再住院计划标志", "another stay planned within 31 days", "days_rinp_flag_31"
        ),
        _text("readmission_purpose", "出院31天内再住院目的", "what it is planned for", "days_rinp_pup_31"),
        Column("doctor", "text", "主诊医师代码", "doctor in charge", null=True, aliases=("chfpdr_code",), zeros=True),
        _text("payment_method", "医保支付方式", "method of payment", "hi_paymtd"),
    ),
)
