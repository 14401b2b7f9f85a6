"""Snapshots: a set of parameters as it was found on a unit, and what is booked of it.

The file is read before anything is kept. What is secret in it is digested first; a file with
secrets is kept without them. The event states only what matters for the unit's configuration:
values that were booked before, and values that differ from the released ones. What belongs to the
place of a unit, counters and secrets stay out of it, or no two units would look alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from longmark.accounts import queries as accounts
from longmark.catalog.services.parameters import kept_file
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid, NotFound, Refused
from longmark.core.formats.parameters import ParameterFile, read_parameters
from longmark.core.life.events import (
    Evidence,
    Kind,
    Occupant,
    Precision,
    parameters_digest,
    sorted_values,
)
from longmark.core.parameters.definitions import Definition
from longmark.core.parameters.secrets import Protected, file_digest, is_digest, protected
from longmark.core.parameters.values import same
from longmark.core.vocabulary import ItemKind
from longmark.fleet import entries
from longmark.fleet.models import ParameterSet, ParameterSnapshot, Unit
from longmark.fleet.queries import drifting as queries
from longmark.fleet.queries import snapshots as reads
from longmark.fleet.services import drifting
from longmark.fleet.services.catalogue import Catalogue, whole_catalogue
from longmark.fleet.services.settlement import Settlement
from longmark.fleet.services.statements import Statement, tell
from longmark.fleet.services.workspace import Dossier, Identity, Workspace
from longmark.ledger import services as ledger

STATED_LIMIT: Final = 200
"""More values than this are no deviations but another set; the snapshot alone tells them."""

FILENAME_LENGTH: Final = 250


@dataclass(frozen=True)
class Found:
    """What somebody says of a set that was found: where, when, how it is known."""

    at: datetime
    precision: Precision = Precision.INSTANT
    path: str = ""  # of the slot; may be empty where a unit has one slot for parameters
    evidence: Evidence = Evidence.REPORTED
    source: str = ""
    filename: str = ""


@dataclass(frozen=True)
class _Place:
    """The unit that has the slot, the slot's path in it, and what was booked there then."""

    carrier: Dossier
    slot: str
    occupant: Occupant
    item: int | None


