"""The package of Lixian, installed into a folder; its own tests are run by it, not by ours."""

from __future__ import annotations

import sys

import pytest

from yiheng.hooks import load_rules
from yiheng.supervision import PACKAGES, RULES

from .installed import LIXIAN, install

collect_ignore = ["lixian"]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A folder of installed packages with that of Lixian in it."""
    return install(LIXIAN, tmp_path_factory.mktemp("site"))


@pytest.fixture
def doors(monkeypatch):
    """Opens the doors anew in this process with a folder of packages; afterwards everything is as it was."""
    ours, modules = dict(RULES), set(sys.modules)

    def opened(folder):
        monkeypatch.syspath_prepend(str(folder))
        load_rules.cache_clear()
        return load_rules()

    yield opened
    load_rules.cache_clear()
    RULES.clear()
    RULES.update(ours)
    PACKAGES.clear()
    for name in set(sys.modules) - modules:
        if name.startswith(("lixian", "beizhen")):
            del sys.modules[name]
