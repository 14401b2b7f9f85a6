"""Other names of units: recorded, ended, looked for, and one unit at a time has each."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from longmark.core.actors import SYSTEM, Actor, Role
from longmark.core.errors import Invalid, NotAllowed, NotFound, Refused
from longmark.core.life.events import CustodyRole
from longmark.core.vocabulary import AliasKind
from longmark.fleet.models import Unit, UnitAlias
from longmark.fleet.queries import units
from longmark.fleet.services import aliases
from longmark.ledger import queries as ledger
from tests.fleet.test_imports import counts, refused
from tests.fleet.world import Drives, built, day, drives, kept_by, taken, unit_named
from tests.world import NINE, a_party

pytestmark = pytest.mark.django_db

MAC, TAG, EQUIPMENT = AliasKind.MAC, AliasKind.CUSTOMER_TAG, AliasKind.EQUIPMENT


@pytest.fixture
def world() -> Drives:
    return drives()


def named(unit: Unit, kind: AliasKind, value: str, *, since: int = 0, actor: Actor = SYSTEM):
    return aliases.record_alias(
        unit, kind=kind, value=value, since=day(since), actor=actor, now=NINE
    )


def ended(unit: Unit, number: int, until: int, *, actor: Actor = SYSTEM):
    return aliases.end_alias(unit, number, until=day(until), actor=actor, now=NINE)


def called(text: str, **asked: object) -> list[str]:
    return [unit.serial for unit, _ in units.units_called(text, **asked)]  # type: ignore[arg-type]


def test_a_unit_is_found_by_its_mac_address_however_it_is_written(world: Drives):
    named(built(world.unit("1")), MAC, "00:1b:63:84:45:e6")

    for text in ("001B638445E6", "00-1b-63-84-45-e6", "001b.6384.45e6"):
        assert called(text) == ["1"]
    assert [unit.serial for unit in units.find_units("00:1B:63")] == ["1"]


def test_a_name_that_another_unit_has_is_refused(world: Drives):
    named(built(world.unit("1")), EQUIPMENT, "10012345", since=3)

    with pytest.raises(Refused, match="10012345 names TG-200 1 since 2026-01-04"):
        named(built(world.unit("2")), EQUIPMENT, " 1001 2345", since=9)


def test_a_name_that_has_ended_is_free_and_keeps_its_time(world: Drives):
    first, second = built(world.unit("1")), built(world.unit("2"))
    named(first, EQUIPMENT, "10012345")
    ended(first, 1, 20)
    named(second, EQUIPMENT, "10012345", since=20)

    assert called("10012345") == ["2"]
    assert called("10012345", on=day(19)) == ["1"]
    assert called("10012345", on=day(20)) == ["2"]
    with pytest.raises(Refused, match="names TG-200 2"):
        named(first, EQUIPMENT, "10012345", since=30)


def test_a_name_cannot_begin_before_another_units_has_ended(world: Drives):
    first = built(world.unit("1"))
    named(first, EQUIPMENT, "10012345")
    ended(first, 1, 20)

    with pytest.raises(Refused, match="10012345 names TG-200 1"):
        named(built(world.unit("2")), EQUIPMENT, "10012345", since=10)


def test_tags_of_two_customers_may_coincide(world: Drives):
    party, other = a_party(), a_party("Stadtwerke Brenntal")
    for serial, keeper in (("1", party), ("2", other)):
        held = {CustodyRole.OPERATOR: kept_by(keeper)}
        named(built(world.unit(serial), custody=held), TAG, "P-101")

    third = built(world.unit("3"), custody={CustodyRole.OPERATOR: kept_by(party)})
    with pytest.raises(Refused, match="P-101 names TG-200 1"):
        named(third, TAG, "p-101")


@pytest.mark.parametrize(
    ("number", "until", "error", "why"),
    [
        (9, 5, NotFound, "has no alias 9"),
        (1, 0, Invalid, "holds since 2026-01-01: it cannot end before"),
        (1, 360, Invalid, "Must not lie in the future"),
    ],
)
def test_a_name_ends_after_it_began_and_not_ahead(world: Drives, number, until, error, why):
    unit = built(world.unit("1"))
    named(unit, EQUIPMENT, "10012345")

    with pytest.raises(error, match=why):
        ended(unit, number, until)


def test_ending_stands_in_the_ledger_once(world: Drives, lena: Actor, otto: Actor):
    unit = built(world.unit("1"))
    named(unit, EQUIPMENT, "10012345")
    with pytest.raises(NotAllowed):
        ended(unit, 1, 5, actor=otto)
    ended(unit, 1, 5, actor=lena)
    with pytest.raises(Refused, match="has ended already"):
        ended(unit, 1, 6)

    (entry,) = ledger.entries_page(action="fleet.alias-ended").items
    assert ledger.payload_of(entry)["value"] == "10012345"


def test_names_over_rest(world: Drives, caller: Callable[..., Client]):
    client, unit = caller(Role.SERVICE), built(world.unit("1"))
    body = {"kind": "link", "value": "https://id.example.com/u/1", "since": "2026-01-01T00:00:00Z"}
    root = f"/api/v1/units/{unit.pk}/aliases"
    assert client.post(root, body, "application/json").status_code == 201

    (row,) = client.get("/api/v1/aliases", {"value": "https://id.example.com/u/1"}).json()
    assert (row["unit"]["serial"], row["alias"]["number"]) == ("1", 1)
    end = client.post(f"{root}/1/end", {"until": "2026-02-01T00:00:00Z"}, "application/json")
    assert end.json()["valid_to"] == "2026-02-01T00:00:00Z"
    asked = {"value": body["value"], "on": "2026-01-31"}
    assert len(client.get("/api/v1/aliases", asked).json()) == 1
    assert client.get("/api/v1/aliases", {"value": body["value"]}).json() == []


def test_a_new_name_counts_from_its_day_whatever_the_clock(world: Drives):
    unit = built(world.unit("1"))
    with pytest.raises(Invalid, match="Must not lie in the future"):
        aliases.record_alias(
            unit, kind=MAC, value="001b638445e6", since=NINE + timedelta(1), actor=SYSTEM, now=NINE
        )


def test_lists_name_units_in_the_form_of_the_kind(world: Drives):
    rows = "item;serial;date;EQUNR;MAC-Adresse\nTG-200;1;2026-01-05;10012345;001b638445e6\n"
    taken(rows)
    taken(rows)

    found = [(each.kind, each.value) for each in units.aliases_of(unit_named(world.drive, "1"))]
    assert found == [("equipment", "10012345"), ("mac", "00:1B:63:84:45:E6")]
    assert called("00-1b-63-84-45-e6") == ["1"]


def test_a_name_in_a_list_that_another_unit_has_refuses_its_row(world: Drives):
    taken("item;serial;date;equipment number\nTG-200;1;2026-01-05;10012345\n")
    (why,) = refused("item;serial;date;equipment number\nTG-200;2;2026-01-06;10012345\n")
    assert "10012345 is a name of 1" in why

    head = "item;serial;date;mac\n"
    twice = head + "TG-200;3;2026-01-06;001b638445e6\nTG-200;4;2026-01-06;00-1b-63-84-45-e6\n"
    assert counts(taken(twice)) == (1, 0, 0, 1)
    assert called("001b638445e6") == ["3"]
    (why,) = refused(head + "TG-200;5;2026-01-06;zz\n")
    assert "is no MAC address" in why


def test_the_database_lets_a_unit_bear_a_name_once_at_a_time(world: Drives):
    unit = built(world.unit("1001"))
    since = NINE - timedelta(days=3)
    same = {"unit_id": unit.pk, "kind": AliasKind.MAC, "value": "x", "value_folded": "x"}
    UnitAlias.objects.create(number=1, valid_from=since, valid_to=NINE, **same)
    UnitAlias.objects.create(number=2, valid_from=NINE, **same)

    with pytest.raises(IntegrityError), transaction.atomic():
        UnitAlias.objects.create(number=3, valid_from=NINE, **same)
