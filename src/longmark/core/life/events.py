"""Events: the facts in a unit's life, as stated, never edited.

An event states what sits in slots and who keeps the unit from an instant on. A slot may be a path
(``control-board/main-firmware``) when the part above it has no serial number of its own; the empty
path is the unit itself. ``None`` in place of an occupant says that the slot is empty, which is more
than not to mention it. Some kinds state more, in details (see ``details``). A correction names the
event that it replaces and states what is true instead; a correction that stands for no kind
withdraws the event.

What is made for every row of a list is a `msgspec.Struct` rather than a dataclass: an import makes
ten of them a row, and they cost a seventh of the time.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from longmark.core.canonical import canonical_json

THE_UNIT_ITSELF = ""
UNKNOWN_COUNTRY = ""


class Kind(StrEnum):
    """What happened."""

    BUILT = "built"
    SERIAL_ASSIGNED = "serial-assigned"
    IDENTITY_CHANGED = "identity-changed"
    TESTED = "tested"
    SHIPPED = "shipped"
    COMMISSIONED = "commissioned"
    INSTALLED = "installed"
    REMOVED = "removed"
    SWAPPED = "swapped"
    SOFTWARE_CHANGED = "software-changed"
    SOFTWARE_CONFIRMED = "software-confirmed"  # read back; nothing was changed
    SOFTWARE_ROLLED_BACK = "software-rolled-back"
    SOFTWARE_OBSERVED = "software-observed"  # the device says so
    PARAMETERS_CHANGED = "parameters-changed"  # applied
    PARAMETERS_OBSERVED = "parameters-observed"
    TRANSFERRED = "transferred"
    RETURNED = "returned"  # and with that an RMA is open
    REPAIRED = "repaired"
    RMA_CLOSED = "rma-closed"
    REPLACED_BY = "replaced-by"
    DECOMMISSIONED = "decommissioned"
    LOST = "lost"
    WARRANTY_STARTED = "warranty-started"
    WARRANTY_EXTENDED = "warranty-extended"
    WARRANTY_VOIDED = "warranty-voided"
    SCRAPPED = "scrapped"
    CORRECTED = "corrected"
    UNDONE = "undone"  # the list that told it was a mistake; it may be told again


class State(StrEnum):
    """Where a unit is in its life."""

    REGISTERED = "registered"
    BUILT = "built"
    SHIPPED = "shipped"
    COMMISSIONED = "commissioned"
    RETURNED = "returned"
    DECOMMISSIONED = "decommissioned"
    REPLACED = "replaced"
    LOST = "lost"
    SCRAPPED = "scrapped"
    WITHDRAWN = "withdrawn"  # all that was said of it was taken back


OUT_OF_USE = frozenset({State.DECOMMISSIONED, State.REPLACED, State.LOST})
"""Units that exist but are not where they were in use: never safe, and counted apart."""

NOT_IN_USE = OUT_OF_USE | {State.SCRAPPED, State.WITHDRAWN}
IN_USE = frozenset(State) - NOT_IN_USE


class Outcome(StrEnum):
    """How a test ended."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"


CORRECTIONS = frozenset({Kind.CORRECTED, Kind.UNDONE})
"""Events about events; everything else is about a unit."""


class Precision(StrEnum):
    """How exactly an instant is known; it is written as the first of its day, month or year.

    If not even the year is known, it is the instant at which the event was told: by then it had
    happened, and nothing is claimed of any day before.
    """

    INSTANT = "instant"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


class Evidence(IntEnum):
    """How well a claim is supported; a number, so that the better one wins."""

    ASSUMED = 1  # from the bill of materials, as planned
    DECLARED = 2  # by an ERP system or a customer
    REPORTED = 3  # the device said so
    CONFIRMED = 4  # read back, or seen by a technician
    VERIFIED = 5  # signed attestation, or hash read back

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def of_word(cls, word: str) -> "Evidence":
        """Raises: KeyError: there is no such level."""
        return cls[word.upper()]


class CustodyRole(StrEnum):
    """In what capacity a party keeps a unit."""

    OPERATOR = "operator"
    DISTRIBUTOR = "distributor"
    OWNER = "owner"


class Occupant(msgspec.Struct, frozen=True):
    """What sits in a slot: a release of an item, a unit of it, or an anonymous part.

    ``release`` None: which one is not known. ``values`` are parameters by name, sorted.
    ``quantity`` is how many of them sit there: pieces that have no number, or one of their batch.
    """

    item: int | None = None
    release: int | None = None
    child: UUID | None = None
    part: str = ""
    values: tuple[tuple[str, str], ...] = ()
    quantity: int = 1


class Holder(msgspec.Struct, frozen=True):
    """Who keeps a unit, as far as known; ``country`` may be known when the party is not."""

    party: int | None = None
    site: int | None = None
    country: str = UNKNOWN_COUNTRY


