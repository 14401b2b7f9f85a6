"""Pulls: what three systems state comes to the same units, parties and events."""

import pytest

from longmark.connections.models import Connection, SourceUnit
from longmark.fleet.models import Event, Unit
from longmark.fleet.queries import imports
from longmark.parties.models import Party
from tests.connections.conftest import connected, pull
from tests.connections.players import Player

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalog")]


def told() -> set[tuple[str, str, str]]:
    """What happened to which unit on which day."""
    rows = Event.objects.select_related("unit")
    return {
        (row.unit.serial, row.kind, f"{row.occurred_at:%Y-%m-%d}")
        for row in rows
        if row.kind != "serial-assigned"
    }


LIFE = {
    ("SN-1", "built", "2026-11-01"),
    ("SN-1", "shipped", "2026-11-10"),
    ("SN-2", "built", "2026-11-01"),
    ("SN-2", "shipped", "2026-11-10"),
    ("SN-2", "returned", "2026-11-19"),
}


def test_units_customers_and_movements_of_each_system_come_to_the_same(player: Player):
    ended = pull(connected(player))

    assert (ended.state, ended.error) == ("done", "")
    assert told() == LIFE
    assert set(Unit.objects.values_list("serial", flat=True)) == {"SN-1", "SN-2", "SN-3"}
    assert {party.name for party in Party.objects.all()} == {
        "Wasserverband Nordheide",
        "Stadtwerke Elz",
    }
    shipped = Unit.objects.get(serial="SN-1")
    assert shipped.operator is not None and shipped.operator.name == "Stadtwerke Elz"


def test_the_same_pulled_again_changes_nothing(player: Player):
    connected(player)
    pull()
    before = list(Event.objects.order_by("unit_id", "seq").values())

    again = pull(is_whole=True)

    assert again.source is not None
    counts = (again.source.created_count, again.source.changed_count, again.source.refused_count)
    assert counts == (0, 0, 0)
    assert list(Event.objects.order_by("unit_id", "seq").values()) == before


def test_what_was_read_before_makes_no_list_again(player: Player):
    connected(player)
    pull()

    again = pull()

    assert (again.state, again.source) == ("done", None)


def test_what_the_catalog_does_not_know_is_refused_visibly(stock: Player):
    unknown = stock.part("XX-9")  # type: ignore[attr-defined]
    item = stock.item(unknown, "X-1")  # type: ignore[attr-defined]
    stock.happened(item, 55, "2026-11-02 08:00")  # type: ignore[attr-defined]

    ended = pull(connected(stock))

    assert ended.state == "done"
    assert ended.source is not None
    refusals = imports.refusals_page(ended.source).items
    assert {("XX-9" in each.why, each.serial) for each in refusals} == {(True, "X-1")}


def test_what_the_system_has_no_more_is_told_and_left_alone(stock: Player):
    connected(stock)
    pull()
    stock.items = [each for each in stock.items if each["serial"] != "SN-3"]  # type: ignore[attr-defined]

    ended = pull(is_whole=True)

    assert ended.gone_count == 1
    gone = SourceUnit.objects.get(gone_at__isnull=False)
    assert (gone.item, gone.serial) == ("TG-200", "SN-3")
    assert Unit.objects.filter(serial="SN-3").exists()


def test_a_pull_that_is_killed_goes_on_behind_its_last_page(player: Player):
    connected(player)

    with pytest.raises(KeyboardInterrupt):
        pull(stop_after=2)
    asked_before = len(player.asked)
    ended = pull()

    assert (ended.state, told()) == ("done", LIFE)
    again = [each.path for each in player.asked[asked_before:]]
    assert "/api/company/" not in again and "/api/resource/Customer" not in again
    assert Connection.objects.get().cursors == {}
