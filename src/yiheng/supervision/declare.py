"""How an audit rule is declared: one sentence, one expression, its official code and its weight."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import Any, Literal

import ibis

from yiheng.basis.evidence import Words
from yiheng.basis.money import Fen, round_fen
from yiheng.policy import Limits, read_limits
from yiheng.records import standing

from .few import Least
from .packages import Package

# Ours from the import of this room on; those of installed packages once a door has opened.
RULES: dict[str, Rule] = {}
LIMITS = read_limits(Path(__file__).parent / "limits.yaml")

# A clue ranks, a suspicion opens a check, only a breach may deduct.
Weight = Literal["clue", "suspicion", "breach"]
WEIGHTS: dict[Weight, Words] = {
    "clue": Words("线索", "clue"),
    "suspicion": Words("可疑", "suspicion"),
    "breach": Words("违规", "breach"),
}
# What a hospital is answered before payment: it must correct the bill, look again, or is told.
Answer = Literal["stop", "hint", "inform"]
ANSWERS: dict[Answer, Words] = {
    "stop": Words("拦截", "stop"),
    "hint": Words("提醒", "warn"),
    "inform": Words("告知", "inform"),
}
BY_WEIGHT: dict[Weight, Answer] = {"breach": "stop", "suspicion": "hint", "clue": "inform"}
Stage = Literal["before", "during", "after"]

# The columns every rule selects; whatever else it selects is its evidence.
SUBJECT = ("person", "institution", "visit", "settlement", "line", "occurred_on", "scope_fen")

# What a finding is about that is no visit: the key of a row, an ordinal, a year. A rule may leave it out.
ABOUT = "about"

# What a finding tells, in the order in which it is shown.
FINDING = (
    "id",
    "rule",
    "official_code",
    "weight",
    "answer",
    *SUBJECT[:-1],
    ABOUT,
    "at_stake_fen",
    "says",
    "says_en",
    "evidence",
)

# Evidence columns of a rule that stakes only what exceeds a limit: scope × over_part ÷ whole_part.
EXCESS = ("whole_part", "over_part")

# Evidence columns of a rule that compares with like people; what they would give is kept in per mille.
EXPECTED = ("expected_weight", "weight")
PER_MILLE = 1000
FEN_PLACES = 2

Tables = Mapping[str, ibis.Table]


@dataclass(frozen=True)
class Doubt:
    """What a finding is where one thing that it rests on is unknown: it weighs less, and its sentence says why.

    Attributes:
        column: the column of the evidence that is null then.
    """

    column: str
    weight: Weight
    says: Words


@dataclass(frozen=True)
class Rule:
    """A declared rule.

    Attributes:
        name: permanent name; a changed meaning is a new name.
        official_code: code in the national rule base, where it has one.
        says: turns a found row into the sentence of the case file.
        codes: the code lists it needs; without them it cannot judge.
        not_for: where it must not be used.
        limits_of: the class of limited items that drives it; any of its code lists may hold the class.
        says_of: the sentence for each measure of such a rule.
        answer: what is answered before payment, where it is not what its weight asks for.
        least: the cases without which it cannot tell an institution from the others.
        items_of: the measure of the list of codes by which it knows items.
        any_list: whether one of its code lists is enough.
        beside: tables that it also reads where they were loaded.
        doubt: what its findings are where something is unknown.
        package: the installed package that it comes from; none for our own.
    """

    name: str
    zh: str
    sentence: str
    official_code: str | None
    weight: Weight
    stages: tuple[Stage, ...]
    says: Words
    reads: tuple[str, ...]
    codes: tuple[str, ...]
    source: str
    not_for: str
    find: Callable[..., ibis.Table]
    limits_of: str | None = None
    says_of: Mapping[str, Words] = field(default_factory=dict)
    answer: Answer | None = None
    least: Least | None = None
    items_of: str | None = None
    any_list: bool = False
    beside: tuple[str, ...] = ()
    doubt: Doubt | None = None
    package: Package | None = None

    @property
    def limits(self) -> Limits:
        """The limits that it judges by: ours, or those of its own package."""
        return self.package.limits if self.package else LIMITS

    @property
    def answers(self) -> Answer:
        """Whether it stops, warns or informs before payment: a breach stops unless it is declared otherwise."""
        return self.answer or BY_WEIGHT.get(self.weight, "hint")

    @property
    def measures(self) -> tuple[str, ...]:
        """What of the limits of its class the rule judges."""
        return tuple(self.says_of)

    def rows(self, tables: Tables, limits: Limits | None = None) -> ibis.Table:
        """The expression of what the rule finds in what stands after refunds; nothing is executed."""
        found = self.find(standing(tables), limits or self.limits)
        missing = [column for column in SUBJECT if column not in found.columns]
        if missing:
            raise TypeError(f"rule {self.name} does not select {', '.join(missing)}")
        return found if ABOUT in found.columns else found.mutate(about=ibis.null("string"))

    def finding(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A found row as a finding: subject, amount at stake, sentence, evidence."""
        if set(EXPECTED) <= set(row):
            expected, whole = (row[name] for name in EXPECTED)
            row = {**row, "expected_per_mille": int(Fraction(expected * PER_MILLE, whole))}
        evidence = {name: value for name, value in row.items() if name not in (*SUBJECT, ABOUT)}
        at_stake = row["scope_fen"] or 0
        if set(EXCESS) <= set(row) and at_stake:
            # Cut down to whole fen in favour of the institution.
            at_stake = _excess(at_stake, row["over_part"], row["whole_part"])
        doubt = self.doubt if self.doubt is not None and row[self.doubt.column] is None else None
        says = doubt.says if doubt else self.says_of.get(row.get("measure", ""), self.says)
        parts = {name: shown(name, row[name]) for name in named_in(says)}
        return {
            "id": finding_id(self.name, row),
            "rule": self.name,
            "official_code": self.official_code,
            "weight": doubt.weight if doubt else self.weight,
            "answer": BY_WEIGHT[doubt.weight] if doubt else self.answers,
            **{name: row[name] for name in SUBJECT[:-1]},
            ABOUT: row[ABOUT],
            "at_stake_fen": at_stake,
            "says": says.zh.format(**parts),
            "says_en": says.en.format(**{name: in_english(name, value) for name, value in parts.items()}),
            "evidence": evidence,
        }


