"""Mistakes that somebody makes in a policy file, each with the line of the message and the words that cure it."""

from __future__ import annotations

from typing import NamedTuple

# The file that is broken in one place at a time; it holds a bit of everything.
GOOD = """\
policy: small
title: {zh: 小例, en: small}
place: {zh: 某县, en: a county}
in_force: {from: 2025-01-01, until: 2025-12-31}
issued: {by: 某县, number: "1", on: 2024-12-18}
is: {zh: 例, en: example}
facts:
  spend: {is: {zh: 支出, en: spending}, unit: yuan, total: fund_spend}
  people: {is: {zh: 人数, en: people}, kind: number, unit: people, column: people}
  score: {is: {zh: 得分, en: score}, kind: number, unit: score, column: score}
  track: {is: {zh: 轨道, en: track}, kind: word, column: track, words: {A: [甲], B: [乙]}, without_step: [B]}
  cells: {is: {zh: 单元, en: cells}, kind: cells, unit: yuan, total: fund_spend}
  cells_1: {is: {zh: 上年单元, en: cells before}, kind: cells, unit: yuan, total: fund_spend, year: "-1"}
pools:
  money: {is: {zh: 份额, en: part}, pot: pot, by: {people: "40", score: "60"}}
risk:
  norm: {is: {zh: 标准, en: norm}, base: [cells_1], now: cells, minimum: small_cell, shrinkage: small_cell, coding_cap: cap}
values:
  pot: {is: {zh: 资金, en: money}, unit: yuan, mark: example, history: [{from: 2025-01-01, value: 1000.00, article: 一}]}
  cap: {is: {zh: 上限, en: cap}, unit: percent, mark: example, history: [{from: 2025-01-01, value: 3, article: 二}]}
  small_cell: {is: {zh: 人年, en: years}, unit: count, mark: example, history: [{from: 2025-01-01, value: 50, article: 三}]}
  kept:
    is: {zh: 留用, en: kept}
    unit: percent
    mark: said_by_source
    history:
      - {from: 2025-01-01, value: 50, article: 第九条}
      - {from: 2025-07-01, value: 40, article: 通知十二, known_on: 2025-08-05}
  split:
    is: {zh: 分配, en: split}
    unit: shares
    mark: example
    history: [{from: 2025-01-01, value: {a: 60, b: 40}, article: 第十条}]
  by_track:
    is: {zh: 按轨道, en: by track}
    unit: percent_by
    mark: example
    history: [{from: 2025-01-01, value: {A: 40, B: 50}, article: 第十一条}]
  steps_of_rate:
    is: {zh: 分档, en: in bands}
    unit: bands
    mark: example
    history:
      - from: 2025-01-01
        article: 第十二条
        value: [{until: 5, rate: 70}, {until: 10, rate: 60}, {rate: 40}]
assumptions:
  borne: {is: {zh: 未载超支, en: overruns are not told}, chosen: budget, alternatives: [base_spend], called: {budget: {zh: 预算, en: budget}}}
  kept: {is: {zh: 未载上限, en: the cap is not told}, chosen: "3", alternatives: ["5"], sets: cap}
rounding: {mode: half_up}
steps:
  - {step: budget_from_pool, takes: {part: money}}
  - {step: pay_for_care, takes: {spend: spend}}
  - {step: surplus_due}
  - step: share_due
    when: {track: [A], people: {at_least: "100"}}
    takes: {share: kept}
  - {step: pay_due}
  - {step: share_overrun, takes: {cap: cap, cap_base: borne}}
  - {step: distribute_kept, takes: {shares: split}}
"""


class Mistake(NamedTuple):
    """What is written instead of what, the line of the message, and words that it holds."""

    before: str
    after: str
    line: int
    words: tuple[str, ...]


