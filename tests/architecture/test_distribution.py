"""What distribution by unit asks of the tables (decision 0031), read from their definitions."""

import pytest
from django.apps import apps
from django.db import connection, models

UNIT = "fleet.Unit"
COPIED = {
    "catalog.Item",
    "catalog.Release",
    "parties.Party",
    "parties.Site",
    "fleet.Configuration",
    "fleet.ParameterSet",
}
"""Small enough to be copied to every server: what unit tables may refer to."""

MODELS = {model._meta.label: model for model in apps.get_models()}


def references(model: type[models.Model]) -> list[models.ForeignKey]:
    fields = model._meta.concrete_fields
    return [field for field in fields if isinstance(field, models.ForeignKey)]


def is_of_a_unit(model: type[models.Model]) -> bool:
    return model._meta.label == UNIT or any(
        field.attname == "unit_id" for field in model._meta.concrete_fields
    )


UNIT_TABLES = sorted(label for label, model in MODELS.items() if is_of_a_unit(model))


def keys(model: type[models.Model]) -> list[tuple[str, ...]]:
    """The columns of every key: the primary one, and what is unique."""
    key = model._meta.pk
    parts = getattr(key, "field_names", None) or (key.attname,)  # type: ignore[union-attr]
    unique = [c.fields for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]
    single = [
        (field.attname,)
        for field in model._meta.concrete_fields
        if field.unique and not field.primary_key
    ]
    return [tuple(parts), *map(tuple, unique), *map(tuple, model._meta.unique_together), *single]


@pytest.mark.parametrize("label", UNIT_TABLES)
def test_every_key_of_a_unit_table_contains_the_unit(label: str):
    own = {"id"} if label == UNIT else {"unit", "unit_id"}

    assert [key for key in keys(MODELS[label]) if not own & {*key}] == []


@pytest.mark.parametrize("label", UNIT_TABLES)
def test_a_unit_table_refers_to_what_every_server_has(label: str):
    bound = [field for field in references(MODELS[label]) if field.db_constraint]

    assert {field.related_model._meta.label for field in bound} <= COPIED


@pytest.mark.parametrize("label", sorted(COPIED))
def test_what_every_server_has_refers_to_nothing_else_of_the_fleet(label: str):
    bound = {field.related_model._meta.label for field in references(MODELS[label])}

    assert {other for other in bound if other.startswith("fleet.")} <= COPIED


def test_no_constraint_points_to_a_unit():
    bound = [
        f"{label}.{field.name}"
        for label, model in MODELS.items()
        for field in references(model)
        if field.db_constraint and is_of_a_unit(field.related_model)
    ]

    assert bound == []


def test_the_unit_tables_are_found():
    assert {UNIT, "fleet.Event", "fleet.Installation", "fleet.Custody"} <= {*UNIT_TABLES}


@pytest.mark.django_db
def test_no_table_has_a_trigger():
    asked = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)

        assert cursor.fetchall() == []
