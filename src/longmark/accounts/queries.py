"""Who is who, and the one place that says who may do what."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.db import models

from longmark.accounts.models import Person, RoleGrant, Token
from longmark.core.actors import Action, Actor, Role
from longmark.core.errors import NotAllowed, NotFound
from longmark.foundation.pages import Page, keyset_page

_READ = frozenset({Action.READ, Action.READ_LEDGER})

ALLOWED: Mapping[Role, frozenset[Action]] = {
    Role.VIEWER: _READ,
    Role.SERVICE: _READ | {Action.BOOK_EVENTS, Action.IMPORT_UNITS},
    Role.ENGINEER: _READ
    | {Action.CHANGE_CATALOG, Action.ADD_SBOM, Action.MATCH, Action.NAME_COMPONENTS},
    Role.SECURITY: _READ
    | {
        Action.CHANGE_CATALOG,
        Action.ADD_SBOM,
        Action.IMPORT_ADVISORIES,
        Action.MATCH,
        Action.NAME_COMPONENTS,
        Action.BOOK_EVENTS,
        Action.IMPORT_UNITS,
        Action.CHANGE_PARTIES,
    },
    Role.CONFORMITY: _READ | {Action.CHANGE_CATALOG, Action.CHANGE_PARTIES},
    Role.ADMIN: frozenset(Action),
}
"""The table of rights: what each role allows. Roles add up; a token's scopes cut down."""


def may(actor: Actor, action: Action, subject: models.Model | None = None) -> bool:
    """Tell whether ``actor`` may do ``action`` (with ``subject``, where rights depend on it).

    No rule looks at the subject yet: one installation serves one manufacturer. Customers and
    suppliers, who see only what is theirs, will be decided here.
    """
    if actor.scopes is not None and action not in actor.scopes:
        return False
    return any(action in ALLOWED[role] for role in actor.roles)


def require(actor: Actor, action: Action, subject: models.Model | None = None) -> None:
    """Do nothing if ``actor`` may do ``action``.

    Raises:
        NotAllowed: the actor may not; the message says which right is missing.
    """
    if not may(actor, action, subject):
        raise NotAllowed(
            '{actor} may not do this: the right "{action}" is missing. An administrator can'
            " grant a role that has it.",
            actor=actor.name,
            action=action.value,
        )


def actor_of(person: Person) -> Actor:
    """Return the person as an actor, with the roles held now. One query."""
    if not person.is_active:
        return Actor("person", str(person.pk), str(person))
    return Actor("person", str(person.pk), str(person), roles_of(person))


def actor_of_token(secret: str, *, now: datetime) -> tuple[Actor, Token] | None:
    """Return who acts with this token, or ``None`` if it opens nothing. Two queries."""
    token = Token.objects.select_related("person").filter(digest=token_digest(secret)).first()
    if token is None or not token.is_usable(now) or not token.person.is_active:
        return None
    actor = Actor(
        "token",
        f"{token.person_id}/{token.pk}",
        f"{token.person} ({token.name})",
        roles_of(token.person),
        token.actions,
    )
    return actor, token


def token_digest(secret: str) -> str:
    """Return what is kept of a token. The secret is random, so one hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def roles_of(person: Person) -> frozenset[Role]:
    """Return the roles of a person. No query when the grants were prefetched."""
    return frozenset(Role(grant.role) for grant in person.grants.all())


def person_of(actor: Actor) -> Person | None:
    """Return who acts, in person or by a token; ``None`` for anything else. One query."""
    if actor.kind not in {"person", "token"}:
        return None
    return Person.objects.filter(pk=int(actor.id.partition("/")[0])).first()


def person(username: str) -> Person:
    """Return the person who signs in as ``username``.

    Raises:
        NotFound: nobody does.
    """
    found = Person.objects.filter(username=username).first()
    if found is None:
        raise NotFound('Nobody signs in as "{username}".', username=username)
    return found


def people_page(*, after: str | None = None, limit: int = 50) -> Page[Person]:
    """Return people by name, with their roles. Two queries."""
    rows = Person.objects.prefetch_related("grants")
    return keyset_page(rows, order=["username", "id"], after=after, limit=limit)


def tokens_of(person: Person) -> list[Token]:
    """Return a person's tokens, newest first. One query."""
    return list(Token.objects.filter(person=person).order_by("-created_at", "-id"))


def tokens_page(owner: Person, *, after: str | None = None, limit: int = 50) -> Page[Token]:
    """Return a person's tokens, newest first. One query."""
    rows = Token.objects.filter(person=owner)
    return keyset_page(rows, order=["-created_at", "-id"], after=after, limit=limit)


def token(pk: int, *, owner: Person) -> Token:
    """Return one token of its owner.

    Raises:
        NotFound: the owner has no such token.
    """
    found = Token.objects.filter(pk=pk, person=owner).first()
    if found is None:
        raise NotFound("You have no such token.")
    return found


def grants_count(role: Role) -> int:
    """Return how many active people hold a role. One query."""
    return RoleGrant.objects.filter(role=role, person__is_active=True).count()
