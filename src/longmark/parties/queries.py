"""Reads of parties, their sites and their contacts."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F

from longmark.core.errors import NotFound
from longmark.foundation.bulk import Among
from longmark.foundation.pages import Page, keyset_page
from longmark.parties.models import Contact, Party, Site

FOUND_LIMIT_ROWS = 20


def name_key(name: str) -> str:
    """Return a name as it is compared: case, accents' encoding and spaces do not count.

    >>> name_key("  Stadtwerke  BRENNERTAL GmbH ")
    'stadtwerke brennertal gmbh'
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def party(pk: int) -> Party:
    """Return one party.

    Raises:
        NotFound: there is none with this number.
    """
    found = Party.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no party {pk}.", pk=pk)
    return found


def parties_page(
    *, kind: str = "", text: str = "", after: str | None = None, limit: int = 50
) -> Page[Party]:
    """Return parties by name, of one kind or with ``text`` in the name. One query."""
    rows = Party.objects.all()
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        rows = rows.filter(name_key__contains=name_key(text))
    return keyset_page(rows, order=["name_key", "id"], after=after, limit=limit)


def find_parties(text: str) -> list[Party]:
    """Return up to twenty parties by name or number, for the search box. One query."""
    key = name_key(text)
    by_name = Party.objects.filter(name_key__contains=key)
    by_number = Party.objects.filter(number__iexact=text.strip())
    return list((by_name | by_number).order_by("name_key", "id")[:FOUND_LIMIT_ROWS])


def parties_by_id(ids: Iterable[int]) -> dict[int, Party]:
    """Return parties by their ids. One query."""
    return {party.pk: party for party in Party.objects.filter(Among(F("id"), list(ids)))}


def sites_by_id(ids: Iterable[int]) -> dict[int, Site]:
    """Return sites by their ids. One query."""
    return Site.objects.in_bulk(list(ids))


def party_ids_by_name(names: Iterable[str]) -> dict[str, int]:
    """Return ids by name key, for those of ``names`` that are known. One query."""
    keys = {name_key(name) for name in names}
    return dict(Party.objects.filter(name_key__in=keys).values_list("name_key", "id"))


def party_ids_by_number(numbers: Iterable[str]) -> dict[str, int]:
    """Return ids by external number, for those that are known. One query."""
    rows = Party.objects.filter(number__in=list(numbers)).values_list("number", "id")
    return {number: pk for number, pk in rows if number is not None}


def site_ids_of(party_ids: Iterable[int]) -> dict[tuple[int, str], int]:
    """Return site ids by party and folded name. One query."""
    rows = Site.objects.filter(party_id__in=list(party_ids)).values_list("party_id", "name", "id")
    return {(party_id, name_key(name)): pk for party_id, name, pk in rows}


def sites_of(party: Party) -> list[Site]:
    """Return the places of a party, by name. One query."""
    return list(Site.objects.filter(party=party).order_by("name", "id"))


def site(pk: int) -> Site:
    """Return one site with its party.

    Raises:
        NotFound: there is none with this number.
    """
    found = Site.objects.select_related("party").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no site {pk}.", pk=pk)
    return found


def contacts_of(party: Party) -> list[Contact]:
    """Return whom to tell at a party, by name. One query."""
    return list(Contact.objects.filter(party=party).select_related("site").order_by("name", "id"))


def contacts_by_party(ids: Iterable[int]) -> dict[int, list[Contact]]:
    """Return whom to tell at each of these parties, by name. One query."""
    found: dict[int, list[Contact]] = defaultdict(list)
    for one in Contact.objects.filter(party_id__in=list(ids)).order_by("name", "id"):
        found[one.party_id].append(one)
    return found


def contact(pk: int) -> Contact:
    """Return one contact with its party.

    Raises:
        NotFound: there is none with this number.
    """
    found = Contact.objects.select_related("party").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no contact {pk}.", pk=pk)
    return found
