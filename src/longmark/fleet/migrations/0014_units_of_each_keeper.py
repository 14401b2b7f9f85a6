from collections import Counter
from uuid import UUID, uuid5

import django.db.models.deletion
from django.db import migrations, models

NAMESPACE = UUID("1d1ad23e-c6f7-5d1e-8a4b-3ad3b7a9ef71")
TOGETHER = 5_000


def add_up(apps, schema_editor):
    """Add up what the census holds already."""
    keepers = Counter()
    census = apps.get_model("fleet", "Census").objects.filter(count__gt=0)
    rows = census.values_list("operator_id", "distributor_id", "state")
    for operator, distributor, state, count in rows.annotate(units=models.Sum("count")).order_by():
        if operator is not None:
            keepers[operator, None, state] += count
        elif distributor is not None:
            keepers[None, distributor, state] += count
    keeper = apps.get_model("fleet", "CensusKeeper")
    keeper.objects.bulk_create(
        [
            keeper(
                id=uuid5(NAMESPACE, "\x1f".join(map(str, key))),
                operator_id=key[0],
                distributor_id=key[1],
                state=key[2],
                count=count,
            )
            for key, count in keepers.items()
        ],
        batch_size=TOGETHER,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("fleet", "0013_events_by_time"),
        ("parties", "0001_parties_sites_and_contacts"),
    ]

    operations = [
        migrations.CreateModel(
            name="CensusKeeper",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
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
                            ("withdrawn", "withdrawn"),
                        ],
                        max_length=16,
                    ),
                ),
                ("count", models.IntegerField()),
                (
                    "distributor",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                    ),
                ),
                (
                    "operator",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("count__gte", 0)),
                        name="census_keepers_no_less_than_none",
                    )
                ],
            },
        ),
        migrations.RunPython(add_up, migrations.RunPython.noop),
    ]
