"""The chain of hashes: the lines that are there are chained, and triggers hold on PostgreSQL under replication too."""

from __future__ import annotations

from typing import Any

import django.utils.timezone
from django.db import migrations, models

from yiheng.casework.guards import guard, unguard
from yiheng.runs.journal import GUARDED, digest, row_digest, utc

CHAINED = "journal.chained"


def take_off(_apps: Any, editor: Any) -> None:
    """Without triggers for as long as this migration's transaction."""
    for table, (named, says, _made) in GUARDED.items():
        unguard(editor, table, named, says)


def put_on(_apps: Any, editor: Any) -> None:
    """The triggers again."""
    for table, (named, says, _made) in GUARDED.items():
        guard(editor, table, named, says, always=True)


def chain(apps: Any, editor: Any) -> None:
    """Chain every line; where there was anything, one line more holds the hash of the verdicts of before."""
    journal, verdicts = apps.get_model("casework", "JournalLine"), apps.get_model("casework", "FindingVerdict")
    before, number, links = "", 0, []
    told = ("pk", "at", "act", "by__username", "subject", "data")
    for number, at, *rest in journal.objects.order_by("pk").values_list(*told):
        hashed = digest(before, number, utc(at), *rest)
        links.append((before, hashed, number))
        before = hashed
    with editor.connection.cursor() as cursor:
        cursor.executemany("UPDATE casework_journalline SET before = %s, hash = %s WHERE id = %s", links)
    given = ("pk", "at", "finding", "rule", "verdict", "reason", "by__username")
    rows = [(one[0], utc(one[1]), *one[2:]) for one in verdicts.objects.order_by("pk").values_list(*given)]
    if links or rows:
        at, number = django.utils.timezone.now(), number + 1
        data = {
            "lines": len(links),
            "verdicts": rows[-1][0] if rows else 0,
            "verdicts_sha256": digest(*(row_digest(*row) for row in rows)),
        }
        hashed = digest(before, number, utc(at), CHAINED, None, "", data)
        journal.objects.create(pk=number, at=at, act=CHAINED, data=data, before=before, hash=hashed)
    if editor.connection.vendor == "postgresql":
        # What follows changes the table, which waits for no check that is left to the end of the transaction.
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    """Chain the journal."""

    dependencies = (("casework", "0004_settlement_rights"),)

    operations = (
        migrations.RunPython(take_off, put_on),
        migrations.AlterField("journalline", "at", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AddField("journalline", "before", models.CharField(max_length=64, default="", blank=True)),
        migrations.AddField("journalline", "hash", models.CharField(max_length=64, default="")),
        migrations.RunPython(chain, migrations.RunPython.noop),
        migrations.AddConstraint(
            "journalline", models.UniqueConstraint(fields=("before",), name="a_line_is_followed_by_one")
        ),
        migrations.RunPython(put_on, take_off),
    )
