import django.db.models.deletion
from django.db import migrations, models

import longmark.foundation.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0001_parties_sites_and_contacts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Item",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("product", "product"),
                            ("hardware", "hardware"),
                            ("firmware", "firmware"),
                            ("software", "software"),
                            ("parameters", "parameters"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", longmark.foundation.fields.KeyField(unique=True)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("description", models.TextField(blank=True)),
                (
                    "identified_by",
                    models.CharField(
                        choices=[
                            ("serial", "serial"),
                            ("batch", "batch"),
                            ("nothing", "nothing"),
                        ],
                        default="nothing",
                        max_length=10,
                    ),
                ),
                ("serial_pattern", models.CharField(blank=True, max_length=200)),
                ("recorded_at", models.DateTimeField()),
                (
                    "supplier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ItemNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("system", models.CharField(max_length=60)),
                ("number", models.CharField(max_length=120)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="numbers",
                        to="catalog.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.CharField(max_length=100)),
                ("version_key", longmark.foundation.fields.KeyField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("released", "released"),
                            ("superseded", "superseded"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="released",
                        max_length=20,
                    ),
                ),
                ("released_on", models.DateField(null=True)),
                ("notes", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="catalog.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", longmark.foundation.fields.KeyField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("is_optional", models.BooleanField(default=False)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slots",
                        to="catalog.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Fit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fits",
                        to="catalog.release",
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fits",
                        to="catalog.slot",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SupportPeriod",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField()),
                ("years", models.PositiveSmallIntegerField()),
                ("ends_on", models.DateField()),
                ("expected_use_years", models.PositiveSmallIntegerField()),
                ("reasoning", models.TextField()),
                ("decided_at", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="support_periods",
                        to="catalog.item",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["kind", "name"], name="items_of_a_kind"),
        ),
        migrations.AddConstraint(
            model_name="itemnumber",
            constraint=models.UniqueConstraint(
                fields=("system", "number"), name="system_gives_a_number_to_one_item"
            ),
        ),
        migrations.AddIndex(
            model_name="release",
            index=models.Index(fields=["item", "version_key", "id"], name="releases_in_order"),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(
                fields=("item", "version"), name="item_has_a_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="slot",
            constraint=models.UniqueConstraint(
                fields=("item", "name"), name="item_has_a_slot_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="fit",
            constraint=models.UniqueConstraint(
                fields=("slot", "release"), name="release_fits_a_slot_once"
            ),
        ),
        migrations.AddIndex(
            model_name="supportperiod",
            index=models.Index(fields=["ends_on"], name="support_periods_that_end"),
        ),
    ]
