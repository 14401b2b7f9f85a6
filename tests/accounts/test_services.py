"""People, roles and tokens."""

from datetime import timedelta

import pytest

from longmark.accounts import queries, services
from longmark.accounts.models import Person
from longmark.core.actors import SYSTEM, Action, Actor, Role
from longmark.core.errors import Invalid, NotAllowed, Refused
from tests.world import NINE

pytestmark = pytest.mark.django_db


def a_person(username: str = "petra", *roles: Role) -> Person:
    return services.register_person(
        username, password="correct horse battery", roles=roles, actor=SYSTEM, now=NINE
    )


@pytest.mark.parametrize("role", list(Role))
def test_everyone_with_a_role_may_read(role: Role):
    assert queries.may(Actor("person", "1", "x", frozenset({role})), Action.READ)


@pytest.mark.parametrize("action", list(Action))
def test_who_holds_no_role_may_do_nothing(otto: Actor, action: Action):
    assert not queries.may(otto, action)


@pytest.mark.parametrize(
    ("role", "action", "allowed"),
    [
        (Role.VIEWER, Action.ADD_SBOM, False),
        (Role.SERVICE, Action.BOOK_EVENTS, True),
        (Role.SERVICE, Action.CHANGE_CATALOG, False),
        (Role.ENGINEER, Action.ADD_SBOM, True),
        (Role.ENGINEER, Action.MANAGE_ACCOUNTS, False),
        (Role.SECURITY, Action.IMPORT_ADVISORIES, True),
        (Role.CONFORMITY, Action.IMPORT_UNITS, False),
        (Role.ADMIN, Action.MANAGE_ACCOUNTS, True),
    ],
)
def test_roles_allow_what_the_table_says(role: Role, action: Action, allowed: bool):
    assert queries.may(Actor("person", "1", "x", frozenset({role})), action) is allowed


def test_a_viewer_registers_nobody():
    viewer = queries.actor_of(a_person("vera", Role.VIEWER))

    with pytest.raises(NotAllowed, match="manage-accounts"):
        services.register_person("x", password=None, roles=[], actor=viewer, now=NINE)


def test_a_weak_password_is_refused_and_nobody_registered():
    with pytest.raises(Invalid, match="too short"):
        services.register_person("x", password="short", roles=[], actor=SYSTEM, now=NINE)
    assert not Person.objects.exists()


def test_a_username_is_taken_once():
    a_person()

    with pytest.raises(Refused, match="taken"):
        a_person()


def test_one_administrator_is_left():
    admin = a_person("ada", Role.ADMIN)

    with pytest.raises(Refused, match="must be left"):
        services.change_roles(admin, [Role.VIEWER], actor=SYSTEM, now=NINE)
    with pytest.raises(Refused, match="must be left"):
        services.deactivate_person(admin, actor=SYSTEM, now=NINE)


def test_a_token_opens_what_its_scopes_and_the_roles_allow():
    person = a_person("finn", Role.ENGINEER)
    scopes = [Action.ADD_SBOM, Action.MANAGE_ACCOUNTS]
    _, secret = services.issue_token(
        person, name="ci", scopes=scopes, actor=queries.actor_of(person), now=NINE
    )

    found = queries.actor_of_token(secret, now=NINE)
    assert found is not None
    actor = found[0]
    assert queries.may(actor, Action.ADD_SBOM)
    assert not queries.may(actor, Action.READ)
    assert not queries.may(actor, Action.MANAGE_ACCOUNTS)


def test_only_a_digest_of_a_token_is_kept():
    person = a_person()
    token, secret = services.issue_token(
        person, name="ci", scopes=[Action.READ], actor=SYSTEM, now=NINE
    )

    assert secret not in (token.digest, token.hint)
    assert secret.startswith(token.hint)


def test_a_revoked_or_ended_token_opens_nothing():
    person = a_person()
    ends = NINE + timedelta(days=1)
    token, secret = services.issue_token(
        person, name="ci", scopes=[Action.READ], expires_at=ends, actor=SYSTEM, now=NINE
    )

    assert queries.actor_of_token(secret, now=ends) is None
    services.revoke_token(token, actor=SYSTEM, now=NINE)
    assert queries.actor_of_token(secret, now=NINE) is None


def test_a_deactivated_person_loses_the_tokens():
    person = a_person()
    _, secret = services.issue_token(
        person, name="ci", scopes=[Action.READ], actor=SYSTEM, now=NINE
    )
    services.deactivate_person(person, actor=SYSTEM, now=NINE)

    assert queries.actor_of_token(secret, now=NINE) is None


def test_nobody_revokes_the_token_of_another(otto: Actor):
    token, _ = services.issue_token(
        a_person(), name="ci", scopes=[Action.READ], actor=SYSTEM, now=NINE
    )

    with pytest.raises(NotAllowed):
        services.revoke_token(token, actor=otto, now=NINE)
