"""What the SBOMs context writes into the ledger."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class SbomAdded:
    """A release got an SBOM; its components are in the document that ``digest`` names."""

    ACTION: ClassVar[str] = "sboms.sbom-added"
    release_id: int
    digest: str
    filename: str
    format: str
    spec_version: str
    component_count: int
    first_seen_count: int
    defect_count: int
    is_by_job: bool = False


@dataclass(frozen=True)
class SbomSuperseded:
    """A newer SBOM took the place of this one."""

    ACTION: ClassVar[str] = "sboms.sbom-superseded"
    release_id: int
    digest: str
    superseded_by: int


@dataclass(frozen=True)
class SbomWithdrawn:
    """The SBOM no longer speaks for its release."""

    ACTION: ClassVar[str] = "sboms.sbom-withdrawn"
    release_id: int
    digest: str
    reason: str


@dataclass(frozen=True)
class SbomReinstated:
    """The same bytes were added again after they had been superseded or withdrawn."""

    ACTION: ClassVar[str] = "sboms.sbom-reinstated"
    release_id: int
    digest: str


@dataclass(frozen=True)
class ComponentsDerived:
    """Coordinates were derived anew, after names or the rules of the core had changed."""

    ACTION: ClassVar[str] = "sboms.components-derived"
    is_whole: bool
    looked_at_count: int
    changed_count: int
    keys_version: int
    aliases_version: int
    names_version: int


@dataclass(frozen=True)
class SbomRefused:
    """Bytes were offered as an SBOM of a release and could not be taken; they are kept."""

    ACTION: ClassVar[str] = "sboms.sbom-refused"
    digest: str
    filename: str
    message: str
    problems: list[str]


@dataclass(frozen=True)
class StatementsKept:
    """A VEX document of a release was kept; what it says is not applied."""

    ACTION: ClassVar[str] = "sboms.statements-kept"
    release_id: int
    digest: str
    filename: str


@dataclass(frozen=True)
class SupplierRequestSent:
    """A supplier was asked to complete an SBOM; letter and list are in the blob store."""

    ACTION: ClassVar[str] = "sboms.supplier-request-sent"
    document_id: int
    number: str
    supplier: str
    profile: str
    score: int
    demand_count: int
    due_on: str | None


@dataclass(frozen=True)
class LifespanAdded:
    """Someone says how long a line of versions is supported, and when its life ends."""

    ACTION: ClassVar[str] = "sboms.lifespan-added"
    package: str
    versions: str
    support_ends_on: str | None
    end_of_life_on: str | None
    said_by: str
    source: str
    note: str


@dataclass(frozen=True)
class LifespanWithdrawn:
    """What was said of a lifespan no longer holds."""

    ACTION: ClassVar[str] = "sboms.lifespan-withdrawn"
    package: str
    versions: str
    reason: str


@dataclass(frozen=True)
class LifespansTaken:
    """A list of lifespans was taken in, from a file or as it is shipped."""

    ACTION: ClassVar[str] = "sboms.lifespans-taken"
    filename: str
    digest: str
    row_count: int
    added_count: int
    withdrawn_count: int
    refused_count: int
