"""Whatever is sent to the API as its description allows, or not, it answers as described."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings

from longmark.accounts import services as accounts
from longmark.config.wsgi import application
from longmark.core.actors import SYSTEM, Action, Role
from tests.api.openapi import current
from tests.world import NINE, a_party, a_product, a_release

schema = schemathesis.openapi.from_dict(current())
schema.app = application
schema.config.update(base_url="http://localhost")

EXAMPLES = 8
NO_FAULT = 500


@pytest.fixture
def _connection_kept(db: None) -> Iterator[None]:
    """Keep the test's transaction when a request ends, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token(_connection_kept: None) -> str:
    """The token of someone who may do everything, in a world with a little of everything."""
    a_release()
    a_party()
    a_product("TG-700")
    person = accounts.register_person(
        "fuzz", password=None, roles=list(Role), actor=SYSTEM, now=NINE
    )
    return accounts.issue_token(person, name="fuzz", scopes=list(Action), actor=SYSTEM, now=NINE)[1]


@schema.include(path_regex=r"^(?!.*(deactivation|revocation|/roles)).*$").parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_it_answers_without_a_fault_whatever_is_sent(case, token: str) -> None:
    answer = case.call(headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code < NO_FAULT, f"{case.as_curl_command()}\n{answer.text[:500]}"
