"""EPCIS out: what happened to units, as events that others understand.

What goes beyond the words of EPCIS stands in a row beside the event, in the words of lists of
units, so that nothing is lost when Longmark reads it again. Parts put in or taken out are
associations; where a unit was built or repaired with them, they say a part of that event.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID, uuid5

from longmark.core.formats.epcis import vocabulary
from longmark.core.formats.epcis.naming import Piece, party_uri, uri_of
from longmark.core.life.events import Kind, Outcome, Precision

EVENT_NAMESPACE: Final = UUID(
    "525bde35-2315-5c14-b951-2e42ea0d5cbf"
)  # UUIDv5 of urn:longmark:epcis:event
MEDIA_TYPE: Final = "application/ld+json"
_RMA: Final = "urn:longmark:rma:"
_CONTENT_KINDS = frozenset({Kind.INSTALLED, Kind.REMOVED, Kind.SWAPPED})
_OUTCOMES = {
    Outcome.PASSED: "conformant",
    Outcome.FAILED: "non_conformant",
    Outcome.INCONCLUSIVE: "unknown",
}


@dataclass(frozen=True)
class Part:
    """A unit that was put into a slot of another, or taken out of it."""

    slot: str
    piece: Piece
    is_in: bool


@dataclass(frozen=True)
class Declaration:
    """That an event was told in error: since when that is known, and what is true instead.

    ``instead`` is the place of the event that stands for it, if one does.
    """

    at: datetime
    instead: int | None = None


@dataclass(frozen=True)
class Happening:
    """One event in the life of a unit, in names. ``words`` are columns of a list."""

    unit: UUID
    seq: int
    piece: Piece
    kind: Kind
    at: datetime
    precision: Precision
    recorded_at: datetime
    words: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    owner: tuple[str, str] | None = None  # name and number of who has it from then on
    rma: str = ""
    outcome: Outcome | None = None
    declared: Declaration | None = None


def events_of(happening: Happening) -> list[dict[str, Any]]:
    """Return one event of a unit's life as events of EPCIS; the first says all of it.

    Told in error, it is told again with the declaration, under the same ids.
    """
    ids = _ids(happening)
    links = [_association(happening, part) for part in sorted(happening.parts, key=_out_first)]
    row = {vocabulary.ROW: _row(happening)}
    if links and happening.kind in _CONTENT_KINDS:
        first, *rest = links
    else:
        first, rest = _object(happening), links
    whole = next(ids)
    told = [{**first, "eventID": whole, **row}]
    return told + [{**each, "eventID": next(ids), vocabulary.PART_OF: whole} for each in rest]


def document(events: Iterable[Mapping[str, Any]], *, now: datetime) -> dict[str, Any]:
    """Return events as a document to be sent."""
    return {**_head("EPCISDocument", now), "epcisBody": {"eventList": list(events)}}


def answer(events: Iterable[Mapping[str, Any]], *, now: datetime) -> dict[str, Any]:
    """Return events as the answer to a query."""
    results = {"queryName": "SimpleEventQuery", "resultsBody": {"eventList": list(events)}}
    return {**_head("EPCISQueryDocument", now), "epcisBody": {"queryResults": results}}


def _head(kind: str, now: datetime) -> dict[str, Any]:
    return {
        "@context": [vocabulary.CONTEXT, {vocabulary.PREFIX: vocabulary.NAMESPACE}],
        "type": kind,
        "schemaVersion": "2.0",
        "creationDate": _instant(now),
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _ids(happening: Happening) -> Iterator[str]:
    for number in range(2 + len(happening.parts)):
        yield _id(happening.unit, happening.seq, number)


def _id(unit: UUID, seq: int, number: int) -> str:
    return f"urn:uuid:{uuid5(EVENT_NAMESPACE, f'{unit}/{seq}/{number}')}"


def _common(happening: Happening, kind: str) -> dict[str, Any]:
    return {
        "type": kind,
        "eventTime": _instant(happening.at),
        "eventTimeZoneOffset": "+00:00",
        **_recorded(happening),
    }


def _recorded(happening: Happening) -> dict[str, Any]:
    declared = happening.declared
    if declared is None:
        return {"recordTime": _instant(happening.recorded_at)}
    stated: dict[str, Any] = {
        "declarationTime": _instant(declared.at),
        "reason": "did_not_occur" if declared.instead is None else "incorrect_data",
    }
    if declared.instead is not None:
        stated["correctiveEventIDs"] = [_id(happening.unit, declared.instead, 0)]
    return {"recordTime": _instant(declared.at), "errorDeclaration": stated}


def _object(happening: Happening) -> dict[str, Any]:
    own = (vocabulary.OBSERVE, vocabulary.NAMESPACE + happening.kind.value, "")
    action, step, disposition = vocabulary.STEPS.get(happening.kind, own)
    if happening.outcome is not None:
        disposition = _OUTCOMES[happening.outcome]
    told = {
        **_common(happening, vocabulary.OBJECT),
        "action": action,
        "bizStep": step,
        "epcList": [uri_of(happening.piece)],
    }
    if disposition:
        told["disposition"] = disposition
    if happening.owner is not None:
        owner = {"type": "owning_party", "destination": party_uri(*happening.owner)}
        told["destinationList"] = [owner]
    if happening.rma:
        rma = {"type": "rma", "bizTransaction": _RMA + quote(happening.rma, safe="")}
        told["bizTransactionList"] = [rma]
    return told


def _out_first(part: Part) -> tuple[bool, str]:
    return part.is_in, part.slot


def _association(happening: Happening, part: Part) -> dict[str, Any]:
    joining = "assembling" if happening.kind is Kind.BUILT else "installing"
    return {
        **_common(happening, vocabulary.ASSOCIATION),
        "action": vocabulary.ADD if part.is_in else vocabulary.DELETE,
        "bizStep": joining if part.is_in else "removing",
        "parentID": uri_of(happening.piece),
        "childEPCs": [uri_of(part.piece)],
        vocabulary.SLOT: part.slot,
    }


def _row(happening: Happening) -> dict[str, str]:
    return {"event": happening.kind.value, "date": _date(happening), **happening.words}


def _date(happening: Happening) -> str:
    """Write an instant as exactly as it is known; what begins at no midnight, as it stands."""
    if happening.precision is Precision.UNKNOWN:
        return "unknown"
    stated = happening.at.astimezone(UTC).isoformat()
    length = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}.get(happening.precision)
    begins = {10: "T00:00:00+00:00", 7: "-01T00:00:00+00:00", 4: "-01-01T00:00:00+00:00"}
    if length is None or stated[length:] != begins[length]:
        return stated
    return stated[:length]
