"""What the catalog writes into the ledger."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ItemRegistered:
    ACTION: ClassVar[str] = "catalog.item-registered"
    kind: str
    name: str
    title: str
    numbers: dict[str, str]


@dataclass(frozen=True)
class PassportOpened:
    ACTION: ClassVar[str] = "catalog.passport-opened"
    declaration_url: str
    instructions_url: str


@dataclass(frozen=True)
class PassportClosed:
    ACTION: ClassVar[str] = "catalog.passport-closed"


@dataclass(frozen=True)
class ReleaseRegistered:
    ACTION: ClassVar[str] = "catalog.release-registered"
    item_id: int
    version: str
    status: str
    released_on: str | None


@dataclass(frozen=True)
class ReleaseStatusChanged:
    ACTION: ClassVar[str] = "catalog.release-status-changed"
    before: str
    after: str


@dataclass(frozen=True)
class ReleaseProfiled:
    """What programs outside keep beside a release was said anew; only what changed."""

    ACTION: ClassVar[str] = "catalog.release-profiled"
    changed: dict[str, str]


@dataclass(frozen=True)
class SlotDefined:
    ACTION: ClassVar[str] = "catalog.slot-defined"
    item_id: int
    name: str
    is_optional: bool


@dataclass(frozen=True)
class FitsAllowed:
    ACTION: ClassVar[str] = "catalog.fits-allowed"
    release_ids: list[int]


@dataclass(frozen=True)
class SupportPeriodDecided:
    ACTION: ClassVar[str] = "catalog.support-period-decided"
    item_id: int
    starts_on: str
    ends_on: str
    years: int
    expected_use_years: int
    reasoning: str


@dataclass(frozen=True)
class ParametersDefined:
    """What parameters of a set are was said anew, from a release on; names are the first fifty."""

    ACTION: ClassVar[str] = "catalog.parameters-defined"
    item_id: int
    release_id: int | None
    added_count: int
    changed_count: int
    dropped_count: int
    names: list[str]
    manifest: str


@dataclass(frozen=True)
class ParametersReleased:
    ACTION: ClassVar[str] = "catalog.parameters-released"
    digest: str
    blob: str
    filename: str
    value_count: int
    secrets: list[str]
    is_rewritten: bool


@dataclass(frozen=True)
class CombinationStated:
    ACTION: ClassVar[str] = "catalog.combination-stated"
    item_id: int
    name: str
    pieces: list[dict[str, object]]
    built_from: str | None
    built_until: str | None
    serial_from: str
    serial_until: str
    reason: str


@dataclass(frozen=True)
class CombinationWithdrawn:
    ACTION: ClassVar[str] = "catalog.combination-withdrawn"
    item_id: int
    name: str
    reason: str
