"""Who acts, and the words for what may be done.

A role is what a person is in the company, an action what a service asks for. Which
role may do what stands in one table, in ``accounts.queries``.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a person is; several may be held at once."""

    VIEWER = "viewer"
    SERVICE = "service"
    ENGINEER = "engineer"
    SECURITY = "security"
    CONFORMITY = "conformity"
    ADMIN = "admin"


class Action(StrEnum):
    """What a service asks for; also the scopes of an API token."""

    READ = "read"
    READ_LEDGER = "read-ledger"
    CHANGE_PARTIES = "change-parties"
    CHANGE_CATALOG = "change-catalog"
    ADD_SBOM = "add-sbom"
    IMPORT_ADVISORIES = "import-advisories"
    MATCH = "match"
    NAME_COMPONENTS = "name-components"
    IMPORT_UNITS = "import-units"
    BOOK_EVENTS = "book-events"
    MANAGE_ACCOUNTS = "manage-accounts"
    MANAGE_CONNECTIONS = "manage-connections"


@dataclass(frozen=True)
class Actor:
    """Someone or something that acts, as it is written into the ledger.

    ``scopes`` narrows what the roles allow (an API token); ``None`` leaves them whole.
    """

    kind: str
    id: str
    name: str
    roles: frozenset[Role] = field(default=frozenset())
    scopes: frozenset[Action] | None = None

    def __str__(self) -> str:
        return self.name


SYSTEM = Actor("system", "longmark", "Longmark", frozenset(Role))
"""Longmark itself: feeds, reactions, the demo."""

ANONYMOUS = Actor("anonymous", "", "someone who is not signed in")
