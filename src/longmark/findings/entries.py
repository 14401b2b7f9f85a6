"""What the findings context writes into the ledger."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class MatchesRenewed:
    """Components or vulnerabilities were matched; ``digest`` is that of the changed pairs."""

    ACTION: ClassVar[str] = "findings.matches-renewed"
    subject: str
    looked_at_count: int
    added_count: int
    changed_count: int
    removed_count: int
    digest: str
    keys_version: int
    aliases_version: int


@dataclass(frozen=True)
class FindingsRefreshed:
    """Findings of releases follow their matches; ``digest`` is that of the changed findings."""

    ACTION: ClassVar[str] = "findings.findings-refreshed"
    release_ids: list[int]
    opened_count: int
    changed_count: int
    closed_count: int
    digest: str


@dataclass(frozen=True)
class FactsAdded:
    """A release got a file of facts about its build; ``digest`` names its bytes."""

    ACTION: ClassVar[str] = "findings.facts-added"
    release_id: int
    digest: str
    filename: str
    kind: str
    fact_count: int
    sbom_id: int | None


@dataclass(frozen=True)
class FactsSuperseded:
    """A newer file of facts took the place of this one."""

    ACTION: ClassVar[str] = "findings.facts-superseded"
    release_id: int
    digest: str
    superseded_by: int


@dataclass(frozen=True)
class FactsWithdrawn:
    """The file of facts no longer counts for its release."""

    ACTION: ClassVar[str] = "findings.facts-withdrawn"
    release_id: int
    digest: str
    reason: str


@dataclass(frozen=True)
class FactsReinstated:
    """The same bytes were added again after they had been superseded or withdrawn."""

    ACTION: ClassVar[str] = "findings.facts-reinstated"
    release_id: int
    digest: str


@dataclass(frozen=True)
class FactsRefused:
    """Bytes were offered as facts of a release and could not be taken; they are kept."""

    ACTION: ClassVar[str] = "findings.facts-refused"
    digest: str
    filename: str
    message: str


@dataclass(frozen=True)
class SettlementSetAside:
    """What facts settle about a vulnerability is not to count for a release."""

    ACTION: ClassVar[str] = "findings.settlement-set-aside"
    release_id: int
    vulnerability: str
    reason: str


@dataclass(frozen=True)
class SettlementRestored:
    """What facts settle about a vulnerability counts for the release again."""

    ACTION: ClassVar[str] = "findings.settlement-restored"
    release_id: int
    vulnerability: str
    reason: str
