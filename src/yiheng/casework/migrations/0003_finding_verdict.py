"""What people judged of findings; rows are never changed or deleted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yiheng.casework.guards import only_grows


class Migration(migrations.Migration):
    """The verdicts and their guard."""

    dependencies = (("casework", "0002_journal_is_append_only"),)

    operations = (
        migrations.CreateModel(
            name="FindingVerdict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("finding", models.CharField(db_index=True, max_length=64)),
                ("rule", models.CharField(db_index=True, max_length=80)),
                (
                    "verdict",
                    models.CharField(
                        choices=[("confirmed", "属实"), ("false_alarm", "不属实"), ("unclear", "待核实")], max_length=12
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-pk",),
                "permissions": (("judge_findings", "核实疑点是否属实"),),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ("confirmed", "false_alarm", "unclear"))),
                        name="a_verdict_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_verdict_has_a_reason"
                    ),
                ],
            },
        ),
        only_grows("casework_findingverdict", "verdict_refuses", "a verdict is never changed or deleted"),
    )
