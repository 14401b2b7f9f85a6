"""A unit bears a name of one kind once at a time; those that it bears twice end as they begin."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Count, F, Min


def end_twins(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    aliases = apps.get_model("fleet", "UnitAlias").objects.using(schema_editor.connection.alias)
    named = ("unit_id", "kind", "value_folded")
    twice = (
        aliases.filter(valid_to=None)
        .order_by()
        .values(*named)
        .annotate(count=Count("number"), first=Min("number"))
        .filter(count__gt=1)
    )
    for twin in list(twice):
        same = aliases.filter(valid_to=None, **{name: twin[name] for name in named})
        same.filter(number__gt=twin["first"]).update(valid_to=F("valid_from"))


class Migration(migrations.Migration):
    dependencies = [("fleet", "0014_units_of_each_keeper")]

    operations = [
        migrations.RunPython(end_twins, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="unitalias",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to", None)),
                fields=("unit", "kind", "value_folded"),
                name="unit_bears_a_name_once",
            ),
        ),
    ]
