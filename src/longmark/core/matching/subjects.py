"""What a component is to a matcher: its coordinates and what it says about itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from longmark.core.errors import Invalid
from longmark.core.identity import (
    Coordinate,
    Cpe,
    Purl,
    coordinates,
    ecosystem_of,
    parse_purl,
    rules_of,
)
from longmark.core.identity.rules import NO_RULES, Rulebook

_COMMIT: Final = re.compile(r"[0-9a-fA-F]{40}")


@dataclass(frozen=True)
class Subject:
    """A component: ``coordinates`` come strongest first."""

    purl: str | None
    cpes: tuple[str, ...]
    name: str
    version: str | None
    coordinates: tuple[Coordinate, ...]

    @staticmethod
    def of(
        *,
        purl: str | None,
        cpes: Sequence[str] = (),
        group: str = "",
        name: str = "",
        version: str | None = None,
        rulebook: Rulebook = NO_RULES,
    ) -> "Subject":
        """Return the subject that a component's fields describe, by the name rules that hold."""
        rules = rules_of(rulebook, purl=purl, cpes=cpes, group=group, name=name, version=version)
        found = coordinates(purl=purl, cpes=cpes, name=name, version=version, rules=rules)
        return Subject(purl, tuple(cpes), name, version, found)

    @cached_property
    def by_package(self) -> dict[str, Coordinate]:
        """Return the strongest coordinate of each package."""
        return {coordinate.package: coordinate for coordinate in reversed(self.coordinates)}

    @cached_property
    def ecosystem(self) -> str:
        """Return the purl type if it tells an ecosystem or distribution, else an empty text."""
        kinds = (ecosystem_of(coordinate.package) for coordinate in self.coordinates)
        return next(filter(None, kinds), "")

    @cached_property
    def parsed_purl(self) -> Purl | None:
        """Return the parts of the purl."""
        return parse_purl(self.purl) if self.purl else None

    @cached_property
    def commit(self) -> str:
        """Return the commit that is stated in place of a version, else an empty text."""
        purl = self.parsed_purl
        stated = [purl.version, purl.qualifier("vcs_url").rpartition("@")[2]] if purl else []
        found = (one.lower() for one in (*stated, self.version or "") if _COMMIT.fullmatch(one))
        return next(found, "")

    @cached_property
    def names(self) -> tuple[Cpe, ...]:
        """Return the declared CPE names that can be read."""
        return tuple(filter(None, map(_parsed, self.cpes)))

    def __str__(self) -> str:
        return self.purl or next(iter(self.cpes), "") or f"{self.name} {self.version or ''}".strip()


def _parsed(text: str) -> Cpe | None:
    try:
        return Cpe.parse(text)
    except Invalid:
        return None
