"""Parties, sites, contacts."""

import pytest
from django.db import transaction

from longmark.core.actors import SYSTEM, Actor
from longmark.core.errors import Invalid, NotAllowed, Refused
from longmark.core.vocabulary import PartyKind
from longmark.ledger import queries as ledger
from longmark.parties import queries, services
from longmark.parties.models import Contact
from tests.world import NINE, a_party, a_site

pytestmark = pytest.mark.django_db


def test_a_name_differs_by_more_than_case_and_spaces():
    a_party("Stadtwerke Brennertal GmbH")

    with pytest.raises(Refused, match="registered already"):
        a_party(" stadtwerke  BRENNERTAL GmbH")


@pytest.mark.parametrize("country", ["Germany", "D", "1A"])
def test_a_country_has_two_letters(country: str):
    with pytest.raises(Invalid, match="Give two letters"):
        a_party(country=country)


def test_a_site_is_in_the_country_of_its_party_unless_stated():
    assert a_site(a_party(country="AT")).country == "AT"


def test_a_contact_speaks_the_language_of_its_party():
    contact = services.register_contact(
        a_party(), "Henrike Voss", email="voss@nordheide.example", actor=SYSTEM, now=NINE
    )

    assert contact.language == "en"


def test_a_contact_can_be_reached():
    with pytest.raises(Invalid, match="mail address or a telephone"):
        services.register_contact(a_party(), "Henrike Voss", actor=SYSTEM, now=NINE)


def test_an_erased_contact_leaves_no_name_in_the_ledger():
    contact = services.register_contact(
        a_party(), "Henrike Voss", email="voss@nordheide.example", actor=SYSTEM, now=NINE
    )
    services.erase_contact(contact, actor=SYSTEM, now=NINE)

    assert not Contact.objects.exists()
    assert all("Voss" not in entry.body for entry in ledger.entries_page().items)


def test_an_outsider_registers_no_party(otto: Actor):
    with pytest.raises(NotAllowed):
        services.register_party("X", kind=PartyKind.CUSTOMER, actor=otto, now=NINE)


def test_an_import_registers_the_parties_it_does_not_know():
    known = a_party("Known AG")
    wanted = [
        services.PartyName("known ag", PartyKind.CUSTOMER),
        services.PartyName("New GmbH", PartyKind.CUSTOMER, "DE"),
    ]

    with transaction.atomic():
        ids = services.ensure_parties(wanted, actor=SYSTEM, now=NINE)
    assert ids["known ag"] == known.pk
    assert queries.party(ids["new gmbh"]).country == "DE"


def test_parties_page_by_name_one_query_a_page(django_assert_num_queries):
    for number in range(5):
        a_party(f"Party {number}")

    with django_assert_num_queries(1):
        first = queries.parties_page(limit=3)
    second = queries.parties_page(limit=3, after=first.next)
    assert [party.name for party in first.items + second.items] == [
        f"Party {number}" for number in range(5)
    ]
    assert second.next is None
