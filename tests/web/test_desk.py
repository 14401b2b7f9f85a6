"""The desk: what changed, worst first, and what waits."""

from datetime import timedelta
from pathlib import Path

from django.test import Client
from django.utils import timezone

from longmark.findings.models import Finding
from tests.web.world import CVE, World, vulnerable


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
