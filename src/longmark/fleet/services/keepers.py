"""Keepers: the parties and sites that a list names, found or registered, as custody."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING

from longmark.core.actors import Actor
from longmark.core.life.events import CustodyRole, Holder
from longmark.core.vocabulary import PartyKind
from longmark.fleet.services.catalogue import UNKNOWN_WORDS
from longmark.fleet.services.rows import Keepers
from longmark.parties import queries as parties
from longmark.parties import services as parties_services

if TYPE_CHECKING:
    from longmark.parties.models import Party

CUSTODY_LIMIT = 16_384  # remembered: the same few customers come again and again


class KeeperBook:
    """Resolves names and numbers of parties in chunks; remembers what it has found.

    While a list is only looked at, parties that are new get passing numbers below zero.
    """

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._parties: dict[int, Party] = {}
        self._sites: dict[tuple[int, str], int] = {}
        self._site_countries: dict[int, str] = {}
        self._new_countries: dict[int, str] = {}
        self._passing = count(-1, -1)
        self._custody = lru_cache(maxsize=CUSTODY_LIMIT)(self._custody_of)

    def look_up(self, stated: Iterable[Keepers]) -> None:
        """Find the parties and sites that are known. Up to five queries."""
        wanted = list(dict.fromkeys(stated))
        self._find(wanted)
        for name, _, country in _named(wanted):
            key = parties.name_key(name)
            if key not in self._ids:
                self._ids[key] = next(self._passing)
                self._new_countries[self._ids[key]] = country
        self._find_sites(wanted)
        for missing in self._missing_sites(wanted):
            self._sites[missing] = next(self._passing)

    def register(self, stated: Iterable[Keepers], *, actor: Actor, now: datetime) -> None:
        """Find the parties and sites, and register those that are new."""
        wanted = list(dict.fromkeys(stated))
        self._find(wanted)
        fresh = [
            parties_services.PartyName(name, kind, country)
            for name, kind, country in _named(wanted)
            if parties.name_key(name) not in self._ids
        ]
        if fresh:
            self._ids |= parties_services.ensure_parties(fresh, actor=actor, now=now)
            self._load_parties()
        self._find_sites(wanted)
        missing = [
            (party, site, country)
            for (party, _), (site, country) in self._missing_sites(wanted).items()
        ]
        if missing:
            self._sites |= parties_services.ensure_sites(missing, now=now)
            self._load_sites()

    def custody(self, keepers: Keepers) -> Mapping[CustodyRole, Holder | None]:
        """Return the custody that a row states; nothing if it names nobody and no country."""
        return self._custody(keepers)

    def _custody_of(self, keepers: Keepers) -> Mapping[CustodyRole, Holder | None]:
        found: dict[CustodyRole, Holder | None] = {}
        if keepers.customer and not _is_unknown(keepers.customer):
            party = self._id(keepers.customer)
            if self._is_distributor(party):
                found[CustodyRole.DISTRIBUTOR] = Holder(party, None, self._country(party, None, ""))
                if keepers.country:
                    found[CustodyRole.OPERATOR] = Holder(None, None, keepers.country)
            else:
                site = self._site(party, keepers.site)
                land = self._country(party, site, keepers.country)
                found[CustodyRole.OPERATOR] = Holder(party, site, land)
        elif keepers.customer or keepers.country:
            found[CustodyRole.OPERATOR] = Holder(None, None, keepers.country)
        if keepers.distributor and not _is_unknown(keepers.distributor):
            party = self._id(keepers.distributor)
            found[CustodyRole.DISTRIBUTOR] = Holder(party, None, self._country(party, None, ""))
        return found

    def _id(self, name: str) -> int:
        found = self._ids.get(name)
        return found if found is not None else self._ids[parties.name_key(name)]

    def _is_distributor(self, party: int) -> bool:
        known = self._parties.get(party)
        return known is not None and known.kind == PartyKind.DISTRIBUTOR

    def _site(self, party: int, name: str) -> int | None:
        return self._sites[party, parties.name_key(name)] if name else None

    def _country(self, party: int, site: int | None, stated: str) -> str:
        if stated:
            return stated
        if site is not None and self._site_countries.get(site):
            return self._site_countries[site]
        known = self._parties.get(party)
        return known.country if known else self._new_countries.get(party, "")

    def _find(self, wanted: Iterable[Keepers]) -> None:
        names = {name for keepers in wanted for name in (keepers.customer, keepers.distributor)}
        names = {name for name in names if name and not _is_unknown(name)}
        fresh = {
            name
            for name in names
            if name not in self._ids and parties.name_key(name) not in self._ids
        }
        if fresh:
            self._ids |= parties.party_ids_by_name(fresh)
            self._ids |= parties.party_ids_by_number(fresh)
            self._load_parties()

    def _load_parties(self) -> None:
        missing = {pk for pk in self._ids.values() if pk > 0} - self._parties.keys()
        self._parties |= parties.parties_by_id(missing)

    def _find_sites(self, wanted: Iterable[Keepers]) -> None:
        missing = {party for party, _ in self._missing_sites(wanted) if party > 0}
        if missing:
            self._sites |= parties.site_ids_of(missing)
            self._load_sites()

    def _load_sites(self) -> None:
        missing = {pk for pk in self._sites.values() if pk > 0} - self._site_countries.keys()
        for pk, site in parties.sites_by_id(missing).items():
            self._site_countries[pk] = site.country

    def _missing_sites(self, wanted: Iterable[Keepers]) -> dict[tuple[int, str], tuple[str, str]]:
        found: dict[tuple[int, str], tuple[str, str]] = {}
        for keepers in wanted:
            if keepers.site and not _is_unknown(keepers.customer):
                key = (self._id(keepers.customer), parties.name_key(keepers.site))
                if key not in self._sites:
                    country = self._country(key[0], None, keepers.country)
                    found[key] = (keepers.site, country)
        return found


def _named(wanted: Iterable[Keepers]) -> Iterable[tuple[str, PartyKind, str]]:
    """Yield every party that is named, with what it is and the country that the row gives it."""
    for keepers in wanted:
        if keepers.customer and not _is_unknown(keepers.customer):
            yield keepers.customer, PartyKind.CUSTOMER, keepers.country
        if keepers.distributor and not _is_unknown(keepers.distributor):
            yield keepers.distributor, PartyKind.DISTRIBUTOR, ""


def _is_unknown(name: str) -> bool:
    return name.casefold() in UNKNOWN_WORDS
