"""Triggers that refuse to change or delete a line of the journal, whoever asks."""

from django.db import migrations

from yiheng.casework.guards import only_grows


class Migration(migrations.Migration):
    """Guard the journal."""

    dependencies = (("casework", "0001_initial"),)
    operations = (
        only_grows("casework_journalline", "journal_refuses", "a line of the journal is never changed or deleted"),
    )
