"""EPCIS: what is believed to have happened to units, as others may read it.

What turned out wrong is told as it was, and again with the declaration of the error in the place of
its correction, before what was put in its place. Parameters are left out, of which others have no
use, and who owned a unit, which lists of units do not say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q

from longmark.catalog import queries as catalog
from longmark.core.formats.epcis.naming import Piece, piece_of
from longmark.core.formats.epcis.writing import Declaration, Happening, Part, events_of
from longmark.core.life.details import COLUMNS
from longmark.core.life.events import (
    CustodyRole,
    Evidence,
    Holder,
    Kind,
    Occupant,
    Outcome,
    Precision,
    stated_custody,
    stated_details,
    stated_slots,
)
from longmark.core.life.identity import folded_serial
from longmark.core.vocabulary import IdentifiedBy, PartyKind
from longmark.fleet.models import Event, Installation, Unit
from longmark.fleet.queries import units as queries
from longmark.foundation.pages import Page, keyset_page
from longmark.parties import queries as parties

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.parties.models import Party, Site

ORDER = ("unit_id", "seq")


@dataclass(frozen=True)
class Asked:
    """Which events are asked for; what is not stated is not asked for."""

    unit_ids: tuple[UUID, ...] | None = None
    since: datetime | None = None
    before: datetime | None = None
    recorded_since: datetime | None = None
    recorded_before: datetime | None = None

    def condition(self) -> Q:
        asked = Q()
        if self.unit_ids is not None:
            asked &= Q(unit_id__in=self.unit_ids)
        for column, value in (
            ("occurred_at__gte", self.since),
            ("occurred_at__lt", self.before),
            ("recorded_at__gte", self.recorded_since),
            ("recorded_at__lt", self.recorded_before),
        ):
            if value is not None:
                asked &= Q(**{column: value})
        return asked


EVERY_EVENT = Asked()


def unit_ids_of(uris: Iterable[str]) -> tuple[UUID, ...]:
    """Return the units that URIs name; those of pieces that are not known are left out.

    Raises:
        Invalid: a URI names no piece.
    """
    numbers = catalog.items_by_gtin()
    names = catalog.items_by_name()
    found: set[UUID] = set()
    for uri in uris:
        piece = piece_of(uri)
        item = names.get(piece.item) or numbers.get(piece.item)
        if item is not None:
            own = Q(item=item, serial_folded=folded_serial(piece.serial))
            rows = Unit.objects.filter(own, discriminator=piece.discriminator)
            found.update(rows.values_list("pk", flat=True))
    return tuple(sorted(found))


def epcis_page(
    asked: Asked = EVERY_EVENT, *, after: str | None = None, limit: int = 50
) -> Page[dict[str, Any]]:
    """Return events of units, by unit and in the order of arrival, as EPCIS tells them.

    The number of queries does not depend on how many there are. One event of ours may be several
    of EPCIS; a page may have more or fewer of them than was asked for, and still not be the last.
    """
    page = keyset_page(
        Event.objects.filter(asked.condition()), order=ORDER, after=after, limit=limit
    )
    wrong = _corrected_by(page.items)
    teller = _Teller([*page.items, *wrong.values()])
    told = [event for row in page.items for event in teller.told(row, wrong)]
    return Page(told, page.next)


Place = tuple[UUID, int]


def _corrected_by(rows: Sequence[Event]) -> dict[Place, Event]:
    """Return the events that some correct, by the place of their correction. One query."""
    corrections = [row for row in rows if row.corrects is not None]
    wrong = Event.objects.filter(
        unit_id__in={row.unit_id for row in corrections},
        seq__in={row.corrects for row in corrections},
    )
    found = {(each.unit_id, each.seq): each for each in wrong}
    return {
        (row.unit_id, row.seq): found[row.unit_id, row.corrects]
        for row in corrections
        if row.corrects is not None and (row.unit_id, row.corrects) in found
    }


def _is_told(row: Event) -> bool:
    """Whether an event says something itself, beside that another one is wrong."""
    return row.corrects is None or bool(row.payload.get("stands_for"))


class _Teller:
    """Knows the names of all that the events of a page are about. Eight queries."""

    def __init__(self, rows: list[Event]) -> None:
        self._slots = {row.pk: stated_slots(row.payload) for row in rows}
        self._custody = {row.pk: stated_custody(row.payload) for row in rows}
        self._left = _left_by(rows)
        occupants = [each for slots in self._slots.values() for each in slots.values() if each]
        holders = [each for kept in self._custody.values() for each in kept.values() if each]
        named = {stated_details(row.payload).replaced_by for row in rows}
        children = {each.child for each in occupants} | set(self._left.values())
        wanted = {row.unit_id for row in rows} | children | named
        self._units = queries.units_by_id(pk for pk in wanted if pk is not None)
        self._items = catalog.items_by_id(
            {each.item for each in occupants if each.item}
            | {unit.item_id for unit in self._units.values()}
        )
        self._releases: Mapping[int, Release] = catalog.releases_by_id(
            {each.release for each in occupants if each.release}
        )
        self._gtins = {item.pk: gtin for gtin, item in catalog.items_by_gtin().items()}
        self._parties: Mapping[int, Party] = parties.parties_by_id(
            {each.party for each in holders if each.party}
        )
        self._sites: Mapping[int, Site] = parties.sites_by_id(
            {each.site for each in holders if each.site}
        )

    def told(self, row: Event, wrong: Mapping[Place, Event]) -> Iterable[dict[str, Any]]:
        """Yield what an event says; a correction tells first that another one is wrong."""
        corrected = wrong.get((row.unit_id, row.seq))
        if corrected is not None and _is_told(corrected):
            declared = Declaration(row.recorded_at, row.seq if _is_told(row) else None)
            yield from events_of(replace(self.happening(corrected), declared=declared))
        if _is_told(row):
            yield from events_of(self.happening(row))

    def happening(self, row: Event) -> Happening:
        """Return one event in names."""
        details = stated_details(row.payload)
        kind = Kind(row.payload.get("stands_for") or row.kind)
        slots, custody = self._slots[row.pk], self._custody[row.pk]
        words = {
            "evidence": Evidence(row.evidence).word,
            "source": row.source,
            **self._details(row),
            **self._keepers(custody),
        }
        for slot, occupant in slots.items():
            words |= self._inside(slot, occupant)
        return Happening(
            unit=row.unit_id,
            seq=row.seq,
            piece=self._piece(self._units[row.unit_id]),
            kind=kind,
            at=row.occurred_at,
            precision=Precision(row.precision),
            recorded_at=row.recorded_at,
            words={name: text for name, text in words.items() if text},
            parts=tuple(self._parts(row, slots)),
            owner=self._owner(kind, custody),
            rma=details.rma,
            outcome=Outcome(details.outcome) if details.outcome else None,
        )

    def _piece(self, unit: Unit) -> Piece:
        item = self._items[unit.item_id]
        is_batch = item.identified_by == IdentifiedBy.BATCH
        gtin = self._gtins.get(item.pk, "")
        return Piece(item.name, unit.serial, unit.discriminator, gtin, is_batch)

    def _details(self, row: Event) -> dict[str, str]:
        details = stated_details(row.payload)
        stated = {
            COLUMNS[name]: str(getattr(details, name) or "")
            for name in COLUMNS
            if name != "replaced_by"
        }
        taker = self._units.get(details.replaced_by) if details.replaced_by else None
        if taker is not None:
            stated[COLUMNS["replaced_by"]] = f"{taker.item.name} {taker.serial}"
        return stated

    def _inside(self, slot: str, occupant: Occupant | None) -> dict[str, str]:
        """Return what a list says of a slot; nothing if it has no words for it."""
        if occupant is None:
            return {slot: "empty"} if slot else {}
        if occupant.item is None or occupant.part or occupant.values:
            return {}
        release = self._releases.get(occupant.release or 0)
        if not slot:
            return {"release": release.version if release else "unknown"}
        name = self._items[occupant.item].name
        told = {slot: f"{name} {release.version}" if release else name}
        child = self._units.get(occupant.child) if occupant.child else None
        if child is not None:
            told[f"{slot} serial"] = child.serial
        if occupant.quantity != 1:
            told[f"{slot} quantity"] = str(occupant.quantity)
        return told

    def _parts(self, row: Event, slots: Mapping[str, Occupant | None]) -> Iterable[Part]:
        for slot, occupant in slots.items():
            left = self._units.get(
                self._left.get((row.unit_id, slot, row.occurred_at), row.unit_id)
            )
            if left is not None and left.pk != row.unit_id:
                yield Part(slot, self._piece(left), is_in=False)
            child = self._units.get(occupant.child) if occupant and occupant.child else None
            if child is not None and child is not left:
                yield Part(slot, self._piece(child), is_in=True)

    def _keepers(self, custody: Mapping[CustodyRole, Holder | None]) -> dict[str, str]:
        """Return who keeps a unit, where a list would say the same of the party now."""
        told: dict[str, str] = {}
        operator, seller = (
            custody.get(CustodyRole.OPERATOR),
            custody.get(CustodyRole.DISTRIBUTOR),
        )
        if operator is not None and self._is_sayable(operator):
            party = self._parties.get(operator.party or 0)
            site = self._sites.get(operator.site or 0)
            told["customer"] = party.name if party else "unknown"
            told["site"] = site.name if site else ""
            told["country"] = operator.country
        dealer = self._parties.get(seller.party or 0) if seller else None
        if dealer is not None and seller is not None and seller.country == dealer.country:
            told["distributor"] = dealer.name
        return told

    def _is_sayable(self, operator: Holder) -> bool:
        party = self._parties.get(operator.party or 0)
        if party is None:
            return True
        site = self._sites.get(operator.site or 0)
        is_filled_in = not operator.country and (party.country or (site and site.country))
        return party.kind != PartyKind.DISTRIBUTOR and not is_filled_in

    def _owner(
        self, kind: Kind, custody: Mapping[CustodyRole, Holder | None]
    ) -> tuple[str, str] | None:
        if kind not in (Kind.SHIPPED, Kind.TRANSFERRED):
            return None
        for role in (CustodyRole.OWNER, CustodyRole.OPERATOR, CustodyRole.DISTRIBUTOR):
            holder = custody.get(role)
            party = self._parties.get(holder.party or 0) if holder else None
            if party is not None:
                return party.name, party.number or ""
        return None


def _left_by(rows: Sequence[Event]) -> dict[tuple[UUID, str, datetime], UUID]:
    """Return which unit left a slot at an instant. One query."""
    gone = Installation.objects.filter(
        unit_id__in={row.unit_id for row in rows},
        valid_to__in={row.occurred_at for row in rows},
        known_to=None,
        child_id__isnull=False,
    )
    found = gone.values_list("unit_id", "slot", "valid_to", "child_id")
    return {(unit, slot, until): child for unit, slot, until, child in found if until and child}