class Details(msgspec.Struct, frozen=True):
    """What events of some kinds state beside slots and custody; each kind takes its own fields."""

    serial: str = ""  # the number that a unit bears from then on
    former: str = ""  # the number that it bore until then
    outcome: Outcome | None = None
    rma: str = ""  # the number of the RMA
    until: date | None = None  # the last day of the warranty
    replaced_by: UUID | None = None
    reason: str = ""


NO_DETAILS = Details()


class Event(msgspec.Struct, frozen=True):
    """One fact in a unit's life. ``seq`` is its place in the order of arrival."""

    seq: int
    kind: Kind
    occurred_at: datetime
    slots: Mapping[str, Occupant | None] = msgspec.field(default_factory=dict)
    custody: Mapping[CustodyRole, Holder | None] = msgspec.field(default_factory=dict)
    evidence: Evidence = Evidence.DECLARED
    precision: Precision = Precision.DAY
    source: str = ""
    corrects: int | None = None
    stands_for: Kind | None = None
    details: Details = NO_DETAILS

    def same_fact(self, other: "Event") -> bool:
        """Whether the other says the same, whenever and however often it arrived."""
        return self._content() == other._content()

    def _content(self) -> tuple[object, ...]:
        stated = (dict(self.slots), dict(self.custody), self.details)
        means = (self.corrects, self.stands_for, self.evidence, self.precision, self.source)
        return (self.kind, self.occurred_at, stated, means)


def numbered(draft: Event, seq: int) -> Event:
    """Return the event with its place in the order of arrival."""
    return draft if draft.seq == seq else replace(draft, seq=seq)


def payload(event: Event) -> dict[str, Any]:
    """Return what an event states, for JSON; `stated_slots` and its like are the inverse."""
    stated: dict[str, Any] = {}
    if event.slots:
        stated["slots"] = {
            slot: occupant and _occupant(occupant) for slot, occupant in event.slots.items()
        }
    if event.custody:
        stated["custody"] = {
            role.value: holder and [holder.party, holder.site, holder.country]
            for role, holder in event.custody.items()
        }
    if event.stands_for:
        stated["stands_for"] = event.stands_for.value
    if event.details != NO_DETAILS:
        stated["details"] = _details(event.details)
    return stated


def _details(details: Details) -> dict[str, str]:
    """Return what is stated, as text."""
    stated = {name: getattr(details, name) for name in details.__struct_fields__}
    return {name: str(value) for name, value in stated.items() if value}


def stated_details(stated: Mapping[str, Any]) -> Details:
    """Return the details that a payload states."""
    told = stated.get("details")
    if not told:
        return NO_DETAILS
    outcome, until, replaced_by = (told.get(name) for name in ("outcome", "until", "replaced_by"))
    return Details(
        serial=told.get("serial", ""),
        former=told.get("former", ""),
        outcome=Outcome(outcome) if outcome else None,
        rma=told.get("rma", ""),
        until=date.fromisoformat(until) if until else None,
        replaced_by=UUID(replaced_by) if replaced_by else None,
        reason=told.get("reason", ""),
    )


def _occupant(occupant: Occupant) -> dict[str, Any]:
    """Leave out what is not stated: payloads are kept for ever, in millions."""
    stated: dict[str, Any] = {}
    if occupant.item is not None:
        stated["item"] = occupant.item
    if occupant.release is not None:
        stated["release"] = occupant.release
    if occupant.child is not None:
        stated["child"] = str(occupant.child)
    if occupant.part:
        stated["part"] = occupant.part
    if occupant.values:
        stated["values"] = dict(occupant.values)
    if occupant.quantity != 1:
        stated["quantity"] = occupant.quantity
    return stated


def stated_slots(stated: Mapping[str, Any]) -> dict[str, Occupant | None]:
    """Return the occupants that a payload states."""
    return {slot: _read_occupant(place) for slot, place in stated.get("slots", {}).items()}


def _read_occupant(stated: Mapping[str, Any] | None) -> Occupant | None:
    if stated is None:
        return None
    child = stated.get("child")
    return Occupant(
        item=stated.get("item"),
        release=stated.get("release"),
        child=UUID(child) if child else None,
        part=stated.get("part", ""),
        values=sorted_values(stated.get("values", {})),
        quantity=stated.get("quantity", 1),
    )


def stated_custody(stated: Mapping[str, Any]) -> dict[CustodyRole, Holder | None]:
    """Return the holders that a payload states."""
    return {
        CustodyRole(role): Holder(*holder) if holder else None
        for role, holder in stated.get("custody", {}).items()
    }


def sorted_values(values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return parameters in the one order that makes equal sets equal."""
    return tuple(sorted(values.items()))


def parameters_digest(values: tuple[tuple[str, str], ...]) -> str:
    """Return the content address of a set of parameter values; empty for no values."""
    return hashlib.sha256(canonical_json(dict(values))).hexdigest() if values else ""
