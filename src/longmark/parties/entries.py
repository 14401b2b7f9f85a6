"""What parties write into the ledger.

People's names and addresses stay out of it: erasing a contact (GDPR Article 17) removes
the row and must leave no trace in a log that cannot be altered.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class PartyRegistered:
    ACTION: ClassVar[str] = "parties.party-registered"
    kind: str
    name: str
    number: str | None
    country: str
    language: str


@dataclass(frozen=True)
class PartiesRegistered:
    """Several at once, by an import: their ids are those of the names."""

    ACTION: ClassVar[str] = "parties.parties-registered"
    names: list[str]


@dataclass(frozen=True)
class SiteRegistered:
    ACTION: ClassVar[str] = "parties.site-registered"
    party_id: int
    name: str
    city: str
    country: str


@dataclass(frozen=True)
class ContactRegistered:
    ACTION: ClassVar[str] = "parties.contact-registered"
    party_id: int
    language: str


@dataclass(frozen=True)
class ContactErased:
    ACTION: ClassVar[str] = "parties.contact-erased"
    party_id: int
