"""The rights to propose and to adopt a settlement."""

from django.db import migrations


class Migration(migrations.Migration):
    """Two rights more; no row changes."""

    dependencies = (("casework", "0003_finding_verdict"),)

    operations = (
        migrations.AlterModelOptions(
            name="user",
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "permissions": (
                    ("see_person_numbers", "查看完整的人员编号"),
                    ("propose_settlements", "提出清算结果"),
                    ("adopt_settlements", "批准清算结果"),
                ),
            },
        ),
    )
