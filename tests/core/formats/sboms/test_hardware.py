"""What bills of materials say of hardware, in properties."""

import pytest

from longmark.core.formats.sboms.document import ComponentEntry, Remarks
from longmark.core.formats.sboms.hardware import Traits, traits_of


def a_part(*properties: tuple[str, str], kind: str = "device", description: str = ""):
    remarks = Remarks(description=description, properties=properties)
    return ComponentEntry(ref="u1", name="W5500", version=None, kind=kind, remarks=remarks)


def test_the_taxonomy_of_devices_is_read():
    part = a_part(
        ("cdx:device:quantity", "2"),
        ("cdx:device:function", "ethernet"),
        ("cdx:device:location", "U3"),
        ("cdx:device:deviceType", "smd"),
        description="Ethernet controller",
    )

    assert traits_of(part) == Traits(
        description="Ethernet controller",
        function="ethernet",
        location="U3",
        mounting="smd",
        quantity="2",
    )


@pytest.mark.parametrize(
    "name", ["mpn", "acme:MPN", "acme:part-number", "Manufacturer Part Number"]
)
def test_a_part_number_is_found_under_its_usual_names(name: str):
    assert traits_of(a_part((name, " W5500-TR "))).part_number == "W5500-TR"


@pytest.mark.parametrize("name", ["cdx:device:sku", "cdx:device:gs1:gtin-12", "acme:part"])
def test_what_a_seller_numbers_is_no_part_number(name: str):
    assert traits_of(a_part((name, "822348522712"))).part_number == ""


def test_of_two_values_the_first_stands():
    assert traits_of(a_part(("mpn", "first"), ("mpn", "second"))).part_number == "first"


@pytest.mark.parametrize("kind", ["firmware", "device-driver", "library", ""])
def test_what_is_no_device_is_no_hardware(kind: str):
    assert traits_of(a_part(("cdx:device:quantity", "2"), kind=kind)) is None
