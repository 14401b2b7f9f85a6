"""Petra and Otto, signed in."""

from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from longmark.accounts import services as accounts
from longmark.accounts.models import Person
from longmark.core.actors import SYSTEM, Role


@pytest.fixture(autouse=True)
def _static_root(settings: Settings) -> None:
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def petra_person(transactional_db: None, now: datetime) -> Person:
    """Product security engineer, with an account."""
    return _person("petra", "Petra Lindqvist", [Role.SECURITY], now)


@pytest.fixture
def signed_in(petra_person: Person) -> Client:
    """A browser in which Petra has signed in."""
    return _browser(petra_person)


@pytest.fixture
def as_admin(transactional_db: None, now: datetime) -> Client:
    """A browser in which an administrator has signed in."""
    return _browser(_person("ada", "Ada Admin", [Role.ADMIN], now))


@pytest.fixture
def as_otto(transactional_db: None, now: datetime) -> Client:
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
