"""The laws of the house, each with the file and line that breaks it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

from .house import FLOOR_OF, HOUSE, files, imports, place, wrong_arrows

EXECUTES = {"execute", "to_pandas", "to_pyarrow", "to_polars", "to_pyarrow_batches"}
# Rooms that may turn expressions into values.
MAY_EXECUTE = {"runs", "intake"}
MONEY_ROOMS = {"basis", "payment", "policy"}
LONGEST_FILE = 400
UNIT_CONSTANTS = {
    "DAYS_IN_A_YEAR", "MONTHS_A_YEAR", "PERCENT", "PER_THOUSAND", "TEN_THOUSAND", "DIGITS", "FEN_PER_YUAN",
}  # fmt: skip
STANDARD_LIBRARY_ONLY = {"basis", "payment"}
AT_THE_TOP = {
    ".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "README.zh-CN.md", "bench",
    "constraints.txt", "docs", "examples", "mappings", "policies", "pyproject.toml", "src", "tests", "torture",
}  # fmt: skip
PRINTS = {"print", "click.echo", "click.secho", "echo"}


def test_arrows_only_go_down():
    assert not wrong_arrows(), "\n".join(wrong_arrows())


def test_an_import_that_goes_up_is_found_even_inside_a_function(tmp_path):
    room = tmp_path / "yiheng" / "policy"
    room.mkdir(parents=True)
    (room / "bad.py").write_text("def read():\n    from yiheng.payment import settle\n    return settle\n")
    assert wrong_arrows(tmp_path / "yiheng") == ["policy/bad.py:2  policy may not import payment"]


def test_every_room_stands_on_a_floor():
    rooms = {room for room, _, _ in files()}
    assert rooms <= set(FLOOR_OF), f"rooms without a floor: {rooms - set(FLOOR_OF)}"


def test_no_room_is_called_by_a_name_that_says_nothing():
    forbidden = {"core", "common", "utils", "util", "helpers", "helper", "misc", "base", "shared"}
    names = {p.stem for p in HOUSE.rglob("*") if p.suffix == ".py" or p.is_dir()}
    assert not names & forbidden


def test_only_runs_and_intake_execute_expressions():
    wrong = []
    for room, file, tree in files():
        if room in MAY_EXECUTE or room in {"cockpit", "casework"}:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in EXECUTES:
                receiver = ast.unparse(node.func.value)
                # A schema is no expression; the lake's own catalogue is a database of its own.
                if not receiver.endswith("schema") and receiver not in {"db", "lock"}:
                    wrong.append(f"{place(file, node.lineno)}  {ast.unparse(node.func)}")
    assert not wrong, "\n".join(wrong)


def test_django_stays_in_its_two_rooms():
    wrong = [
        f"{place(file, line)}  {name}"
        for room, file, name, line in imports()
        if name.split(".")[0] in {"django", "django_htmx", "axes", "csp", "whitenoise", "waitress"}
        and room not in {"cockpit", "casework"}
    ]
    assert not wrong, "\n".join(wrong)


def test_the_library_works_without_django_and_spark():
    blocked = (
        "import sys\n"
        "for name in ('django', 'pyspark', 'plotly'):\n"
        "    sys.modules[name] = None\n"
        "import yiheng.runs, yiheng.statements, yiheng.county\n"
        "from yiheng.cli.main import main\n"
        "assert all(main.commands.values())\n"
    )
    # What is imported on demand otherwise is imported at once.
    at_once = {**os.environ, "EAGER_IMPORT": "1"}
    done = subprocess.run([sys.executable, "-c", blocked], capture_output=True, text=True, check=False, env=at_once)
    assert done.returncode == 0, done.stderr


def test_basis_and_payment_use_the_standard_library_only():
    wrong = [
        f"{place(file, line)}  {name}"
        for room, file, name, line in imports()
        if room in STANDARD_LIBRARY_ONLY
        and name.split(".")[0] not in sys.stdlib_module_names
        and name.split(".")[0] != "yiheng"
    ]
    assert not wrong, "\n".join(wrong)


def test_no_float_in_the_rooms_that_handle_money():
    wrong = []
    for room, file, tree in files():
        if room not in MONEY_ROOMS:
            continue
        for node in ast.walk(tree):
            is_name = isinstance(node, ast.Name) and node.id == "float"
            is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            # A path is joined with the same sign; only numbers are divided here.
            if is_name or is_literal:
                wrong.append(f"{place(file, node.lineno)}  {ast.unparse(node)}")
    assert not wrong, "\n".join(wrong)


def test_no_division_in_expressions():
    wrong = []
    for room, file, tree in files():
        if room not in {"measures", "supervision", "casemix", "records"}:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Div, ast.FloorDiv, ast.Mod)):
                text = ast.unparse(node)
                if ".parent" not in text and "Path(" not in text:
                    wrong.append(f"{place(file, node.lineno)}  {text}")
    assert not wrong, "\n".join(wrong)


def test_no_naked_number_in_a_rule_step_or_indicator():
    wrong = []
    for room, file, tree in files():
        relative = file.relative_to(HOUSE)
        declared = room == "measures" or relative.parts[:2] in {("supervision", "rules"), ("payment", "steps")}
        if not declared:
            continue
        constants = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id in UNIT_CONSTANTS
        }
        for node in ast.walk(tree):
            naked = isinstance(node, ast.Constant) and type(node.value) in (int, float) and id(node) not in constants
            if naked and node.value not in (0, 1, 2, -1):
                wrong.append(f"{place(file, node.lineno)}  {node.value}: take it from a policy or from limits.yaml")
    assert not wrong, "\n".join(wrong)


def test_nothing_lies_at_the_top_that_does_not_belong_there():
    held = subprocess.run(
        ["git", "ls-files", "-z"], cwd=HOUSE.parents[1], capture_output=True, text=True, check=True
    ).stdout.split("\0")
    assert {file.split("/")[0] for file in held if file} == AT_THE_TOP


def test_files_stay_readable():
    long = [
        f"{file.relative_to(HOUSE)} {n}"
        for _, file, _ in files()
        if (n := len(file.read_text().splitlines())) > LONGEST_FILE
    ]
    assert not long, "\n".join(long)


def test_every_module_says_what_a_reader_finds_in_it():
    silent = [
        str(file.relative_to(HOUSE))
        for _, file, tree in files()
        if file.read_text().strip() and not ast.get_docstring(tree)
    ]
    assert not silent, "\n".join(silent)


def test_no_unfinished_work_is_left_in_the_source():
    marks = ("TODO", "FIXME", "XXX", "NotImplementedError")
    wrong = [
        f"{file.relative_to(HOUSE)}:{number}"
        for _, file, _ in files()
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if any(mark in line for mark in marks)
    ]
    assert not wrong, "\n".join(wrong)


def test_point_8_data_is_printed_in_one_place():
    """Everything that prints goes through ``show``, where markup is off and no sign steers the terminal."""
    wrong = []
    for room, file, tree in files():
        if room not in {"cli", "cockpit"} or (file.name == "show.py" and room == "cli"):
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            prints = called in PRINTS or called.endswith((".print", ".status", ".stdout.write", ".stderr.write"))
            if prints and "visible(" not in ast.unparse(node):
                wrong.append(f"{place(file, node.lineno)}  {called}")
    wrong += [
        f"{place(file, line)}  {name}" for _, file, name, line in imports() if name.split(".")[0] == "rich"
        and file.relative_to(HOUSE).parts != ("cli", "show.py")
    ]  # fmt: skip
    assert not wrong, "\n".join(wrong)


def test_point_8_no_page_takes_data_for_markup():
    """Django escapes all that is put into a page; only the bars of a comparison are drawn by a library that escapes."""
    drawn = {"comparison.html": "{{ bars|safe }}"}
    wrong = []
    for file in sorted((HOUSE / "cockpit" / "templates").rglob("*.html")):
        text = file.read_text("utf-8").replace(drawn.get(file.name, "\0"), "")
        wrong += [f"{file.name}: {word}" for word in ("|safe", "autoescape", "safeseq") if word in text]
    for room, file, tree in files():
        if room in {"cockpit", "casework"}:
            names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            wrong += [f"{place(file, 1)}  {name}" for name in sorted(names & {"mark_safe", "SafeString"})]
    assert not wrong, "\n".join(wrong)
