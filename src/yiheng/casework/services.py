"""Acts: each is one transaction and one line in the journal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yiheng.basis.hidden import holds_number
from yiheng.basis.reasons import refuse_numbers, refuse_unfit
from yiheng.basis.refusals import Refusal, nearest
from yiheng.runs.journal import OF_PERSONS, SET_BACK, STORED, digest, password_digest, row_digest, utc

from .chain import end_of_chain, head_follows
from .models import FindingVerdict, JournalLine, User
from .persons import refuse_other_person
from .selectors import judges_findings, verdicts_of

LONGEST_SUBJECT = 150
# Whoever it is may leave.
SIGNED_OUT = "user.signed_out"
# Letters of one look each: a Cyrillic і beside a Latin i would make one person two, who adopt what they proposed.
NAME = re.compile(r"[A-Za-z0-9@.+_\-\u3400-\u4dbf\u4e00-\u9fff]+")


@transaction.atomic
def journal_note(
    *, act: str, by: User | None = None, subject: str = "", data: dict[str, Any] | None = None
) -> JournalLine:
    """Write one act into the journal, behind the line before it; when it is committed, the head follows.

    Raises:
        Refusal: the journal is not the one that its head outside the database holds, or the user who acts is not as
            the journal notes.
    """
    # Acts on users hold who acts before they change a row, which may be that person's own.
    if by is not None and act != SIGNED_OUT and act not in OF_PERSONS:
        refuse_other_person(by)
    last, at, kept = end_of_chain(), timezone.now(), dict(data or {})
    if last is not None and utc(at) < last.at:
        kept[SET_BACK] = last.at
    number, before = (last.number + 1, last.hash) if last else (1, "")
    subject = subject[:LONGEST_SUBJECT]
    hashed = digest(before, number, utc(at), act, by and by.username, subject, kept)
    line = JournalLine.objects.create(
        pk=number, at=at, act=act, by=by, subject=subject, data=kept, before=before, hash=hashed
    )
    transaction.on_commit(head_follows)
    return line


@transaction.atomic
def user_create(
    *,
    username: str,
    password: str,
    consortium: str = "",
    rights: Sequence[str] = (),
    by: User | None = None,
) -> User:
    """Add a user.

    Args:
        consortium: the only party the user sees; empty for the fund office.
        rights: such as ``casework.see_person_numbers``.
        by: who adds; None is the command line, which has the workspace anyway.

    Raises:
        Refusal: when ``by`` may not, or the name, password or a right is not accepted.
    """
    _refuse_without_right(by)
    if holds_number(username):
        # The name stands in the journal for good, so it is not even told back.
        raise Refusal(_("用户名含有证件号码、手机号码或银行卡号，请改用姓名或工号。"))
    refuse_numbers(consortium)
    if User.objects.filter(username__iexact=username).exists():
        raise Refusal(_("用户“%(name)s”已经存在。") % {"name": username})
    user = User(username=username, consortium=consortium)
    granted = [_permission(right) for right in rights]
    _set_password(user, password)
    try:
        user.full_clean()
    except ValidationError as wrong:
        raise Refusal(" ".join(wrong.messages)) from None
    if not NAME.fullmatch(username):
        raise Refusal(_("用户名“%(name)s”含有英文字母、汉字、数字和 @ . + - _ 以外的字符。") % {"name": username})
    user.save()
    user.user_permissions.set(granted)
    data = {"consortium": consortium, "rights": list(rights), **_password_noted(user)}
    journal_note(act="user.created", by=by, subject=username, data=data)
    return user


@transaction.atomic
def user_renew_password(*, user: User, password: str, by: User | None = None) -> User:
    """Give a user another password.

    Raises:
        Refusal: when ``by`` may not, or the password is too weak.
    """
    _refuse_without_right(by)
    _set_password(user, password)
    user.save(update_fields=["password"])
    journal_note(act="user.password_renewed", by=by, subject=user.username, data=_password_noted(user))
    return user


@transaction.atomic
def user_hash_anew(*, user: User, password: str) -> User:
    """Store the hash of the same password in the way of today; the journal notes it.

    Raises:
        Refusal: the user is not as the journal notes.
    """
    refuse_other_person(user)
    # Hashing alone, without the signal of a password that was changed.
    user.password = make_password(password)
    user.save(update_fields=["password"])
    journal_note(act="user.password_hashed_anew", by=user, subject=user.username, data=_password_noted(user))
    return user


@transaction.atomic
def user_end(*, user: User, by: User | None = None) -> User:
    """End a user: nobody signs in under the name any more, open sessions end, and what the user did stays.

    Raises:
        Refusal: when ``by`` may not, or the user was ended before.
    """
    _refuse_without_right(by)
    if not user.is_active:
        raise Refusal(_("用户“%(name)s”已经停用。") % {"name": user.username})
    user.is_active = False
    user.save(update_fields=["is_active"])
    journal_note(act="user.ended", by=by, subject=user.username)
    return user


@transaction.atomic
def finding_judge(*, finding: str, rule: str, verdict: str, reason: str, by: User) -> FindingVerdict:
    """Judge a finding; an earlier verdict stays and counts no more.

    Raises:
        Refusal: when ``by`` may not, the verdict is unknown, the reason is missing or too long, or this is the verdict
            that counts already.
    """
    if not judges_findings(user=by):
        raise Refusal(_("您无权核实疑点。"))
    if verdict not in FindingVerdict.Verdict.values:
        raise Refusal(_("没有“%(verdict)s”这种核实结论。") % {"verdict": verdict})
    reason = reason.strip()
    longest = FindingVerdict._meta.get_field("reason").max_length or 0
    if not reason or len(reason) > longest:
        raise Refusal(_("请写明理由，不超过 %(n)s 字。") % {"n": longest})
    refuse_unfit(reason)
    counts = verdicts_of(findings=[finding]).get(finding)
    if counts and (counts.verdict, counts.reason) == (verdict, reason):
        raise Refusal(_("该疑点已有同样的核实结论。"))
    judged = FindingVerdict.objects.create(finding=finding, rule=rule, verdict=verdict, reason=reason, by=by)
    row = row_digest(judged.pk, utc(judged.at), finding, rule, verdict, reason, by.username)
    data = {"rule": rule, "verdict": verdict, "row": judged.pk, "row_sha256": row}
    journal_note(act="finding.judged", by=by, subject=finding, data=data)
    return judged


def _refuse_without_right(by: User | None) -> None:
    if by is None:
        return
    refuse_other_person(by)
    if not by.has_perm("casework.add_user"):
        raise Refusal(_("您没有管理用户的权限。"))


def _password_noted(user: User) -> dict[str, str]:
    return {STORED: password_digest(user.password)}


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as wrong:
        raise Refusal(" ".join(wrong.messages)) from None
    user.set_password(password)


def _permission(right: str) -> Permission:
    room, _dot, codename = right.partition(".")
    try:
        return Permission.objects.get(content_type__app_label=room, codename=codename)
    except (Permission.DoesNotExist, Permission.MultipleObjectsReturned):
        raise Refusal(
            _("没有名为“%(right)s”的权限。") % {"right": codename or right}, where=f"--right {codename or right}",
            expected=f"one of {', '.join(rights_known())}", cure=nearest(codename, rights_known()),
        ) from None  # fmt: skip


def rights_known() -> list[str]:
    """The rights that people are given, by name; those that Django makes for every table are no one's."""
    declared = (right for model in apps.get_app_config("casework").get_models() for right in model._meta.permissions)
    return sorted(name for name, _words in declared)
