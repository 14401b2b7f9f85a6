"""What follows from what: at once, in order, once, and told when it cannot be."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from longmark.core.actors import SYSTEM, Role
from longmark.ledger import queries as ledger
from longmark.ledger import services as ledger_services
from longmark.reactions import follow
from longmark.reactions.following import FOLLOWER
from longmark.sboms.entries import SbomWithdrawn
from longmark.sboms.models import Document
from tests.findings.world import criterion, nvd, take_in
from tests.web.world import a_library
from tests.world import NINE, a_release

pytestmark = pytest.mark.django_db

BOM = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [a_library()]}


def now():
    return NINE


def libmodbus_is_vulnerable(folder: Path) -> None:
    bound = criterion("libmodbus:libmodbus", versionEndExcluding="3.1.7")
    take_in(folder, nvd("CVE-2022-0367", bound))


def test_whoever_hands_in_an_sbom_is_told_its_findings_at_once(caller, tmp_path: Path):
    libmodbus_is_vulnerable(tmp_path)
    engineer, release = caller(Role.ENGINEER), a_release()
    engineer.post(
        f"/api/v1/releases/{release.pk}/sboms", json.dumps(BOM), "application/octet-stream"
    )

    found = engineer.get(f"/api/v1/releases/{release.pk}/findings").json()["items"]
    assert [row["vulnerability"] for row in found] == ["CVE-2022-0367"]


def test_an_advisory_that_comes_later_finds_the_releases(caller, tmp_path: Path):
    engineer, release = caller(Role.ENGINEER), a_release()
    engineer.post(
        f"/api/v1/releases/{release.pk}/sboms", json.dumps(BOM), "application/octet-stream"
    )
    libmodbus_is_vulnerable(tmp_path)

    assert follow(now=now) >= 1
    assert engineer.get(f"/api/v1/releases/{release.pk}/findings").json()["items"]


def test_what_was_reacted_to_is_not_reacted_to_again(tmp_path: Path):
    libmodbus_is_vulnerable(tmp_path)

    assert follow(now=now) >= 1
    assert follow(now=now) == 0
    assert ledger.position_of(FOLLOWER) == ledger.last_position()


def test_one_process_follows_at_a_time(tmp_path: Path):
    libmodbus_is_vulnerable(tmp_path)
    ledger_services.take_cursor(FOLLOWER, now=NINE, lease=timedelta(minutes=1))

    assert follow(now=now) == 0
    ledger_services.release_cursor(FOLLOWER)
    assert follow(now=now) >= 1


def test_a_consequence_that_is_refused_is_recorded_and_the_others_go_on(tmp_path: Path):
    gone = Document(pk=4711)
    with transaction.atomic():
        for action in ("sboms.sbom-reinstated", "sboms.sbom-withdrawn"):
            entry = SbomWithdrawn(1, "0" * 64, "a test")
            object.__setattr__(entry, "ACTION", action)
            ledger_services.append(entry, subject=gone, actor=SYSTEM, now=NINE)
    follow(now=timezone.now)

    (failed,) = ledger.entries_page(action="ledger.reaction-failed").items
    assert "4711" in ledger.payload_of(failed)["error"]
    assert ledger.position_of(FOLLOWER) == ledger.last_position()
