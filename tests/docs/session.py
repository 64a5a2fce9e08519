"""A page of the documentation as a session at a terminal: files to write, commands to run, output to compare.

A fenced block with ``title="NAME"`` is the content of a file. A block with lines that begin with ``$`` holds commands, each
with the output under it, up to the next. ``…`` as a line stands for any lines, inside a line for any text. Ids of runs, hashes
and text in parentheses that says "random" may differ. A command under which nothing is shown may print anything, but must not
end as wrong use. A block without ``$`` and title is shown only.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import ROOT, SHARED
from yiheng.basis.language import NAMED, language_of
from yiheng.cli.main import main

FENCE = re.compile(
    r"^(?P<indent> *)(?P<fence>```+)(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)(?P=fence) *$", re.M | re.S
)
TITLE = re.compile(r'title="([^"]+)"')
RUN = re.compile(r"\b(load|settle|measure|quality|audit|score|draw|estimate|check|compare|benefit)-[0-9a-f]{4,64}\b")
# A hash stands for content that other examples may change, such as a version of a library in a manifest.
HASH = re.compile(r"\b(?=[0-9]*[a-f])[0-9a-f]{12,64}\b")
RANDOM = re.compile(r"\(random[^)]*\)")
# What the shell must read; anything else is run inside this process, which is quicker.
SHELL = re.compile(r"[|<>;&$`*]")
# Beside a page stand what a clone holds, and the public data next to it.
BESIDE = ("policies", "mappings", "examples", "tests", "docs", "README.md", "src", "pyproject.toml", "constraints.txt")
# What stays the same when the words around it change: figures, names of rules and columns.
SAME = re.compile(r"[\w.,%/-]*[0-9_][\w.,%/-]*", re.A)
# A page may choose the language itself, for the commands below.
EXPORT = re.compile(rf"export {NAMED}=(zh|en)")
BORDER = re.compile(r"[┏┓┡┩┌┐┬└┘━─┳╇┴╋┻┼├┤ ]+")
SECONDS = 600


@dataclass
class Command:
    """A command of a page and what the page shows under it."""

    line: int
    text: str
    expected: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Written:
    """A file that a page tells its reader to write."""

    line: int
    name: str
    text: str


def steps_of(page: Path) -> list[Command | Written]:
    """What a reader of the page does, in order."""
    text = page.read_text("utf-8")
    steps: list[Command | Written] = []
    for block in FENCE.finditer(text):
        first = text.count("\n", 0, block.start()) + 2
        body = block["body"]
        if title := TITLE.search(block["info"]):
            steps.append(Written(first, title[1], body))
        elif re.search(r"^\$ ", body, re.M):
            steps += _commands(body, first)
    return steps


def _commands(body: str, first: int) -> list[Command]:
    commands: list[Command] = []
    continued = False
    for number, line in enumerate(body.splitlines(), start=first):
        if continued:
            commands[-1].text += "\n" + line
        elif line.startswith("$ "):
            commands.append(Command(number, line[2:]))
        elif commands:
            commands[-1].expected.append(line)
        continued = bool(commands) and not commands[-1].expected and commands[-1].text.endswith("\\")
    return commands


class Session:
    """A folder like a clone, with the public data beside it, in which the steps of one page are taken."""

    def __init__(self, folder: Path, language: str) -> None:
        self.language = language
        self.clone = folder / "yiheng"
        self.clone.mkdir()
        (folder / "shared").symlink_to(SHARED)
        for name in BESIDE:
            (self.clone / name).symlink_to(ROOT / name)
        # Ids of runs as the page writes them, and as they are.
        self.runs: dict[str, str] = {}

    def take(self, step: Command | Written) -> str | None:
        """Write a file, or run a command and give what it prints, both outputs in their order."""
        if isinstance(step, Written):
            file = self.clone / step.name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(step.text, "utf-8")
            return None
        if chosen := EXPORT.fullmatch(step.text):
            self.language = chosen[1]
            return ""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(NAMED, self.language)
            output = run(RUN.sub(lambda told: self._run_now(told[0]), step.text), self.clone, self.language)
        told, now = RUN.finditer("\n".join(step.expected)), RUN.finditer(output)
        self.runs |= {one[0]: other[0] for one, other in zip(told, now, strict=False)}
        return output

    def _run_now(self, told: str) -> str:
        """The run that the page means, by its id or the start of one."""
        return next((now for then, now in self.runs.items() if then.startswith(told)), told)


def language_of_page(page: Path) -> str:
    """A page shows what its readers get: Chinese on a Chinese page, and that of a bare shell where the page chooses."""
    if any(isinstance(step, Command) and EXPORT.fullmatch(step.text) for step in steps_of(page)):
        return language_of({})
    return "zh" if "zh" in page.name.split(".")[1] else "en"


def run(text: str, clone: Path, language: str) -> str:
    """What a command prints."""
    if text.startswith("pip install "):
        return ""
    words = [] if SHELL.search(text) or "\n" in text else shlex.split(text)
    if words[:2] == ["yiheng", "demo"] and "-w" not in words:
        return _demo(text.removesuffix(" --no-serve"), clone, language)
    return _in_process(words[1:], clone) if words[:1] == ["yiheng"] else _at_a_shell(text, clone)


def _at_a_shell(text: str, clone: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", text], cwd=clone, env={**os.environ, "PATH": path}, timeout=SECONDS, check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    return done.stdout


def _in_process(words: list[str], clone: Path) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(clone)
        result = CliRunner().invoke(main, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output


def _demo(text: str, clone: Path, language: str) -> str:
    """Every page that begins with the same demo county gets a copy of one."""
    made, told = made_once(text, language)
    shutil.copytree(made / "demo", clone / "demo", dirs_exist_ok=True)
    return told


@cache
def made_once(text: str, _language: str) -> tuple[Path, str]:
    """A folder with the demo county that a command makes, and what it prints; its last part speaks from another process."""
    made = Path(tempfile.mkdtemp(prefix="demo-"))
    return made, _at_a_shell(text, made)


def plain(lines: list[str]) -> list[str]:
    """Output as it is compared: no borders of tables, no blank lines, one blank between words."""
    told = (re.sub(r" +", " ", re.sub("[┃│]", " ", line)).strip() for line in lines)
    return [line for line in told if line and not BORDER.fullmatch(line)]


def allows(expected: list[str], output: str) -> bool:
    """Whether a page that shows this is right about the output."""
    told = "".join(f"{line}\n" for line in plain(output.splitlines()))
    return re.fullmatch("".join(map(_pattern, plain(expected))), told) is not None


def _pattern(line: str) -> str:
    if line == "…":
        return r"(?:.*\n)*?"
    masked = HASH.sub("\2", RANDOM.sub("\0", RUN.sub("\1", line)))
    told = re.escape(masked).replace("…", ".*").replace("\0", ".*")
    return told.replace("\1", RUN.pattern).replace("\2", HASH.pattern) + "\n"


def renewed(expected: list[str], output: str) -> list[str]:
    """The output as the page shows it: where the page cut it, only the lines that are right or begin with the same word."""
    now = [line.rstrip() for line in output.splitlines() if not BORDER.fullmatch(line.strip() or "x")]
    now = [re.sub(r"^[│┃] | [│┃]$", "", line).replace("│", " ").replace("┃", " ").rstrip() for line in now]
    shown = [line for line in now if line.strip()]
    if "…" not in expected:
        return shown
    told: list[str] = []
    at = 0
    cut = False
    for line in (line for line in expected if line.strip()):
        if line == "…":
            cut = True
            continue
        found = _alike(line, shown, at, at < len(shown) and bool(told) and not cut)
        cut = False
        if found is None:
            continue
        told += ["…"] if found > at else []
        told.append(line if allows([line], shown[found]) else shown[found])
        at = found + 1
    return [*told, "…"] if at < len(shown) else told


def _alike(line: str, shown: list[str], at: int, follows: bool) -> int | None:
    """Where a line of the page is now: it begins alike, or follows the last one, or holds most of the same names and figures."""
    begun = next((i for i in range(at, len(shown)) if _begins_alike(line, shown[i])), None)
    if begun is not None:
        return begun
    if follows:
        return at
    names = set(SAME.findall(line))
    shared = {i: len(names & set(SAME.findall(shown[i]))) for i in range(at, len(shown))}
    best = max(shared, key=lambda i: (shared[i], -i), default=None)
    return best if best is not None and 2 * shared[best] > len(names) else None


def _begins_alike(line: str, shown: str) -> bool:
    first, other = (RUN.sub("run", one).split(maxsplit=1)[0] for one in (line, shown))
    return first == other or allows([line], shown)
