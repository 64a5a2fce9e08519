"""Heads of printed tables by the name that a program reads in CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from yiheng.basis.evidence import Words

# What a table is printed under: names that a program reads in CSV, or words of their own.
Heads = Sequence[str | Words]
_HEADS = {
    "party": ("医共体", "party"),
    "year": ("年度", "year"),
    "table": ("表", "table"),
    "read": ("读入", "read"),
    "accepted": ("导入", "accepted"),
    "quarantined": ("校验未通过", "quarantined"),
    "duplicates": ("重复", "duplicates"),
    "withdrawn": ("已撤销", "withdrawn"),
    "name": ("名称", "name"),
    "national": ("国家表名", "national tables"),
    "rows": ("行数", "rows"),
    "file": ("文件", "file"),
    "files": ("文件数", "files"),
    "bytes": ("字节", "bytes"),
    "list": ("代码表", "list"),
    "zh": ("中文名", "Chinese name"),
    "edition": ("版本", "edition"),
    "from": ("起", "from"),
    "until": ("止", "until"),
    "policy": ("政策", "policy"),
    "place": ("位置", "place"),
    "title": ("名称", "title"),
    "result": ("结果", "result"),
    "example": ("示例", "example"),
    "value": ("值", "value"),
    "unit": ("单位", "unit"),
    "figure": ("项目", "figure"),
    "old": ("原（元）", "old"),
    "new": ("现（元）", "new"),
    "difference": ("差额（元）", "difference"),
    "output": ("产出", "output"),
    "then": ("现有文件", "in the folder"),
    "now": ("重算结果", "computed again"),
    "rule": ("规则", "rule"),
    "weight": ("性质", "weight"),
    "answer": ("处理方式", "answer"),
    "official_code": ("国家编码", "official code"),
    "package": ("来源包", "package"),
    "visit": ("就诊", "visit"),
    "line": ("明细", "line"),
    "institution": ("机构", "institution"),
    "workspace": ("工作区", "workspace"),
    "yuan read": ("读入（元）", "yuan read"),
    "yuan accepted": ("导入（元）", "yuan accepted"),
    "yuan quarantined": ("校验未通过（元）", "yuan quarantined"),
    "yuan duplicates": ("重复（元）", "yuan duplicates"),
    "yuan withdrawn": ("已撤销（元）", "yuan withdrawn"),
    "yuan at stake": ("涉及金额（元）", "yuan at stake"),
    "counted once": ("不重复计（元）", "counted once"),
    "findings": ("疑点", "findings"),
    "runs": ("计算批次", "runs"),
    "sha256": ("SHA-256", "SHA-256"),
    "made_at": ("备份时间", "made at"),
    "part": ("检查项", "part"),
    "count": ("数量", "count"),
    "state": ("状态", "state"),
    "faults": ("问题", "faults"),
}
HEADS = {name: Words(*words) for name, words in _HEADS.items()}


def words_of(name: str) -> Words:
    """The words for a column, an indicator's dimension or a figure; another name is its own word."""
    return HEADS.get(name) or _declared().get(name) or Words(name, name)


@cache
def _declared() -> dict[str, Words]:
    # Imported when a name is none of the above: it takes longer than most verbs.
    from yiheng.measures import DIMENSIONS
    from yiheng.payment import FIGURES

    return {name: Words(zh, name) for name, zh in DIMENSIONS.items()} | {
        name: Words(words.zh, name) for name, words in FIGURES.items()
    }


def further(name: str, statements: Iterable[dict[str, Any]]) -> Words:
    """The head of an amount beyond the figures, such as ``reward/效率奖励`` or ``reserve``, as the papers have it."""
    from yiheng.statements import further_words

    return Words(further_words(name, statements).zh, name)
