"""The words of a match: verdicts, the reasons that qualify them, and what they rest on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from longmark.core.formats.advisories.records import (
    Confidence,
    Source,
    StatedRange,
    Statement,
    Tier,
)
from longmark.core.identity import Coordinate


class Verdict(StrEnum):
    """What is known of a component and a vulnerability. Unknown is neither hit nor clean."""

    AFFECTED = "affected"
    NOT_AFFECTED = "not_affected"
    FIXED = "fixed"
    UNDER_INVESTIGATION = "under_investigation"
    UNKNOWN = "unknown"

    @property
    def is_decided(self) -> bool:
        """Tell whether a source answered the question."""
        return self in (Verdict.AFFECTED, Verdict.NOT_AFFECTED, Verdict.FIXED)


UNDECIDED: Final = (Verdict.UNDER_INVESTIGATION, Verdict.UNKNOWN)
"""What nobody has answered yet: neither hit nor clean."""

TO_DO: Final = (Verdict.AFFECTED, *UNDECIDED)
"""What leaves something to do."""


class ClosingReason(StrEnum):
    """Why nothing is left to do about a finding: no component matches any more (absent), a better
    source clears it, the vulnerability was withdrawn or merged, or what its component is called was
    mended (renamed); or a fact of the release settles it: it was patched, its build leaves it out,
    a statement (VEX) says so, its code was not compiled or configured, it takes another platform.
    """

    ABSENT = "absent"
    CLEARED = "cleared"
    PATCHED = "patched"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    RENAMED = "renamed"
    EXCLUDED = "excluded"
    VEX = "vex"
    NOT_COMPILED = "not-compiled"
    NOT_CONFIGURED = "not-configured"
    OTHER_PLATFORM = "other-platform"


class Reason(StrEnum):
    """Why a verdict is not plain: rule codes, kept in the trail."""

    ALL_VERSIONS = "all-versions"
    EDITION_UNVERIFIED = "edition-unverified"
    EPOCH_UNKNOWN = "epoch-not-stated"
    EXACT_TEXT = "exact-text"
    GENERIC_FALLBACK = "generic-fallback"
    FILTERED = "filter-contradicted"
    HARDWARE = "hardware-only"
    HARDWARE_IMPLIED = "firmware-implies-hardware"
    INVESTIGATED = "under-investigation"
    NAME_ONLY = "name-only"
    NO_ORDER = "version-without-order"
    NO_VERSION = "version-not-stated"
    PAIRWISE = "compared-pairwise"
    PARENT_DIFFERS = "inside-another-product"
    PARENT_UNKNOWN = "product-around-unknown"
    PART_DIFFERS = "part-differs"
    PATCHED = "patched-by-supplier"
    PLATFORM_CONTRADICTED = "platform-contradicted"
    PLATFORM_UNVERIFIED = "platform-unverified"
    PROSE_ONLY = "prose-only"
    RELEASE_UNKNOWN = "distribution-release-unknown"
    SOFTWARE_UNVERIFIED = "other-software-unverified"
    SOURCES_DISAGREE = "sources-disagree"
    SOURCE_UNSURE = "source-unsure"
    TARGET_UNVERIFIED = "target-unverified"
    UNBOUNDED = "source-without-bounds"
    UPSTREAM_ONLY = "upstream-range-only"


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement with the record that makes it."""

    source: Source
    record: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one claim says of one coordinate; it does not count where it says nothing of it."""

    claim: Claim
    coordinate: Coordinate
    verdict: Verdict
    confidence: Confidence
    span: StatedRange | None
    reasons: tuple[Reason, ...]
    counts: bool = True

    @property
    def tier(self) -> Tier:
        """Return the rank of the source."""
        return self.claim.statement.tier


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on a component and a vulnerability, and the judgements behind it, first the
    one that decides, then those it outranks."""

    verdict: Verdict
    confidence: Confidence
    judgements: tuple[Judgement, ...]
    reasons: tuple[Reason, ...] = ()
