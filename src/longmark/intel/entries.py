"""What intelligence writes into the ledger."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class AdvisoriesImported:
    """A file was taken in. Which vulnerabilities it changed: `intel.queries`, by the intake."""

    ACTION: ClassVar[str] = "intel.advisories-imported"
    filename: str
    format: str
    edition: str
    manifest_digest: str
    added_count: int
    changed_count: int
    unchanged_count: int
    refused_count: int
    vulnerability_count: int


@dataclass(frozen=True)
class FeedSwitchedOn:
    """A feed is followed from now on: where, how often, with which options."""

    ACTION: ClassVar[str] = "intel.feed-switched-on"
    name: str
    address: str
    period_seconds: int
    options: dict[str, object]


@dataclass(frozen=True)
class FeedSwitchedOff:
    """A feed is not followed any more; what it brought stays."""

    ACTION: ClassVar[str] = "intel.feed-switched-off"
    name: str


@dataclass(frozen=True)
class FeedRunEnded:
    """A run of a feed came to its end; which files it took: the intakes of the run."""

    ACTION: ClassVar[str] = "intel.feed-run-ended"
    name: str
    state: str
    added_count: int
    changed_count: int
    unchanged_count: int
    refused_count: int
    known_count: int | None
    upstream_count: int | None
    error: str


@dataclass(frozen=True)
class FeedBundleExported:
    """What is known here was packed and signed; the manifest is kept."""

    ACTION: ClassVar[str] = "intel.feed-bundle-exported"
    since: str
    made_at: str
    signer: str
    manifest_digest: str
    member_count: int
    record_count: int
    left_out_count: int


@dataclass(frozen=True)
class FeedBundleImported:
    """A bundle from elsewhere was taken in: which files of it, the intakes' own entries say."""

    ACTION: ClassVar[str] = "intel.feed-bundle-imported"
    filename: str
    since: str
    made_at: str
    signer: str
    manifest_digest: str
    member_count: int
    record_count: int


@dataclass(frozen=True)
class FeedBundleRefused:
    """A bundle was not made or not taken in, or not to its end, and why."""

    ACTION: ClassVar[str] = "intel.feed-bundle-refused"
    direction: str
    filename: str
    reason: str
