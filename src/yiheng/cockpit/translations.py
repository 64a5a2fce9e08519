"""Compiles the English catalogue: ``python -m yiheng.cockpit.translations`` after a change of ``django.po``.

The catalogue is plain entries of ``msgid`` and ``msgstr``, so no tool beyond Python is needed.
"""

from __future__ import annotations

import struct
from pathlib import Path

from yiheng.basis.catalogue import read_po

PO = Path(__file__).parent / "locale" / "en" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
MAGIC = 0x950412DE
HEADER_BYTES, PAIR_BYTES = 28, 8


def compiled(entries: dict[str, str]) -> bytes:
    """The entries in the binary form that gettext reads."""
    pairs = sorted((k.encode(), v.encode()) for k, v in entries.items() if v)
    start = HEADER_BYTES + 2 * PAIR_BYTES * len(pairs)
    texts = [k for k, _ in pairs] + [v for _, v in pairs]
    table, content = b"", b""
    for text in texts:
        table += struct.pack("<II", len(text), start + len(content))
        content += text + b"\0"
    translated_at = HEADER_BYTES + PAIR_BYTES * len(pairs)
    header = struct.pack("<7I", MAGIC, 0, len(pairs), HEADER_BYTES, translated_at, 0, start)
    return header + table + content


if __name__ == "__main__":
    MO.write_bytes(compiled(read_po(PO.read_text("utf-8"))))
