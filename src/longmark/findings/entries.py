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
