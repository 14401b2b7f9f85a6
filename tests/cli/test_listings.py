"""Hardware parts and names that are not identified, as somebody with a token lists them."""

import json

import pytest

from longmark.core.actors import SYSTEM
from longmark.sboms.services.documents import add_document
from tests.sboms.samples import a_bom, a_library
from tests.sboms.test_hardware import a_firmware, a_part
from tests.sboms.test_unidentified import bare, with_components
from tests.world import NINE, a_board, a_release

pytestmark = pytest.mark.django_db


def said(capsys) -> str:
    told = capsys.readouterr()
    return " ".join((told.out + told.err).split())


def test_the_parts_of_a_board_are_listed(command, capsys):
    part = a_part("mcu", a_firmware("loader", "9.0"), supplier={"name": "Acme"})
    add_document(a_release("C", item=a_board()), a_bom(part), actor=SYSTEM, now=NINE)

    assert command("sbom", "hardware", "CB-21", "C") == 0
    assert "mcu Acme mcu loader 9.0" in said(capsys)
    assert command("sbom", "hardware", "CB-21", "Z") == 3


def test_names_that_are_not_identified_are_listed_with_what_they_may_be(command, capsys):
    with_components(a_library("acme-net"), item="other")
    with_components(bare("acme-net", "2.0"), bare("acme-hal"))

    assert command("names", "unidentified", "net") == 0
    told = said(capsys)
    assert "bare::acme-net 1 pkg:generic/acme-net stated so elsewhere" in told
    assert "acme-hal" not in told
    command("names", "unidentified", "--json")
    assert [row["stated"] for row in json.loads(capsys.readouterr().out)] == [
        "bare::acme-hal",
        "bare::acme-net",
    ]
