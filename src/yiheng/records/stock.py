"""Contracts of pharmacies, care at home, costs, machines, stocks, complaints and the funds themselves."""

from yiheng.basis.evidence import Words

from .codes import COST_KIND, FLOW_KIND, INSURANCE, STOCK_MOVE
from .declare import Check, Column, Table
from .structure import institution_id


def _month() -> Column:
    return Column("month_from", "day", "月份（首日）", "first day of the month")


STOCK_MOVE_TABLE = Table(
    name="stock_move",
    zh="进销存",
    en="One movement of goods at a pharmacy or hospital; what goes out is negative; stocktaking counts.",
    key=("move_id",),
    aliases=("invinfo", "purcinfo", "selinfo"),
    columns=(
        Column("move_id", "text", "流水号", "number of the movement", aliases=("rid",)),
        institution_id(),
        Column("item_code", "text", "医疗目录编码", "national code", aliases=("med_list_codg",)),
        Column("batch", "text", "定点医药机构批次流水号", "the institution's own batch", aliases=("fixmedins_bchno",)),
        Column("lot", "text", "生产批号", "the maker's lot", True, ("manu_lotnum",)),
        Column("kind", "text", "变更类型", "kind of movement", aliases=("inv_chg_type",), codes=STOCK_MOVE),
        Column("quantity", "quantity", "数量", "quantity", aliases=("cnt", "inv_cnt", "purc_retn_cnt", "sel_retn_cnt")),
        Column("unit_price", "price", "单价", "yuan for one", True, ("pric", "finl_trns_pric")),
        Column(
            "moved_at", "instant", "发生时间", "when",
            aliases=("inv_chg_time", "invdate", "purc_retn_stoin_time", "sel_retn_time"),
        ),
        Column("trace_code", "text", "药品追溯码", "drug trace code", True, ("drug_trac_codg",), zeros=True),
        Column("split", "yes", "拆零标志", "sold in parts of a pack", True, ("trdn_flag",)),
        Column("prescription", "yes", "处方药标志", "a prescription drug", True, ("rx_flag",)),
        Column("prescription_no", "text", "处方号", "number of the prescription it was sold on", True, ("rxno",),
               zeros=True),
        Column("prescribed_elsewhere", "yes", "外购处方标志", "sold on a prescription from elsewhere", True,
               ("rx_circ_flag",)),
        Column("settlement_id", "text", "结算ID", "settlement of a sale", True, ("setl_id",), refers_to="settlement",
               zeros=True),
        Column("person_id", "text", "人员编号", "the person of a sale", True, ("psn_no",),
               refers_to="person", personal="person"),
    ),
)  # fmt: skip

PROXY_PURCHASE = Table(
    name="proxy_purchase",
    zh="代购登记",
    en="One purchase at a pharmacy that somebody made for the insured person, as the register tells it.",
    key=("visit_id",),
    columns=(
        Column("visit_id", "text", "就诊ID", "the purchase", aliases=("mdtrt_id",), refers_to="visit"),
        Column("proxy", "text", "代办人证件号码（摘要）", "keyed hash of the number of the buyer's identity document",
               aliases=("agnter_certno",), personal="certificate"),
        Column("relation", "text", "代办人关系", "what the buyer is to the person", True, ("agnter_rlts",), free=True),
        Column("registered_at", "instant", "登记时间", "when it was registered"),
    ),
)  # fmt: skip

CAMERA_SPAN = Table(
    name="camera_span",
    zh="视频监控时段",
    en="One span in which the camera of a pharmacy worked or not.",
    key=("institution_id", "span_from_at"),
    columns=(
        institution_id(),
        Column("span_from_at", "instant", "起时", "start"),
        Column("span_until_at", "instant", "止时", "end; empty while it lasts", True, open_end=True),
        Column("working", "yes", "是否正常", "whether it worked"),
    ),
    checks=(
        Check(
            "span_ends_before_it_starts",
            Words("止时早于起时", "the span ends before it starts"),
            Words("止时不早于起时", "an end on or after the start"),
            ("span_from_at", "span_until_at"),
            lambda t: t.span_until_at < t.span_from_at,
        ),
    ),
)

