"""Contracts of what was paid: settlements and the fee lines behind them."""

import ibis

from yiheng.basis.evidence import Words

from .codes import CHARGE_KIND, COVERAGE, INSURANCE, ITEM_KIND, ITEM_KIND_BY_CODE
from .declare import Check, Column, Copied, Table, TakesBack

FUND_PARTS = (
    "pooled_fen",
    "civil_servant_fen",
    "supplement_fen",
    "critical_illness_fen",
    "large_cost_fen",
    "aid_fen",
    "other_fund_fen",
)


def _fund_parts_differ(t: ibis.Table) -> ibis.expr.types.BooleanValue:
    parts = sum((t[name] for name in FUND_PARTS[1:]), start=t[FUND_PARTS[0]])
    return parts != t.fund_fen


def _takes_back_a_positive_amount(t: ibis.Table) -> ibis.expr.types.BooleanValue:
    above = [(t[name] > 0).fill_null(False) for name in ("total_fen", "fund_fen", "person_fen")]
    return t.reversal_of.notnull() & (above[0] | above[1] | above[2])


SETTLEMENT = Table(
    name="settlement",
    zh="结算",
    en="One settlement of a visit: who paid which part of its cost.",
    key=("settlement_id",),
    aliases=("setl_d", "setlinfo"),
    money="fund_fen",
    columns=(
        Column("settlement_id", "text", "结算ID", "number of the settlement", aliases=("setl_id",)),
        Column("visit_id", "text", "就诊ID", "the visit", aliases=("mdtrt_id",), refers_to="visit"),
        Column(
            "settled_at",
            "instant",
            "结算时间",
            "when it was settled",
            aliases=("setl_time",),
            not_before=("visit_id", "began_on"),
        ),
        Column(
            "insurance", "text", "险种类型", "insurance that paid", null=True, aliases=("insutype",), codes=INSURANCE
        ),
        # What the fund paid is always known; the whole cost is not in every country's file.
        Column("total_fen", "fen", "医疗费总额", "the whole cost", null=True, aliases=("medfee_sumamt",)),
        Column(
            "scope_fen",
            "fen",
            "符合政策范围金额",
            "what the policy covers",
            null=True,
            aliases=("inscp_scp_amt", "inscp_amt"),
        ),
        Column("deductible_fen", "fen", "实际支付起付线", "deductible applied", null=True, aliases=("act_pay_dedc",)),
        Column("fund_fen", "fen", "基金支付总额", "paid by all funds", aliases=("fund_pay_sumamt",)),
        Column("pooled_fen", "fen", "统筹基金支出", "paid by the pooled fund", null=True, aliases=("hifp_pay",)),
        Column(
            "civil_servant_fen",
            "fen",
            "公务员医疗补助资金支出",
            "paid by the civil servants' supplement",
            null=True,
            aliases=("cvlserv_pay",),
        ),
        Column(
            "supplement_fen",
            "fen",
            "企业补充医疗保险基金支出",
            "paid by company supplements",
            null=True,
            aliases=("hifes_pay",),
        ),
        Column(
            "critical_illness_fen",
            "fen",
            "居民大病保险资金支出",
            "paid by residents' critical-illness insurance",
            null=True,
            aliases=("hifmi_pay",),
        ),
        Column(
            "large_cost_fen",
            "fen",
            "职工大额医疗费用补助基金支出",
            "paid by employees' large-cost supplement",
            null=True,
            aliases=("hifob_pay",),
        ),
        Column("aid_fen", "fen", "医疗救助基金支出", "paid by medical aid", null=True, aliases=("maf_pay",)),
        Column(
            "other_fund_fen",
            "fen",
            "其他基金支出",
            "paid by other funds",
            null=True,
            aliases=("oth_pay", "othfund_pay"),
        ),
        Column(
            "person_fen",
            "fen",
            "个人负担总金额",
            "paid by the person",
            null=True,
            aliases=("psn_part_amt", "psn_pay"),
        ),
        Column(
            "account_fen",
            "fen",
            "个人账户支出",
            "paid from the personal account",
            null=True,
            aliases=("acct_pay",),
        ),
        Column(
            "relatives_account_fen",
            "fen",
            "个人账户共济支付金额",
            "paid from the personal accounts of relatives",
            null=True,
            aliases=("acct_mulaid_pay",),
        ),
        Column(
            "cash_fen",
            "fen",
            "个人现金支出",
            "paid in cash by the person",
            null=True,
            aliases=("psn_cash_pay", "cash_payamt"),
        ),
        Column("hospital_fen", "fen", "医院负担金额", "borne by the hospital", null=True, aliases=("hosp_part_amt",)),
        Column("third_party_fen", "fen", "第三方赔付金额", "paid by a third party", null=True),
        Column("payment_way", "text", "清算方式", "way the visit is paid", null=True, aliases=("clr_way",)),
        Column(
            "refund",
            "yes",
            "退费结算标志",
            "a refund: its amounts carry the opposite sign",
            null=True,
            aliases=("refd_setl_flag",),
        ),
        Column(
            "reversal_of",
            "text",
            "原结算ID",
            "the settlement that this one takes back",
            null=True,
            aliases=("init_setl_id",),
            zeros=True,
        ),
    ),
    takes_back=TakesBack("reversal_of", "visit_id", ("total_fen", "fund_fen"), "settled_at", "refund"),
    checks=(
        Check(
            "fund_parts_differ_from_fund_total",
            Words("各项基金支出之和不等于基金支付总额", "the funds' parts do not add up to the fund total"),
            Words("各项之和等于基金支付总额（容差 0 分）", "parts that add up to the fund total (tolerance 0 fen)"),
            ("fund_fen", *FUND_PARTS),
            _fund_parts_differ,
        ),
        Check(
            "payers_differ_from_total",
            Words("基金、个人、医院、第三方之和不等于医疗费总额", "the payers' parts do not add up to the total"),
            Words(
                "基金＋个人＋医院＋第三方＝总额（容差 0 分）",
                "fund + person + hospital + third party = total (tolerance 0 fen)",
            ),
            ("total_fen", "fund_fen", "person_fen", "hospital_fen", "third_party_fen"),
            # A file without a third-party column knows no third party; a hospital share may be absent too.
            lambda t: (
                t.fund_fen + t.person_fen + t.hospital_fen.fill_null(0) + t.third_party_fen.fill_null(0) != t.total_fen
            ),
        ),
        Check(
            "person_parts_differ_from_person_total",
            Words(
                "个人账户、账户共济与现金之和不等于个人负担总金额",
                "account, relatives' accounts and cash do not add up to the person's part",
            ),
            Words(
                "账户＋账户共济＋现金＝个人负担（容差 0 分）",
                "account + relatives' accounts + cash = person (tolerance 0 fen)",
            ),
            ("person_fen", "account_fen", "relatives_account_fen", "cash_fen"),
            # A file without a column of relatives' accounts knows none.
            lambda t: t.account_fen + t.relatives_account_fen.fill_null(0) + t.cash_fen != t.person_fen,
        ),
        Check(
            "reversal_of_the_same_sign",
            Words("冲销结算的金额为正数", "what takes a settlement back carries a positive amount"),
            Words("与原结算符号相反的金额", "amounts of the opposite sign"),
            ("reversal_of", "total_fen", "fund_fen", "person_fen"),
            _takes_back_a_positive_amount,
        ),
    ),
    copies=(
        Copied("visit_person", "text", "就诊人员", "the person of the visit", "visit_id", ("person_id",)),
        Copied(
            "visit_on",
            "day",
            "归属日",
            "the day by which it belongs to a consortium and a year: the last of the visit, the first until it ended",
            "visit_id",
            ("ended_on", "began_on"),
        ),
    ),
)

