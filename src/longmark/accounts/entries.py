"""What accounts write into the ledger."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class PersonRegistered:
    ACTION: ClassVar[str] = "accounts.person-registered"
    username: str
    roles: list[str]


@dataclass(frozen=True)
class RolesChanged:
    ACTION: ClassVar[str] = "accounts.roles-changed"
    username: str
    before: list[str]
    after: list[str]


@dataclass(frozen=True)
class PasswordSet:
    ACTION: ClassVar[str] = "accounts.password-set"
    username: str


@dataclass(frozen=True)
class PersonDeactivated:
    ACTION: ClassVar[str] = "accounts.person-deactivated"
    username: str


@dataclass(frozen=True)
class TokenIssued:
    ACTION: ClassVar[str] = "accounts.token-issued"
    username: str
    name: str
    hint: str
    scopes: list[str]
    expires_at: str | None


@dataclass(frozen=True)
class TokenRevoked:
    ACTION: ClassVar[str] = "accounts.token-revoked"
    username: str
    name: str
    hint: str
