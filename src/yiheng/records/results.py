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
