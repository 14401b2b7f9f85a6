"""Callers of the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from longmark.accounts import services as accounts
from longmark.core.actors import SYSTEM, Action, Role
from tests.world import NINE


@pytest.fixture
def caller(db: None) -> Callable[..., Client]:
    """Return a client that calls with a token of someone who holds the given roles."""

    def make(*roles: Role, scopes: list[Action] | None = None) -> Client:
        name = f"caller-{'-'.join(roles)}"
        person = accounts.register_person(name, password=None, roles=roles, actor=SYSTEM, now=NINE)
        _, secret = accounts.issue_token(
            person, name="tests", scopes=scopes or list(Action), actor=SYSTEM, now=NINE
        )
        headers: dict[str, Any] = {"Authorization": f"Bearer {secret}"}
        return Client(headers=headers)

    return make
