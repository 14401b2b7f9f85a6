"""Changes to parties, their sites and their contacts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid, Refused
from longmark.core.vocabulary import PartyKind
from longmark.ledger import services as ledger
from longmark.parties import entries, queries
from longmark.parties.models import Contact, Party, Site

COUNTRY_CODE_LENGTH = 2  # ISO 3166-1 alpha-2


@dataclass(frozen=True)
class PartyName:
    """A party as a list names it, to be registered if it is new."""

    name: str
    kind: PartyKind
    country: str = ""
    number: str | None = None


@transaction.atomic(durable=True)
def register_party(
    name: str,
    *,
    kind: PartyKind,
    country: str = "",
    number: str | None = None,
    language: str = "en",
    actor: Actor,
    now: datetime,
) -> Party:
    """Register a party.

    Raises:
        Invalid: no name, or a country that is not two letters (ISO 3166-1).
        Refused: a party of that name or number is registered already.
    """
    accounts.require(actor, Action.CHANGE_PARTIES)
    party = _party(PartyName(name, kind, country, number), language, now)
    try:
        with transaction.atomic():
            party.save(force_insert=True)
    except IntegrityError:
        raise Refused(
            'A party named "{name}" or with this number is registered already.', name=party.name
        ) from None
    registered = entries.PartyRegistered(
        party.kind, party.name, party.number, party.country, party.language
    )
    ledger.append(registered, subject=party, actor=actor, now=now)
    return party


@transaction.atomic(savepoint=False)
def ensure_parties(names: Iterable[PartyName], *, actor: Actor, now: datetime) -> Mapping[str, int]:
    """Return ids by name key, registering those that are new; part of an import.

    Runs inside the caller's transaction and writes one entry for all. The right that counts
    is the importer's (``IMPORT_UNITS``), checked by the import.
    """
    assert connection.in_atomic_block
    wanted = {queries.name_key(each.name): each for each in names}
    known = queries.party_ids_by_name(wanted)
    fresh = [_party(wanted[key], "", now) for key in wanted if key not in known]
    if not fresh:
        return known
    Party.objects.bulk_create(fresh)
    registered = entries.PartiesRegistered(sorted(party.name for party in fresh))
    ledger.append(registered, subject=fresh[0], actor=actor, now=now)
    return known | {party.name_key: party.pk for party in fresh}


@transaction.atomic(savepoint=False)
def ensure_sites(
    wanted: Iterable[tuple[int, str, str]], *, now: datetime
) -> Mapping[tuple[int, str], int]:
    """Return site ids by party and folded name, for ``(party id, name, country)``.

    Runs inside the caller's transaction, whose entry covers it; new sites are registered.
    """
    assert connection.in_atomic_block
    named = {(party_id, queries.name_key(name)): (name, land) for party_id, name, land in wanted}
    known = queries.site_ids_of({party_id for party_id, _ in named})
    fresh = [
        Site(party_id=key[0], name=named[key][0], country=named[key][1], recorded_at=now)
        for key in named
        if key not in known
    ]
    Site.objects.bulk_create(fresh)
    return known | {(site.party_id, queries.name_key(site.name)): site.pk for site in fresh}


@transaction.atomic(durable=True)
def register_site(
    party: Party, name: str, *, city: str = "", country: str = "", actor: Actor, now: datetime
) -> Site:
    """Register a place of a party; its country is the party's unless it says otherwise.

    Raises:
        Invalid: no name, or a country that is not two letters.
        Refused: the party has a site of that name.
    """
    accounts.require(actor, Action.CHANGE_PARTIES)
    site = Site(
        party=party,
        name=_stated(name, "name"),
        city=city,
        country=_country(country) or party.country,
        recorded_at=now,
    )
    try:
        with transaction.atomic():
            site.save(force_insert=True)
    except IntegrityError:
        raise Refused('{party} has a site "{name}" already.', party=party, name=name) from None
    registered = entries.SiteRegistered(party.pk, site.name, site.city, site.country)
    ledger.append(registered, subject=site, actor=actor, now=now)
    return site


@transaction.atomic(durable=True)
def register_contact(
    party: Party,
    name: str,
    *,
    email: str = "",
    phone: str = "",
    language: str = "",
    site: Site | None = None,
    actor: Actor,
    now: datetime,
) -> Contact:
    """Register whom to tell at a party, in which language (the party's unless stated).

    Raises:
        Invalid: no name, or neither mail address nor telephone number.
        Refused: the site is another party's.
    """
    accounts.require(actor, Action.CHANGE_PARTIES)
    if not email and not phone:
        raise Invalid("Give a mail address or a telephone number.", field="email")
    if site is not None and site.party_id != party.pk:
        raise Refused("{site} is not a site of {party}.", site=site, party=party)
    contact = Contact.objects.create(
        party=party,
        site=site,
        name=_stated(name, "name"),
        email=email,
        phone=phone,
        language=language or party.language,
        recorded_at=now,
    )
    registered = entries.ContactRegistered(party.pk, contact.language)
    ledger.append(registered, subject=contact, actor=actor, now=now)
    return contact


@transaction.atomic(durable=True)
def erase_contact(contact: Contact, *, actor: Actor, now: datetime) -> None:
    """Remove a person's name and addresses; the fact that they were there stays."""
    accounts.require(actor, Action.CHANGE_PARTIES)
    ledger.append(entries.ContactErased(contact.party_id), subject=contact, actor=actor, now=now)
    contact.delete()


def _party(wanted: PartyName, language: str, now: datetime) -> Party:
    return Party(
        kind=wanted.kind,
        name=_stated(wanted.name, "name"),
        name_key=queries.name_key(wanted.name),
        number=wanted.number or None,
        country=_country(wanted.country),
        language=language or "en",
        recorded_at=now,
    )


def _stated(text: str, field: str) -> str:
    stated = " ".join(text.split())
    if not stated:
        raise Invalid("Must not be empty.", field=field)
    return stated


def _country(code: str) -> str:
    code = code.strip().upper()
    if code and not (len(code) == COUNTRY_CODE_LENGTH and code.isascii() and code.isalpha()):
        raise Invalid(
            '"{code}" is not a country. Give two letters, as in DE or US.',
            field="country",
            code=code,
        )
    return code
