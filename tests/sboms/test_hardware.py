"""Pieces of hardware in the SBOMs of releases, and the firmware on them."""

import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from longmark.core.actors import SYSTEM, Role
from longmark.ledger.queries import blob_path
from longmark.sboms.models import Document, HardwarePart
from longmark.sboms.queries.hardware import part_count, parts_page
from longmark.sboms.services import hardware
from longmark.sboms.services.documents import add_document, withdraw_document
from tests.sboms.samples import a_bom, a_library
from tests.world import NINE, a_board, a_release

EXAMPLE = "cyclonedx-examples/HBOM/PCIe-SATA-adapter-board/bom.json"
BOARD = b"""<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1"><components>
  <component type="device" bom-ref="u1"><supplier><name>Acme</name></supplier><name>W5500</name>
    <properties><property name="cdx:device:quantity">2</property></properties>
    <components>
      <component type="firmware"><name>rom</name><version>3</version></component>
    </components>
  </component></components></bom>"""

pytestmark = pytest.mark.django_db


def a_part(name: str, *inside: dict[str, Any], **members: Any) -> dict[str, Any]:
    said = {"type": "device", "name": name, "bom-ref": name}
    return said | ({"components": list(inside)} if inside else {}) | members


def a_firmware(name: str, version: str = "1.0") -> dict[str, Any]:
    return {"type": "firmware", "name": name, "version": version, "bom-ref": name}


def with_parts(*parts: dict[str, Any]):
    release = a_release("C", item=a_board())
    add_document(release, a_bom(*parts), actor=SYSTEM, now=NINE)
    return release


def firmware_by_part(release) -> dict[str, list[str]]:
    found = parts_page(release).items
    return {each.stated.name: [str(one.component) for one in each.firmware] for each in found}


def test_firmware_is_told_of_the_part_it_sits_in():
    release = with_parts(
        a_part("mcu", a_firmware("bootloader"), a_part("phy", a_firmware("phy-rom", "2"))),
        a_firmware("loose"),
        a_library("zlib"),
    )

    assert firmware_by_part(release) == {"mcu": ["bootloader 1.0"], "phy": ["phy-rom 2"]}


def test_a_part_without_part_number_goes_by_its_name():
    numbered = a_part("U1", properties=[{"name": "mpn", "value": "STM32H743ZIT6"}])

    found = parts_page(with_parts(numbered, a_part("47155-4001"))).items

    assert [each.part_number for each in found] == ["STM32H743ZIT6", "47155-4001"]


def test_what_the_board_itself_is_counts_as_no_part():
    release = a_release("C", item=a_board())
    about = {"component": {"type": "device", "name": "CB-21", "version": "C"}}
    add_document(release, a_bom(a_part("mcu"), metadata=about), actor=SYSTEM, now=NINE)

    assert part_count(release) == 1


def test_xml_says_the_same_as_json():
    release = a_release("C", item=a_board())
    add_document(release, BOARD, actor=SYSTEM, now=NINE)

    (part,) = parts_page(release).items
    assert (part.occurrence.supplier, part.stated.quantity) == ("Acme", "2")
    assert [str(each.component) for each in part.firmware] == ["rom 3"]


def test_parts_of_a_withdrawn_document_are_gone():
    release = a_release("C", item=a_board())
    document = add_document(release, BOARD, actor=SYSTEM, now=NINE)
    withdraw_document(document, reason="Wrong board.", actor=SYSTEM, now=NINE)

    assert parts_page(release).items == []


def test_parts_that_were_taken_before_parts_were_recorded_are_listed_by_name():
    release = with_parts(a_part("mcu", a_firmware("bootloader")))
    HardwarePart.objects.all().delete()

    assert firmware_by_part(release) == {"mcu": ["bootloader 1.0"]}


def test_pages_of_parts_join_without_gap():
    release = with_parts(*(a_part(f"R{number}") for number in range(5)))

    first = parts_page(release, limit=3)
    rest = parts_page(release, after=first.next, limit=3)
    names = [each.stated.name for page in (first, rest) for each in page.items]
    assert (names, rest.next) == ([f"R{number}" for number in range(5)], None)


@pytest.mark.parametrize("count", [2, 40])
def test_a_page_costs_the_same_for_few_and_many(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
):
    release = with_parts(*(a_part(f"R{n}", a_firmware(f"fw-{n}")) for n in range(count)))

    with django_assert_num_queries(3):
        assert len(parts_page(release).items) == count


def test_the_api_lists_parts(caller: Callable[..., Client]):
    release = with_parts(a_part("mcu", a_firmware("bootloader"), supplier={"name": "Acme"}))

    listed = caller(Role.VIEWER).get(f"/api/v1/releases/{release.pk}/hardware").json()["items"]
    assert [(each["name"], each["manufacturer"]) for each in listed] == [("mcu", "Acme")]
    assert listed[0]["firmware"][0]["name"] == "bootloader"
    assert caller().get(f"/api/v1/releases/{release.pk}/hardware").status_code == 403


@pytest.mark.corpus
def test_a_published_hbom_shows_its_parts(corpus: Path):
    with tarfile.open(corpus / "sbom" / "cyclonedx-examples.tar.xz") as archive:
        file = archive.extractfile(EXAMPLE)
        assert file is not None
        content = file.read()
    release = a_release("1", item=a_board())
    add_document(release, content, actor=SYSTEM, now=NINE)

    found = parts_page(release).items
    said = {each.part_number: (each.occurrence.supplier, each.stated.quantity) for each in found}
    assert len(said) == 6
    assert said["47155-4001"] == ("Molex", "8")
    assert {each.stated.location for each in found} == {"mainboard"}


def test_firmware_that_a_part_only_needs_is_told_of_it_once():
    release = a_release("C", item=a_board())
    ties = [{"ref": "mcu", "dependsOn": ["boot", "rom", "zlib", "phy"]}, {"ref": "rom"}]
    parts = [a_part("mcu", a_firmware("rom")), a_part("phy"), a_firmware("boot"), a_library("zlib")]
    add_document(release, a_bom(*parts, dependencies=ties), actor=SYSTEM, now=NINE)

    assert firmware_by_part(release) == {"mcu": ["rom 1.0", "boot 1.0"], "phy": []}


def test_documents_from_before_hardware_was_read_are_read_once_again():
    mcu = a_part("mcu", properties=[{"name": "cdx:device:quantity", "value": "8"}])
    release = with_parts(mcu, a_firmware("boot"))
    before = list(HardwarePart.objects.values("number", "name", "quantity", "needs"))
    HardwarePart.objects.all().delete()
    Document.objects.update(hardware_version=0)

    assert (hardware.catch_up(), hardware.catch_up()) == (1, 0)
    assert list(HardwarePart.objects.values("number", "name", "quantity", "needs")) == before
    assert parts_page(release).items[0].stated.quantity == "8"


def test_a_document_whose_bytes_are_gone_is_passed_over():
    with_parts(a_part("mcu"))
    blob_path(Document.objects.get().digest).unlink()
    Document.objects.update(hardware_version=0)

    assert (hardware.catch_up(), hardware.catch_up()) == (1, 0)
    assert HardwarePart.objects.count() == 1