@transaction.atomic(durable=True)
def take_snapshot(
    unit: Unit, content: bytes, found: Found, *, actor: Actor, now: datetime
) -> ParameterSnapshot:
    """Keep a set of parameters as it was found on a unit, and book that it was observed.

    The same file of the same instant again changes nothing.

    Raises:
        ParametersInvalid: the file cannot be read; nothing of it is kept.
        Invalid: the unit has no such slot, or the instant lies in the future.
        Refused: it contradicts what is known of the unit, or someone booked on it meanwhile.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    read = read_parameters(content)
    if found.at > now:
        raise Invalid("Must not lie in the future.", field="at")
    catalogue = whole_catalogue()
    workspace = Workspace(catalogue, now=now)
    identity = Identity(unit.item_id, unit.item.name, unit.serial, unit.discriminator)
    workspace.open_ids([unit.pk])
    path = found.path or _only_path(unit, catalogue)
    place = _place(workspace, workspace.dossiers[unit.pk], path, found, catalogue)
    digest = file_digest(content, settings.PARAMETER_KEY)
    known = _known_already(place, found, digest)
    if known is not None:
        return known
    sets = queries.Sets()
    definitions = sets.definitions(place.item, place.occupant.release)
    safe = protected(read.values, definitions, key=settings.PARAMETER_KEY, titles=read.titles)
    stated = _stated(safe, definitions, place.occupant, sets.released(place.occupant.release))
    occupant = Occupant(item=place.item, values=sorted_values(stated))
    statement = Statement(
        identity,
        Kind.PARAMETERS_OBSERVED,
        found.at,
        slots={path: occupant},
        precision=found.precision,
        evidence=found.evidence,
        source=found.source,
    )
    seq = _booked(workspace, statement, place, actor=actor, now=now)
    offer = _Offer(read, safe, digest, seq)
    snapshot = _kept(place, found, offer, content, actor=actor, now=now)
    drifting.recount([snapshot.unit_id])
    told = _entry(snapshot, found, parameters_digest(sorted_values(safe.values)))
    subject = Unit(pk=snapshot.unit_id)
    ledger.append(told, subject=subject, actor=actor, now=now, blobs=[snapshot.blob])
    return snapshot


@transaction.atomic(durable=True)
def book_drift(
    unit: Unit, slot: str, *, found: Found, reason: str, actor: Actor, now: datetime
) -> Unit:
    """Book what was found on a unit as a change that somebody made, so that it is explained.

    ``unit`` is the one that has the slot. The change happened when ``found`` says, at the latest
    when it was found.

    Raises:
        NotFound: nothing drifts there.
        Invalid: no reason is given, or it was found before it is said to have happened.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    if not reason.strip():
        raise Invalid("Say who changed it, and why.", field="reason")
    record = reads.record_of(unit, slot)
    latest = record.latest
    if latest is None or not record.drift:
        raise NotFound("Nothing drifts in {slot} of {unit}.", slot=slot, unit=unit)
    if found.at > latest.ends:
        raise Invalid(
            "It was found on {day} already: it happened then or before.",
            field="at",
            day=f"{latest.ends:%Y-%m-%d}",
        )
    values = {
        each.name: each.found for each in record.drift.deviations if not is_digest(each.found)
    }
    workspace = Workspace(whole_catalogue(), now=now)
    workspace.open_ids([unit.pk])
    statement = Statement(
        Identity(unit.item_id, unit.item.name, unit.serial, unit.discriminator),
        Kind.PARAMETERS_CHANGED,
        found.at,
        slots={slot: Occupant(item=record.item(latest.ends), values=sorted_values(values))},
        precision=found.precision,
        evidence=found.evidence,
        source=found.source,
    )
    place = _Place(workspace.dossiers[unit.pk], slot, Occupant(), None)
    seq = _booked(workspace, statement, place, actor=actor, now=now)
    drifting.recount([unit.pk])
    told = entries.DriftBooked(
        slot,
        seq,
        found.at.isoformat(),
        found.evidence.word,
        found.source,
        sorted(values),
        reason.strip(),
    )
    ledger.append(told, subject=unit, actor=actor, now=now)
    return unit


@dataclass(frozen=True)
class _Offer:
    """What a file said, what of it may be kept, and the event that tells it."""

    read: ParameterFile
    safe: Protected
    file_digest: str
    seq: int


def parameter_paths(unit: Unit, catalogue: Catalogue) -> list[str]:
    """Return the slots of a unit, at any depth, in which sets of parameters may sit."""
    paths = catalogue.paths(unit.item_id)
    return [
        path
        for path in paths
        if any(
            catalogue.items_by_id[item].kind == ItemKind.PARAMETERS
            for item in catalogue.items_at(unit.item_id, path)
        )
    ]


def _only_path(unit: Unit, catalogue: Catalogue) -> str:
    paths = parameter_paths(unit, catalogue)
    if len(paths) == 1:
        return paths[0]
    if not paths:
        raise Refused("Units of {item} have no slot for parameters.", item=unit.item.name)
    raise Invalid(
        "Units of {item} have several slots for parameters: say which of {paths}.",
        field="slot",
        item=unit.item.name,
        paths=", ".join(paths),
    )


def _place(
    workspace: Workspace, unit: Dossier, path: str, found: Found, catalogue: Catalogue
) -> _Place:
    """Return where a path leads to: parameters of a board that is a unit belong to the board."""
    items = [
        item
        for item in catalogue.items_at(unit.item, path)
        if catalogue.items_by_id[item].kind == ItemKind.PARAMETERS
    ]
    ends = queries.end_of(found.at, found.precision)
    carrier, slot = unit, ""
    for part in path.split("/"):
        slot = f"{slot}/{part}" if slot else part
        there = carrier.life.inside_at(slot, ends)
        child = there.content.child if there and there.content else None
        if child in workspace.dossiers and slot != path:
            carrier, slot = workspace.dossiers[child], ""
    installed = carrier.life.inside_at(slot, ends)
    occupant = (installed.content if installed else None) or Occupant()
    if occupant.item is None and not items:
        raise Invalid(
            'Units of {item} have no slot "{path}" for parameters.',
            field="slot",
            item=catalogue.items_by_id[unit.item].name,
            path=path,
        )
    item = occupant.item if occupant.item is not None else items[0] if len(items) == 1 else None
    return _Place(carrier, slot, occupant, item)


