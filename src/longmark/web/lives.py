"""The life of a unit as lanes of a drawing, and its events as sentences."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from longmark.catalog import queries as catalog
from longmark.core.life.events import (
    Details,
    Holder,
    Occupant,
    Precision,
    stated_custody,
    stated_details,
    stated_slots,
)
from longmark.fleet.queries import contents
from longmark.fleet.queries import units as fleet_units
from longmark.parties import queries as parties
from longmark.web import countries
from longmark.web.charts import Lane, Span
from longmark.web.moments import day_text
from longmark.web.words import KEEPERS, OUTCOMES, evidence_code

if TYPE_CHECKING:
    from longmark.fleet.models import Custody, Event, Installation, Unit
    from longmark.fleet.queries.contents import Lifeline

Inner = Mapping[UUID, Sequence["Lifeline"]]
Window = tuple[datetime, datetime | None]

LATE = timedelta(days=2)
"""Booked this long after the fact, an event counts as late."""


def lanes_of(
    unit: "Unit", lifelines: Sequence["Lifeline"], custody: Sequence["Custody"], *, now: datetime
) -> list[Lane]:
    """Return a lane for each slot that was ever booked, and one for where the unit was.

    Slots of a unit that sat in it, and of those that sat in that one, are drawn for the time in
    which they did: a swapped board brings its firmware with it. One query a level.
    """
    inner = _inside(lifelines)
    found: list[Lane] = []
    for line in lifelines:
        name = line.slot or _("the unit itself")
        found.append(Lane(name, tuple(_spans(unit, line.intervals, inner, now=now))))
        found += _lanes_below(line, inner, now=now)
    lanes = _nested(_merged(found))
    stays = tuple(_stay(stay) for stay in custody if stay.role == "operator")
    return [*lanes, Lane(_("where"), stays)] if stays else lanes


def _inside(lifelines: Sequence["Lifeline"]) -> Inner:
    """Return what ever sat in the units that ever sat there, level by level."""
    known: dict[UUID, Sequence[Lifeline]] = {}
    wanted = _children(lifelines)
    for _level in range(contents.NESTING_LIMIT):
        if not wanted:
            break
        found = contents.lifelines_of(wanted)
        known |= {pk: found.get(pk, ()) for pk in wanted}
        wanted = {pk for lines in found.values() for pk in _children(lines)} - known.keys()
    return known


def _children(lifelines: Iterable["Lifeline"]) -> set[UUID]:
    return {each.child_id for line in lifelines for each in line.intervals if each.child_id}


def _merged(lanes: Iterable[Lane]) -> list[Lane]:
    """Draw what is said of one path on one lane, whether of the unit or of a part inside of it.

    What began later holds: an earlier span ends there.
    """
    by_name: dict[str, list[Span]] = defaultdict(list)
    for lane in lanes:
        by_name[lane.name] += lane.spans
    return [Lane(name, tuple(_in_turn(spans))) for name, spans in by_name.items()]


def _in_turn(spans: Iterable[Span]) -> Iterator[Span]:
    ordered = sorted(spans, key=lambda span: span.start)
    for span, following in pairwise([*ordered, None]):
        if span is None:
            continue
        is_cut = following is not None and (span.end is None or span.end > following.start)
        end = following.start if is_cut and following else span.end
        if end is None or end > span.start:
            yield replace(span, end=end)


def _nested(lanes: Sequence[Lane]) -> list[Lane]:
    """Let each lane follow the one that it is in, called by what its name adds to that one's."""
    itself = _("the unit itself")
    depths: dict[str, int] = {}
    found = []
    for lane in sorted(lanes, key=lambda each: (each.name != itself, each.name.split("/"))):
        above = lane.name.rpartition("/")[0]
        while above and above not in depths:
            above = above.rpartition("/")[0]
        depths[lane.name] = depths[above] + 1 if above else 0
        label = lane.name.removeprefix(f"{above}/") if above else lane.name
        found.append(replace(lane, label=label, depth=depths[lane.name]))
    return found


