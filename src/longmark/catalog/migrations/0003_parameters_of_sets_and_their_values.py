import django.db.models.deletion
from django.db import migrations, models

import longmark.foundation.fields


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_profiles_of_releases"),
    ]

    operations = [
        migrations.CreateModel(
            name="ParameterDefinition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", longmark.foundation.fields.KeyField()),
                ("order_key", longmark.foundation.fields.KeyField()),
                ("from_key", longmark.foundation.fields.KeyField(blank=True)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("bool", "bool"),
                            ("int", "int"),
                            ("decimal", "decimal"),
                            ("text", "text"),
                            ("enum", "enum"),
                        ],
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=500)),
                ("measured_in", models.CharField(blank=True, max_length=30)),
                ("minimum", models.CharField(blank=True, max_length=30)),
                ("maximum", models.CharField(blank=True, max_length=30)),
                ("default", models.TextField(blank=True)),
                ("options", models.JSONField(default=list)),
                ("is_secret", models.BooleanField(default=False)),
                ("is_counter", models.BooleanField(default=False)),
                ("is_individual", models.BooleanField(default=False)),
                ("is_dropped", models.BooleanField(default=False)),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(null=True)),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.item",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.release",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["item", "order_key", "id"], name="parameters_of_an_item")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("item", "name", "from_key"),
                        name="parameter_is_defined_once_from_a_release_on",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReleasedParameters",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("blob", models.CharField(max_length=64)),
                ("filename", models.CharField(blank=True, max_length=250)),
                ("format", models.CharField(max_length=10)),
                ("values", models.JSONField()),
                ("secrets", models.JSONField(default=list)),
                ("is_rewritten", models.BooleanField(default=False)),
                ("count", models.PositiveIntegerField()),
                ("actor_name", models.CharField(max_length=200)),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(null=True)),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parameter_sets",
                        to="catalog.release",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("release",),
                        name="release_has_its_values_once",
                    )
                ],
            },
        ),
    ]
