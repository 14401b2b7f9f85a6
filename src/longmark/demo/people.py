"""Who works at Tallgrass Drives: one person for each role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from longmark.accounts import queries as accounts
from longmark.accounts import services
from longmark.core.actors import SYSTEM, Role
from longmark.demo.stage import HISTORY_DAYS, Stage

PASSWORD = "long-mark-demo"  # noqa: S105  # printed by the demo, and for the demo only


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone of the company, and what they sign in for."""

    username: str
    full_name: str
    roles: frozenset[Role]
    comes_to: str


COLLEAGUES: Sequence[Colleague] = (
    Colleague("ada", "Ada Lindqvist", frozenset({Role.ADMIN}), "keep accounts and settings"),
    Colleague("petra", "Petra Holm", frozenset({Role.SECURITY}), "find out what is affected"),
    Colleague("finn", "Finn Okafor", frozenset({Role.ENGINEER}), "add the SBOM of a build"),
    Colleague("lena", "Lena Marsh", frozenset({Role.SERVICE}), "drop lists of units"),
    Colleague("tom", "Tom Reyes", frozenset({Role.SERVICE}), "book what is done at a unit"),
    Colleague("quirin", "Quirin Adler", frozenset({Role.CONFORMITY}), "see what is supported"),
    Colleague("vera", "Vera Dunn", frozenset({Role.VIEWER}), "read"),
)


def plan(stage: Stage) -> None:
    """Plan the arrival of everybody, before anything else happens."""
    stage.plan(stage.instant(HISTORY_DAYS, 8), lambda at: _arrive(stage, at))


def _arrive(stage: Stage, at: datetime) -> None:
    for colleague in COLLEAGUES:
        person = services.register_person(
            colleague.username,
            password=PASSWORD,
            roles=colleague.roles,
            email=f"{colleague.username}@tallgrass.example",
            full_name=colleague.full_name,
            actor=SYSTEM,
            now=at,
        )
        stage.people[colleague.username] = accounts.actor_of(person)
