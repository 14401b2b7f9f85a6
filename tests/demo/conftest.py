"""A small demo world, made once for the module that asks for it, and gone afterwards."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from longmark.demo import world
from longmark.demo.story import Tour
from longmark.findings.models import Finding
from longmark.fleet.models import Event, Unit
from longmark.ledger.models import Entry
from tests.world import NINE

UNITS = 300


@dataclass(frozen=True)
class Made:
    """The world, what it said while it was made, and the digest of one made before."""

    tour: Tour
    told: list[str]
    digest: str
    digest_before: str


@pytest.fixture(scope="module")
def made(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Made]:
    """Make the world twice, committed as in real life, and empty the database afterwards.

    One transaction around it all would take PostgreSQL many times as long: each service in it is
    a transaction of its own.
    """
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), override_settings(BLOB_FOLDER=folder / "blobs"):
        try:
            world.make(NINE, report=_nobody, units=UNITS)
            before = digest()
            _empty()
            told: list[str] = []
            tour = world.make(NINE, report=told.append, units=UNITS)
            yield Made(tour, told, digest(), before)
        finally:
            _empty()


def _empty() -> None:
    call_command("flush", verbosity=0, interactive=False)


def _nobody(_: str) -> None:
    """Listen to no report."""


def digest() -> str:
    """Return the digest of what the world holds, without the numbers that databases give out."""
    units = Unit.objects.order_by("id").values_list(
        "id", "serial", "state", "operator__name", "site__name", "distributor__name", "country"
    )
    events = Event.objects.order_by("unit_id", "seq").values_list(
        "unit_id", "seq", "kind", "occurred_at", "recorded_at", "source", "evidence"
    )
    findings = Finding.objects.order_by(
        "release__item__name", "release__version", "vulnerability__name"
    ).values_list("release__item__name", "release__version", "vulnerability__name", "verdict")
    entries = Entry.objects.order_by("id").values_list("action", "actor_name", "recorded_at")
    held = [list(rows) for rows in (units, events, findings, entries)]
    return hashlib.sha256(json.dumps(held, default=str).encode()).hexdigest()


@pytest.fixture
def advisories() -> Path:
    """The folder of the shipped advisories."""
    return Path(world.__file__).parent / "data" / "advisories"
