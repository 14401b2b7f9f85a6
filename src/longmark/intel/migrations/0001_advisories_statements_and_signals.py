import django.db.models.deletion
from django.db import migrations, models

import longmark.foundation.fields


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="Parcel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.BinaryField()),
                ("record_count", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="EpssScore",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("identifier", longmark.foundation.fields.KeyField()),
                ("scored_on", models.DateField()),
                ("model", models.CharField(max_length=40)),
                ("epss", models.FloatField()),
                ("percentile", models.FloatField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("identifier", "scored_on"), name="epss_once_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Intake",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("filename", models.CharField(max_length=300)),
                ("digest", models.CharField(max_length=64)),
                ("format", models.CharField(max_length=20)),
                ("edition", models.CharField(blank=True, max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "running"), ("done", "done"), ("failed", "failed")],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("actor_name", models.CharField(max_length=200)),
                ("read_count", models.PositiveIntegerField(default=0)),
                ("added_count", models.PositiveIntegerField(default=0)),
                ("changed_count", models.PositiveIntegerField(default=0)),
                ("unchanged_count", models.PositiveIntegerField(default=0)),
                ("refused_count", models.PositiveIntegerField(default=0)),
                ("vulnerability_count", models.PositiveIntegerField(default=0)),
                ("newest_at", models.DateTimeField(null=True)),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["digest", "state"], name="intakes_of_a_file"),
                    models.Index(fields=["format", "-id"], name="last_intake_of_a_format"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Advisory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("osv", "osv"), ("nvd", "nvd"), ("cve", "cve")], max_length=10
                    ),
                ),
                ("record_id", longmark.foundation.fields.KeyField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                            ("rejected", "rejected"),
                        ],
                        max_length=10,
                    ),
                ),
                ("is_disputed", models.BooleanField(default=False)),
                ("analysis", models.CharField(blank=True, max_length=60)),
                ("title", models.CharField(blank=True, max_length=500)),
                ("description", models.TextField(blank=True)),
                ("severities", models.JSONField(default=list)),
                ("weaknesses", models.JSONField(default=list)),
                ("defects", models.JSONField(default=list)),
                ("published_at", models.DateTimeField(null=True)),
                ("modified_at", models.DateTimeField()),
                ("exploited_on", models.DateField(null=True)),
                ("replaced_by", longmark.foundation.fields.KeyField(blank=True)),
                ("digest", models.CharField(max_length=32)),
                ("statements_digest", models.CharField(max_length=32)),
                ("place", models.PositiveSmallIntegerField()),
                (
                    "intake",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intel.intake",
                    ),
                ),
                (
                    "parcel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intel.parcel",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Refusal",
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
                        choices=[("record", "record"), ("link", "link")],
                        default="record",
                        max_length=10,
                    ),
                ),
                ("place", models.CharField(max_length=300)),
                ("reason", models.TextField()),
                (
                    "intake",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refusals",
                        to="intel.intake",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Signal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=[("kev", "kev")], max_length=10)),
                ("identifier", longmark.foundation.fields.KeyField()),
                ("noted_on", models.DateField()),
                ("due_on", models.DateField(null=True)),
                ("name", models.CharField(blank=True, max_length=500)),
                ("action", models.TextField(blank=True)),
                ("notes", models.TextField(blank=True)),
                ("is_used_by_ransomware", models.BooleanField(default=False)),
                ("first_seen_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("identifier", "kind"), name="signal_on_an_id_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("package", longmark.foundation.fields.KeyField()),
                ("scheme", models.CharField(max_length=12)),
                ("pointer", models.CharField(max_length=200)),
                ("wording", models.CharField(max_length=300)),
                (
                    "default",
                    models.CharField(
                        choices=[
                            ("affected", "affected"),
                            ("not_affected", "not_affected"),
                            ("unknown", "unknown"),
                        ],
                        max_length=12,
                    ),
                ),
                ("tier", models.PositiveSmallIntegerField()),
                ("cap", models.CharField(max_length=10)),
                ("part", models.CharField(blank=True, max_length=1)),
                ("condition", models.TextField(blank=True)),
                ("condition_kind", models.CharField(blank=True, max_length=10)),
                ("needs", models.JSONField(null=True)),
                ("filters", models.JSONField(null=True)),
                (
                    "advisory",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="statements",
                        to="intel.advisory",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ExactVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("package", longmark.foundation.fields.KeyField()),
                ("text", longmark.foundation.fields.KeyField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("affected", "affected"),
                            ("not_affected", "not_affected"),
                            ("unknown", "unknown"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "advisory",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exact",
                        to="intel.advisory",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="exact",
                        to="intel.statement",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AffectedRange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("package", longmark.foundation.fields.KeyField()),
                ("low", longmark.foundation.fields.KeyField()),
                ("high", longmark.foundation.fields.KeyField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("affected", "affected"),
                            ("not_affected", "not_affected"),
                            ("unknown", "unknown"),
                        ],
                        max_length=12,
                    ),
                ),
                ("low_text", models.CharField(blank=True, max_length=300)),
                ("high_text", models.CharField(blank=True, max_length=300)),
                (
                    "advisory",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ranges",
                        to="intel.advisory",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="ranges",
                        to="intel.statement",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Vulnerability",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", longmark.foundation.fields.KeyField(unique=True)),
                ("title", models.CharField(blank=True, max_length=500)),
                ("description", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                            ("rejected", "rejected"),
                        ],
                        default="published",
                        max_length=10,
                    ),
                ),
                ("is_disputed", models.BooleanField(default=False)),
                ("replaced_by", longmark.foundation.fields.KeyField(blank=True)),
                ("severity_score", models.FloatField(null=True)),
                ("severity_vector", models.CharField(blank=True, max_length=300)),
                ("severity_source", models.CharField(blank=True, max_length=120)),
                (
                    "severity_rating",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "none"),
                            ("low", "low"),
                            ("medium", "medium"),
                            ("high", "high"),
                            ("critical", "critical"),
                        ],
                        max_length=10,
                    ),
                ),
                ("weaknesses", models.JSONField(default=list)),
                ("published_at", models.DateTimeField(null=True)),
                ("modified_at", models.DateTimeField()),
                ("exploited_on", models.DateField(null=True)),
                ("epss", models.FloatField(null=True)),
                ("epss_percentile", models.FloatField(null=True)),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intel.vulnerability",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Subject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "advisory",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subjects",
                        to="intel.advisory",
                    ),
                ),
                (
                    "vulnerability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subjects",
                        to="intel.vulnerability",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_applicability", models.BooleanField()),
                (
                    "intake",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="intel.intake",
                    ),
                ),
                (
                    "vulnerability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="intel.vulnerability",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Alias",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("identifier", longmark.foundation.fields.KeyField(unique=True)),
                (
                    "vulnerability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="aliases",
                        to="intel.vulnerability",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("identifier", longmark.foundation.fields.KeyField()),
                ("is_alias", models.BooleanField()),
                (
                    "advisory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="intel.advisory",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("identifier", "advisory"), name="advisory_links_an_id_once"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="advisory",
            index=models.Index(fields=["source", "-modified_at"], name="newest_of_a_source"),
        ),
        migrations.AddConstraint(
            model_name="advisory",
            constraint=models.UniqueConstraint(
                fields=("record_id", "source"), name="source_has_a_record_once"
            ),
        ),
        migrations.AddIndex(
            model_name="refusal",
            index=models.Index(fields=["intake", "id"], name="refusals_of_an_intake"),
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(fields=["package", "advisory"], name="statements_on_a_package"),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                fields=("advisory", "number"), name="statement_in_its_place"
            ),
        ),
        migrations.AddIndex(
            model_name="exactversion",
            index=models.Index(fields=["package", "text"], name="exact_versions_of_a_package"),
        ),
        migrations.AddIndex(
            model_name="affectedrange",
            index=models.Index(fields=["package", "low", "high"], name="ranges_that_hold_a_key"),
        ),
        migrations.AddConstraint(
            model_name="affectedrange",
            constraint=models.CheckConstraint(
                condition=models.Q(("low__lt", models.F("high"))), name="range_holds_something"
            ),
        ),
        migrations.AddIndex(
            model_name="vulnerability",
            index=models.Index(fields=["-modified_at", "-id"], name="vulnerabilities_newest_first"),
        ),
        migrations.AddIndex(
            model_name="vulnerability",
            index=models.Index(
                condition=models.Q(("exploited_on__isnull", False)),
                fields=["-exploited_on", "-id"],
                name="vulnerabilities_exploited",
            ),
        ),
        migrations.AddConstraint(
            model_name="subject",
            constraint=models.UniqueConstraint(
                fields=("advisory", "vulnerability"), name="advisory_speaks_of_one_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="change",
            constraint=models.UniqueConstraint(
                fields=("intake", "vulnerability"), name="intake_changes_one_once"
            ),
        ),
    ]
