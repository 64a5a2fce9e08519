"""The secret of a workspace's hashes: kept outside the workspace, so that no copy of the lake carries it."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from yiheng.basis.files import new_file
from yiheng.basis.refusals import Refusal
from yiheng.documents import own_bytes, read_bytes
from yiheng.lake import RESTORE

if TYPE_CHECKING:
    from yiheng.lake import Lake

# Names the folder of the keys; one of the user's own by default.
FOLDER = "YIHENG_KEYS"
# In the lake stands which key its hashes were made with, and its hash; not the key.
MARK = "key.json"
BYTES = 32
MOST_BYTES = 1024 * 1024


def key_of(workspace: Path, lake: Lake) -> bytes:
    """The key of a workspace, made on first need; the lake notes it before anything is hashed with it.

    Raises:
        Refusal: when it is gone, is another one, cannot be made, or would stand inside the workspace.
    """
    key = known_key(workspace, lake)
    if key is None:
        key = _made(workspace)
    lake.keep_key(hashlib.sha256(key).hexdigest())
    return key


def known_key(workspace: Path, lake: Lake) -> bytes | None:
    """The key of a workspace; nothing when it has not needed one yet.

    Raises:
        Refusal: when it is gone, is another one, or would stand inside the workspace; when the lake's note of it is.
    """
    folder = key_folder()
    if folder.resolve().is_relative_to(workspace.resolve()):
        raise Refusal(
            "the keys would stand inside the workspace, and every copy of the lake would carry them",
            where=str(folder),
            cure=f"name another folder with {FOLDER}",
        )
    mark = workspace / "lake" / MARK
    name, sha256 = _marked(mark, lake.key)
    if not name:
        return None
    file = folder / f"{name}.key"
    if not file.is_file():
        raise Refusal(
            "the key of the workspace's hashes is gone",
            where=str(file),
            expected="the file that was made with the first hashes",
            cure=f"bring it back, or name its folder with {FOLDER}; another key would match none of the hashes",
        )
    key = own_bytes(file)
    if hashlib.sha256(key).hexdigest() != sha256:
        raise Refusal(
            "this is not the key that the workspace's hashes were made with",
            where=str(file),
            cure="bring the right one back; another key would match none of the hashes",
        )
    return key


def _marked(mark: Path, noted: str | None) -> tuple[str, str]:
    """Name and hash of the key by its mark; empty when there is none and the lake holds no hashes."""
    if not mark.exists():
        if noted is None:
            return "", ""
        raise Refusal("the mark of the workspace's key is gone", where=str(mark), cure=RESTORE)
    try:
        made = json.loads(read_bytes(mark, most=MOST_BYTES))
        name, sha256 = str(made["key"]), str(made["sha256"])
    except (ValueError, KeyError, TypeError):
        raise Refusal("the mark of the workspace's key cannot be read", where=str(mark), cure=RESTORE) from None
    if noted not in (None, sha256):
        raise Refusal("the mark names another key than the lake's hashes were made with", where=str(mark), cure=RESTORE)
    return name, sha256


def key_folder() -> Path:
    """Where keys stand."""
    if named := os.environ.get(FOLDER):
        return Path(named)
    of_user = os.environ.get("XDG_CONFIG_HOME") or os.environ.get("APPDATA")
    return (Path(of_user) if of_user else Path.home() / ".config") / "yiheng" / "keys"


def _made(workspace: Path) -> bytes:
    """The key first, then its mark: a key without a mark is never used."""
    folder, key, name = key_folder(), secrets.token_bytes(BYTES), secrets.token_hex(8)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(folder / f"{name}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key)
    except OSError as wrong:
        raise Refusal(
            f"no key can be kept: {wrong.strerror}", where=str(folder), cure=f"name another folder with {FOLDER}"
        ) from None
    mark = json.dumps({"key": name, "sha256": hashlib.sha256(key).hexdigest()})
    with new_file(workspace / "lake" / MARK) as part:
        part.write_text(mark + "\n", "utf-8")
    return key
