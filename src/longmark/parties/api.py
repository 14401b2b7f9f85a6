"""Parties over REST."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from longmark.core.vocabulary import PartyKind
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.parties import queries, services

router = Router(tags=["Parties"])


class PartyIn(Schema):
    kind: PartyKind
    name: str = Field(max_length=200, examples=["Wasserverband Nordheide"])
    number: str | None = Field(None, max_length=60, examples=["D-10442"])
    country: str = Field("", examples=["DE"], description="ISO 3166-1, two letters.")
    language: str = Field("en", max_length=10, examples=["de"])


class PartyOut(Schema):
    id: int
    kind: PartyKind
    name: str
    number: str | None
    country: str
    language: str


class SiteIn(Schema):
    name: str = Field(max_length=200, examples=["Pumpwerk Heber"])
    city: str = Field("", max_length=100, examples=["Schneverdingen"])
    country: str = Field("", examples=["DE"], description="The party's, if absent.")


class SiteOut(Schema):
    id: int
    name: str
    city: str
    country: str


class ContactIn(Schema):
    name: str = Field(max_length=200)
    email: str = Field("", examples=["security@nordheide.example"])
    phone: str = Field("", max_length=60)
    language: str = Field("", max_length=10, description="The party's, if absent.")
    site_id: int | None = None


class ContactOut(Schema):
    id: int
    name: str
    email: str
    phone: str
    language: str


@router.get("/parties", response=PageOut[PartyOut], operation_id="parties")
def parties(
    request: HttpRequest, page: PageQuery, kind: PartyKind | None = None, text: str = ""
) -> object:
    """List parties by name."""
    return page_out(
        queries.parties_page(
            kind=kind.value if kind else "", text=text, after=page.after, limit=page.limit
        )
    )


@router.post("/parties", response={201: PartyOut}, operation_id="register_party")
def register_party(request: HttpRequest, body: PartyIn) -> object:
    """Register a customer, distributor, supplier, importer or authority."""
    party = services.register_party(
        body.name,
        kind=body.kind,
        country=body.country,
        number=body.number,
        language=body.language,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(201, party)


@router.get("/parties/{pk}", response=PartyOut, operation_id="party")
def party(request: HttpRequest, pk: int) -> object:
    """Return one party."""
    return queries.party(pk)


@router.get("/parties/{pk}/sites", response=list[SiteOut], operation_id="sites_of")
def sites_of(request: HttpRequest, pk: int) -> object:
    """List the places of a party."""
    return queries.sites_of(queries.party(pk))


@router.post("/parties/{pk}/sites", response={201: SiteOut}, operation_id="register_site")
def register_site(request: HttpRequest, pk: int, body: SiteIn) -> object:
    """Register a place of a party."""
    site = services.register_site(
        queries.party(pk),
        body.name,
        city=body.city,
        country=body.country,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(201, site)


@router.get("/parties/{pk}/contacts", response=list[ContactOut], operation_id="contacts_of")
def contacts_of(request: HttpRequest, pk: int) -> object:
    """List whom to tell at a party."""
    return queries.contacts_of(queries.party(pk))


@router.post("/parties/{pk}/contacts", response={201: ContactOut}, operation_id="register_contact")
def register_contact(request: HttpRequest, pk: int, body: ContactIn) -> object:
    """Register whom to tell at a party, and in which language."""
    contact = services.register_contact(
        queries.party(pk),
        body.name,
        email=body.email,
        phone=body.phone,
        language=body.language,
        site=queries.site(body.site_id) if body.site_id else None,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(201, contact)


@router.delete("/contacts/{pk}", response={204: None}, operation_id="erase_contact")
def erase_contact(request: HttpRequest, pk: int) -> object:
    """Erase a person's name and addresses (GDPR Article 17)."""
    services.erase_contact(queries.contact(pk), actor=actor_of(request), now=timezone.now())
    return Status(204, None)
