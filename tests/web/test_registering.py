"""The catalog and the parties, written in the browser."""

import pytest
from django.test import Client

from longmark.catalog.models import Fit, Item, Release, Slot, SupportPeriod
from longmark.ledger.models import Entry
from longmark.parties.models import Contact, Party, Site
from tests.web.world import World

PRODUCT = {"kind": "product", "name": "TG-300", "identified_by": "serial"}
PERIOD = {"starts_on": "2026-01-15", "years": 7, "expected_use_years": 15, "reasoning": "Pumps."}


def last_action() -> str:
    return Entry.objects.order_by("-id").values_list("action", flat=True)[0]


def test_first_product_is_registered_from_the_empty_list(signed_in: Client) -> None:
    assert "Register your first product" in signed_in.get("/items/").content.decode()

    page = signed_in.post("/items/new/", {**PRODUCT, "numbers": "SAP: 47-11"}, follow=True)

    assert "TG-300 is registered." in page.content.decode()
    assert Item.objects.get().numbers.get().number == "47-11"
    assert last_action() == "catalog.item-registered"


def test_name_that_is_taken_is_refused_and_the_text_kept(world: World, signed_in: Client) -> None:
    answer = signed_in.post("/items/new/", {**PRODUCT, "name": "TG-200", "title": "A drive"})

    assert answer.status_code == 422
    assert "is registered already" in answer.content.decode()
    assert 'value="A drive"' in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("serial_pattern", "[", "Not a regular expression"),
        ("numbers", "4711", "“4711” is not a system, a colon and a number."),
        ("numbers", "SAP: 1\nSAP: 2", "SAP gives two numbers"),
        ("kind", "firmware", "Firmware has no pieces with numbers of their own"),
    ],
)
def test_what_cannot_be_said_of_an_item_is_told(
    field: str, value: str, said: str, signed_in: Client
) -> None:
    answer = signed_in.post("/items/new/", {**PRODUCT, field: value})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Item.objects.exists()


def test_summary_of_errors_links_to_the_fields(signed_in: Client) -> None:
    page = signed_in.post("/items/new/", {"kind": "product"}).content.decode()

    for target in ("id_name", "id_identified_by"):
        assert f'href="#{target}"' in page
        assert f'id="{target}"' in page


def test_release_is_allowed_where_earlier_ones_are(world: World, signed_in: Client) -> None:
    item = world.drives.fw_23.item
    slot = Slot.objects.get(name="main-firmware")
    path = f"/items/{item.pk}/releases/new/"
    assert "CB-21: main-firmware" in signed_in.get(path).content.decode()

    signed_in.post(path, {"version": "2.5.0", "status": "released", "slots": [slot.pk]})

    release = Release.objects.get(version="2.5.0")
    assert Fit.objects.filter(slot=slot, release=release).exists()


def test_release_that_is_known_comes_back(world: World, signed_in: Client) -> None:
    path = f"/items/{world.drives.fw_23.item_id}/releases/new/"
    answer = signed_in.post(path, {"version": "2.3.1", "status": "released"})

    assert answer.status_code == 422
    assert "tg200-fw has a release 2.3.1." in answer.content.decode()


def test_status_of_a_release_is_changed(world: World, signed_in: Client) -> None:
    path = f"/releases/{world.drives.fw_23.pk}/status/"
    page = signed_in.post(path, {"status": "superseded"}, follow=True).content.decode()

    assert "tg200-fw 2.3.1 is superseded now." in page
    assert Entry.objects.filter(action="catalog.release-status-changed").count() == 1


def test_slot_is_defined_with_every_release_of_an_item(world: World, signed_in: Client) -> None:
    firmware = world.drives.fw_23.item_id
    path = f"/items/{world.drives.board.pk}/slots/new/"

    page = signed_in.post(path, {"name": "boot", "fits": [f"i{firmware}"]}, follow=True)

    assert "Units that say nothing of it count as unknown." in page.content.decode()
    assert Fit.objects.filter(slot__name="boot").count() == 2


def test_slot_with_a_wrong_name_keeps_what_was_ticked(world: World, signed_in: Client) -> None:
    code = f"r{world.drives.fw_23.pk}"
    path = f"/items/{world.drives.board.pk}/slots/new/"
    answer = signed_in.post(path, {"name": "Boot!", "fits": [code]})

    assert answer.status_code == 422
    assert "is not a slot name" in answer.content.decode()
    assert answer.context["form"]["fits"].value() == [code]


def test_further_release_is_allowed_in_a_slot(world: World, signed_in: Client) -> None:
    path = f"/items/{world.drives.drive.pk}/slots/parameters/"
    signed_in.post(path, {"fits": [f"r{world.drives.fw_24.pk}"]})

    assert Fit.objects.filter(slot__name="parameters", release=world.drives.fw_24).exists()


