"""People and tokens over REST."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from longmark.accounts import queries, services
from longmark.core.actors import Action, Role
from longmark.core.errors import NotAllowed
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out

if TYPE_CHECKING:
    from longmark.accounts.models import Person

router = Router(tags=["Accounts"])


class MeOut(Schema):
    kind: str = Field(examples=["token"], description="person, token or local")
    name: str
    roles: list[Role]
    may: list[Action] = Field(description="What roles and scopes together allow.")


class PersonIn(Schema):
    username: str = Field(max_length=150, examples=["petra"])
    full_name: str = Field("", max_length=200)
    email: str = ""
    password: str | None = Field(None, description="Absent: cannot sign in until one is set.")
    roles: list[Role]


class PersonOut(Schema):
    username: str
    full_name: str
    email: str
    is_active: bool
    roles: list[Role]


class RolesIn(Schema):
    roles: list[Role] = Field(examples=[["security", "service"]])


class TokenIn(Schema):
    name: str = Field(max_length=100, examples=["build server"])
    scopes: list[Action] = Field(examples=[["read", "add-sbom"]])
    expires_at: datetime | None = None


class TokenOut(Schema):
    id: int
    name: str
    hint: str = Field(description="How it begins.")
    scopes: list[Action]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class TokenIssuedOut(TokenOut):
    secret: str = Field(description="Shown this once; only a digest is kept.")


@router.get("/me", response=MeOut, operation_id="me")
def me(request: HttpRequest) -> object:
    """Say who calls, and what they may do."""
    actor = actor_of(request)
    allowed = [action for action in Action if queries.may(actor, action)]
    return {"kind": actor.kind, "name": actor.name, "roles": sorted(actor.roles), "may": allowed}


@router.get("/people", response=PageOut[PersonOut], operation_id="people_page")
def people_page(request: HttpRequest, page: PageQuery) -> object:
    """List who signs in, and as what."""
    queries.require(actor_of(request), Action.MANAGE_ACCOUNTS)
    return page_out(queries.people_page(after=page.after, limit=page.limit), _person_out)


@router.post("/people", response={201: PersonOut}, operation_id="register_person")
def register_person(request: HttpRequest, body: PersonIn) -> object:
    """Register someone who signs in."""
    person = services.register_person(
        body.username,
        password=body.password,
        roles=body.roles,
        email=body.email,
        full_name=body.full_name,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(201, _person_out(person))


@router.put("/people/{username}/roles", response=PersonOut, operation_id="change_roles")
def change_roles(request: HttpRequest, username: str, body: RolesIn) -> object:
    """Give a person exactly these roles."""
    person = queries.person(username)
    services.change_roles(person, body.roles, actor=actor_of(request), now=timezone.now())
    return _person_out(queries.person(username))


@router.post(
    "/people/{username}/deactivation", response=PersonOut, operation_id="deactivate_person"
)
def deactivate_person(request: HttpRequest, username: str) -> object:
    """Shut a person out, with all their tokens. What they did stays in the ledger."""
    person = queries.person(username)
    services.deactivate_person(person, actor=actor_of(request), now=timezone.now())
    return _person_out(person)


@router.get("/tokens", response=PageOut[TokenOut], operation_id="tokens_page")
def tokens_page(request: HttpRequest, page: PageQuery) -> object:
    """List the caller's own tokens, newest first."""
    owner = _owner(request)
    return page_out(queries.tokens_page(owner, after=page.after, limit=page.limit))


@router.post("/tokens", response={201: TokenIssuedOut}, operation_id="issue_token")
def issue_token(request: HttpRequest, body: TokenIn) -> object:
    """Issue a token for the caller. Its secret is in the answer and nowhere else."""
    token, secret = services.issue_token(
        _owner(request),
        name=body.name,
        scopes=body.scopes,
        expires_at=body.expires_at,
        actor=actor_of(request),
        now=timezone.now(),
    )
    shown = {name: getattr(token, name) for name in TokenOut.model_fields}
    return Status(201, shown | {"secret": secret})


@router.post("/tokens/{pk}/revocation", response=TokenOut, operation_id="revoke_token")
def revoke_token(request: HttpRequest, pk: int) -> object:
    """Make one of the caller's tokens open nothing from now on."""
    owner = _owner(request)
    token = queries.token(pk, owner=owner)
    services.revoke_token(token, actor=actor_of(request), now=timezone.now())
    return queries.token(pk, owner=owner)


def _owner(request: HttpRequest) -> "Person":
    owner = queries.person_of(actor_of(request))
    if owner is None:
        raise NotAllowed("Tokens belong to people: sign in, or call with a person's token.")
    return owner


def _person_out(person: "Person") -> dict[str, Any]:
    return {
        "username": person.username,
        "full_name": person.get_full_name(),
        "email": person.email,
        "is_active": person.is_active,
        "roles": sorted(queries.roles_of(person)),
    }
