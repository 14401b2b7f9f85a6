"""RMAs in the browser: the list, one of them, its steps, and what the page of a unit shows."""

from datetime import timedelta

import pytest
from django.test import Client

from longmark.core.actors import SYSTEM
from longmark.core.life.events import Kind
from longmark.core.life.returns import RmaDecision
from longmark.fleet.models import Rma, Unit
from longmark.fleet.queries import rmas
from longmark.fleet.services import rmas as services
from longmark.fleet.services.rmas import Diagnosis
from longmark.intel.models import Vulnerability
from tests.findings.world import an_sbom
from tests.fleet.world import booked, built, unit_named
from tests.web.world import CVE, World
from tests.world import NINE

OPENED = (NINE - timedelta(days=20)).date()
BY = {"on": OPENED, "actor": SYSTEM, "now": NINE}
WARRANTY = {"evidence": "declared", "kind": "warranty-started"}
TODAY = NINE.date().isoformat()


@pytest.fixture
def held(world: World) -> Unit:
    """The drive in repair, with firmware that is open to an exploited weakness; 2.4.0 is not."""
    Vulnerability.objects.filter(name=CVE).update(exploited_on=NINE.date())
    an_sbom(world.drives.fw_24, "pkg:generic/other@1.0")
    return in_repair(world.affected)


def in_repair(unit: Unit, number: str = "R-1") -> Unit:
    services.open_rma(unit, number=number, **BY)
    services.receive_rma(unit, number, worker="Sven", **BY)
    services.diagnose_rma(unit, number, Diagnosis("Burnt.", RmaDecision.REPAIR), **BY)
    services.begin_repair(unit, number, **BY)
    return unit


def post(client: Client, unit: Unit, act: str, number: str = "R-1", **said: str):
    return client.post(f"/units/{unit.pk}/rma/{act}/{number}/", {"on": TODAY, **said})


def test_an_rma_is_opened_and_led_on_in_the_browser(world: World, signed_in: Client):
    unit = world.affected
    answer = signed_in.post(
        f"/units/{unit.pk}/rmas/new/", {"on": TODAY, "reason": "Hums.", "number": "A/7 b"}
    )
    assert answer.status_code == 302
    assert "R" in signed_in.get(answer.url).content.decode()
    post(signed_in, unit, "receive", "A/7 b", worker="Sven")
    post(signed_in, unit, "diagnose", "A/7 b", diagnosis="Choke loose.", decision="repair")
    post(signed_in, unit, "repair", "A/7 b", worker="Sven")
    post(signed_in, unit, "close", "A/7 b", outcome="repaired", reason="Tightened.", override="-")

    row = rmas.rma(unit, "A/7 b")
    assert (row.is_open, row.outcome, row.diagnosis) == (False, "repaired", "Choke loose.")


def test_a_held_unit_is_refused_with_what_mends_it_and_goes_out_with_a_reason(
    held: Unit, signed_in: Client
):
    page = signed_in.get(f"/units/{held.pk}/rmas/R-1/").content.decode()
    assert "It is held" in page
    assert CVE in page
    assert "tg200-fw 2.4.0" in page

    refused = post(signed_in, held, "close", outcome="repaired")
    assert refused.status_code == 422
    assert "is exploited" in refused.content.decode()
    assert rmas.rma(held, "R-1").is_open
    assert (
        post(signed_in, held, "close", outcome="repaired", override="Declined.").status_code == 302
    )
    assert "Declined." in signed_in.get(f"/units/{held.pk}/rmas/R-1/").content.decode()


def test_a_replacement_is_named_and_its_page_says_whose_place_it_took(
    world: World, signed_in: Client
):
    unit, spare = in_repair(world.affected), built(world.drives.unit("9"))
    missing = post(signed_in, unit, "close", outcome="replaced")
    assert "Name the unit that took its place." in missing.content.decode()
    nobody = post(signed_in, unit, "close", outcome="replaced", taker="77")
    assert "There is no TG-200 with serial 77." in nobody.content.decode()
    post(signed_in, unit, "close", outcome="replaced", taker="TG-200 9", override="No other here.")

    assert "It took the place of" in signed_in.get(f"/units/{spare.pk}/").content.decode()
    assert "Another unit took its place" in signed_in.get(f"/units/{unit.pk}/").content.decode()
    assert "In its place:" in signed_in.get(f"/units/{unit.pk}/rmas/R-1/").content.decode()


