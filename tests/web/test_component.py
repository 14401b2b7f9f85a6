"""A component: where it is used, in which releases and units, and who has them."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from longmark.core.actors import SYSTEM
from longmark.sboms.models import Component, Document
from longmark.sboms.services.documents import add_document, withdraw_document
from tests.findings.world import sbom_bytes
from tests.fleet.world import BOARD, FIRMWARE, a, built
from tests.web.world import World, a_library, more_of_everything
from tests.world import NINE


@pytest.fixture
def component(world: World) -> Component:
    return world.document.occurrences.get(number=1).component


def another_sbom(world: World, label: str, **changes: str) -> Document:
    content = sbom_bytes(a_library() | changes, a_library() | {"name": label, "version": "1"})
    return add_document(world.drives.fw_23, content, label=label, actor=SYSTEM, now=NINE)


def serials(browser: Client, component: Component, **query: object) -> list[str]:
    response = browser.get(reverse("web:component", args=[component.pk]), query)
    return [row.unit.serial for row in response.context["page"].items]


def test_it_names_documents_releases_and_the_products_that_may_hold_them(
    world: World, component: Component, signed_in: Client
):
    response = signed_in.get(reverse("web:component", args=[component.pk]))

    (used,) = response.context["used"]
    assert used.occurrence.document == world.document
    assert used.occurrence.document.release == world.drives.fw_23
    assert used.products == (world.drives.drive,)
    text = response.content.decode()
    for href in (
        reverse("web:release", args=[world.drives.fw_23.pk]),
        reverse("web:sbom", args=[world.document.pk]),
        reverse("web:item", args=[world.drives.drive.pk]),
    ):
        assert f'href="{href}"' in text


def test_units_that_contain_it_and_those_that_may_are_counted_apart(
    world: World, component: Component, signed_in: Client
):
    response = signed_in.get(reverse("web:component", args=[component.pk]))

    reach = response.context["reach"]
    assert (reach.release_count, reach.unit_count, reach.unknown_count) == (1, 2, 1)
    assert reach.customer_count == 1
    assert reverse("web:party", args=[world.customer.pk]) in response.content.decode()


def test_its_numbers_lead_to_the_units_they_count(
    world: World, component: Component, signed_in: Client
):
    assert serials(signed_in, component) == ["1001", "1002", "1003"]
    assert serials(signed_in, component, certainty="affected") == ["1001", "1002"]
    assert serials(signed_in, component, certainty="unknown") == ["1003"]
    assert serials(signed_in, component, q="1002") == ["1002"]
    assert serials(signed_in, component, release=world.drives.fw_23.pk) == ["1001", "1002"]


def test_of_a_release_without_an_sbom_nobody_can_tell(
    world: World, component: Component, signed_in: Client
):
    silent = world.drives.fw_24
    built(
        world.drives.unit("1004"),
        slots={BOARD: a(world.drives.rev_d), FIRMWARE: a(silent)},
        children={BOARD: world.drives.board_unit("B-4")},
    )

    response = signed_in.get(reverse("web:component", args=[component.pk]))

    assert response.context["silent"] == [silent]
    assert response.context["reach"].unknown_count == 2
    assert "Of 1 release beside these nobody can tell" in response.content.decode()
    assert serials(signed_in, component, certainty="unknown") == ["1003", "1004"]


def test_typing_a_serial_number_brings_the_rows_alone(component: Component, signed_in: Client):
    response = signed_in.get(
        reverse("web:component", args=[component.pk]),
        {"q": "1001"},
        headers={"HX-Request": "true"},
    )
    text = response.content.decode()

    assert "<html" not in text
    assert "1001" in text
    assert "1002" not in text


def test_places_turn_page_by_page(world: World, component: Component, signed_in: Client):
    for number in range(60):
        another_sbom(world, f"image-{number:02}")
    path = reverse("web:component", args=[component.pk])
    seen = []
    place = ""

    while place is not None:
        context = signed_in.get(path, {"place": place} if place else {}).context
        seen += [used.occurrence.document_id for used in context["used"]]
        place = context["next_place"]

    assert len(seen) == len(set(seen)) == 61


def test_of_one_that_no_current_sbom_names_nothing_is_counted(
    world: World, component: Component, signed_in: Client
):
    other = another_sbom(world, "other", version="3.1.5", purl="pkg:generic/libmodbus@3.1.5")
    gone = other.occurrences.get(number=1).component
    withdraw_document(other, reason="A wrong file.", actor=SYSTEM, now=NINE)

    text = signed_in.get(reverse("web:component", args=[gone.pk])).content.decode()

    assert "No current SBOM names it." in text
    assert 'id="units"' not in text


def test_downloads_hold_exactly_the_filtered_units(
    world: World, component: Component, signed_in: Client
):
    path = f"/parts/{component.pk}/units.csv"

    rows = b"".join(signed_in.get(path, {"certainty": "unknown"}).streaming_content)
    book = signed_in.get(path.replace("csv", "xlsx"))

    lines = rows.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "1003" in lines[1]
    assert b"".join(book.streaming_content)[:2] == b"PK"


def test_someone_without_a_role_gets_no_units(component: Component, as_otto: Client):
    for ending in ("", "units.csv", "units.xlsx"):
        assert as_otto.get(f"/parts/{component.pk}/{ending}").status_code == 403


def test_it_costs_the_same_for_many_units_and_documents(
    world: World,
    component: Component,
    signed_in: Client,
    tmp_path: Path,
    django_assert_max_num_queries,
):
    path = reverse("web:component", args=[component.pk])
    with django_assert_max_num_queries(36) as few:
        signed_in.get(path)
    more_of_everything(tmp_path, world, 6)
    for number in range(6):
        another_sbom(world, f"image-{number}")

    with django_assert_max_num_queries(len(few)):
        signed_in.get(path)