def _known_already(place: _Place, found: Found, digest: str) -> ParameterSnapshot | None:
    rows = ParameterSnapshot.objects.filter(
        unit_id=place.carrier.id, slot=place.slot, occurred_at=found.at, file_digest=digest
    )
    return rows.select_related("item", "parameters").order_by("number").first()


def _stated(
    safe: Protected,
    definitions: Mapping[str, Definition],
    before: Occupant,
    released: Mapping[str, str],
) -> dict[str, str]:
    """Return what the event states, spelt as before where it means the same."""
    booked = dict(before.values)
    stated: dict[str, str] = {}
    for name, value in safe.values.items():
        known = definitions.get(name)
        if name in safe.secrets or (known and (known.is_counter or known.is_individual)):
            continue
        if name in booked:
            stated[name] = booked[name] if same(booked[name], value, known) else value
            continue
        usual = released.get(name) or (known.default if known else "")
        if usual and not same(usual, value, known):
            stated[name] = value
    return (
        stated
        if len(stated) <= STATED_LIMIT
        else {name: value for name, value in stated.items() if name in booked}
    )


def _booked(
    workspace: Workspace, statement: Statement, place: _Place, *, actor: Actor, now: datetime
) -> int:
    """Book the event, and return its number; one that is known already keeps its own."""
    tell(workspace, statement)
    try:
        with transaction.atomic():
            Settlement(actor_name=actor.name, now=now).settle(workspace)
    except IntegrityError:
        raise Refused("Someone booked on this unit meanwhile. Try again.") from None
    if place.carrier.added:
        return place.carrier.added[-1].seq
    same_time = (
        event
        for event in place.carrier.events
        if event.kind is statement.kind and event.occurred_at == statement.occurred_at
    )
    return max(event.seq for event in same_time)


def _kept(
    place: _Place,
    found: Found,
    offer: _Offer,
    content: bytes,
    *,
    actor: Actor,
    now: datetime,
) -> ParameterSnapshot:
    safe, unit_id = offer.safe, place.carrier.id
    digest = parameters_digest(sorted_values(safe.values))
    values = dict(safe.values)
    parameters, _ = ParameterSet.objects.get_or_create(digest=digest, defaults={"values": values})
    kept = kept_file(content, offer.read.format, safe)
    blob = ledger.store_blob(kept.content, media_type=kept.media_type, now=now)
    last = ParameterSnapshot.objects.filter(unit_id=unit_id).aggregate(n=Max("number"))["n"]
    snapshot = ParameterSnapshot(
        unit_id=unit_id,
        number=(last or 0) + 1,
        slot=place.slot,
        seq=offer.seq,
        occurred_at=found.at,
        precision=found.precision.value,
        recorded_at=now,
        source=found.source,
        evidence=found.evidence,
        item_id=place.item,
        parameters=parameters,
        count=len(values),
        secrets=list(safe.secrets),
        blob=blob,
        file_digest=offer.file_digest,
        filename=found.filename[:FILENAME_LENGTH],
        format=offer.read.format.value,
        is_rewritten=kept.is_rewritten,
        actor_name=actor.name,
    )
    snapshot.save(force_insert=True)
    return snapshot


def _entry(snapshot: ParameterSnapshot, found: Found, digest: str) -> entries.ParametersObserved:
    return entries.ParametersObserved(
        snapshot.slot,
        snapshot.number,
        snapshot.seq,
        found.at.isoformat(),
        found.evidence.word,
        found.source,
        digest,
        snapshot.blob,
        snapshot.count,
        list(snapshot.secrets),
        snapshot.is_rewritten,
    )
