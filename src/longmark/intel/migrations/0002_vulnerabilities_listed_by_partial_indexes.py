import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intel", "0001_advisories_statements_and_signals"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="vulnerability",
            name="vulnerabilities_newest_first",
        ),
        migrations.RemoveIndex(
            model_name="vulnerability",
            name="vulnerabilities_exploited",
        ),
        migrations.AlterField(
            model_name="vulnerability",
            name="merged_into",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="intel.vulnerability",
            ),
        ),
        migrations.AddIndex(
            model_name="vulnerability",
            index=models.Index(
                condition=models.Q(("merged_into", None)),
                fields=["-modified_at", "-id"],
                name="vulnerabilities_live_by_change",
            ),
        ),
        migrations.AddIndex(
            model_name="vulnerability",
            index=models.Index(
                condition=models.Q(("exploited_on__isnull", False), ("merged_into", None)),
                fields=["-modified_at", "-id"],
                name="vulnerabilities_exploited_now",
            ),
        ),
        migrations.AddIndex(
            model_name="vulnerability",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["merged_into"],
                name="vulnerabilities_merged_into",
            ),
        ),
    ]
