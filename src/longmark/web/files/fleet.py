"""What is in doubt in the fleet, what comes back, and the life of one unit, as files."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from longmark.core.life.events import Evidence
from longmark.fleet.queries import contents as inside
from longmark.fleet.queries import mismatches, rmas
from longmark.fleet.queries import units as fleet
from longmark.web import lives, oddities, rma_words, words
from longmark.web.doors import PageRequest
from longmark.web.files.tables import ROWS_AT_ONCE, Column, Table, batches, every
from longmark.web.files.units import identity, keepers
from longmark.web.filters import day_wanted, unit_filter, wanted
from longmark.web.seats import Seat, seats_of
from longmark.web.views import conflicts
from longmark.web.views.rmas import asked_for

if TYPE_CHECKING:
    from longmark.fleet.models import Conflict, Rma, Unit, UnitAlias, Waiver
    from longmark.fleet.queries.contents import Content


@dataclass(frozen=True)
class _Odd:
    unit: "Unit"
    oddity: oddities.Oddity

    @property
    def keeper(self) -> str:
        """Who has it, as far as is known."""
        keeper = self.unit.operator or self.unit.distributor
        return keeper.name if keeper else ""


def _odd(request: PageRequest) -> Iterator[_Odd]:
    asked = unit_filter(request)
    for found in batches(
        lambda after: mismatches.mismatches_page(asked_for=asked, after=after, limit=ROWS_AT_ONCE)
    ):
        for row in oddities.told(found):
            yield from (_Odd(row.unit, odd) for odd in row.oddities)


def _accepted(_request: PageRequest) -> "Iterator[Waiver]":
    return every(lambda after: mismatches.waivers_page(after=after, limit=ROWS_AT_ONCE))


def _returned(request: PageRequest) -> "Iterator[Rma]":
    asked = asked_for(request, timezone.now())
    return every(lambda after: rmas.rmas_page(asked, after=after, limit=ROWS_AT_ONCE))


def _contested(request: PageRequest) -> Iterator[conflicts.Quarrel]:
    for found in batches(
        lambda after: conflicts.found_conflicts(request, after=after, limit=ROWS_AT_ONCE)
    ):
        yield from conflicts.quarrels(found)


def _decided(row: conflicts.Quarrel) -> "Conflict":
    return row.conflict


def _events(_request: PageRequest, pk: UUID) -> Iterator[lives.Fact]:
    unit = fleet.unit(pk)
    corrected = fleet.corrected_seqs(unit)
    for found in batches(lambda after: fleet.events_page(unit, after=after, limit=ROWS_AT_ONCE)):
        yield from lives.facts_of(unit, found, corrected)


def _contents(request: PageRequest, pk: UUID) -> Iterator[Seat]:
    """Yield what was inside on the day of the page, as known now or then, level by level."""
    unit, on = fleet.unit(pk), day_wanted(request, "on")
    known_on = on if wanted(request, "known") == "then" else None
    held: tuple[Content, ...] = inside.contents(unit, on, known_on)
    return _flat(seats_of(unit, held))


def _flat(seats: list[Seat]) -> Iterator[Seat]:
    return chain.from_iterable(chain([seat], _flat(seat.seats)) for seat in seats)


def _names(_request: PageRequest, pk: UUID) -> "Iterator[UnitAlias]":
    yield from fleet.aliases_of(fleet.unit(pk))


def _sentence(fact: lives.Fact | None) -> str:
    return "; ".join(fact.told) if fact else ""


_EVENT = (
    Column("number", _("Event"), lambda fact: fact.seq),
    Column("kind", _("What happened"), words=words.EVENTS),
    Column("occurred_at", _("When")),
    Column("precision", _("As exact as")),
    Column("told", _("Details"), _sentence),
    Column("evidence", _("Evidence"), words=words.EVIDENCE),
    Column("source", _("Source")),
    Column("recorded_at", _("Booked")),
    Column("late_days", _("Days late")),
    Column("by", _("By"), lambda fact: fact.actor_name),
    Column("corrects", _("Corrects")),
    Column("is_corrected", _("Was corrected")),
)

TABLES = (
    Table(
        "mismatches",
        "mismatches",
        (
            Column("serial", _("Serial number"), lambda row: row.unit.serial),
            Column("item", _("Item"), lambda row: row.unit.item.name),
            Column("customer", _("Customer"), lambda row: row.keeper),
            Column("where", _("Where"), lambda row: row.oddity.place),
            Column("present", _("What is there"), lambda row: row.oddity.present),
            Column("why", _("Why"), lambda row: row.oddity.said),
        ),
        _odd,
    ),
    Table(
        "mismatches-accepted",
        "mismatches/accepted",
        (
            Column("serial", _("Serial number"), lambda row: row.unit.serial),
            Column("item", _("Item"), lambda row: row.unit.item.name),
            Column("where", _("Where"), lambda row: row.path),
            Column("reason", _("Why")),
            Column("by", _("By"), lambda row: row.author_name),
            Column("at", _("When"), lambda row: row.waived_at),
        ),
        _accepted,
    ),
    Table(
        "rmas",
        "rmas",
        (
            Column("number", _("RMA")),
            *identity(lambda row: row.unit),
            *keepers(lambda row: row.unit),
            Column("standing", _("RMA state"), words=rma_words.STANDINGS),
            Column("decision", _("Decision"), words=rma_words.DECISIONS),
            Column("opened_on", _("Opened"), lambda row: row.opened_at.date()),
            Column("closed_on", _("Closed"), lambda row: row.closed_at and row.closed_at.date()),
            Column("worker", _("Works on it"), lambda row: row.worker_name),
            Column("override", _("Held, and went out")),
        ),
        _returned,
    ),
    Table(
        "conflicts",
        "conflicts",
        (
            Column("serial", _("Serial number"), lambda row: _decided(row).unit.serial),
            Column("item", _("Item"), lambda row: _decided(row).unit.item.name),
            Column("about", _("About"), lambda row: _decided(row).about),
            Column("believed", _("Believed"), lambda row: _sentence(row.believed)),
            Column(
                "believed_of", _("Believed by"), lambda row: getattr(row.believed, "source", "")
            ),
            Column("claimed", _("Claimed"), lambda row: _sentence(row.claim)),
            Column("claimed_by", _("Claimed by"), lambda row: row.claim.source),
            Column(
                "evidence",
                _("Evidence"),
                lambda row: Evidence(_decided(row).evidence).word,
                words=words.EVIDENCE,
            ),
            Column("list", _("List"), lambda row: _decided(row).filename),
            Column("row", _("Row"), lambda row: _decided(row).row or None),
            Column(
                "state", _("State"), lambda row: _decided(row).state, words=words.CONFLICT_STATES
            ),
            Column("reason", _("Reason"), lambda row: _decided(row).reason),
            Column("decided_by", _("Decided by"), lambda row: _decided(row).decided_by),
            Column("decided_at", _("Decided"), lambda row: _decided(row).decided_at),
        ),
        _contested,
    ),
    Table("unit", "units/<uuid:pk>/events", _EVENT, _events, filename="unit-events"),
    Table(
        "unit-contents",
        "units/<uuid:pk>/contents",
        (
            Column("path", _("Where")),
            Column(
                "item", _("Item"), lambda seat: seat.item.name if seat.item else None, None, True
            ),
            Column(
                "version",
                _("Version"),
                lambda seat: seat.release.version if seat.release else None,
                is_unknown_said=True,
            ),
            Column(
                "serial", _("Serial number"), lambda seat: seat.child.serial if seat.child else ""
            ),
            Column("part", _("Part without serial number")),
            Column("quantity", _("Quantity")),
            Column("is_empty", _("Known to be empty")),
            Column("since", _("Since")),
            Column("evidence", _("Evidence"), words=words.EVIDENCE),
        ),
        _contents,
        filename="unit-contents",
    ),
    Table(
        "unit-names",
        "units/<uuid:pk>/names",
        (
            Column("kind", _("Kind"), words=words.ALIASES),
            Column("value", _("Name")),
            Column("valid_from", _("From")),
            Column("valid_to", _("Until")),
        ),
        _names,
        filename="unit-names",
    ),
)
