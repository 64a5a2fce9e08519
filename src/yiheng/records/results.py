"""Contracts of what runs give back: findings and statement lines."""

from .declare import Column, Table

FINDING = Table(
    name="finding",
    zh="疑点",
    en="One row that a rule found.",
    key=("rule", "visit", "line", "occurred_on"),
    columns=(
        Column("rule", "text", "规则", "permanent code of the rule"),
        Column("official_code", "text", "国家规则编码", "official code of the rule", null=True),
        Column("weight", "text", "性质", "clue, suspicion or breach"),
        Column("person", "text", "人员编号", "the person", null=True),
        Column("institution", "text", "机构编号", "the institution", null=True),
        Column("visit", "text", "就诊ID", "the visit", null=True),
        Column("settlement", "text", "结算ID", "the settlement", null=True),
        Column("line", "text", "明细流水号", "the fee line", null=True),
        Column("occurred_on", "day", "发生日期", "the day it happened"),
        Column("at_stake_fen", "fen", "涉及金额", "how much is at stake"),
        Column("says", "text", "说明", "the sentence of the case file"),
    ),
)

STATEMENT_LINE = Table(
    name="statement_line",
    zh="结算单行",
    en="One figure of one party's statement.",
    key=("party", "year", "figure"),
    columns=(
        Column("party", "text", "医共体", "the party that is settled"),
        Column("year", "count", "年度", "the year that is settled"),
        Column("figure", "text", "项目", "name of the figure"),
        Column("amount_fen", "fen", "金额", "the figure", null=True),
    ),
)

GROUP_OF_STAY = Table(
    name="group_of_stay",
    zh="病例分组",
    en="The group of one stay, with the reason.",
    key=("visit_id",),
    columns=(
        Column("visit_id", "text", "就诊ID", "the stay"),
        Column("mdc", "text", "主要诊断大类", "major diagnostic category", null=True),
        Column("adrg", "text", "核心疾病诊断相关组", "core group", null=True),
        Column("drg", "text", "疾病诊断相关组", "group", null=True),
        Column("reason", "text", "入组理由", "why it came into this group"),
    ),
)

INDICATOR_VALUE = Table(
    name="indicator_value",
    zh="指标值",
    en="Both sums of an indicator for one group.",
    key=("indicator", "keys"),
    columns=(
        Column("indicator", "text", "指标", "name of the indicator"),
        Column("keys", "text", "维度", "the group, as JSON"),
        Column("top", "count", "分子", "the sum above"),
        Column("bottom", "count", "分母", "the sum below"),
    ),
)

TRANSFER = Table(
    name="transfer",
    zh="转账",
    en="Whole fen from one account of a settlement to another.",
    key=("party", "year", "ordinal"),
    columns=(
        Column("party", "text", "医共体", "the party that is settled"),
        Column("year", "count", "年度", "the year that is settled"),
        Column("ordinal", "count", "序号", "place in the book"),
        Column("giver", "text", "付出账户", "account that gives"),
        Column("taker", "text", "收入账户", "account that takes"),
        Column("moved_fen", "fen", "金额", "what was moved"),
        Column("step", "text", "步骤", "step that moved it"),
    ),
)
