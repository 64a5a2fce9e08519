"""The rules of Lixian do as their examples say."""

import pytest

from yiheng.testkit import trials


@pytest.mark.parametrize("trial", trials("lixian"), ids=str)
def test_the_rules_do_as_their_examples_say(trial):
    assert trial.differs() == []