@cache
def named_in(says: Words) -> frozenset[str]:
    """The columns that a sentence names."""
    return frozenset(name for text in says for _, name, _, _ in Formatter().parse(text) if name is not None)


# What makes a finding the same one when it is found again: never the run, the sentence or the amount.
IDENTITY = ("person", "institution", "visit", "line", ABOUT)
ID_SIGNS = 16


def finding_id(rule: str, row: Mapping[str, Any]) -> str:
    """The name of a finding: the same fault found again, by whatever run, has the same one."""
    subject = "\x1f".join([rule, *("" if row[name] is None else str(row[name]) for name in IDENTITY)])
    return hashlib.sha256(subject.encode()).hexdigest()[:ID_SIGNS]


# Whole numbers that stand for smaller parts, by the end of their column's name, and how many decimal places that are.
PARTS = {"_units": 4, "_price": 6}

# What stands in a limit or a charge as a word of the national dictionaries, for the English sentence.
ENGLISH = {
    "男性": "male", "女性": "female", "住院": "in-patients", "门诊": "out-patients", "普通门诊": "out-patients",
    "急诊": "emergencies", "门诊慢特病": "chronic disease", "药店购药": "pharmacies",
    "工伤保险": "work-injury insurance", "生育保险": "maternity insurance",
    "职工医保": "employees' insurance", "居民医保": "residents' insurance", "不予支付": "no insurance",
    "未定级": "none", "一级": "1", "二级": "2", "三级": "3", "无": "none",
}  # fmt: skip
WORDED = ("allowed", "had")


def shown(name: str, value: Any) -> str:
    """A value inside a sentence: money in yuan, shares in per cent, a quantity without needless zeros."""
    if name.endswith("_fen") and value is not None:
        return str(Fen(value))
    if name.endswith("_per_mille") and value is not None:
        return f"{Decimal(value).scaleb(-1).normalize():f} %"
    for end, places in PARTS.items():
        if name.endswith(end) and value is not None:
            value = Decimal(value).scaleb(-places)
    if not isinstance(value, Decimal):
        return str(value)
    return price(value) if name.endswith("price") else f"{value.normalize():,f}"


def price(yuan: Decimal) -> str:
    """A unit price in yuan: to the fen, and finer only where it is."""
    plain = yuan.normalize()
    finer = -int(plain.as_tuple().exponent) > FEN_PLACES
    return f"{plain:,f}" if finer else f"{plain:,.{FEN_PLACES}f}"


def in_english(name: str, text: str) -> str:
    """Words of a limit or a charge in English; names stay as they are."""
    if name not in WORDED:
        return text
    return ", ".join(ENGLISH.get(word, word) for word in text.split("、"))


def _excess(scope_fen: int, over: int, whole: int) -> int:
    return round_fen(Fraction(scope_fen * over, whole), "down").n


def rule(
    *,
    zh: str,
    official_code: str | None,
    weight: Weight,
    says: Words,
    reads: tuple[str, ...],
    source: str,
    not_for: str,
    codes: tuple[str, ...] = (),
    answer: Answer | None = None,
    least: Least | None = None,
    items_of: str | None = None,
    any_list: bool = False,
    beside: tuple[str, ...] = (),
    doubt: Doubt | None = None,
    stages: tuple[Stage, ...] = ("after",),
) -> Callable[[Callable[..., ibis.Table]], Rule]:
    """Declare a rule: a function of tables and limits whose docstring is its English sentence.

    What declares it enters it: our own rules stand in `supervision.rules`, others in an installed package.
    """

    def declare(find: Callable[..., ibis.Table]) -> Rule:
        sentence = (inspect.getdoc(find) or "").split("\n\n")[0].replace("\n", " ")
        return Rule(
            find.__name__,
            zh,
            sentence,
            official_code,
            weight,
            stages,
            says,
            reads,
            codes,
            source,
            not_for,
            find,
            answer=answer,
            least=least,
            items_of=items_of,
            any_list=any_list,
            beside=beside,
            doubt=doubt,
        )

    return declare


def rules_of(module: ModuleType) -> list[Rule]:
    """The rules that a module holds, in their order; one held under two names comes once."""
    return list({id(one): one for one in vars(module).values() if isinstance(one, Rule)}.values())


def enter(rules: Iterable[Rule]) -> None:
    """Let rules be used under their names.

    Raises:
        TypeError: when a name is taken.
    """
    for one in rules:
        if one.name in RULES:
            raise TypeError(f"rule {one.name} is declared twice")
        RULES[one.name] = one
