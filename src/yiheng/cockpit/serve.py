"""The one way in: prepare a workspace's web doors, make a first user, serve."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings

from yiheng.basis.outside import offered
from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace
from yiheng.runs.journal import bring_up, refuse_damaged

from .secrecy import OWNER_ONLY, alone, database_files, refuse_read_by_others
from .settings import DATABASE, NOT_SERVED, settings_for

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler

    from .server import Server

HOST, PORT = "127.0.0.1", 8000
PASSWORD_BYTES = 12
DEMO_USER = "demo"


def configure(folder: Path) -> None:
    """Set Django up for a workspace; once in a process.

    Raises:
        Refusal: when the process already serves another workspace.
    """
    folder = folder.resolve()
    if settings.configured:
        if folder != settings.WORKSPACE:
            raise Refusal(
                "this process already serves another workspace",
                where=str(settings.WORKSPACE),
                cure="start another process",
            )
        return
    settings.configure(**settings_for(folder))
    django.setup()
    if not offered():
        return
    from yiheng.hooks import load_rules

    for refusal in load_rules().refused:
        logging.getLogger("yiheng").warning("not used: %s", refusal)


def prepare(workspace_folder: Path) -> Refusal | None:
    """Bring the database and the static files of a workspace up to date; again changes nothing.

    Gives what is to be said of a head of the journal that was an older one: it is at the end of the journal now.

    Raises:
        Refusal: the journal is not as it was left (its database or its head is gone, a trigger is missing); others may
            read the key or the database; another process prepares for longer than a minute.
    """
    with alone(workspace_folder):
        configure(workspace_folder)
        from django.core.management import call_command

        workspace, database = Workspace(workspace_folder), workspace_folder / DATABASE
        refuse_read_by_others(*database_files(database))
        refuse_damaged(workspace)
        if str(settings.DATABASES["default"]["NAME"]) == str(database.resolve()):
            # Who may read the folder need not read who signed in, and from where, nor at the first instant.
            database.touch(OWNER_ONLY)
        call_command("migrate", verbosity=0, interactive=False)
        older = bring_up(workspace)
        _take_out_odd(Path(settings.STATIC_ROOT))
        call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=NOT_SERVED)
    return older


def _take_out_odd(folder: Path) -> None:
    """Remove links, pipes and devices among the static files, which are written again at each start.

    A device would be read without end, and what a link leads to would be given out to anybody.
    """
    for one in folder.rglob("*"):
        if one.is_symlink() or not (one.is_file() or one.is_dir()):
            one.unlink()


def make_demo_user(
    workspace_folder: Path, *, username: str = DEMO_USER, consortium: str = "", rights: tuple[str, ...] = ()
) -> str:
    """Make a user with a random password, or give an existing one a new password; returns the password."""
    prepare(workspace_folder)
    from yiheng.casework.models import User
    from yiheng.casework.services import user_create, user_renew_password

    password = secrets.token_urlsafe(PASSWORD_BYTES)
    known = User.objects.filter(username=username).first()
    if known is not None:
        user_renew_password(user=known, password=password)
    else:
        user_create(username=username, password=password, consortium=consortium, rights=rights)
    return password


def application(workspace_folder: Path) -> WSGIHandler:
    """The WSGI application of a prepared workspace."""
    configure(workspace_folder)
    from .unread import Handler

    return Handler()


def serving(workspace_folder: Path, host: str = HOST, port: int = PORT) -> Server:
    """A server of the pages of a prepared workspace; it listens, and answers once it is run.

    Raises:
        OSError: when the address or the port is not to be had.
    """
    from .server import listening

    return listening(application(workspace_folder), host, port, **_behind_proxy())


def _behind_proxy() -> dict[str, Any]:
    """With https a proxy on this machine speaks for the browser; its word on address and scheme is taken."""
    if not settings.SESSION_COOKIE_SECURE:
        return {}
    return {
        "trusted_proxy": HOST,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
        "clear_untrusted_proxy_headers": True,
    }
