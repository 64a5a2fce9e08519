"""The test kit for rules: examples with rows to catch and rows to spare, for our own rules and for those of others.

A package outside this repository tests all its rules in one function:

    import pytest
    from yiheng.testkit import trials

    @pytest.mark.parametrize("trial", trials("lixian"), ids=str)
    def test_the_rules_do_as_their_examples_say(trial):
        assert trial.differs() == []
"""

from __future__ import annotations

from pathlib import Path

from yiheng.basis.refusals import Refusal, nearest
from yiheng.hooks import load_rules
from yiheng.runs import Trial, few_rows, judge_rules
from yiheng.runs import trials as trials_of
from yiheng.supervision import PACKAGES, RULES, Rule
from yiheng.supervision.examples import ENDING, MEASURES, example_files
from yiheng.supervision.labels import Judged, judge_rule, read_labels

__all__ = ["Judged", "Trial", "few_rows", "judge_rule", "judge_rules", "read_labels", "trials"]


def trials(of: str | Path) -> list[Trial]:
    """Everything to be tried of an installed package, or of a folder of examples.

    Args:
        of: the name of a package's rules, such as ``lixian``; or a folder with ``RULE.yaml`` for rules of ours or of
            packages (``lixian.night_sales.yaml``), and ``measures/MEASURE.yaml`` for all rules about limited items.

    Raises:
        Refusal: no such package or folder, a package that was refused, a file that is named after no rule.
        Refusals: all faults of a file of examples, each with ``file:line``.
    """
    loaded = load_rules()
    if Path(of).is_dir():
        return _of_folder(Path(of))
    if of in PACKAGES:
        package = PACKAGES[str(of)]
        return trials_of([one for one in RULES.values() if one.package is package], package.examples)
    refused = [one for one in loaded.refused if f": {of} = " in str(one)]
    if refused:
        raise refused[0]
    raise Refusal(f"'{of}' is no folder and no package with rules", cure=nearest(str(of), PACKAGES))


def _of_folder(folder: Path) -> list[Trial]:
    named = {file.name.removesuffix(ENDING) for file in folder.glob(f"*{ENDING}")}
    if odd := sorted(named - set(RULES)):
        raise Refusal(f"there is no rule '{odd[0]}'", where=f"{odd[0]}{ENDING}", cure=nearest(odd[0], RULES))
    rules = [one for one in RULES.values() if _speaks_of(folder, one, named)]
    if not rules:
        raise Refusal(
            "the folder holds no examples of a rule",
            where=folder.name,
            expected=f"RULE{ENDING}, or {MEASURES}/MEASURE{ENDING}",
            cure="name a folder that does, or a package",
        )
    return trials_of(rules, folder)


def _speaks_of(folder: Path, one: Rule, named: set[str]) -> bool:
    return one.name in named or all(file.is_file() for file in example_files(one, folder))
