"""What the names context writes into the ledger."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class NameRuleAdded:
    """What SBOMs call so is known as, is not, or really is something else."""

    ACTION: ClassVar[str] = "names.rule-added"
    stated: str
    kind: str
    target: str
    versions: str
    is_declared: bool
    purl: str
    cpes: list[str]
    reason: str
    source: str


@dataclass(frozen=True)
class NameRuleWithdrawn:
    """The rule no longer holds."""

    ACTION: ClassVar[str] = "names.rule-withdrawn"
    stated: str
    kind: str
    target: str
    reason: str


@dataclass(frozen=True)
class NameMapImported:
    """A table from purls to CPE names was taken in; an earlier edition no longer holds."""

    ACTION: ClassVar[str] = "names.map-imported"
    name: str
    edition: str
    digest: str
    row_count: int
    used_count: int
    refused_count: int
    supersedes_id: int | None


@dataclass(frozen=True)
class NameMapWithdrawn:
    """The table no longer holds."""

    ACTION: ClassVar[str] = "names.map-withdrawn"
    name: str
    edition: str
    reason: str
