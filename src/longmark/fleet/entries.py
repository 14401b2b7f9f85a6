"""What the fleet writes into the ledger."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class UnitsRegistered:
    ACTION: ClassVar[str] = "fleet.units-registered"
    unit_count: int
    manifest: str


@dataclass(frozen=True)
class LinkKeyMade:
    ACTION: ClassVar[str] = "fleet.link-key-made"
    number: int
    fingerprint: str


@dataclass(frozen=True)
class EventBooked:
    ACTION: ClassVar[str] = "fleet.event-booked"
    kind: str
    seq: int
    occurred_at: str
    source: str
    evidence: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class PhotoAdded:
    ACTION: ClassVar[str] = "fleet.photo-added"
    digest: str
    media_type: str
    taken_on: str
    note: str


@dataclass(frozen=True)
class EventCorrected:
    ACTION: ClassVar[str] = "fleet.event-corrected"
    seq: int
    corrects: int
    stands_for: str | None
    reason: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class EventsBooked:
    ACTION: ClassVar[str] = "fleet.events-booked"
    event_count: int
    unit_count: int
    manifest: str


@dataclass(frozen=True)
class AliasRecorded:
    ACTION: ClassVar[str] = "fleet.alias-recorded"
    kind: str
    value: str


@dataclass(frozen=True)
class RmaOpened:
    ACTION: ClassVar[str] = "fleet.rma-opened"
    number: str
    opened_on: str
    reason: str


@dataclass(frozen=True)
class RmaReceived:
    ACTION: ClassVar[str] = "fleet.rma-received"
    number: str
    received_on: str
    worker: str


@dataclass(frozen=True)
class RmaDiagnosed:
    ACTION: ClassVar[str] = "fleet.rma-diagnosed"
    number: str
    diagnosed_on: str
    diagnosis: str
    decision: str
    worker: str


@dataclass(frozen=True)
class RmaRepairBegun:
    ACTION: ClassVar[str] = "fleet.rma-repair-begun"
    number: str
    began_on: str
    worker: str


@dataclass(frozen=True)
class RmaClosed:
    """``holds`` spoke against it; ``override`` says why it was closed all the same."""

    ACTION: ClassVar[str] = "fleet.rma-closed"
    number: str
    closed_on: str
    outcome: str
    reason: str
    replacement: str
    holds: list[dict[str, str]]
    override: str


@dataclass(frozen=True)
class UnitReplaced:
    """Subject: the unit that took the place; ``inherited`` are the kinds of events it got.

    Upper contexts hand on what is open for ``unit`` (campaigns, notices) when they see this.
    """

    ACTION: ClassVar[str] = "fleet.unit-replaced"
    unit: str
    number: str
    inherited: list[str]


@dataclass(frozen=True)
class AliasEnded:
    ACTION: ClassVar[str] = "fleet.alias-ended"
    kind: str
    value: str
    until: str


@dataclass(frozen=True)
class ImportStaged:
    ACTION: ClassVar[str] = "fleet.import-staged"
    filename: str
    digest: str
    row_count: int
    refused_count: int


@dataclass(frozen=True)
class ImportReceived:
    """A list that is kept, and not understood yet."""

    ACTION: ClassVar[str] = "fleet.import-received"
    filename: str
    digest: str


@dataclass(frozen=True)
class ImportMapped:
    """Someone said how a list is to be read and understood."""

    ACTION: ClassVar[str] = "fleet.import-mapped"
    filename: str
    digest: str
    how: dict[str, Any]
    column_map: dict[str, Any]
    profile: str
    row_count: int
    refused_count: int


@dataclass(frozen=True)
class ProfileSaved:
    ACTION: ClassVar[str] = "fleet.import-profile-saved"
    name: str
    how: dict[str, Any]
    column_map: dict[str, Any]
    is_taken_unasked: bool


@dataclass(frozen=True)
class ProfileForgotten:
    ACTION: ClassVar[str] = "fleet.import-profile-forgotten"
    name: str


@dataclass(frozen=True)
class ImportApplied:
    ACTION: ClassVar[str] = "fleet.import-applied"
    filename: str
    digest: str
    manifest: str
    row_count: int
    created_count: int
    changed_count: int
    unchanged_count: int
    refused_count: int
    event_count: int
    contested_count: int = 0


@dataclass(frozen=True)
class ConflictDecided:
    """A person said which of two claims about a unit is true."""

    ACTION: ClassVar[str] = "fleet.conflict-decided"
    number: int
    decision: str
    reason: str
    seq: int
    claim: dict[str, Any]


@dataclass(frozen=True)
class ImportUndone:
    """Every event that a list brought was taken back, but for rows that others rest upon."""

    ACTION: ClassVar[str] = "fleet.import-undone"
    filename: str
    digest: str
    reason: str
    undone_count: int
    event_count: int
    kept_count: int


@dataclass(frozen=True)
class ImportDiscarded:
    ACTION: ClassVar[str] = "fleet.import-discarded"
    filename: str
    digest: str


@dataclass(frozen=True)
class ConfigurationsComposed:
    ACTION: ClassVar[str] = "fleet.configurations-composed"
    item_ids: list[int]
    unit_count: int


@dataclass(frozen=True)
class ParametersObserved:
    """A set was found on a unit; the event is ``seq`` of that unit."""

    ACTION: ClassVar[str] = "fleet.parameters-observed"
    slot: str
    number: int
    seq: int
    occurred_at: str
    evidence: str
    source: str
    digest: str
    blob: str
    value_count: int
    secrets: list[str]
    is_rewritten: bool


@dataclass(frozen=True)
class DriftBooked:
    """What was found on a unit was booked as a change, with why."""

    ACTION: ClassVar[str] = "fleet.drift-booked"
    slot: str
    seq: int
    occurred_at: str
    evidence: str
    source: str
    names: list[str]
    reason: str


@dataclass(frozen=True)
class ConfigurationsJudged:
    """What is in units was judged anew by what the catalog allows now."""

    ACTION: ClassVar[str] = "fleet.configurations-judged"
    item_ids: list[int]
    changed_count: int
    mismatch_count: int


@dataclass(frozen=True)
class MismatchWaived:
    ACTION: ClassVar[str] = "fleet.mismatch-waived"
    path: str
    key: str
    reason: str


@dataclass(frozen=True)
class DriftRecounted:
    ACTION: ClassVar[str] = "fleet.drift-recounted"
    item_id: int
    slot_count: int
    drifting_count: int


@dataclass(frozen=True)
class WaiverWithdrawn:
    ACTION: ClassVar[str] = "fleet.waiver-withdrawn"
    path: str
    key: str
    reason: str
