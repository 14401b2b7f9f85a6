"""What every advisory becomes once read: one record, its statements, their intervals.

Readers of OSV, NVD and CVE JSON all answer with an `AdvisoryRecord`. A statement is the
claim of one record about one package. Its intervals are in *normal form*: half-open
``[low, high)`` over the order keys of `longmark.core.versions`, disjoint, sorted, and
holding all that is not ``not_affected``; every other version is.
So "the key lies in an affected interval" is the whole truth about that statement, and
matching is one indexed range test. Values that have no order are kept as exact strings.

The classes are `msgspec.Struct`s rather than dataclasses: several million are made while
a full advisory set is read, and these cost a fifth of the time.
"""

from datetime import date, datetime
from enum import IntEnum, StrEnum

import msgspec

from longmark.core.versions import Scheme

MAX_TEXT = 16_384  # characters of any single text that is kept; longer ones are cut
MAX_STATEMENTS = 4_096  # per record; the largest genuine one has 1,100
MAX_RANGES = 20_000  # per record
MAX_FILES = 2_000  # source files named by one entry; the largest genuine one names 300


class Source(StrEnum):
    """Where a record comes from: the kind of publisher, not the file."""

    OSV = "osv"
    NVD = "nvd"
    CVE = "cve"
    CSAF = "csaf"
    EUVD = "euvd"


class State(StrEnum):
    """Whether a record may still be matched (withdrawn and rejected ones may not)."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"


class Status(StrEnum):
    """What a statement says about a version."""

    AFFECTED = "affected"
    NOT_AFFECTED = "not_affected"
    FIXED = "fixed"
    UNDER_INVESTIGATION = "under_investigation"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How far a result can be trusted; a match has the lowest of all its steps."""

    EXACT = "exact"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """Return 0 for the best level, rising as trust falls."""
        return _RANKS[self]

    def at_most(self, other: "Confidence") -> "Confidence":
        """Return the lower of both levels."""
        return self if _RANKS[self] >= _RANKS[other] else other


_RANKS = {level: rank for rank, level in enumerate(Confidence)}


class Tier(IntEnum):
    """Which source decides when several speak of one package; the lowest number wins."""

    DISTRIBUTOR = 2
    ECOSYSTEM = 3
    CNA = 4
    REPOSITORY = 5
    ENRICHED = 6
    PROSE = 7


class Origin(StrEnum):
    """Who gave a severity, in the order in which they are preferred."""

    CNA = "cna"
    NVD = "nvd"
    ADP = "adp"
    CSAF = "csaf"


class Surroundings(StrEnum):
    """What kind of thing a statement asks for besides the package itself."""

    HARDWARE = "hardware"
    SYSTEM = "system"
    SOFTWARE = "software"
    PRODUCT = "product"


class StatedRange(msgspec.Struct, frozen=True, gc=False):
    """One interval ``[low, high)`` over keys, with its bounds as they were published."""

    low: str
    high: str
    low_text: str
    high_text: str
    status: Status


class ExactVersion(msgspec.Struct, frozen=True, gc=False):
    """A version that has no place in the order: equal text only."""

    text: str
    status: Status


class Filters(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Concrete CPE attributes that a component must not contradict; empty means any."""

    edition: str = ""
    language: str = ""
    sw_edition: str = ""
    target_sw: str = ""
    target_hw: str = ""
    other: str = ""


class Alternatives(msgspec.Struct, frozen=True, omit_defaults=True):
    """CPE names (2.3) and groups of them, of which at least one must be present.

    All of them if `is_all`, none if negated. `versions` are the bounds of each name
    (``>=1.0,<2.0``, empty for none); it is empty where no name has any.
    """

    names: tuple[str, ...]
    is_negated: bool = False
    versions: tuple[str, ...] = ()
    is_all: bool = False
    groups: tuple["Alternatives", ...] = ()


class Condition(msgspec.Struct, frozen=True):
    """What else must be there for a statement to hold: every one of the alternatives."""

    text: str
    kind: Surroundings
    needs: tuple[Alternatives, ...]


class Statement(msgspec.Struct, frozen=True):
    """The claim of one record about one package.

    `wording` is the identity as published, `pointer` the JSON pointer of the entry, `cap`
    the best confidence that a match through it may have, `part` the CPE part (a, o, h), `files`
    the source files in which the weakness lies, where the record names any. `subject` is the
    vulnerability that it is about, where a record speaks of several.
    """

    package: str
    scheme: Scheme
    pointer: str
    wording: str
    ranges: tuple[StatedRange, ...]
    exact: tuple[ExactVersion, ...] = ()
    default: Status = Status.NOT_AFFECTED
    tier: Tier = Tier.ECOSYSTEM
    cap: Confidence = Confidence.EXACT
    part: str = ""
    condition: Condition | None = None
    filters: Filters | None = None
    subject: str = ""
    files: tuple[str, ...] = ()


class Severity(msgspec.Struct, frozen=True, gc=False):
    """One published rating; `score` is computed from the vector, never copied.

    `subject` is the vulnerability that is rated, where the record speaks of several.
    """

    origin: Origin
    provider: str
    version: str
    vector: str
    score: float | None
    word: str = ""
    subject: str = ""


class Reference(msgspec.Struct, frozen=True, gc=False):
    """A link given by the record, with its kind where the source states one."""

    url: str
    kind: str = ""


class Defect(msgspec.Struct, frozen=True, gc=False):
    """Something in a record that could not be used: where, and why."""

    pointer: str
    reason: str


class AdvisoryRecord(msgspec.Struct, frozen=True):
    """One advisory, normalised.

    `aliases` are ids of the same weakness; `subjects` are the vulnerabilities that the
    record speaks of without being one of them (a distribution notice names many). The
    links of a record are read on demand (`references` of each reader): decoding them costs
    as much as the rest. `marking` says who may read it (``TLP:AMBER``), empty for everybody.
    """

    source: Source
    id: str
    modified: datetime
    published: datetime | None = None
    withdrawn_at: datetime | None = None
    aliases: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    state: State = State.PUBLISHED
    disputed: bool = False
    analysis: str = ""
    marking: str = ""
    replaced_by: str = ""
    exploited_on: date | None = None
    title: str = ""
    description: str = ""
    severities: tuple[Severity, ...] = ()
    weaknesses: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    defects: tuple[Defect, ...] = ()
