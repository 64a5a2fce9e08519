"""A person held against the journal before an act: who owns the database can write any row of users and rights."""

from __future__ import annotations

from django.conf import settings

from yiheng.basis.refusals import Refusal
from yiheng.runs.journal import OF_PERSONS, Person, digest, password_digest, person_after, person_faults, utc
from yiheng.runs.journal.head import SEE

from .models import JournalLine, User


def refuse_other_person(user: User) -> None:
    """Hold name, scope, state, rights and password of a user, as they stand now, against the lines that made them.

    Raises:
        Refusal: no act added the user, or something was changed by hand.
    """
    row = User.objects.get(pk=user.pk)
    where = f"{settings.DATABASES['default']['NAME']}, user {row.username}"
    noted: Person | None = None
    lines = JournalLine.objects.filter(subject=row.username, act__in=OF_PERSONS).select_related("by").order_by("pk")
    for line in lines:
        _refuse_edited(line)
        noted = person_after(noted, line.act, line.data if isinstance(line.data, dict) else {})
    above = row.is_superuser or row.groups.exists()
    found = Person(row.consortium, row.is_active, row.rights, password_digest(row.password), above=above)
    for fault in person_faults(where, row.username, noted, found):
        raise fault


def _refuse_edited(line: JournalLine) -> None:
    """A line that gives rights is as it was hashed, and the line behind it holds that hash."""
    own = digest(line.before, line.pk, utc(line.at), line.act, line.by and line.by.username, line.subject, line.data)
    following = JournalLine.objects.filter(pk=line.pk + 1).values_list("before", flat=True).first()
    if own != line.hash or following not in (None, line.hash):
        raise Refusal(
            f"line {line.pk} of the journal is not as it was written",
            where=str(settings.DATABASES["default"]["NAME"]),
            cure=SEE,
        )
