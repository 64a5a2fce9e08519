"""Settings from a workspace folder."""

from __future__ import annotations

import stat

import pytest

from yiheng.basis.refusals import Refusal
from yiheng.cockpit.secrecy import others_may
from yiheng.cockpit.serve import prepare
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
    from yiheng.cockpit.serve import application

    assert application(served)
    prepare(served)
    with pytest.raises(Refusal, match="already serves another workspace"):
        prepare(folder)


ODD = {
    'hosts = "yiheng.local"': "'hosts' is no list of names",
    'hosts = ["yiheng.local", 1]': "'hosts' is no list of names",
    'hosts = ["*"]': "'\\*' is no name of a host",
    'hosts = ["https://yiheng.local"]': "is no name of a host",
    'hosts = ["yiheng.local:8000"]': "is no name of a host",
    'hosts = [""]': "'' is no name of a host",
    'https = "true"': "'https' is no truth value",
    "https = 1": "'https' is no truth value",
    'database = "postgres://"': "'database' is no table",
    'database = { ENGINE = "mysql", NAME = "a" }': "no engine of a database is called 'mysql'",
    'database = { ENGINE = "django.db.backends.postgresql" }': "'database' has no NAME",
}


@pytest.mark.parametrize("line", ODD)
def test_point_7_what_web_says_is_checked_by_type(folder, line):
    toml = folder / "yiheng.toml"
    toml.write_text(toml.read_text() + f"\n[web]\n{line}\n")
    with pytest.raises(Refusal, match=ODD[line]):
        settings_for(folder)


def test_point_7_a_web_that_is_no_table_is_refused(folder):
    toml = folder / "yiheng.toml"
    toml.write_text('web = "yiheng.local"\n' + toml.read_text())
    with pytest.raises(Refusal, match="'web' is no table"):
        settings_for(folder)


@pytest.mark.parametrize("key", [b"", b"\n", b"short", "医衡".encode() * 20, b"\xff" * 60])
def test_point_7_an_empty_or_broken_key_is_refused(folder, key):
    file = folder / "casework.key"
    file.touch(0o600)
    file.write_bytes(key)
    with pytest.raises(Refusal, match="empty or broken"):
        settings_for(folder)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_point_7_a_key_that_others_may_read_is_refused_with_the_cure(folder, mode):
    settings_for(folder)
    (folder / "casework.key").chmod(mode)
    with pytest.raises(Refusal) as refused:
        settings_for(folder)
    assert refused.value.cure == f"chmod 600 {folder / 'casework.key'}"
    (folder / "casework.key").chmod(0o600)
    assert settings_for(folder)


@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
def test_point_7_a_database_that_others_may_read_is_refused_with_the_cure(served, end):
    file = served / f"casework.sqlite3{end}"
    was = file.exists()
    file.touch()
    file.chmod(0o644)
    try:
        with pytest.raises(Refusal) as refused:
            prepare(served)
        assert refused.value.cure == f"chmod 600 {file}"
    finally:
        file.chmod(0o600)
        if not was:
            file.unlink()
    prepare(served)


def test_point_7_a_workspace_is_its_owners_alone(tmp_path):
    (tmp_path / "w").mkdir(0o755)
    folder = Workspace.new(tmp_path / "w").folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700 and others_may(folder) == ""
    folder.chmod(0o750)
    assert others_may(folder) == f"chmod 700 {folder}"