CARE_VISIT = Table(
    name="care_visit",
    zh="长护服务",
    en="One visit of a carer to an insured person at home.",
    key=("care_visit_id",),
    columns=(
        Column("care_visit_id", "text", "服务流水号", "number of the visit"),
        Column(
            "person_id", "text", "人员编号", "the person", aliases=("psn_no",), refers_to="person", personal="person"
        ),
        institution_id(null=True),
        Column("carer", "text", "护理人员编号", "code of the carer"),
        Column("place", "text", "服务地点编码", "code of the place", True),
        Column("started_at", "instant", "开始时间", "start", not_before=("person_id", "born_on")),
        Column("ended_at", "instant", "结束时间", "end"),
        Column("signature_hash", "text", "签名摘要", "hash of the signature", True),
    ),
    checks=(
        Check(
            "care_ends_before_it_starts",
            Words("结束时间早于开始时间", "the visit ends before it starts"),
            Words("结束时间不早于开始时间", "an end on or after the start"),
            ("started_at", "ended_at"),
            lambda t: t.ended_at < t.started_at,
        ),
    ),
)

COST = Table(
    name="cost",
    zh="科室成本",
    en="What one kind of cost came to in a department and month.",
    key=("institution_id", "department", "month_from", "kind"),
    money="cost_fen",
    columns=(
        institution_id(),
        Column("department", "text", "科室编码", "department code"),
        _month(),
        Column("kind", "text", "成本类别", "kind of cost", codes=COST_KIND),
        Column("cost_fen", "fen", "成本金额", "the cost"),
    ),
)

EQUIPMENT = Table(
    name="equipment",
    zh="大型设备使用",
    en="What one machine did in a month.",
    key=("equipment_id", "month_from"),
    columns=(
        Column("equipment_id", "text", "设备编号", "the machine"),
        _month(),
        institution_id(),
        Column("kind", "text", "设备类别", "kind of machine, such as CT", free=True),
        Column("uses", "count", "检查人次", "examinations", at_least=0),
        Column("positives", "count", "阳性人次", "examinations that found something", True, at_least=0),
    ),
    checks=(
        Check(
            "more_positives_than_uses",
            Words("阳性人次多于检查人次", "more examinations found something than were made"),
            Words("阳性人次不超过检查人次", "at most as many as were made"),
            ("uses", "positives"),
            lambda t: t.positives > t.uses,
        ),
    ),
)

STOCK_LEVEL = Table(
    name="stock_level",
    zh="库存水平",
    en="What was in stock of one item at the end of a month, and what was used of it.",
    key=("institution_id", "item_code", "month_from"),
    columns=(
        institution_id(),
        Column("item_code", "text", "医疗目录编码", "national code", aliases=("med_list_codg",)),
        _month(),
        Column("in_stock", "quantity", "期末库存", "quantity at the end of the month"),
        Column("used", "quantity", "本期消耗", "quantity used in the month"),
    ),
)

COMPLAINT = Table(
    name="complaint",
    zh="投诉",
    en="One complaint, as it is counted; who complained stays in casework.",
    key=("complaint_id",),
    columns=(
        Column("complaint_id", "text", "投诉编号", "number of the complaint"),
        institution_id(null=True),
        Column("received_on", "day", "受理日期", "day it came in"),
        Column("kind", "text", "投诉类别", "kind of complaint", free=True),
        Column("upheld", "yes", "是否属实", "whether it was upheld", True),
    ),
)

FUND_FLOW = Table(
    name="fund_flow",
    zh="基金收支",
    en="What a pooled fund took in, spent or held in a month.",
    key=("fund", "month_from", "kind"),
    money="flow_fen",
    columns=(
        Column("fund", "text", "基金", "the fund", aliases=("insutype",), codes=INSURANCE),
        _month(),
        Column("kind", "text", "收支类别", "income, spending or balance", codes=FLOW_KIND),
        Column("flow_fen", "fen", "金额", "the amount"),
    ),
)
