"""One small manufacturer for tests, built through the services that users use.

Builders are plain functions with keyword overrides; each makes one thing and what it needs.
"""

from datetime import UTC, datetime
from typing import Any

from longmark.catalog import services as catalog
from longmark.catalog.models import Item, Release, Slot
from longmark.core.actors import SYSTEM
from longmark.core.vocabulary import IdentifiedBy, ItemKind, PartyKind
from longmark.parties import services as parties
from longmark.parties.models import Party, Site

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""Nine o'clock on the day of the drill."""


def an_item(name: str = "tg200-fw", *, kind: ItemKind = ItemKind.FIRMWARE, **details: Any) -> Item:
    return catalog.register_item(
        name, kind=kind, details=catalog.ItemDetails(**details), actor=SYSTEM, now=NINE
    )


def a_release(version: str = "2.3.1", *, item: Item | None = None, **details: Any) -> Release:
    return catalog.register_release(item or an_item(), version, **details, actor=SYSTEM, now=NINE)


def a_product(name: str = "TG-200") -> Item:
    return an_item(name, kind=ItemKind.PRODUCT, identified_by=IdentifiedBy.SERIAL)


def a_board(name: str = "CB-21") -> Item:
    return an_item(name, kind=ItemKind.HARDWARE, identified_by=IdentifiedBy.SERIAL)


def a_slot(item: Item, name: str, *releases: Release, is_optional: bool = False) -> Slot:
    slot = catalog.define_slot(item, name, is_optional=is_optional, actor=SYSTEM, now=NINE)
    catalog.allow_fits(slot, releases, actor=SYSTEM, now=NINE)
    return slot


def a_party(
    name: str = "Wasserverband Nordheide",
    *,
    kind: PartyKind = PartyKind.CUSTOMER,
    country: str = "DE",
) -> Party:
    return parties.register_party(name, kind=kind, country=country, actor=SYSTEM, now=NINE)


def a_site(party: Party | None = None, name: str = "Pumpwerk Heber") -> Site:
    return parties.register_site(party or a_party(), name, actor=SYSTEM, now=NINE)
