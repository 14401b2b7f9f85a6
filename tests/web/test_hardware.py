"""Hardware on the pages of releases: parts, what may sit in it, and the HBOM to take away."""

from django.test import Client

from longmark.core.actors import SYSTEM
from longmark.sboms.services.documents import add_document
from tests.sboms.samples import a_bom
from tests.sboms.test_hardware import a_firmware, a_part
from tests.web.world import World
from tests.world import NINE, a_board, a_release


def text_of(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_a_board_shows_its_parts_and_the_firmware_on_them(world: World, signed_in: Client) -> None:
    board = world.drives.rev_d
    mcu = a_part("STM32H743ZI", a_firmware("rom-loader", "9.0"), supplier={"name": "ST"})
    add_document(board, a_bom(mcu), actor=SYSTEM, now=NINE)

    page = text_of(signed_in, f"/releases/{board.pk}/")
    assert "Hardware parts" in page
    assert page.index("STM32H743ZI") < page.index("rom-loader</a> 9.0")


def test_more_parts_than_are_shown_are_behind_a_link(world: World, signed_in: Client) -> None:
    board = world.drives.rev_d
    add_document(board, a_bom(*(a_part(f"R{n:02}") for n in range(14))), actor=SYSTEM, now=NINE)

    address = f"/releases/{board.pk}/hardware/"
    assert f'<a href="{address}">All 14 parts</a>' in text_of(signed_in, f"/releases/{board.pk}/")
    assert "R13" in text_of(signed_in, address)


def test_a_board_without_sbom_is_exported_with_what_may_sit_in_it(
    world: World, signed_in: Client
) -> None:
    page = text_of(signed_in, f"/releases/{world.drives.rev_d.pk}/")

    assert "What may sit in it" in page
    assert f"/releases/{world.drives.rev_d.pk}/export/?format=cyclonedx-1.7-xml" in page


def test_a_board_of_which_nothing_is_known_offers_no_export(signed_in: Client) -> None:
    page = text_of(signed_in, f"/releases/{a_release('A', item=a_board()).pk}/")

    assert "Export as one" not in page
    assert "Hardware parts" not in page
