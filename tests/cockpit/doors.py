"""A small county behind the web doors: its workspace, made once, and people as roles."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from yiheng.cockpit.serve import prepare
from yiheng.county import make_county
from yiheng.runs import (
    Workspace,
    load_shipped_codes,
    run_audit,
    run_compare,
    run_drivers,
    run_load,
    run_measure,
    run_quality,
    run_settle,
)

POLICY = Path(__file__).parent / "policy.yaml"
SHIPPED = Path(__file__).parents[2] / "policies" / "qingdao"
PEOPLE = 600
YEARS = (2023, 2024, 2025)
PASSWORD = "correct-horse-42"


@cache
def county_behind_doors() -> Path:
    """A county that was loaded, settled, audited and measured; the web doors of this process serve it."""
    folder = Path(tempfile.mkdtemp(prefix="cockpit-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make_county(folder / "source", folder / "labels.csv", people=PEOPLE)
    workspace = Workspace.new(folder / "workspace", names={"donghe": "东河医共体"})
    assert run_load(workspace, [folder / "source"]).clean
    load_shipped_codes(workspace)
    for year in YEARS:
        run_settle(workspace, POLICY, year=year)
    run_compare(workspace, [POLICY, SHIPPED], year=2025)
    run_audit(workspace)
    run_quality(workspace)
    run_drivers(workspace, 2025)
    for period in ("month", "year"):
        run_measure(workspace, [], ["consortium", period])
    prepare(workspace.folder)
    return workspace.folder


def roles() -> dict:
    """Everybody who knocks: a stranger, three of the fund office, one of each consortium, one of a third."""
    from django.contrib.auth.models import AnonymousUser

    from yiheng.casework.services import user_create

    def user(name: str, consortium: str = "", rights: tuple[str, ...] = ()):
        return user_create(username=name, password=PASSWORD, consortium=consortium, rights=rights)

    return {
        "stranger": AnonymousUser(),
        "clerk": user("clerk"),
        "reviewer": user("reviewer", rights=("casework.see_person_numbers",)),
        "judge": user("judge", rights=("casework.judge_findings",)),
        "xihai": user("xihai-lead", "xihai", rights=("casework.judge_findings",)),
        "donghe": user("donghe-lead", "donghe"),
        "newcomer": user("newcomer", "beishan"),
    }


def client_of(user, **more):
    """A browser in which somebody is signed in, or nobody."""
    from django.test import Client

    client = Client(headers={"host": "localhost"}, **more)
    if user.is_authenticated:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
