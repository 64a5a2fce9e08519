"""The journal only grows: no line is changed or deleted, whoever asks and however."""

from __future__ import annotations

import pytest

WAYS = {
    "changed by its model": lambda line: setattr(line, "act", "user.forged") or line.save(),
    "deleted by its model": lambda line: line.delete(),
    "changed by a query": lambda line: type(line).objects.filter(pk=line.pk).update(act="user.forged"),
    "deleted by a query": lambda line: type(line).objects.all().delete(),
    "changed by SQL": lambda line: sql("UPDATE casework_journalline SET subject = 'x' WHERE id = %s", line.pk),
    "deleted by SQL": lambda line: sql("DELETE FROM casework_journalline WHERE id = %s", line.pk),
    "replaced by SQL": lambda line: sql(
        "REPLACE INTO casework_journalline (id, at, act, subject, data) VALUES (%s, '2020-01-01', 'a.b', 'x', '{}')",
        line.pk,
    ),
}


def sql(statement: str, *values: object) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_line_is_never_changed_or_deleted(people, way):
    from django.db import DatabaseError, transaction

    from yiheng.casework.models import JournalLine
    from yiheng.casework.services import journal_note

    written = journal_note(act="user.seen", by=people["clerk"], subject="clerk")
    count = JournalLine.objects.count()
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        way(JournalLine.objects.get(pk=written.pk))
    assert JournalLine.objects.count() == count
    kept = JournalLine.objects.get(pk=written.pk)
    assert (kept.act, kept.subject, kept.at) == ("user.seen", "clerk", written.at)


def test_who_stands_in_the_journal_is_not_deleted(people):
    from django.db.models import ProtectedError

    from yiheng.casework.services import journal_note

    journal_note(act="user.seen", by=people["clerk"])
    with pytest.raises(ProtectedError):
        people["clerk"].delete()


def test_the_models_need_no_further_migration(database):
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