def test_release_is_allowed_in_further_slots(world: World, signed_in: Client) -> None:
    slot = Slot.objects.get(name="control-board")
    signed_in.post(f"/releases/{world.drives.fw_23.pk}/slots/", {"slots": []})
    answer = signed_in.get(f"/releases/{world.drives.fw_23.pk}/slots/")

    assert answer.status_code == 200
    assert str(slot.pk) not in [code for code, _ in answer.context["form"].fields["slots"].choices]


def test_support_period_is_decided_with_its_article(world: World, signed_in: Client) -> None:
    path = f"/items/{world.drives.drive.pk}/support/"
    assert "CRA Art. 13(8)" in signed_in.get(path).content.decode()

    page = signed_in.post(path, PERIOD, follow=True).content.decode()

    assert "TG-200 is supported until 15 Jan 2033." in page
    assert SupportPeriod.objects.get().reasoning == "Pumps."


def test_support_period_below_five_years_is_refused_at_its_field(
    world: World, signed_in: Client
) -> None:
    path = f"/items/{world.drives.drive.pk}/support/"
    answer = signed_in.post(path, {**PERIOD, "years": 3})

    assert answer.status_code == 422
    assert "CRA Article 13(8)" in answer.context["form"].errors["years"][0]


def test_party_site_and_contact_are_registered(signed_in: Client) -> None:
    party = {"name": "Stadtwerke Brennertal", "kind": "customer", "language": "de", "country": "AT"}
    signed_in.post("/parties/new/", party)
    pk = Party.objects.get().pk
    signed_in.post(f"/parties/{pk}/sites/new/", {"name": "Kläranlage"})
    contact = {"name": "Eva Rainer", "email": "eva@brennertal.example", "language": "de"}

    page = signed_in.post(
        f"/parties/{pk}/contacts/new/", {**contact, "site": Site.objects.get().pk}, follow=True
    )

    assert "Eva Rainer is to be told at Stadtwerke Brennertal." in page.content.decode()
    assert Contact.objects.get().site == Site.objects.get()
    assert Site.objects.get().country == "AT"


def test_contact_without_an_address_comes_back(world: World, signed_in: Client) -> None:
    path = f"/parties/{world.customer.pk}/contacts/new/"
    answer = signed_in.post(path, {"name": "Eva Rainer", "language": "de"})

    assert answer.status_code == 422
    assert "Give a mail address or a telephone number." in answer.content.decode()
    assert 'value="Eva Rainer"' in answer.content.decode()


def test_contact_is_erased_after_the_consequence_was_said(world: World, signed_in: Client) -> None:
    contact = {"name": "Eva Rainer", "phone": "+49 5195 1", "language": "de"}
    signed_in.post(f"/parties/{world.customer.pk}/contacts/new/", contact)
    path = f"/contacts/{Contact.objects.get().pk}/erase/"
    assert "nobody is left then who could be told" in signed_in.get(path).content.decode()

    signed_in.post(path)

    assert not Contact.objects.exists()
    assert last_action() == "parties.contact-erased"


WRITTEN = [
    "/items/new/",
    "/items/{item}/releases/new/",
    "/items/{item}/slots/new/",
    "/items/{item}/slots/control-board/",
    "/items/{item}/support/",
    "/releases/{release}/status/",
    "/releases/{release}/slots/",
    "/parties/new/",
    "/parties/{party}/sites/new/",
    "/parties/{party}/contacts/new/",
    "/units/{unit}/book/swap/",
    "/units/{unit}/events/1/correct/",
    "/units/{unit}/events/1/withdraw/",
]


def addressed(path: str, world: World) -> str:
    return path.format(
        item=world.drives.drive.pk,
        release=world.drives.fw_23.pk,
        party=world.customer.pk,
        unit=world.affected.pk,
    )


@pytest.mark.parametrize("path", WRITTEN)
def test_form_stands_for_who_may(path: str, world: World, signed_in: Client) -> None:
    page = signed_in.get(addressed(path, world))

    assert page.status_code == 200
    assert page.content.decode().count("<h1") == 1


@pytest.mark.parametrize("path", WRITTEN)
@pytest.mark.parametrize("way", ["get", "post"])
def test_form_is_refused_to_who_may_only_read(
    path: str, way: str, world: World, as_viewer: Client, as_otto: Client
) -> None:
    before = Entry.objects.count()

    for browser in (as_viewer, as_otto):
        assert getattr(browser, way)(addressed(path, world)).status_code == 403
    assert Entry.objects.count() == before


@pytest.mark.parametrize("path", ["/items/", "/items/{item}/", "/parties/", "/parties/{party}/"])
def test_buttons_are_for_those_who_may(
    path: str, world: World, signed_in: Client, as_viewer: Client
) -> None:
    path = addressed(path, world)

    assert ">Register a" in signed_in.get(path).content.decode()
    assert ">Register a" not in as_viewer.get(path).content.decode()
