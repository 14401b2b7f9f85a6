import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone


def begin(apps, schema_editor):
    """Ask for the past of units that are there already; with none, nothing is to be made up for."""
    if apps.get_model("fleet", "Unit").objects.exists():
        apps.get_model("fleet", "PastBuild").objects.create(told_until=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0005_passports_of_items"),
        ("fleet", "0015_unit_bears_a_name_once"),
        ("parties", "0001_parties_sites_and_contacts"),
    ]

    operations = [
        migrations.CreateModel(
            name="PastBuild",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("told_until", models.DateTimeField()),
                ("last_unit", models.UUIDField(null=True)),
                ("is_done", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="PastLook",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="PastChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("country", models.CharField(blank=True, max_length=2)),
                ("state", models.CharField(blank=True, max_length=16)),
                ("day", models.DateField()),
                ("known_day", models.DateField()),
                ("delta", models.IntegerField()),
                (
                    "distributor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="parties.party",
                    ),
                ),
                (
                    "operator",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="parties.party",
                    ),
                ),
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
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=[
                            "look",
                            "day",
                            "known_day",
                            "operator",
                            "distributor",
                            "country",
                            "state",
                            "delta",
                        ],
                        name="past_changes_of_a_look",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PastLookMember",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "look_id",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("is_unknown", models.BooleanField()),
                (
                    "evidence",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, ""),
                            (1, "assumed"),
                            (2, "declared"),
                            (3, "reported"),
                            (4, "confirmed"),
                            (5, "verified"),
                        ]
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.item",
                    ),
                ),
                (
                    "look",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="fleet.pastlook",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.release",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["release", "look"], name="looks_with_release"),
                    models.Index(fields=["item", "look"], name="looks_with_item"),
                ],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
