import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

import longmark.foundation.fields


def begin_anew(apps, schema_editor):
    """Ask for the past of units that are there already, with how each of them ever looked."""
    if apps.get_model("fleet", "Unit").objects.exists():
        apps.get_model("fleet", "PastChange").objects.all().delete()
        apps.get_model("fleet", "PastBuild").objects.all().delete()
        apps.get_model("fleet", "PastBuild").objects.create(told_until=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("fleet", "0016_census_of_the_past"),
    ]

    operations = [
        migrations.CreateModel(
            name="PastUnit",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "look_id",
                        "serial_folded",
                        "unit_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("serial_folded", longmark.foundation.fields.KeyField()),
                (
                    "look",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="fleet.pastlook",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="fleet.unit",
                    ),
                ),
            ],
        ),
        migrations.RunPython(begin_anew, migrations.RunPython.noop),
    ]
