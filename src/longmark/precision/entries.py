"""What precision writes into the ledger."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class DutyGiven:
    """Somebody sees to it that what a rule counts gets less; without a name, nobody does."""

    ACTION: ClassVar[str] = "precision.duty-given"
    rule: str
    person: str | None
