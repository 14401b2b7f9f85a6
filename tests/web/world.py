"""A small world for the pages: drives, a vulnerable firmware, a customer who has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from longmark.core.life.events import CustodyRole
from longmark.fleet.models import Unit
from longmark.parties.models import Party
from longmark.sboms.models import Document
from tests.findings.world import an_sbom, criterion, match_advisories, nvd, refresh, take_in
from tests.fleet.world import BOARD, Drives, a, a_drive_with_board, built, drives, kept_by
from tests.world import a_party, a_site

CVE = "CVE-2020-11899"
PURL = "pkg:generic/libmodbus@3.1.4"
CPE = "cpe:2.3:a:libmodbus:libmodbus:3.1.4:*:*:*:*:*:*:*"


@dataclass(frozen=True)
class World:
    """What the tests of the pages look at."""

    drives: Drives
    customer: Party
    affected: Unit
    unknown: Unit
    document: Document


def a_world(folder: Path) -> World:
    """Two drives run tg200-fw 2.3.1 with a vulnerable libmodbus; of a third it is not known."""
    catalog = drives()
    customer = a_party()
    keeper = kept_by(customer, a_site(customer))
    custody = {CustodyRole.OPERATOR: keeper}
    affected = a_drive_with_board(catalog, "1001", "B-1", custody=custody)
    a_drive_with_board(catalog, "1002", "B-2")
    unknown = built(catalog.unit("1003"), slots={BOARD: a(catalog.rev_d)})
    document = an_sbom(catalog.fw_23, a_library())
    vulnerable(folder, CVE, catalog)
    return World(catalog, customer, affected, unknown, document)


def a_library() -> dict[str, object]:
    """The component of the firmware."""
    return {
        "type": "library",
        "name": "libmodbus",
        "version": "3.1.4",
        "purl": PURL,
        "cpe": CPE,
    }


def vulnerable(folder: Path, name: str, catalog: Drives) -> None:
    """Let an advisory name the library, and match it."""
    take_in(folder, nvd(name, criterion("libmodbus:libmodbus", versionEndExcluding="3.1.7")))
    match_advisories()
    refresh(catalog.fw_23)


def more_of_everything(folder: Path, world: World, count: int) -> None:
    """Add so many units, customers, vulnerabilities and releases."""
    for number in range(count):
        customer = a_party(f"Customer {number:03}", country="AT")
        custody = {CustodyRole.OPERATOR: kept_by(customer)}
        a_drive_with_board(world.drives, f"2{number:03}", f"C-{number:03}", custody=custody)
        vulnerable(folder, f"CVE-2021-{10_000 + number}", world.drives)


Asked = Mapping[str, tuple[Client, str]]
"""Who asks for which address, by name."""


def statements(asked: Asked) -> dict[str, int]:
    """Return how many statements each answer takes, read to its end."""
    counted = {}
    for name, (client, path) in asked.items():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).getvalue()
        counted[name] = len(seen)
    return counted


def costs(asked: Asked, folder: Path, world: World) -> dict[str, tuple[int, int]]:
    """Return how many statements each answer takes, now and with more of everything."""
    statements(asked)  # what is asked once and remembered is not counted
    few = statements(asked)
    more_of_everything(folder, world, 6)
    many = statements(asked)
    return {name: (few[name], many[name]) for name in asked}


def dearer(counted: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Return the answers that take more statements with more of everything."""
    return {name: pair for name, pair in counted.items() if pair[1] > pair[0]}
