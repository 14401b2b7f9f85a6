"""Registering items and releases, and what may sit where."""

from datetime import date, timedelta

import pytest

from longmark.catalog import queries, services
from longmark.core.actors import Actor
from longmark.core.errors import Invalid, NotAllowed, Refused
from longmark.core.vocabulary import ReleaseStatus
from longmark.ledger import queries as ledger
from tests.world import NINE, a_board, a_product, a_release, a_slot, an_item

pytestmark = pytest.mark.django_db


def test_a_registered_item_stands_in_the_ledger(finn: Actor):
    item = services.register_item("tg200-fw", kind="firmware", actor=finn, now=NINE)

    entry = ledger.entries_page(subject_kind="catalog.item", subject_id=str(item.pk)).items[0]
    assert (entry.action, entry.actor_name) == ("catalog.item-registered", "Finn")
    assert ledger.payload_of(entry)["name"] == "tg200-fw"


def test_a_name_belongs_to_one_item():
    an_item("tg200-fw")

    with pytest.raises(Refused, match='"tg200-fw"'):
        an_item("tg200-fw")
    assert len(ledger.entries_page().items) == 1


def test_an_outsider_registers_nothing(otto: Actor):
    with pytest.raises(NotAllowed, match="change-catalog"):
        services.register_item("tg200-fw", kind="firmware", actor=otto, now=NINE)
    assert not ledger.entries_page().items


def test_releases_stand_in_the_order_of_their_versions():
    item = an_item()
    for version in ("2.10.0", "2.9.1", "2.9.1-rc1"):
        a_release(version, item=item)

    assert [release.version for release in queries.releases_of(item)] == [
        "2.9.1-rc1",
        "2.9.1",
        "2.10.0",
    ]


def test_what_is_released_was_not_released_tomorrow():
    with pytest.raises(Invalid, match="future"):
        a_release(released_on=NINE.date() + timedelta(days=1))


def test_a_release_becomes_no_draft_again(finn: Actor):
    release = a_release()

    with pytest.raises(Refused, match="cannot become draft"):
        services.change_release_status(release, ReleaseStatus.DRAFT, actor=finn, now=NINE)


def test_one_release_fits_slots_of_several_items():
    firmware = a_release()
    board, product = a_board(), a_product()
    a_slot(board, "main-firmware", firmware)
    a_slot(product, "main-firmware", firmware)

    places = [(place.item.name, place.slot.name) for place in queries.places_of(firmware)]
    assert places == [("CB-21", "main-firmware"), ("TG-200", "main-firmware")]


def test_firmware_has_no_slots():
    with pytest.raises(Refused, match="has no slots"):
        a_slot(an_item(), "main-firmware")


@pytest.mark.parametrize("name", ["Control Board", "", "-x", "ä"])
def test_a_slot_name_is_plain(name: str):
    with pytest.raises(Invalid, match="not a slot name"):
        a_slot(a_board(), name)


def test_a_support_period_needs_five_years(finn: Actor):
    with pytest.raises(Invalid, match="at least 5 years"):
        services.decide_support_period(
            a_product(),
            starts_on=date(2024, 2, 14),
            years=3,
            expected_use_years=15,
            reasoning="Drives run for fifteen years.",
            actor=finn,
            now=NINE,
        )


def test_the_newest_support_period_holds(finn: Actor):
    product = a_product()
    for years in (5, 7):
        services.decide_support_period(
            product,
            starts_on=date(2024, 2, 14),
            years=years,
            expected_use_years=15,
            reasoning="Drives run for fifteen years.",
            actor=finn,
            now=NINE,
        )

    period = queries.support_period(product)
    assert period is not None
    assert period.ends_on == date(2031, 2, 14)


@pytest.mark.parametrize("count", [1, 20])
def test_slots_cost_two_queries_however_many(count: int, django_assert_num_queries):
    board = a_board()
    item = an_item()
    for number in range(count):
        a_slot(board, f"slot-{number}", a_release(f"1.{number}", item=item))

    with django_assert_num_queries(2):
        assert len(queries.slots_of(board)) == count
