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
