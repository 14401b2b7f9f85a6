"""A small demo world, made once for the module that asks for it, and gone afterwards."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
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
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), override_settings(BLOB_FOLDER=folder / "blobs"):
        with _rolled_back():
            world.make(NINE, report=_nobody, units=UNITS)
            before = digest()
        with _rolled_back():
            told: list[str] = []
            tour = world.make(NINE, report=told.append, units=UNITS)
            yield Made(tour, told, digest(), before)


@contextmanager
def _rolled_back() -> Iterator[None]:
    """Open a transaction inside which durable ones may run, as Django's own test cases do."""
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined]
    with around:
        yield
        transaction.set_rollback(True)


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
