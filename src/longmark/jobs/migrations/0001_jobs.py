from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=80)),
                ("arguments", models.JSONField(default=dict)),
                ("actor_kind", models.CharField(max_length=20)),
                ("actor_id", models.CharField(max_length=64)),
                ("actor_name", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("enqueued_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("done_count", models.BigIntegerField(default=0)),
                ("total_count", models.BigIntegerField(null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("outcome", models.TextField(blank=True)),
                ("holder", models.CharField(blank=True, max_length=40)),
                ("held_until", models.DateTimeField(null=True)),
                ("is_cancel_asked", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["due_at", "id"],
                        name="jobs_that_are_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "running")),
                        fields=["held_until"],
                        name="jobs_whose_hold_ends",
                    ),
                ],
            },
        ),
    ]
