"""The verb rules judges by labels, and refuses labels that speak of nothing it knows."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.tiny import loaded
from yiheng.cli.main import main

HEAD = "rule,expect,visit,at_stake_fen\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    # V2 is at another hospital two weeks after V1, so nothing is split and nothing overlaps.
    return loaded(tmp_path_factory.mktemp("tiny"))[0].folder


def said(folder, *words):
    return CliRunner().invoke(main, ["rules", "precision", *words, "-w", str(folder)])


def test_without_labels_it_says_where_they_are_looked_for(folder):
    told = said(folder)
    assert told.exit_code == 2
    assert "labels.csv: there are no labels" in told.stderr and "name them with --labels" in told.stderr


def test_a_rule_that_missed_everything_has_a_recall_of_nothing_and_no_precision(folder, tmp_path):
    file = tmp_path / "known.csv"
    file.write_text(f"{HEAD}overlapping_stays,catch,V1,100\n", "utf-8")
    told = said(folder, "--labels", str(file), "--format", "json")
    (judged,) = json.loads(told.stdout)["rules"]
    assert (judged["recall"], judged["precision"], judged["missed_fen"]) == ("0.0", None, 100)
    # Wilson of 0 in 1: 3.841459 / 4.841459 = 0.793451, rounded up.
    assert judged["recall_between"] == ["0.0", "79.4"]


def test_a_rule_that_no_label_speaks_of_is_unknown_and_said_so(folder, tmp_path):
    file = tmp_path / "known.csv"
    file.write_text(f"{HEAD}overlapping_stays,catch,V1,100\n", "utf-8")
    told = said(folder, "split_stay", "--labels", str(file), "--format", "json")
    (judged,) = json.loads(told.stdout)["rules"]
    assert judged["recall"] is judged["precision"] is None
    assert "no label names split_stay" in told.stderr


def test_labels_of_an_unknown_rule_are_refused_with_their_line(folder, tmp_path):
    file = tmp_path / "known.csv"
    file.write_text(f"{HEAD}split_stays,catch,V1,100\n", "utf-8")
    told = said(folder, "--labels", str(file))
    assert told.exit_code == 2
    assert "known.csv:2: there is no rule 'split_stays'" in told.stderr and "did you mean 'split_stay'" in told.stderr
    file.write_text("rule,expect\n", "utf-8")
    assert "the column 'visit' is missing" in said(folder, "--labels", str(file)).stderr


def test_every_rule_is_listed_as_a_table():
    told = CliRunner().invoke(main, ["rules", "list", "--format", "csv"])
    assert told.exit_code == 0
    assert "split_stay,分解住院,suspicion,warn,GZ10000204001000,\n" in told.stdout
