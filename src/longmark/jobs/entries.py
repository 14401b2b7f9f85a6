"""What jobs write into the ledger: that work was asked for, and how it ended."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class JobEnqueued:
    ACTION: ClassVar[str] = "jobs.job-enqueued"
    kind: str


@dataclass(frozen=True)
class JobEnded:
    ACTION: ClassVar[str] = "jobs.job-ended"
    kind: str
    state: str
    outcome: str


@dataclass(frozen=True)
class JobCancelAsked:
    ACTION: ClassVar[str] = "jobs.job-cancel-asked"
    kind: str
