"""The desk: what changed, worst first, and what waits."""

import re
from datetime import timedelta
from pathlib import Path

from django.test import Client
from django.utils import timezone

from longmark.findings.models import Finding
from longmark.intel.models import Vulnerability
from tests.web.world import CVE, World, vulnerable
from tests.world import NINE, a_product


def test_what_changed_stands_before_the_rest(
    world: World, signed_in: Client, tmp_path: Path
) -> None:
    vulnerable(tmp_path, "CVE-2021-0001", world.drives)
    Finding.objects.update(changed_at=timezone.now() - timedelta(days=90))
    Finding.objects.filter(vulnerability__name=CVE).update(changed_at=timezone.now())

    response = signed_in.get("/")

    names = [row.vulnerability.name for row in response.context["rows"]]
    assert names == [CVE, "CVE-2021-0001"]
    assert response.context["changed_count"] == 1


def test_desk_list_and_customer_have_one_order(
    world: World, signed_in: Client, tmp_path: Path
) -> None:
    for number in range(3):
        vulnerable(tmp_path, f"CVE-2021-000{number}", world.drives)
    severities = Vulnerability.objects.exclude(name=CVE)
    severities.filter(name="CVE-2021-0000").update(severity_score=9.8)
    Vulnerability.objects.filter(name="CVE-2021-0002").update(exploited_on=NINE.date())

    customer = f"/parties/{world.customer.pk}/"
    pages = [signed_in.get(path) for path in ("/", "/vulnerabilities/", customer)]

    orders = [[row.vulnerability.name for row in page.context["rows"]] for page in pages]
    assert orders[0][0] == "CVE-2021-0002"
    assert orders[1:] == orders[:1] * 2


def test_firmware_without_sbom_is_told(world: World, signed_in: Client) -> None:
    page = signed_in.get("/").content.decode()

    assert "tg200-fw 2.4.0 has no SBOM" in page


def test_units_are_counted_by_who_knows_them(world: World, signed_in: Client) -> None:
    keeping = signed_in.get("/").context["keeping"]

    assert (keeping.operator_count, keeping.unknown_count) == (1, 2)


def test_precision_board_counts_the_unknown_apart(world: World, signed_in: Client) -> None:
    rows = signed_in.get("/precision/").context["precision"]

    firmware = next(row for row in rows if row.slot == "main-firmware")
    assert (firmware.unit_count, firmware.unknown_count) == (3, 1)


def test_empty_installation_shows_what_to_do_first(signed_in: Client) -> None:
    response = signed_in.get("/")

    assert [step.is_done for step in response.context["steps"]] == [False] * 4
    page = response.content.decode()
    for href in ("/items/new/", "/releases/", "/settings/feeds/", "/imports/"):
        assert f'<b><a href="{href}">' in page


def test_step_that_was_taken_is_done(signed_in: Client) -> None:
    a_product()

    steps = signed_in.get("/").context["steps"]

    assert [step.is_done for step in steps] == [True, False, False, False]


def test_first_steps_are_gone_once_all_are_taken(world: World, signed_in: Client) -> None:
    assert signed_in.get("/").context["steps"] == []


def test_units_of_unknown_operators_are_linked(world: World, signed_in: Client) -> None:
    assert "/units/?keeper=unknown&amp;use=1" in signed_in.get("/").content.decode()

    response = signed_in.get("/units/?keeper=unknown&use=1")

    assert [unit.serial for unit in response.context["page"].items] == ["1002", "1003"]
    assert "operator unknown" in response.content.decode()


def test_units_of_which_a_slot_is_not_known_are_linked(world: World, signed_in: Client) -> None:
    page = signed_in.get("/precision/").content.decode()
    (address,) = re.findall(r'href="(/units/\?item=\d+&amp;unknown=[^"]+)"', page)

    found = signed_in.get(address.replace("&amp;", "&")).context["page"]

    assert [unit.serial for unit in found.items] == ["1003"]


def test_feeds_say_when_they_were_taken_in_and_what_is_newest(
    world: World, signed_in: Client
) -> None:
    page = signed_in.get("/").content.decode()

    assert "taken in" in page
    assert "newest change" in page
