"""The reference page of all code lists, made from their declarations and the dictionaries that ship."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from . import LISTS, PLANS, SHIPPED_FILES, shipped_dictionary
from .declare import CodeList, Row
from .dictionary import STATUSES

HEAD = """\
# Code lists

Made from the declarations in `yiheng.codes`; do not edit. Each list is a CSV file in UTF-8 with these columns; other
columns are left alone. How lists are loaded and dated: [keep code lists](../howto/keep-code-lists.md).
"""

DICTIONARIES = """\
# National dictionaries

What ships as the list `dictionary`. The national text of the interface is published by each province in its own issue;
the values come from public code and documents, so each row says how well it is known:

| status | 中文 | meaning |
| --- | --- | --- |
| `agreed` | {agreed} | several sources agree |
| `single` | {single} | one source has it |
| `local` | {local} | a province or a client added it; below another code where one is given |
| `conflict` | {conflict} | sources contradict each other; each one's value stands with its source |

Left out are codes that no source gives a name: 9901 to 9904, 9906, 9907 and 990404 of `med_type`, and the ways under
`drug_used_way` 6.

Sources: `OHenum` is a hospital system used in Chongqing and Inner Mongolia; `IT`, `HN`, `NM` are clients of Jilin,
Hunan and Inner Mongolia; `HB` are constants of the platform of Hebei; `PY` is a client of the audit interface; `SKILL`
are notes of an auditor; `id` is a public file by its number; `nhsa.md §` is the report in which several stand together.
"""


def codes_page() -> str:
    """The page ``docs/reference/codes.md``."""
    parts = [HEAD, *(_section(one, "##") for one in LISTS.values())]
    for plan in PLANS.values():
        optional = ", ".join(f"`{file}`" for file in sorted(plan.optional))
        head = f"## `{plan.name}` {plan.zh}\n\n{_sentence(plan.en)}\nA folder of tables; {optional} may be absent.\n"
        parts += [head, *(_section(table, "###") for table in plan.tables)]
    dictionaries: dict[str, list[Row]] = {}
    for row in shipped_dictionary():
        dictionaries.setdefault(row["dictionary"], []).append(row)
    parts += [DICTIONARIES.format(**STATUSES), *(_dictionary(name, rows) for name, rows in dictionaries.items())]
    return "\n".join(parts)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _section(one: CodeList, level: str) -> str:
    lines = [f"{level} `{one.name}` {one.zh}", "", _sentence(one.en)]
    if one.name in SHIPPED_FILES:
        lines.append("One ships: it is taken when no file is named.")
    published = ", ".join(f"`{column}`" for column in one.needs)
    read = ", ".join(f"`{column}` {kind}" for column, kind in one.schema.items())
    return "\n".join([*lines, "", f"- columns of the file: {published}", f"- columns that are read: {read}", ""])


def _dictionary(name: str, rows: Iterable[Row]) -> str:
    rows = list(rows)
    lines = [f"## `{name}` {rows[0]['dictionary_name']}", "", "| code | 中文 | below | status | source |"]
    lines.append("| --- | --- | --- | --- | --- |")
    lines += [f"| {r['code']} | {r['name']} | {r['parent'] or ''} | {r['status']} | {r['source']} |" for r in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(codes_page())