def _lanes_below(line: "Lifeline", inner: Inner, *, now: datetime) -> list[Lane]:
    """Return the slots of the units that sat in a slot, each cut to the time in which it did."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for seat in line.intervals:
        if seat.child_id:
            _look_into(line.slot, seat, (seat.valid_from, seat.valid_to), inner, spans, now)
    return [Lane(name, tuple(found)) for name, found in spans.items()]


def _look_into(
    path: str,
    seat: "Installation",
    window: Window,
    inner: Inner,
    spans: dict[str, list[Span]],
    now: datetime,
) -> None:
    """Add what was in the unit of a seat while it was there, and what was in that."""
    if seat.child_id is None or path.count("/") >= contents.NESTING_LIMIT:
        return
    for below in inner.get(seat.child_id, ()):
        for placed in below.intervals if below.slot else ():
            start, end = _cut(placed, window)
            if start >= (end or now):
                continue
            text = _child_text(placed, inner) or _occupant_text(placed)
            name = f"{path}/{below.slot}"
            spans[name].append(Span(start, end, text, is_unknown=_is_vague(placed)))
            _look_into(name, placed, (start, end), inner, spans, now)


def _cut(placed: "Installation", window: Window) -> Window:
    start, end = window
    ends = [each for each in (placed.valid_to, end) if each is not None]
    return max(placed.valid_from, start), min(ends) if ends else None


def _is_vague(placed: "Installation") -> bool:
    return placed.release is None and not placed.child_id and not placed.is_empty


def beginning(unit: "Unit", lanes: Iterable[Lane]) -> datetime:
    """Return the first instant that anything is known of a unit."""
    starts = [span.start for lane in lanes for span in lane.spans]
    return min([*starts, unit.built_at or unit.recorded_at])


def _spans(
    unit: "Unit",
    intervals: Iterable["Installation"],
    inner: Inner,
    *,
    now: datetime,
) -> Iterator[Span]:
    for placed in intervals:
        if placed.valid_from >= now:
            continue
        booked = _booked_late(unit, placed.valid_from, placed.known_from)
        start = placed.valid_from
        if booked and (placed.valid_to is None or booked < placed.valid_to):
            yield Span(start, booked, _("not booked yet"), is_late=True)
            start = booked
        text = _child_text(placed, inner) or _occupant_text(placed)
        yield Span(start, placed.valid_to, text, is_unknown=_is_vague(placed))


def _booked_late(unit: "Unit", happened: datetime, booked: datetime) -> datetime | None:
    """Return when a fact was booked, if late; before registration nothing could be booked."""
    is_late = booked - happened >= LATE and happened > unit.recorded_at
    return booked if is_late else None


def _at_the_latest(event: "Event") -> datetime:
    """Return by when an event had happened: what is known to a month is not late within it."""
    begin = event.occurred_at
    if event.precision == Precision.MONTH:
        following = (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
        return following - timedelta(microseconds=1)
    if event.precision == Precision.YEAR:
        return begin.replace(year=begin.year + 1) - timedelta(microseconds=1)
    return begin


def _child_text(placed: "Installation", inner: Inner) -> str:
    """Return which release a unit in a slot is of itself: *CB-21 D*."""
    own = (
        [line for line in inner.get(placed.child_id, ()) if not line.slot]
        if placed.child_id
        else []
    )
    releases = [each.release for line in own for each in line.intervals if each.release]
    return str(releases[-1]) if releases else ""


def _occupant_text(placed: "Installation") -> str:
    if placed.is_empty:
        return _("nothing")
    if placed.release is not None:
        return placed.release.version
    name = placed.item.name if placed.item else placed.part
    return name or _("unknown")


def _stay(stay: "Custody") -> Span:
    known = stay.site or stay.party
    name = known.name if known else _("operator unknown")
    if known is None and stay.country:
        name = f"{countries.name_of(stay.country)}, {name}"
    tone = "ev-1" if stay.valid_to is None else "quiet"
    is_unknown = known is None and not stay.country
    return Span(stay.valid_from, stay.valid_to, name, tone, is_unknown=is_unknown)


@dataclass(frozen=True)
class Fact:
    """An event as it is read."""

    seq: int
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    late_days: int
    evidence: str
    told: tuple[str, ...]
    source: str
    actor_name: str
    corrects: int | None
    is_corrected: bool
    stands_for: str = ""
    precision: str = "day"

    @property
    def is_withdrawal(self) -> bool:
        """Whether it says that another event never happened."""
        return self.corrects is not None and not self.stands_for

    @property
    def is_open(self) -> bool:
        """Whether it can be corrected: it counts, and says something."""
        return not self.is_corrected and not self.is_withdrawal


@dataclass(frozen=True)
class _Names:
    """What the ids in some payloads stand for."""

    releases: dict[int, Any]
    items: dict[int, Any]
    units: dict[UUID, "Unit"]
    parties: dict[int, Any]
    sites: dict[int, Any]


def facts_of(
    unit: "Unit", events: Sequence["Event"], corrected: frozenset[int] = frozenset()
) -> list[Fact]:
    """Return events as sentences. Five queries, however many events."""
    names = _names(events)
    return [_fact(unit, event, names, event.seq in corrected) for event in events]


def facts_told(told: Sequence[tuple["Unit", "Event"]]) -> list[Fact]:
    """Return events of several units as sentences. Five queries, however many events."""
    names = _names([event for _unit, event in told])
    return [_fact(unit, event, names, is_corrected=False) for unit, event in told]


def facts_among(
    units: Mapping[UUID, "Unit"],
    events: Sequence["Event"],
    corrected: frozenset[tuple[UUID, int]],
) -> list[Fact]:
    """Return events of several units as sentences. Five queries, however many events."""
    names = _names(events)
    return [
        _fact(units[each.unit_id], each, names, (each.unit_id, each.seq) in corrected)
        for each in events
    ]


def _names(events: Sequence["Event"]) -> _Names:
    seats = [seat for each in events for seat in stated_slots(each.payload).values() if seat]
    kept = [holder for each in events for holder in stated_custody(each.payload).values() if holder]
    takers = [stated_details(each.payload).replaced_by for each in events]
    return _Names(
        releases=catalog.releases_by_id({seat.release for seat in seats if seat.release}),
        items=catalog.items_by_id({seat.item for seat in seats if seat.item}),
        units=fleet_units.units_by_id(
            {*(seat.child for seat in seats if seat.child), *filter(None, takers)}
        ),
        parties=parties.parties_by_id({holder.party for holder in kept if holder.party}),
        sites=parties.sites_by_id({holder.site for holder in kept if holder.site}),
    )


def _fact(unit: "Unit", event: "Event", names: _Names, is_corrected: bool) -> Fact:
    happened = _at_the_latest(event)
    is_late = _booked_late(unit, happened, event.recorded_at)
    slots = [_seated(slot, seat, names) for slot, seat in stated_slots(event.payload).items()]
    kept = [_kept(role, who, names) for role, who in stated_custody(event.payload).items()]
    details = stated_details(event.payload)
    is_said = bool(details.rma) and event.source.endswith(details.rma)
    return Fact(
        seq=event.seq,
        kind=event.kind,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        late_days=(event.recorded_at - happened).days if is_late else 0,
        evidence=evidence_code(event.evidence),
        told=(*slots, *kept, *_detailed(details, names)),
        source="" if is_said else event.source,
        actor_name=event.actor_name,
        corrects=event.corrects,
        is_corrected=is_corrected,
        stands_for=event.payload.get("stands_for", ""),
        precision=event.precision,
    )


def _detailed(details: Details, names: _Names) -> Iterator[str]:
    """Yield what events of some kinds say beside slots and keepers."""
    if details.serial:
        said = _("it bears %(serial)s from then on, %(former)s until then")
        yield said % {"serial": details.serial, "former": details.former or "–"}
    if details.outcome:
        yield _("result: %(outcome)s") % {"outcome": OUTCOMES[details.outcome]}
    if details.rma:
        yield _("RMA %(number)s") % {"number": details.rma}
    if details.until:
        yield _("warranty until %(day)s") % {"day": day_text(details.until)}
    if details.replaced_by:
        taker = names.units.get(details.replaced_by)
        named = f"{taker.serial}, {taker.item.name}" if taker else _("unknown")
        yield _("in its place: %(unit)s") % {"unit": named}
    if details.reason:
        yield _("because: %(reason)s") % {"reason": details.reason}


def _seated(slot: str, seat: Occupant | None, names: _Names) -> str:
    place = slot or _("the unit itself")
    if seat is None:
        return _("%(slot)s: nothing") % {"slot": place}
    release, item = names.releases.get(seat.release or 0), names.items.get(seat.item or 0)
    child = names.units.get(seat.child) if seat.child else None
    values = ", ".join(f"{name} = {value}" for name, value in seat.values)
    many = f"{seat.quantity} ×" if seat.quantity != 1 else ""
    named = [
        " ".join(filter(None, [many, str(release or item or seat.part)])),
        child.serial if child else "",
        seat.part if release or item else "",
        values,
    ]
    said = ", ".join(part for part in named if part) or _("unknown")
    return f"{place}: {said}"


def _kept(role: str, who: Holder | None, names: _Names) -> str:
    if who is None:
        return _("%(role)s: nobody any more") % {"role": KEEPERS[role]}
    party, site = names.parties.get(who.party or 0), names.sites.get(who.site or 0)
    country = countries.name_of(who.country) if who.country else ""
    named = [str(party or _("unknown")), str(site or ""), country]
    return f"{KEEPERS[role]}: " + ", ".join(part for part in named if part)


@dataclass(frozen=True)
class Jump:
    """A day worth looking at."""

    day: datetime
    text: str


def jumps(facts: Sequence[Fact]) -> list[Jump]:
    """Return the days around the last swap and the build, to go to by one click."""
    swap = next((fact for fact in facts if fact.kind == "swapped"), None)
    built = next((fact for fact in facts if fact.kind == "built"), None)
    found = [Jump(built.occurred_at, _("built"))] if built else []
    if swap:
        before = swap.occurred_at - timedelta(days=1)
        found += [Jump(before, _("before the swap")), Jump(swap.occurred_at, _("after it"))]
    return found


def sentence(unit: "Unit", lanes: Sequence[Lane]) -> str:
    """Return the drawing in words: what is in each slot now."""
    now = [f"{lane.name}: {span.text}" for lane in lanes for span in lane.spans if span.end is None]
    told = ", ".join(now) or _("nothing is known")
    return _("Life of %(unit)s. Now %(told)s") % {"unit": unit.serial, "told": told}
