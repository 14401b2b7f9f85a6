"""The precision board in the browser: every number opens the list behind it."""

import pytest
from django.test import Client
from django.urls import reverse

from longmark.accounts.models import Person
from longmark.core.life.events import Kind
from longmark.precision import queries, services
from tests.fleet.test_mismatches import a_drive, rules_of
from tests.fleet.world import (
    BOARD,
    FIRMWARE,
    Drives,
    a,
    a_drive_with_board,
    booked,
    built,
    drives,
    taken,
)
from tests.precision.test_board import REFUSED
from tests.world import NINE


@pytest.fixture
def fleet(transactional_db: None) -> Drives:
    return drives()


def test_every_rule_leads_to_a_list_that_shows_as_much_as_it_counts(
    fleet: Drives, signed_in: Client
):
    rules_of(fleet)
    a_drive(fleet, "1001", fleet.rev_d, fleet.fw_23)
    built(fleet.unit("1002"), slots={BOARD: a(fleet.rev_d)})
    booked(fleet.unit("1002"), Kind.SHIPPED, 20)
    a_drive_with_board(fleet, "1003", "B-3")
    change = {"slots": {FIRMWARE: a(fleet.fw_24)}}
    booked(fleet.unit("1003"), Kind.SOFTWARE_CHANGED, 30, **change)
    taken(REFUSED.replace("1001", "1011").replace("1002", "1012").replace("1003", "1013"))

    for row in queries.board(NINE):
        if row.rule.key in ("drift", "conflicts", "connections", "gone", "notes"):
            continue  # each with its own kind of list: see the tests of these
        listed = signed_in.get(reverse(row.rule.route), row.rule.filters)
        assert listed.status_code == 200
        assert len(listed.context["page"].items) == row.count, row.rule.key
        assert row.count, row.rule.key


def test_the_board_is_shown_and_a_duty_given_on_it(fleet: Drives, signed_in: Client):
    services.read_daily(now=NINE)
    text = signed_in.get(reverse("web:precision")).content.decode()
    assert "Releases without an SBOM" in text
    assert reverse("web:duty-give", args=["no-sbom"]) in text

    person = Person.objects.create(username="lena", first_name="Lena", last_name="Marsh")
    path = reverse("web:duty-give", args=["no-sbom"])
    assert signed_in.get(path).status_code == 200
    assert signed_in.post(path, {"person_id": person.pk}).status_code == 302
    assert "Lena Marsh" in signed_in.get(reverse("web:precision")).content.decode()
