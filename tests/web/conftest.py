"""Petra and Otto, signed in; and a small world to look at."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from pytest_django import Settings

from longmark.accounts import services as accounts
from longmark.accounts.models import Person
from longmark.core.actors import SYSTEM, Role
from tests.web.world import World, a_world


@pytest.fixture(autouse=True)
def _static_root(settings: Settings) -> None:
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def world(db: None, tmp_path: Path) -> World:
    """Three drives with one firmware that is vulnerable, and one whose firmware is unknown."""
    return a_world(tmp_path)


@dataclass(frozen=True)
class Kept:
    """A world that is made once, and where its files lie."""

    world: World
    folder: Path


@pytest.fixture(scope="module")
def kept(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kept]:
    """The small world, made once for a module, in a transaction that is undone behind it."""
    folder = tmp_path_factory.mktemp("kept")
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined]  # services are durable within tests
    with django_db_blocker.unblock(), override_settings(BLOB_FOLDER=folder / "blobs"):
        around.__enter__()
        made = Kept(a_world(folder), folder)
    yield made
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def kept_world(kept: Kept, db: None, settings: Settings) -> World:
    """The world of the module; what a test changes in it is undone after the test.

    Every test of the module finds it, also one that does not ask for it.
    """
    settings.BLOB_FOLDER = kept.folder / "blobs"
    return deepcopy(kept.world)


@pytest.fixture
def signed_in(db: None, now: datetime) -> Client:
    """A browser in which Petra has signed in."""
    return _browser(_person("petra", "Petra Lindqvist", [Role.SECURITY], now))


@pytest.fixture
def as_admin(db: None, now: datetime) -> Client:
    """A browser in which an administrator has signed in."""
    return _browser(_person("ada", "Ada Admin", [Role.ADMIN], now))


@pytest.fixture
def as_technician(db: None, now: datetime) -> Client:
    """A browser, on a phone perhaps, of someone who stands in front of a unit."""
    return _browser(_person("tom", "Tom Technician", [Role.SERVICE], now))


@pytest.fixture
def as_viewer(db: None, now: datetime) -> Client:
    """A browser of someone who may look, and no more."""
    return _browser(_person("vera", "Vera Viewer", [Role.VIEWER], now))


@pytest.fixture
def as_otto(db: None, now: datetime) -> Client:
    """A browser of someone who holds no role."""
    return _browser(_person("otto", "Otto Outsider", [], now))


def _person(username: str, full_name: str, roles: list[Role], now: datetime) -> Person:
    return accounts.register_person(
        username, password=None, roles=roles, full_name=full_name, actor=SYSTEM, now=now
    )


def _browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client
