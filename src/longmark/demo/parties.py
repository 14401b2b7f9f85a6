"""Whom Tallgrass Drives deals with: its own companies, suppliers, distributors and customers."""

import random
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from longmark.core.vocabulary import PartyKind
from longmark.demo.parts import FACTS
from longmark.demo.stage import HISTORY_DAYS, Stage
from longmark.parties import services as parties

SITE_COUNTS = (1, 1, 1, 2, 2, 2, 3, 3, 4, 5)  # 420 sites of 180 customers
NEW_CUSTOMERS_SHARE = 0.45  # that come after the first year
DEPOT = "Depot Hamburg"
IMPORTER = "Tallgrass Drives Europe GmbH"


@dataclass(frozen=True, slots=True)
class Site:
    """A place of a customer."""

    name: str
    city: str


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the demo company's ERP knows it; ``since`` is an age in days."""

    name: str
    number: str
    country: str
    language: str
    since: int
    sites: tuple[Site, ...]
    contact: str


@dataclass(frozen=True, slots=True)
class Known:
    """A party that is there from the first day."""

    name: str
    kind: PartyKind
    country: str
    language: str
    city: str
    sites: Sequence[str] = ()
    number: str = ""
    contact: str = ""


COMPANY: Sequence[Known] = (
    Known(
        "Tallgrass Drives, Inc.",
        PartyKind.MANUFACTURER,
        "US",
        "en",
        "Salina",
        ("Salina Works",),
        "1000",
    ),
    Known(IMPORTER, PartyKind.IMPORTER, "DE", "de", "Hamburg", (DEPOT,), "1100", "Meike Thoms"),
    Known("Fieldlink Systems Oy", PartyKind.SUPPLIER, "FI", "en", "Oulu", (), "2001", "Aino Lehto"),
    Known(
        "Halbleiterwerk Muldental GmbH",
        PartyKind.SUPPLIER,
        "DE",
        "de",
        "Grimma",
        (),
        "2002",
        "Ralf Zeidler",
    ),
)


def plan(stage: Stage) -> Sequence[Customer]:
    """Plan who becomes known when, and return the customers."""
    names = tomllib.loads(FACTS.joinpath("names.toml").read_text("utf-8"))
    sellers = names.pop("distributors")
    distributors = [_distributor(row, place, names) for place, row in enumerate(sellers)]
    for known in (*COMPANY, *distributors):
        stage.plan(stage.instant(HISTORY_DAYS, 8, 15), partial(_register_known, stage, known))
    found = tuple(customers(names, stage.rng))
    for customer in found:
        stage.plan(stage.instant(customer.since, 8, 20), partial(_register, stage, customer))
    return found


def distributors_by_country() -> Mapping[str, Sequence[str]]:
    """Return the names of distributors by country."""
    names = tomllib.loads(FACTS.joinpath("names.toml").read_text("utf-8"))
    found: dict[str, list[str]] = {}
    for row in names["distributors"]:
        found.setdefault(row["country"], []).append(row["name"])
    return found


def customers(names: Mapping[str, Any], rng: random.Random) -> Iterator[Customer]:
    """Yield the customers of each country, as many as its share says."""
    number = 10_001
    for country, row in names.items():
        called = [form.format(place=place) for form in row["forms"] for place in row["places"]]
        for name in rng.sample(called, row["share"]):
            since = HISTORY_DAYS
            if rng.random() < NEW_CUSTOMERS_SHARE:
                since = rng.randrange(60, HISTORY_DAYS)
            contact = f"{rng.choice(row['first'])} {rng.choice(row['last'])}"
            sites = tuple(_sites(row, rng))
            yield Customer(name, str(number), country, row["language"], since, sites, contact)
            number += 1


def _sites(row: Mapping[str, Any], rng: random.Random) -> Iterator[Site]:
    seen: set[str] = set()
    for _ in range(rng.choice(SITE_COUNTS)):
        form = rng.choice(row["sites"])
        name = form.format(part=rng.choice(row["parts"]), number=rng.randrange(1, 9))
        if name not in seen:
            seen.add(name)
            yield Site(name, rng.choice(row["cities"]))


def _distributor(row: Mapping[str, str], place: int, names: Mapping[str, Any]) -> Known:
    """Return a distributor; who works there is drawn by its place, and leaves the seed alone."""
    people = names[row["country"]]
    first, last = people["first"], people["last"]
    return Known(
        row["name"],
        PartyKind.DISTRIBUTOR,
        row["country"],
        row["language"],
        row["city"],
        number=str(3001 + place),
        contact=f"{first[place % len(first)]} {last[(place + 2) % len(last)]}",
    )


def _register_known(stage: Stage, known: Known, at: datetime) -> None:
    party = parties.register_party(
        known.name,
        kind=known.kind,
        country=known.country,
        number=known.number,
        language=known.language,
        actor=stage.actor("ada"),
        now=at,
    )
    stage.parties[known.name] = party
    for name in known.sites or (known.city,):
        parties.register_site(party, name, city=known.city, actor=stage.actor("ada"), now=at)
    if known.contact:
        mail = _mail(known.contact, known.name)
        parties.register_contact(party, known.contact, email=mail, actor=stage.actor("ada"), now=at)


def _register(stage: Stage, customer: Customer, at: datetime) -> None:
    clerk = stage.actor("quirin")
    party = parties.register_party(
        customer.name,
        kind=PartyKind.CUSTOMER,
        country=customer.country,
        number=customer.number,
        language=customer.language,
        actor=clerk,
        now=at,
    )
    stage.parties[customer.name] = party
    for site in customer.sites:
        parties.register_site(party, site.name, city=site.city, actor=clerk, now=at)
    mail = _mail(customer.contact, customer.name)
    parties.register_contact(party, customer.contact, email=mail, actor=clerk, now=at)


def _mail(contact: str, party: str) -> str:
    """Return an address under a domain that is kept free for examples (RFC 2606)."""
    person, company = _plain(contact, "."), _plain(party, "-")
    return f"{person}@{company}.example"


def _plain(name: str, between: str) -> str:
    """Return a name in small letters from a to z."""
    spelt = name.replace("ø", "o").replace("ł", "l").replace("ß", "ss").replace("Ł", "L")
    bare = unicodedata.normalize("NFD", spelt).encode("ascii", "ignore").decode().lower()
    words = "".join(c if c.isalnum() else " " for c in bare).split()
    return between.join(words)
