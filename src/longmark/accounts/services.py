"""Changes to people, their roles and their tokens."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from longmark.accounts import entries, queries
from longmark.accounts.models import Person, RoleGrant, Token
from longmark.core.actors import Action, Actor, Role
from longmark.core.errors import Invalid, Refused
from longmark.ledger import services as ledger

TOKEN_PREFIX = "lm_"  # noqa: S105  # a mark that secret scanners look for, not a secret
TOKEN_BYTES = 32
USE_RECORDED_EVERY = timedelta(minutes=5)


@transaction.atomic(durable=True)
def register_person(
    username: str,
    *,
    password: str | None,
    roles: Iterable[Role],
    email: str = "",
    full_name: str = "",
    actor: Actor,
    now: datetime,
) -> Person:
    """Register someone who signs in; without a password they cannot until one is set.

    Raises:
        Invalid: the password is too weak.
        Refused: the name is taken.
    """
    queries.require(actor, Action.MANAGE_ACCOUNTS)
    first, _, last = full_name.partition(" ")
    person = Person(username=username, email=email, first_name=first, last_name=last)
    _set_password(person, password)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        raise Refused('"{username}" is taken.', username=username) from None
    granted = sorted(set(roles))
    RoleGrant.objects.bulk_create(
        RoleGrant(person=person, role=role, granted_at=now) for role in granted
    )
    registered = entries.PersonRegistered(username, [role.value for role in granted])
    ledger.append(registered, subject=person, actor=actor, now=now)
    return person


@transaction.atomic(durable=True)
def change_roles(person: Person, roles: Iterable[Role], *, actor: Actor, now: datetime) -> None:
    """Give a person exactly these roles.

    Raises:
        Refused: nobody would be left who can manage accounts.
    """
    queries.require(actor, Action.MANAGE_ACCOUNTS)
    before, after = queries.roles_of(person), frozenset(roles)
    if Role.ADMIN in before - after:
        _keep_an_administrator()
    person.grants.exclude(role__in=after).delete()
    RoleGrant.objects.bulk_create(
        RoleGrant(person=person, role=role, granted_at=now) for role in sorted(after - before)
    )
    changed = entries.RolesChanged(person.username, sorted(before), sorted(after))
    ledger.append(changed, subject=person, actor=actor, now=now)


@transaction.atomic(durable=True)
def set_password(person: Person, password: str, *, actor: Actor, now: datetime) -> None:
    """Set a person's password.

    Raises:
        Invalid: the password is too weak.
    """
    queries.require(actor, Action.MANAGE_ACCOUNTS)
    _set_password(person, password)
    person.save(update_fields=["password"])
    ledger.append(entries.PasswordSet(person.username), subject=person, actor=actor, now=now)


@transaction.atomic(durable=True)
def deactivate_person(person: Person, *, actor: Actor, now: datetime) -> None:
    """Shut a person out; what they did stays in the ledger under their name.

    Raises:
        Refused: nobody would be left who can manage accounts.
    """
    queries.require(actor, Action.MANAGE_ACCOUNTS)
    if Role.ADMIN in queries.roles_of(person):
        _keep_an_administrator()
    person.is_active = False
    person.save(update_fields=["is_active"])
    Token.objects.filter(person=person, revoked_at=None).update(revoked_at=now)
    ledger.append(entries.PersonDeactivated(person.username), subject=person, actor=actor, now=now)


@transaction.atomic(durable=True)
def issue_token(
    person: Person,
    *,
    name: str,
    scopes: Iterable[Action],
    expires_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> tuple[Token, str]:
    """Issue a token and return it with its secret, which cannot be read again.

    People issue tokens for themselves; an administrator for anyone.

    Raises:
        Invalid: no name, no scope, or an end in the past.
    """
    if not _is_person(actor, person.pk):
        queries.require(actor, Action.MANAGE_ACCOUNTS)
    wanted = sorted(set(scopes))
    if not name.strip():
        raise Invalid("Name the token after the program that will use it.", field="name")
    if not wanted:
        raise Invalid("Choose at least one scope.", field="scopes")
    if expires_at is not None and expires_at <= now:
        raise Invalid("Must lie in the future.", field="expires_at")
    secret = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    token = Token.objects.create(
        person=person,
        name=name.strip(),
        digest=queries.token_digest(secret),
        hint=secret[: len(TOKEN_PREFIX) + 5],
        scopes=[scope.value for scope in wanted],
        created_at=now,
        expires_at=expires_at,
    )
    issued = entries.TokenIssued(
        person.username,
        token.name,
        token.hint,
        [scope.value for scope in wanted],
        expires_at.isoformat() if expires_at else None,
    )
    ledger.append(issued, subject=token, actor=actor, now=now)
    return token, secret


@transaction.atomic(durable=True)
def revoke_token(token: Token, *, actor: Actor, now: datetime) -> None:
    """Make a token open nothing from now on; again does nothing more."""
    if not _is_person(actor, token.person_id):
        queries.require(actor, Action.MANAGE_ACCOUNTS)
    if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        revoked = entries.TokenRevoked(token.person.username, token.name, token.hint)
        ledger.append(revoked, subject=token, actor=actor, now=now)


def record_use(token: Token, *, now: datetime) -> None:
    """Note that a token was used, at most every five minutes; not a fact for the ledger."""
    if token.last_used_at is None or now - token.last_used_at > USE_RECORDED_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)


def _is_person(actor: Actor, pk: int) -> bool:
    return (actor.kind, actor.id) == ("person", str(pk))


def _set_password(person: Person, password: str | None) -> None:
    if password is None:
        person.set_unusable_password()
        return
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from None
    person.set_password(password)


def _keep_an_administrator() -> None:
    if queries.grants_count(Role.ADMIN) <= 1:
        raise Refused("One administrator must be left. Make someone else administrator first.")
