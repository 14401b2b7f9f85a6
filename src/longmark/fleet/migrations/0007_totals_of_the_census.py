from collections import Counter
from uuid import UUID, uuid5

import django.db.models.deletion
from django.db import migrations, models

COLUMNS = ("configuration_id", "country", "state", "operator_id", "distributor_id", "count")
NAMESPACE = UUID("1d1ad23e-c6f7-5d1e-8a4b-3ad3b7a9ef71")
TOGETHER = 5_000


def add_up(apps, schema_editor):
    """Add up what the census holds already."""
    totals = Counter()
    census = apps.get_model("fleet", "Census").objects.filter(count__gt=0).order_by("id")
    for *told, operator, distributor, count in census.values_list(*COLUMNS).iterator():
        totals[*told, operator is not None, distributor is not None] += count
    total = apps.get_model("fleet", "CensusTotal")
    total.objects.bulk_create(
        [
            total(
                id=uuid5(NAMESPACE, "\x1f".join(map(str, key))),
                configuration_id=key[0],
                country=key[1],
                state=key[2],
                is_operator_known=key[3],
                is_distributor_known=key[4],
                count=count,
            )
            for key, count in totals.items()
        ],
        batch_size=TOGETHER,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("fleet", "0006_keys_of_identification_links"),
        ("parties", "0001_parties_sites_and_contacts"),
    ]

    operations = [
        migrations.CreateModel(
            name="CensusTotal",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("country", models.CharField(blank=True, max_length=2)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("registered", "registered"),
                            ("built", "built"),
                            ("shipped", "shipped"),
                            ("commissioned", "commissioned"),
                            ("returned", "returned"),
                            ("decommissioned", "decommissioned"),
                            ("replaced", "replaced"),
                            ("lost", "lost"),
                            ("scrapped", "scrapped"),
                        ],
                        max_length=16,
                    ),
                ),
                ("is_operator_known", models.BooleanField()),
                ("is_distributor_known", models.BooleanField()),
                ("count", models.IntegerField()),
            ],
        ),
        migrations.AddIndex(
            model_name="census",
            index=models.Index(
                condition=models.Q(("operator__isnull", False)),
                fields=["operator"],
                name="census_of_an_operator",
            ),
        ),
        migrations.AddIndex(
            model_name="census",
            index=models.Index(
                condition=models.Q(("distributor__isnull", False)),
                fields=["distributor"],
                name="census_of_a_distributor",
            ),
        ),
        migrations.AddField(
            model_name="censustotal",
            name="configuration",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="totals",
                to="fleet.configuration",
            ),
        ),
        migrations.AddIndex(
            model_name="censustotal",
            index=models.Index(fields=["configuration", "state"], name="totals_of_a_configuration"),
        ),
        migrations.AddConstraint(
            model_name="censustotal",
            constraint=models.CheckConstraint(
                condition=models.Q(("count__gte", 0)), name="census_totals_no_less_than_none"
            ),
        ),
        migrations.RunPython(add_up, migrations.RunPython.noop),
    ]
