"""Trails move out of the matches, without what they say of one component, and are shared."""

import hashlib
from itertools import islice

import django.db.models.deletion
import msgspec
from django.db import migrations, models

BATCH_ROWS = 2_000
VERSION_AT = 7  # in a stored step; the key follows it


def share(apps, schema_editor):
    matches = apps.get_model("findings", "Match").objects
    evidence = apps.get_model("findings", "Evidence").objects
    rows = matches.order_by("pk").values_list("pk", "trail").iterator(BATCH_ROWS)
    while batch := list(islice(rows, BATCH_ROWS)):
        wanted = {pk: _shared(trail) for pk, trail in batch}
        encoded = {_digest(trail): trail for trail in wanted.values()}
        known = dict(evidence.filter(digest__in=encoded).values_list("digest", "pk"))
        for digest, trail in encoded.items():
            if digest not in known:
                known[digest] = evidence.create(digest=digest, trail=trail).pk
        for pk, trail in wanted.items():
            matches.filter(pk=pk).update(evidence_id=known[_digest(trail)])


def part(apps, schema_editor):
    """Matches are derived: without their trails they are told again by matching everything."""
    apps.get_model("findings", "Match").objects.all().delete()


def _shared(trail):
    steps = [[*step[:VERSION_AT], *step[VERSION_AT + 2 :]] for step in trail["s"]]
    return {"v": trail["v"], "r": trail["r"], "s": steps}


def _digest(trail):
    return hashlib.blake2b(msgspec.json.encode(trail), digest_size=16).hexdigest()


class Migration(migrations.Migration):
    dependencies = [("findings", "0001_matches_findings_and_runs")]

    operations = [
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=32, unique=True)),
                ("trail", models.JSONField()),
            ],
        ),
        migrations.RenameField("match", "evidence", "trail"),
        migrations.AddField(
            "match",
            "evidence",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="findings.evidence",
            ),
        ),
        migrations.RunPython(share, part),
        migrations.RemoveField("match", "trail"),
        migrations.AlterField(
            "match",
            "evidence",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="findings.evidence",
            ),
        ),
    ]
