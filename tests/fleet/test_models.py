"""What distribution by unit asks of the tables, checked on their definitions."""

import pytest
from django.apps import apps
from django.db import models

UNIT_TABLES = ["Event", "Installation", "Custody", "UnitAlias"]


def fields_of(model: type[models.Model]) -> list[models.Field]:
    return list(model._meta.concrete_fields)


@pytest.mark.parametrize("name", UNIT_TABLES)
def test_every_key_of_a_unit_table_contains_the_unit(name: str):
    model = apps.get_model("fleet", name)
    unique = [c.fields for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]

    assert model._meta.pk.field_names[0] == "unit_id"  # type: ignore[attr-defined]
    assert all("unit" in keys for keys in unique)
    assert not [field for field in fields_of(model) if field.unique]


@pytest.mark.parametrize("model", apps.get_models(), ids=lambda model: model._meta.label)
def test_no_constraint_points_to_a_unit(model: type[models.Model]):
    unit = apps.get_model("fleet", "Unit")
    pointing = [
        field
        for field in fields_of(model)
        if isinstance(field, models.ForeignKey) and field.related_model is unit
    ]

    assert not [field for field in pointing if field.db_constraint]
