"""Rights here, in the words of Dependency-Track."""

from collections.abc import Mapping
from typing import Final

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor

PERMISSIONS: Final[Mapping[str, Action]] = {
    "BOM_UPLOAD": Action.ADD_SBOM,
    "PORTFOLIO_MANAGEMENT": Action.CHANGE_CATALOG,
    "PROJECT_CREATION_UPLOAD": Action.CHANGE_CATALOG,
    "VIEW_PORTFOLIO": Action.READ,
    "VIEW_VULNERABILITY": Action.READ,
    "VIEW_POLICY_VIOLATION": Action.READ,
    "VIEW_BADGES": Action.READ,
    "VULNERABILITY_ANALYSIS": Action.MATCH,
}
"""What each of their permissions needs here."""


def permissions_of(actor: Actor) -> list[str]:
    """Return which of their permissions an actor has."""
    return [name for name, action in PERMISSIONS.items() if accounts.may(actor, action)]
