"""The page of recall and precision by rule: ``python -m bench.precision > docs/reference/precision.md``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

from yiheng.basis.money import Fen
from yiheng.county import make_county
from yiheng.runs import Workspace, load_shipped_codes, run_load
from yiheng.supervision import RULES
from yiheng.supervision.declare import rules_of
from yiheng.supervision.labels import per_cent
from yiheng.supervision.rules import underservice, withheld
from yiheng.testkit import Judged, judge_rules

PEOPLE = 20_000
# No limit was set and no rule was changed by these counties.
SEEDS = (101, 202, 303)
JUDGEMENT = {one.name for module in (underservice, withheld) for one in rules_of(module)}
FAMILIES = ("deterministic", "judgement")

HEAD = """\
# Recall and precision of the rules

Made by `python -m bench.precision`; do not edit. {counties} synthetic counties of {people:,} people and four years,
seeds {seeds}, which no test uses and by which no limit was set, are made, loaded and audited like any data. Their
answer sheet, which no rule reads, names each planted fault and each near miss ([the county](county.md)); whatever it
does not name is innocent.

- A **deterministic** rule says of each row whether it breaks a rule: all below 100 is a mistake. One of **judgement**
  holds an institution beside its peers; few institutions are planted, so one more or less moves its percents far.
- A finding is right when it names the planted visit and line (or row, or institution and year). *At least*: the lower
  end of Wilson's interval, 95 %. *Of money*: the same weighted by what is at stake. Percents are cut down: 100.0 is
  all. A dash: there is nothing to take it of.

These figures say that the rules do what they mean where it is known what is wrong; whoever made the county planted
what the rules mean. How often a finding is right among real claims is measured by people's verdicts ([judge
findings](../howto/judge-findings.md)).

"""
COLUMNS = (
    *("planted", "found", "recall %", "at least", "precision %", "at least", "near misses spared", "yuan planted"),
    *("recall of money %", "precision of money %"),
)


def judged_in(folder: Path, seed: int) -> dict[str, Judged]:
    """Make, load and audit a county in an empty folder; how each rule did."""
    make_county(folder / "source", folder / "labels.csv", people=PEOPLE, seed=seed)
    workspace = Workspace.new(folder / "workspace")
    assert run_load(workspace, [folder / "source"]).clean
    load_shipped_codes(workspace)
    audited, judged = judge_rules(workspace, sorted(RULES), labels=folder / "labels.csv")
    assert not audited["unknown"], audited["unknown"]
    return {one.rule: one for one in judged}


def together(some: Sequence[Judged], name: str) -> Judged:
    """Several results as one; what is unknown of one is unknown of all."""
    numbers = [field.name for field in fields(Judged) if field.name not in ("rule", "complete")]
    parts = {number: [getattr(one, number) for one in some] for number in numbers}
    return Judged(name, True, **{number: None if None in of else sum(of) for number, of in parts.items()})


def page(by_seed: dict[int, dict[str, Judged]]) -> str:
    """The whole page; rules in the order of their names, each family with its sum."""
    head = HEAD.format(counties=len(by_seed), people=PEOPLE, seeds=", ".join(map(str, by_seed)))
    rules = {name: together([one[name] for one in by_seed.values()], name) for name in sorted(RULES)}
    rows = [[f"`{name}`", RULES[name].zh, family_of(name), *cells(one)] for name, one in rules.items()]
    for family in FAMILIES:
        members = [one for name, one in rules.items() if family_of(name) == family]
        rows.append([f"**all {len(members)}**", "", family, *cells(together(members, family))])
    columns = ("rule", "规则", "family", *COLUMNS)
    aligned = [*["---"] * 3, *["---:"] * len(COLUMNS)]
    return head + "".join(f"| {' | '.join(row)} |\n" for row in (columns, aligned, *rows))


def family_of(rule: str) -> str:
    """Whether a rule holds an institution beside its peers."""
    return FAMILIES[rule in JUDGEMENT]


def cells(one: Judged) -> Sequence[str]:
    """The columns of a rule."""
    shares = []
    for share, between in ((one.recall, one.recall_between), (one.precision, one.precision_between)):
        shares += [percent(share), percent(between and between[0])]
    unknown = one.caught_fen is None or one.missed_fen is None
    planted = "–" if unknown else Fen(one.caught_fen + one.missed_fen).yuan
    money = [percent(one.recall_of_money), percent(one.precision_of_money)]
    return [str(one.caught + one.missed), str(one.counted), *shares, str(one.spared), planted, *money]


def percent(share: Fraction | None) -> str:
    """Nothing is said of what is unknown."""
    return "–" if share is None else per_cent(share)


def main() -> None:
    """Print the page."""
    by_seed = {}
    for seed in SEEDS:
        print(f"county {seed}", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            by_seed[seed] = judged_in(Path(folder), seed)
    print(page(by_seed), end="")


if __name__ == "__main__":
    main()
