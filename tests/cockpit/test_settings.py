"""Settings from a workspace folder."""

from __future__ import annotations

import stat

import pytest

from yiheng.basis.refusals import Refusal
from yiheng.cockpit.settings import settings_for
from yiheng.runs import Workspace


@pytest.fixture
def folder(tmp_path):
    return Workspace.new(tmp_path / "w").folder


def test_the_key_is_made_once_and_only_its_owner_reads_it(folder):
    first = settings_for(folder)["SECRET_KEY"]
    assert len(first) > 50 and settings_for(folder)["SECRET_KEY"] == first
    assert stat.S_IMODE((folder / "casework.key").stat().st_mode) == 0o600


def test_only_the_owner_reads_the_database(served):
    assert stat.S_IMODE((served / "casework.sqlite3").stat().st_mode) == 0o600


def test_behind_a_proxy_its_word_on_scheme_and_address_is_taken(served):
    from django.test import override_settings
    from waitress.adjustments import Adjustments

    from yiheng.cockpit.serve import _behind_proxy

    assert _behind_proxy() == {}
    with override_settings(SESSION_COOKIE_SECURE=True):
        told = Adjustments(**_behind_proxy())
    assert told.trusted_proxy == "127.0.0.1" and told.clear_untrusted_proxy_headers
    assert told.trusted_proxy_headers == {"x-forwarded-for", "x-forwarded-proto"}


def test_only_this_machine_is_served_unless_hosts_are_named(folder):
    assert settings_for(folder)["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    toml = folder / "yiheng.toml"
    toml.write_text(toml.read_text() + '\n[web]\nhosts = ["yibao.example"]\nhttps = true\n')
    told = settings_for(folder)
    assert told["ALLOWED_HOSTS"][-1] == "yibao.example"
    assert told["SESSION_COOKIE_SECURE"] and told["CSRF_COOKIE_SECURE"] and told["SECURE_HSTS_SECONDS"]


def test_a_mistyped_key_is_refused_with_the_nearest(folder):
    toml = folder / "yiheng.toml"
    toml.write_text(toml.read_text() + '\n[web]\nhost = ["a"]\n')
    with pytest.raises(Refusal, match="did you mean 'hosts'"):
        settings_for(folder)


def test_debug_is_off(folder):
    assert settings_for(folder)["DEBUG"] is False


def test_a_folder_that_is_no_workspace_is_refused(tmp_path):
    with pytest.raises(Refusal, match="no workspace"):
        settings_for(tmp_path)


def test_a_process_serves_one_workspace(served, folder):
    from yiheng.cockpit.serve import application, prepare

    assert application(served)
    prepare(served)
    with pytest.raises(Refusal, match="already serves another workspace"):
        prepare(folder)
