"""Petra and Otto, signed in; and a small world to look at."""

from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client
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
