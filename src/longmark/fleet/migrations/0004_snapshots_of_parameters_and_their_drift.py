import django.db.models.deletion
from django.db import migrations, models

import longmark.foundation.fields


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_parameters_of_sets_and_their_values"),
        ("fleet", "0003_unknown_releases_by_item"),
    ]

    operations = [
        migrations.CreateModel(
            name="ParameterSnapshot",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "unit_id",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("slot", longmark.foundation.fields.KeyField()),
                ("seq", models.PositiveIntegerField()),
                ("occurred_at", models.DateTimeField()),
                ("precision", models.CharField(max_length=8)),
                ("recorded_at", models.DateTimeField()),
                ("source", models.CharField(blank=True, max_length=120)),
                (
                    "evidence",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "assumed"),
                            (2, "declared"),
                            (3, "reported"),
                            (4, "confirmed"),
                            (5, "verified"),
                        ]
                    ),
                ),
                ("count", models.PositiveIntegerField()),
                ("secrets", models.JSONField(default=list)),
                ("blob", models.CharField(max_length=64)),
                ("file_digest", models.CharField(max_length=64)),
                ("filename", models.CharField(blank=True, max_length=250)),
                ("format", models.CharField(max_length=10)),
                ("is_rewritten", models.BooleanField(default=False)),
                ("actor_name", models.CharField(max_length=200)),
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
                    "parameters",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="fleet.parameterset",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="snapshots",
                        to="fleet.unit",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ParameterDrift",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "unit_id",
                        "slot",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("slot", longmark.foundation.fields.KeyField()),
                ("seq", models.PositiveIntegerField()),
                ("found_at", models.DateTimeField()),
                ("deviation_count", models.PositiveIntegerField()),
                ("deviations", models.JSONField(default=list)),
                ("counter", models.CharField(blank=True, max_length=120)),
                ("counter_before", models.BigIntegerField(null=True)),
                ("counter_after", models.BigIntegerField(null=True)),
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
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="drifts",
                        to="fleet.unit",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-found_at", "unit", "slot"], name="drifts_latest_first")
                ],
            },
        ),
    ]
