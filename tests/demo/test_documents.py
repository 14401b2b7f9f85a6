"""The bills of materials, as the readers of Longmark understand them."""

import tomllib
from datetime import UTC, datetime

import pytest

from longmark.core.formats.sboms import read_sbom
from longmark.core.formats.sboms.hardware import traits_of
from longmark.demo import boards, sboms
from longmark.demo.parts import FACTS, Bill, firmware

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)
BILLS = [bill for made in firmware().values() for bills in made.bills.values() for bill in bills]


def bill_of(item: str, release: str, label: str) -> Bill:
    return next(b for b in firmware()[item].bills[release] if b.label == label)


@pytest.mark.parametrize("bill", BILLS, ids=lambda bill: bill.name)
def test_every_bill_is_read_with_all_its_parts(bill: Bill) -> None:
    filename, content = sboms.written(bill, NOON)

    document = read_sbom(content, filename=filename)

    named = [entry.name for entry in document.components]
    assert {inside.part.name for inside in bill.parts} <= set(named)
    assert not document.defects or bill.item == "tgmb-fw"


def test_a_patch_says_what_it_resolves() -> None:
    _, content = sboms.written(bill_of("tg700-fw", "3.1", "kernel"), NOON)

    (kernel,) = read_sbom(content).components

    assert [cve for patch in kernel.patches for cve in patch.resolves] == [
        "CVE-2022-0847",
        "CVE-2023-1252",
    ]


def test_parts_sit_in_assemblies() -> None:
    _, content = sboms.written(bill_of("tg200-fw", "2.3", "application"), NOON)

    treck = next(e for e in read_sbom(content).components if e.name == "treck-tcpip")

    assert treck.path == ("tg200-fw-communication",)
    assert treck.version == "6.0.1.41"


def test_the_supplier_names_parts_without_their_versions() -> None:
    filename, content = sboms.written(bill_of("tgmb-fw", "1.2", "supplier"), NOON)

    document = read_sbom(content, filename=filename)

    assert {e.name for e in document.components if e.version is None} == {"fieldlink-hal", "lwip"}


def test_a_version_holds_until_the_next_step() -> None:
    versions = {
        release: next(i.version for i in bills[0].parts if i.part.key == "treck")
        for release, bills in firmware()["tg200-fw"].bills.items()
    }

    assert versions["2.3.1"] == "6.0.1.41"
    assert versions["2.4"] == versions["2.5"] == "6.0.1.66"
    assert "2.2.1" not in versions


def test_documents_are_written_the_same_twice() -> None:
    for bill in BILLS[:5]:
        assert sboms.written(bill, NOON) == sboms.written(bill, NOON)


def test_the_board_is_read_with_the_parts_in_their_places() -> None:
    table = tomllib.loads(FACTS.joinpath("boards.toml").read_text("utf-8"))
    content = boards.hbom("CB-21", "D", table["boards"]["CB-21"]["D"], table["parts"], NOON)

    document = read_sbom(content, filename="cb-21-d.cdx.json")

    parts = {each.name: traits_of(each) for each in document.components}
    assert parts["LAN9252"].location == "U4"
    assert (parts["W25Q64JV"].part_number, parts["W25Q64JV"].quantity) == ("W25Q64JVSSIQ", "1")
    assert parts["MSTB 2.5/8-ST-5.08"].location == "X1, X2"
    assert "KSZ8081" not in parts