def test_what_does_not_come_next_is_refused(world: World, signed_in: Client):
    services.open_rma(world.affected, number="R-1", **BY)
    early = signed_in.get(f"/units/{world.affected.pk}/rma/repair/R-1/")
    sent = post(signed_in, world.affected, "repair")

    assert (early.status_code, sent.status_code) == (409, 422)
    assert "receive it first" in sent.content.decode()
    assert signed_in.get(f"/units/{world.affected.pk}/rma/melt/R-1/").status_code == 404
    assert signed_in.get(f"/units/{world.affected.pk}/rmas/R-9/").status_code == 404
    assert signed_in.get(f"/units/{world.affected.pk}/rmas/new/").status_code == 409


def test_the_page_of_a_unit_shows_its_open_rma_and_its_warranty(world: World, signed_in: Client):
    in_repair(world.affected)
    signed_in.post(
        f"/units/{world.affected.pk}/book/warranty/",
        {**WARRANTY, "on": "2026-02-01", "until": "2099-01-01"},
    )
    page = signed_in.get(f"/units/{world.affected.pk}/").content.decode()

    assert "RMA R-1 is open since" in page
    assert "days left" in page


def test_closing_from_the_list_of_bookings_leads_to_the_rma(world: World, signed_in: Client):
    in_repair(world.affected)
    answer = signed_in.get(f"/units/{world.affected.pk}/book/rma-close/")

    assert answer.url == f"/units/{world.affected.pk}/rma/close/R-1/"


def test_closing_one_of_several_asks_which(world: World, signed_in: Client):
    book = f"/units/{world.affected.pk}/book/return/"
    for number in ("R-1", "R-2"):
        signed_in.post(book, {"on": "2026-02-01", "evidence": "declared", "rma": number})
    page = signed_in.get(f"/units/{world.affected.pk}/book/rma-close/").content.decode()

    for number in ("R-1", "R-2"):
        assert f'href="/units/{world.affected.pk}/rma/close/{number}/"' in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1),
        ("?view=closed", 0),
        ("?q=R-1", 1),
        ("?q=nothing", 0),
        ("?standing=in-repair", 1),
        ("?standing=opened", 0),
        ("?standing=nonsense&age=9&view=x", 1),
        ("?age=1", 1),
        ("?age=3", 0),
        ("?view=closed&unchecked=1", 0),
    ],
)
def test_the_list_is_narrowed(world: World, signed_in: Client, query: str, count: int):
    in_repair(world.affected)
    answer = signed_in.get(f"/rmas/{query}")

    assert (answer.status_code, len(answer.context["page"].items)) == (200, count)


@pytest.mark.parametrize("count", [1, 7])
def test_the_list_costs_the_same_queries_however_long(
    world: World, signed_in: Client, count: int, django_assert_max_num_queries
):
    for number in range(count):
        services.open_rma(built(world.drives.unit(f"5{number}")), number=f"R-{number}", **BY)

    with django_assert_max_num_queries(7):
        assert signed_in.get("/rmas/").status_code == 200


@pytest.mark.parametrize("count", [0, 5])
def test_the_page_of_an_rma_costs_the_same_queries_however_much_happened(
    held: Unit, world: World, signed_in: Client, count: int, django_assert_max_num_queries
):
    board = unit_named(world.drives.board, "B-1")
    for number in range(count):
        booked(world.drives.board_unit(board.serial), Kind.REPAIRED, 310 + number)

    with django_assert_max_num_queries(32):
        assert signed_in.get(f"/units/{held.pk}/rmas/R-1/").status_code == 200


def test_who_may_not_book_sees_no_steps(held: Unit, as_viewer: Client):
    page = as_viewer.get(f"/units/{held.pk}/rmas/R-1/").content.decode()

    assert "/rma/close/" not in page
    assert post(as_viewer, held, "close", outcome="repaired").status_code == 403
    assert Rma.objects.get().is_open