FEE_LINE = Table(
    name="fee_line",
    zh="费用明细",
    en="One charged line of a visit.",
    # The sender's number is unique inside one visit only (nhsa.md §1.2).
    key=("line_id", "visit_id"),
    aliases=("fee_list_d", "feedetail"),
    money="amount_fen",
    columns=(
        Column("line_id", "text", "费用明细流水号", "number of the line", aliases=("bkkp_sn", "feedetl_sn")),
        Column("visit_id", "text", "就诊ID", "the visit", aliases=("mdtrt_id",), refers_to="visit"),
        Column(
            "settlement_id",
            "text",
            "结算ID",
            "the settlement; empty while not settled",
            null=True,
            aliases=("setl_id",),
            refers_to="settlement",
            zeros=True,
        ),
        Column(
            "item_code",
            "text",
            "医疗目录编码",
            "national catalogue code of the item",
            aliases=("med_list_codg", "hilist_code"),
        ),
        Column(
            "item_name",
            "text",
            "项目名称",
            "name of the item",
            null=True,
            aliases=("hilist_name", "medins_list_name"),
            free=True,
        ),
        Column(
            "kind",
            "text",
            "目录类别",
            "kind of item; empty, it follows from the form of the national code",
            aliases=("list_type",),
            codes=ITEM_KIND,
            follows=("item_code", ITEM_KIND_BY_CODE),
        ),
        Column(
            "coverage",
            "text",
            "收费项目等级",
            "coverage class",
            null=True,
            aliases=("chrgitm_lv",),
            codes=COVERAGE,
        ),
        Column(
            "charge_kind",
            "text",
            "医疗收费项目类别",
            "what the bill counts it under",
            null=True,
            aliases=("med_chrgitm_type",),
            codes=CHARGE_KIND,
        ),
        Column("quantity", "quantity", "数量", "quantity; negative on a refund", aliases=("cnt",)),
        Column("unit_price", "price", "单价", "yuan for one", aliases=("pric",)),
        Column("amount_fen", "fen", "明细项目费用总额", "what was charged", aliases=("det_item_fee_sumamt",)),
        Column(
            "scope_fen",
            "fen",
            "符合政策范围金额",
            "what the policy covers of it",
            null=True,
            aliases=("inscp_scp_amt", "inscp_amt"),
        ),
        Column("occurred_at", "instant", "费用发生时间", "when the item was given", aliases=("fee_ocur_time",)),
        Column("days_supplied", "count", "使用天数", "days of supply", null=True, aliases=("prd_days",), at_least=0),
        Column(
            "department",
            "text",
            "开单科室",
            "ordering department",
            null=True,
            aliases=("bilg_dept_codg", "bilg_dept_code"),
        ),
        Column(
            "doctor",
            "text",
            "开单医生",
            "ordering doctor",
            null=True,
            aliases=("bilg_dr_codg", "bilg_dr_code"),
            zeros=True,
        ),
        Column(
            "reversal_of",
            "text",
            "原费用明细流水号",
            "the line of the visit that this one takes back",
            null=True,
            aliases=("init_feedetl_sn",),
            zeros=True,
        ),
    ),
    checks=(
        Check(
            "scope_exceeds_amount",
            Words("符合政策范围金额大于费用总额", "the covered part is larger than the charge"),
            Words("范围内金额不超过费用总额", "a covered part of at most the charge"),
            ("amount_fen", "scope_fen"),
            lambda t: t.scope_fen.abs() > t.amount_fen.abs(),
        ),
        Check(
            "amount_and_quantity_of_other_signs",
            Words("金额与数量的正负号不一致", "amount and quantity have different signs"),
            Words("退费明细的数量和金额都为负数", "a refund with a negative quantity and a negative amount"),
            ("quantity", "amount_fen"),
            lambda t: ((t.quantity < 0) & (t.amount_fen > 0)) | ((t.quantity > 0) & (t.amount_fen < 0)),
        ),
        Check(
            "reversal_of_the_same_sign",
            Words("冲销明细的金额为正数", "what takes a line back carries a positive amount"),
            Words("与原明细符号相反的金额", "an amount of the opposite sign"),
            ("reversal_of", "amount_fen"),
            lambda t: t.reversal_of.notnull() & (t.amount_fen > 0),
        ),
    ),
    takes_back=TakesBack("reversal_of", "visit_id", ("amount_fen", "quantity"), "occurred_at"),
)
