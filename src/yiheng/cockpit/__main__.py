"""``python -m yiheng.cockpit``: serve a workspace, or keep its users.

Passwords come on the standard input, one line, so that no list of processes shows them.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from django.db import Error

from yiheng.basis.catalogue import refusal_in
from yiheng.basis.evidence import Words
from yiheng.basis.language import language_of
from yiheng.basis.refusals import Refusal
from yiheng.basis.signs import on_one_line, visible

from .secrecy import others_may
from .serve import DEMO_USER, HOST, PORT, make_demo_user, prepare, serving

DONE, WRONG_USE = 0, 2


def main() -> int:
    """Read the arguments and do what they say."""
    asked = _parser().parse_args()
    try:
        asked.act(asked)
    except Refusal as refusal:
        return _refused(refusal)
    except Error as wrong:
        from yiheng.casework.unanswered import unanswered

        return _refused(unanswered(wrong))
    return DONE


def _refused(refusal: Refusal) -> int:
    sys.stderr.write(visible(f"{refusal_in(refusal, language_of(os.environ))}\n"))
    return WRONG_USE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m yiheng.cockpit", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)

    def verb(name: str, act: Callable[[argparse.Namespace], None], says: str, *, user: bool = False) -> None:
        one = verbs.add_parser(name, help=says)
        one.add_argument("folder", type=Path)
        if user:
            one.add_argument("user")
        one.set_defaults(act=act)

    verb("serve", _serve, "serve the pages of a workspace")
    verbs.choices["serve"].add_argument("--host", default=HOST)
    verbs.choices["serve"].add_argument("--port", type=int, default=PORT)
    verb("demo-user", _demo_user, "make the demo user and print the password once")
    verb("user-add", _add, "add a user", user=True)
    verbs.choices["user-add"].add_argument("--consortium", default="")
    verbs.choices["user-add"].add_argument("--right", action="append", default=[])
    verb("user-password", _password, "give a user another password", user=True)
    verb("user-end", _end, "end a user", user=True)
    verb("user-list", _list, "print the users as JSON")
    for act in ("propose", "adopt", "withdraw"):
        verb(f"official-{act}", _official, f"{act} a settlement as a user with a password", user=True)
        verbs.choices[f"official-{act}"].add_argument("run")
        verbs.choices[f"official-{act}"].add_argument("--why", required=True)
    verbs.choices["official-propose"].add_argument("--refused-because", default="")
    verbs.choices["official-propose"].add_argument("--marks-because", default="")
    verbs.choices["official-propose"].add_argument("--policy", default="")
    return parser


def _serve(asked: argparse.Namespace) -> None:
    _prepared(asked.folder)
    from yiheng.casework.selectors import somebody_can_sign_in

    try:
        server = serving(asked.folder, asked.host, asked.port)
    except OSError as wrong:
        raise _cannot_listen(wrong, asked.host, asked.port) from None
    address = f"http://{asked.host}:{asked.port}/"
    _say(f"驾驶舱：{address}  （Ctrl+C 停止）", f"cockpit: {address}  (Ctrl+C to stop)")
    if not somebody_can_sign_in():
        cure = f"yiheng user add NAME --workspace {asked.folder}"
        _say(f"尚无用户，无法登录；请另开终端执行 {cure}", f"no users yet; in another terminal run: {cure}")
    if readers := others_may(asked.folder):
        _say(
            f"注意：本机其他用户能读工作区；请执行 {readers}",
            f"others on this machine may read the workspace; run: {readers}",
        )
    # Stopped by the system it ends as by Ctrl+C: answers that were begun are sent.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(DONE))
    server.run()


def _cannot_listen(wrong: OSError, host: str, port: int) -> Refusal:
    whats = {
        errno.EADDRINUSE: f"port {port} is in use",
        errno.EACCES: f"port {port} may not be used by this account",
        errno.EADDRNOTAVAIL: f"this machine has no address {host}",
    }
    what = whats.get(wrong.errno or 0, f"cannot listen on {host}:{port}: {wrong.strerror or wrong}")
    return Refusal(what, where=f"{host}:{port}", cure="choose another with --port or --host, or stop what uses it")


def _demo_user(asked: argparse.Namespace) -> None:
    password = make_demo_user(asked.folder, rights=("casework.judge_findings", "casework.propose_settlements"))
    _say(f"登录：{DEMO_USER}   密码：{password}", f"login: {DEMO_USER}   password: {password}")


def _add(asked: argparse.Namespace) -> None:
    _ready(asked.folder)
    from yiheng.casework.services import user_create

    user_create(username=asked.user, password=_given(), consortium=asked.consortium, rights=asked.right)


def _password(asked: argparse.Namespace) -> None:
    _ready(asked.folder)
    from yiheng.casework.selectors import user_get
    from yiheng.casework.services import user_renew_password

    user_renew_password(user=user_get(username=asked.user), password=_given())


def _end(asked: argparse.Namespace) -> None:
    _ready(asked.folder)
    from yiheng.casework.selectors import user_get
    from yiheng.casework.services import user_end

    user_end(user=user_get(username=asked.user))


def _list(asked: argparse.Namespace) -> None:
    _ready(asked.folder)
    from yiheng.casework.selectors import users_told

    _print(json.dumps(users_told(), ensure_ascii=False))


def _official(asked: argparse.Namespace) -> None:
    _ready(asked.folder)
    from yiheng.casework import settlements
    from yiheng.casework.sessions import user_by_password
    from yiheng.runs import Workspace

    by = user_by_password(username=asked.user, password=_given())
    what = {"workspace": Workspace(asked.folder, by.username), "run": asked.run, "why": asked.why, "by": by}
    if asked.verb == "official-propose":
        settlements.settlement_propose(
            **what, refused_because=asked.refused_because, marks_because=asked.marks_because, policy=asked.policy
        )
    elif asked.verb == "official-adopt":
        settlements.settlement_adopt(**what)
    else:
        settlements.settlement_withdraw(**what)


def _ready(folder: Path) -> None:
    """Set the cockpit up to speak the language of the command line."""
    _prepared(folder)
    from django.utils.translation import activate

    activate("zh-hans" if language_of(os.environ) == "zh" else "en")


def _prepared(folder: Path) -> None:
    """Prepare; a head of the journal that was an older one is told in a line."""
    if older := prepare(folder):
        sys.stderr.write(on_one_line(visible(refusal_in(older, language_of(os.environ)))) + "\n")


def _given() -> str:
    return sys.stdin.readline().rstrip("\n")


def _say(zh: str, en: str) -> None:
    _print(Words(zh, en).in_language(language_of(os.environ)))


def _print(text: str) -> None:
    sys.stdout.write(visible(text) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
