"""``python -m yiheng.cockpit``: serve a workspace, or give its demo user a new password."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from yiheng.basis.refusals import Refusal

from .serve import DEMO_USER, HOST, PORT, make_demo_user, serve

DONE, WRONG_USE = 0, 2


def main() -> int:
    """Read the arguments and do what they say."""
    parser = argparse.ArgumentParser(prog="python -m yiheng.cockpit", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    serving = verbs.add_parser("serve", help="serve the pages of a workspace")
    serving.add_argument("folder", type=Path)
    serving.add_argument("--host", default=HOST)
    serving.add_argument("--port", type=int, default=PORT)
    demo = verbs.add_parser("demo-user", help="make the demo user and print the password once")
    demo.add_argument("folder", type=Path)
    asked = parser.parse_args()
    try:
        if asked.verb == "serve":
            _say(f"驾驶舱 cockpit: http://{asked.host}:{asked.port}/  （Ctrl+C 停止 to stop）")
            serve(asked.folder, asked.host, asked.port)
        else:
            password = make_demo_user(asked.folder, rights=("casework.judge_findings",))
            _say(f"登录 login: {DEMO_USER}   密码 password: {password}")
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return WRONG_USE
    return DONE


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