MISTAKES: dict[str, dict[str, Mistake]] = {
    "Keys": {
        "a key is misspelt": Mistake("rounding: {mode", "roundng: {mode", 50, ("'roundng' is not known", "did you mean 'rounding'?")),
        "a key deep inside is misspelt": Mistake("article: 第九条}", "artcle: 第九条}", 27, ("'artcle' is not known", "did you mean 'article'?")),
        "a key is missing": Mistake("policy: small\n", "", 1, ("'policy' is missing", "add it")),
        "a value has no article": Mistake(", article: 第九条}", "}", 27, ("'values.kept.history.0.article' is missing", "add it")),
        "a key appears twice": Mistake("rounding: {mode: half_up}", "rounding: {mode: half_up}\nplace: {zh: 二, en: two}", 51, ("'place' is written twice (first on line 3)", "remove one")),
        "a key is a list": Mistake("policy: small", "? [a, b]\n: small", 1, ("a key must be a word",)),
        "the name has capitals": Mistake("policy: small", "policy: Small", 1, ("'policy'", "pattern")),
        "a sentence has no Chinese": Mistake("title: {zh: 小例, en: small}", "title: {en: small}", 2, ("'title.zh' is missing",)),
        "a sentence is empty": Mistake("title: {zh: 小例,", "title: {zh: '',", 2, ("'title.zh'", "at least 1 character")),
    },
    "YAML": {
        "a bracket is not closed": Mistake("place: {zh: 某县, en: a county}", "place: {zh: 某县, en: a county", 4, ("this is not YAML", "mend the indentation or quotes")),
        "a tab indents": Mistake("  spend: {is", "\tspend: {is", 8, ("this is not YAML",)),
        "an anchor is used again": Mistake("title: {zh: 小例, en: small}\nplace: {zh: 某县, en: a county}", "title: &name {zh: 小例, en: small}\nplace: *name", 2, ("an alias (*name)", "write the entry out")),
    },
    "Days": {
        "a day does not exist": Mistake("from: 2025-07-01", "from: 2025-07-32", 28, ("'values.kept.history.1.from'",)),
        "a day is a number": Mistake("from: 2025-07-01", "from: 20250701", 28, ("'20250701' is not a day such as 2025-01-31",)),
        "the dates of a value fall": Mistake("from: 2025-07-01", "from: 2024-07-01", 22, ("rising order of dates",)),
        "two entries have one date": Mistake("{from: 2025-07-01, value: 40, article: 通知十二, known_on: 2025-08-05}", "{from: 2025-01-01, value: 40, article: 通知十二}", 22, ("one entry a date",)),
        "the policy ends before it starts": Mistake("until: 2025-12-31", "until: 2024-12-31", 4, ("before it starts",)),
    },
    "Values": {
        "a unit does not exist": Mistake("unit: percent\n", "unit: per_thousand\n", 24, ("'values.kept.unit'", "per_mille")),
        "a mark does not exist": Mistake("mark: said_by_source", "mark: official", 25, ("'values.kept.mark'", "verified")),
        "a rate is no number": Mistake("value: 50, article: 第九条", "value: half, article: 第九条", 27, ("'half' is not a number", "a number such as 2 or 2.5")),
        "a rate beyond its bounds": Mistake("value: 50, article: 第九条", "value: 5000, article: 第九条", 27, ("'kept' is 5000, out of its bounds", "percent from 0 to 100")),
        "a rate below zero": Mistake("value: 50, article: 第九条", "value: -50, article: 第九条", 27, ("'kept' is -50, out of its bounds",)),
        "an amount below zero": Mistake("value: 1000.00, article: 一", "value: -1000.00, article: 一", 19, ("'pot' is -1000.00, out of its bounds",)),
        "a decimal comma": Mistake("value: 1000.00, article: 一", "value: '1000,50', article: 一", 19, ("'1000,50' is not an amount in yuan",)),
        "a number without end": Mistake("value: 50, article: 第九条", "value: 1e999999999, article: 第九条", 27, ("out of bounds", "a number such as 2 or 2.5")),
        "a rate has its sign": Mistake("value: 50, article: 第九条", "value: 50%, article: 第九条", 27, ("'50%' is not a number",)),
        "an amount is finer than a fen": Mistake("value: 1000.00, article: 一", "value: 1000.005, article: 一", 19, ("at most two decimals",)),
        "shares do not make a whole": Mistake("{a: 60, b: 40}", "{a: 60, b: 30}", 33, ("do not add up to 100 %", "100 in all")),
        "shares are one figure": Mistake("value: {a: 60, b: 40}", "value: 60", 33, ("needs a share for each name",)),
        "bands do not rise": Mistake("{until: 10, rate: 60}", "{until: 4, rate: 60}", 44, ("do not rise", "each above the one before")),
        "bands are one figure": Mistake("value: [{until: 5, rate: 70}, {until: 10, rate: 60}, {rate: 40}]", "value: 70", 44, ("needs a list of bands",)),
        "a band changes without an end": Mistake("{rate: 40}]", "{rate: 40, to: 30}]", 46, ("needs 'from' and 'until'",)),
        "a class has no number": Mistake("{A: 40, B: 50}", "{A: 40, B: many}", 38, ("'many' is not a number",)),
        "a value has no entry": Mistake("history: [{from: 2025-01-01, value: {A: 40, B: 50}, article: 第十一条}]", "history: []", 38, ("'values.by_track.history'", "at least 1 item")),
        "a rounding does not exist": Mistake("mode: half_up", "mode: up", 50, ("'rounding.mode'", "half_up")),
    },
    "Facts": {
        "a fact comes from nowhere": Mistake(", total: fund_spend}\n  people", "}\n  people", 8, ("needs 'total'",)),
        "a kind does not exist": Mistake("kind: number, unit: people", "kind: integer, unit: people", 9, ("'facts.people.kind'", "number")),
        "a total is a word": Mistake("kind: number, unit: people, column: people", "kind: word, total: fund_spend", 9, ("a total of the lake is an amount or a number",)),
        "words of a number": Mistake("column: people}", "column: people, words: [A]}", 9, ("'words' belong to a fact of kind word",)),
        "a year is no number": Mistake('year: "-1"', "year: last", 13, ("'facts.cells_1.year'", "not a whole number")),
        "a number without its unit": Mistake("unit: people, ", "", 9, ("'people' does not say what it may be", "write its unit")),
        "a word without its words": Mistake(", words: {A: [甲], B: [乙]}, without_step: [B]", "", 11, ("'track' does not say what it may be", "write all its words")),
        "a unit that there is not": Mistake("unit: score", "unit: scores", 10, ("'facts.score.unit'", "score")),
        "a range that is empty": Mistake("unit: score", 'unit: score, least: "90", most: "60"', 10, ("from 90 to 60 is empty",)),
        "one spelling of two words": Mistake("B: [乙]", "B: [甲]", 11, ("'甲' of the fact 'track' may be 'A' or 'B'",)),
        "a word that no step is there for": Mistake(", without_step: [B]", "", 11, ("no step is there for 'B' of the fact 'track'", "'without_step'")),
        "a pool of two kinds": Mistake("pot: pot, by", "pot: pot, rank_of: score, by", 15, ("needs one of 'pot' and 'by'",)),
        "a pool without a pot": Mistake("pot: pot, by", "by", 15, ("needs one of 'pot' and 'by'",)),
        "a pool by an unknown fact": Mistake("by: {people:", "by: {peeple:", 15, ("'peeple' is not a fact of this file", "did you mean 'people'?")),
        "a pool of an unknown value": Mistake("pot: pot, by", "pot: pots, by", 15, ("'pots' is not a value of this file", "did you mean 'pot'?")),
        "a pool whose percents do not make a whole": Mistake('score: "60"', 'score: "50"', 15, ("do not add up to 100", "100 in all")),
        "a norm over facts that are no cells": Mistake("base: [cells_1]", "base: [spend]", 17, ("takes 'spend', which is not a fact of kind cells",)),
        "a norm with a rate for a count": Mistake("minimum: small_cell", "minimum: cap", 17, ("takes 'cap', which is not a value in",)),
    },
    "Assumptions": {
        "it says other than the value": Mistake('chosen: "3"', 'chosen: "5"', 49, ("says that '5' was chosen", "'cap' is '3'")),
        "it sets nothing": Mistake("sets: cap}", "sets: caps}", 49, ("sets 'caps'", "not among the values")),
        "an alternative is out of bounds": Mistake('alternatives: ["5"]', 'alternatives: ["500"]', 49, ("'cap' is 500, out of its bounds",)),
        "it has no alternative": Mistake('alternatives: ["5"]', "alternatives: []", 49, ("'assumptions.kept.alternatives'", "at least 1 item")),
        "it names a choice that there is not": Mistake("called: {budget:", "called: {buget:", 48, ("'called' names 'buget'", "neither chosen nor an alternative")),
    },
    "Steps": {
        "a step does not exist": Mistake("step: pay_for_care", "step: pay_for_car", 53, ("there is no step 'pay_for_car'", "did you mean 'pay_for_care'?")),
        "a step lacks what it needs": Mistake("takes: {spend: spend}", "takes: {}", 53, ("needs 'spend'", "add 'spend'")),
        "a step gets too much": Mistake("takes: {spend: spend}", "takes: {spend: spend, spent: spend}", 53, ("takes no 'spent'", "did you mean 'spend'?")),
        "a step takes an unknown fact": Mistake("takes: {spend: spend}", "takes: {spend: spent}", 53, ("'spent' is not a fact of this file", "did you mean 'spend'?")),
        "a step takes a fact of another kind": Mistake("takes: {spend: spend}", "takes: {spend: people}", 53, ("the fact 'people' is of kind number", "amount")),
        "a step takes an unknown value": Mistake("takes: {share: kept}", "takes: {share: keep}", 57, ("'keep' is not a value of this file", "did you mean 'kept'?")),
        "a step takes a value of another unit": Mistake("takes: {share: kept}", "takes: {share: split}", 57, ("'split' is in shares", "unit percent")),
        "a step takes an unknown assumption": Mistake("cap_base: borne", "cap_base: bourne", 59, ("'bourne' is not an assumption of this file", "did you mean 'borne'?")),
        "a list where one name belongs": Mistake("takes: {spend: spend}", "takes: {spend: [spend]}", 53, ("takes one name",)),
        "no step charges the year's care": Mistake("  - {step: pay_for_care, takes: {spend: spend}}\n", "", 52, ("the year's care is charged by no step", "add pay_for_care")),
        "two steps charge it": Mistake("  - {step: pay_for_care, takes: {spend: spend}}\n", "  - {step: pay_for_care, takes: {spend: spend}}\n" * 2, 54, ("the year's care is charged 2 times (lines 53, 54)", "keep one of them")),
        "a surplus is never paid": Mistake("  - {step: pay_due}\n", "", 54, ("what is due is paid by no step", "add pay_due")),
        "a base year is the year that is settled": Mistake('total: fund_spend, year: "-1"}', "total: fund_spend}", 13, ("the year 0 of the fact 'cells_1'", "a base year is earlier", "-1 or less")),
        "a condition on an unknown fact": Mistake("when: {track: [A]", "when: {trak: [A]", 56, ("'trak' is not a fact of this file", "did you mean 'track'?")),
        "a condition of words on a number": Mistake("when: {track: [A]", "when: {score: [A]", 56, ("the fact 'score' is of kind number", "word")),
        "a condition on a word that never comes": Mistake("when: {track: [A]", "when: {track: [C]", 56, ("'track' never is 'C'", "known: A, B")),
        "a least number that is none": Mistake('at_least: "100"', "at_least: many", 56, ("'many' is not a number",)),
        "there is no step": Mistake("steps:\n", "steps: []\nrest:\n", 51, ("'steps'", "at least 1 item")),
    },
}  # fmt: skip
