"""The reference page of all audit rules, made from their declarations and the national list."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from . import ANSWERS, RULES, WEIGHTS, NationalRule, Rule, national_rules

HEAD = """\
# Audit rules

Made from the declarations in `yiheng.supervision`; do not edit. How a rule is written:
[write a rule](../howto/write-a-rule.md). How well each finds what is planted: [recall and precision](precision.md).

## The national list of 2025

All {total} rules of 国家医保智能监管规则库（2025 年版）: {rules} are computed by an audit rule, {measured} by
indicators or quality checks, and {unknown} by nothing, for the reason that stands below; those are unknown in every
audit, which lists them under `not_computed`. A rule about limited items judges where a code list holds limits of its
class ([keep code lists](../howto/keep-code-lists.md#limits-of-items)); an audit names the classes that have none.

| no. | 中文 | official code | computed by |
| --- | --- | --- | --- |
"""

UNKNOWN = """\

## Rules that nothing computes

| no. | 中文 | why | 原因 |
| --- | --- | --- | --- |
"""

OURS = """\

## Our rules

What limits an item is measured as [keep code lists](../howto/keep-code-lists.md#limits-of-items) says; a rule without
measures reads the records alone or a list of its own. Before payment a rule stops (拦截: correct the bill first), warns
(提醒: look again) or informs (告知); a dash: it is asked after payment alone.

| rule | 中文 | weight | before payment | meaning | measures |
| --- | --- | --- | --- | --- | --- |
"""

OUTSIDE = """\

## Rules of installed packages

| rule | 中文 | package | weight | meaning |
| --- | --- | --- | --- | --- |
"""


def rules_page() -> str:
    """The page ``docs/reference/rules.md``; with rules of packages where some are in use."""
    listed = national_rules()
    head = HEAD.format(
        total=len(listed),
        rules=sum(one.rule is not None for one in listed),
        measured=sum(bool(one.measured_by) for one in listed),
        unknown=sum(one.why is not None for one in listed),
    )
    unknown = [f"| {one.seq} | {one.zh} | {one.why.en} | {one.why.zh} |" for one in listed if one.why]
    ours = [_ours(one) for one in RULES.values() if one.package is None]
    others = [_other(one) for one in RULES.values() if one.package]
    parts = (head, _rows(map(_national, listed)), UNKNOWN, _rows(unknown), OURS, _rows(ours))
    return "".join((*parts, OUTSIDE, _rows(others)) if others else parts)


def _rows(rows: Iterable[str]) -> str:
    return "".join(f"{row}\n" for row in rows)


def _national(one: NationalRule) -> str:
    by = [f"`{name}`" for name in ([one.rule] if one.rule else one.measured_by)]
    return f"| {one.seq} | {one.zh} | {one.official_code or '–'} | {', '.join(by) or 'unknown'} |"


def _ours(one: Rule) -> str:
    measures = ", ".join(f"`{measure}`" for measure in one.measures)
    weight = WEIGHTS[one.weight].en + (f", in doubt {WEIGHTS[one.doubt.weight].en}" if one.doubt else "")
    return f"| `{one.name}` | {one.zh} | {weight} | {_answer(one)} | {one.sentence} | {measures} |"


def _answer(one: Rule) -> str:
    """What a rule that is asked before payment answers then."""
    return f"{ANSWERS[one.answers].en} {ANSWERS[one.answers].zh}" if set(one.stages) - {"after"} else "–"


def _other(one: Rule) -> str:
    return f"| `{one.name}` | {one.zh} | {one.package} | {WEIGHTS[one.weight].en} | {one.sentence} |"


if __name__ == "__main__":
    sys.stdout.write(rules_page())
