"""Users with their scope, the journal of acts, and what people judged of findings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Somebody who signs in. Without a consortium the user belongs to the fund office and sees every party."""

    consortium = models.CharField(_("所属医共体"), max_length=64, blank=True, default="")

    class Meta(AbstractUser.Meta):
        permissions = (
            ("see_person_numbers", _("查看完整的人员编号")),
            ("propose_settlements", _("提出清算结果")),
            ("adopt_settlements", _("批准清算结果")),
        )

    @property
    def in_fund_office(self) -> bool:
        return not self.consortium

    @cached_property
    def rights(self) -> frozenset[str]:
        """The rights that the user was given, such as ``casework.judge_findings``."""
        given = self.user_permissions.values_list("content_type__app_label", "codename")
        return frozenset(f"{room}.{codename}" for room, codename in given)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Only what the user was given counts: nobody is above rights, and groups give none."""
        return self.is_active and perm in self.rights

    def check_password(self, raw_password: str | None) -> bool:
        """Whether the password is right.

        Raises:
            Refusal: it is, but the user is not as the journal notes.
        """
        from .persons import refuse_other_person
        from .services import user_hash_anew

        def anew(password: str) -> None:
            user_hash_anew(user=self, password=password)

        right = check_password(raw_password, self.password, anew)
        if right:
            refuse_other_person(self)
        return right


class JournalLine(models.Model):
    """One act: who did what to what, and when. Triggers in the database refuse any change.

    Each line holds its SHA-256 and that of the line before; ``services.journal_note`` alone writes lines.
    """

    at = models.DateTimeField(default=timezone.now)
    act = models.CharField(max_length=40)
    # Nobody stands here when the command line acts, or when a name that signs in is unknown.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=150, blank=True)
    data = models.JSONField(default=dict)
    before = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64, default="")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            # Two processes that would go on from the same line: the second one's is refused.
            models.UniqueConstraint(name="a_line_is_followed_by_one", fields=("before",)),
            models.CheckConstraint(name="an_act_is_named_entity_dot_verb", condition=models.Q(act__contains=".")),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.act} {self.subject}"


class FindingVerdict(models.Model):
    """What somebody judged of a finding; the latest counts. Triggers in the database refuse any change."""

    class Verdict(models.TextChoices):
        """Whether a finding is right; unclear takes an earlier verdict back."""

        CONFIRMED = "confirmed", _("属实")
        FALSE_ALARM = "false_alarm", _("不属实")
        UNCLEAR = "unclear", _("待核实")

    finding = models.CharField(max_length=64, db_index=True)
    rule = models.CharField(max_length=80, db_index=True)
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)
        permissions = (("judge_findings", _("核实疑点是否属实")),)
        constraints = (
            models.CheckConstraint(
                name="a_verdict_is_known", condition=models.Q(verdict__in=("confirmed", "false_alarm", "unclear"))
            ),
            models.CheckConstraint(name="a_verdict_has_a_reason", condition=~models.Q(reason="")),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.finding} {self.verdict}"
