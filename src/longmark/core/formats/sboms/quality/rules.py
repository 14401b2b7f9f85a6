"""The rules by which SBOMs are judged: versioned data with citations, read from TOML.

A *field* is what a document may state, and where each format holds it. A *rule* asks for a
field of some components, at a level, and cites who asks. A *profile* is a list of rules.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from longmark.core.errors import Invalid
from longmark.core.formats.sboms.document import Encoding, Format
from longmark.core.formats.sboms.quality.facts import ComponentFacts, DocumentFacts, Part

PROFILES = ("matching", "cra-min", "cisa-2026", "bsi-2.1.0", "project-recommended")
"""In the order in which they are shown."""

DATA_VERSION = "1"
"""Changes with any of the data files, so that what was computed before is computed anew."""


class Level(StrEnum):
    """How much a rule asks. ``IF_ANY``: it must be stated if it exists, which only its maker
    knows: its absence is told, and weighs little."""

    MUST = "must"
    SHOULD = "should"
    IF_ANY = "if-any"
    MAY = "may"


WEIGHTS = {Level.MUST: 3, Level.SHOULD: 1, Level.IF_ANY: 1, Level.MAY: 0}


class Of(StrEnum):
    """Of what a rule asks a field."""

    DOCUMENT = "document"
    PRIMARY = "primary"
    DIRECT = "direct"
    COMPONENTS = "components"
    FILES = "files"
    DESCRIBED = "described"
    UNREFERENCED = "unreferenced"


_PARTS = {
    Of.PRIMARY: frozenset({Part.PRIMARY}),
    Of.FILES: frozenset({Part.PRIMARY, Part.FULL}),
    Of.DESCRIBED: frozenset({Part.PRIMARY, Part.FULL, Part.LOGICAL}),
    Of.UNREFERENCED: frozenset(Part) - {Part.REFERENCED},
    Of.COMPONENTS: frozenset(Part),
}


@dataclass(frozen=True, slots=True)
class Home:
    """Where a format holds a field: what to write, and since which version it can."""

    member: str
    example: str = ""
    xml: str = ""
    tag: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a document may state."""

    code: str
    title: str
    missing: str
    homes: Mapping[str, Home]


@dataclass(frozen=True, slots=True)
class Rule:
    """A field that a source asks for. ``is_open``: a document alone cannot show it."""

    id: str
    field: Field | None
    level: Level
    of: Of
    section: str
    is_open: bool
    asks: str

    @property
    def title(self) -> str:
        """What it is about, in a few words."""
        return self.field.title if self.field else self.asks

    def applies_to(self, component: ComponentFacts) -> bool:
        """Tell whether the component owes the field."""
        if self.of is Of.DIRECT:
            return component.is_direct and component.part is not Part.PRIMARY
        return component.part in _PARTS[self.of]


@dataclass(frozen=True, slots=True)
class Profile:
    """Rules of one source. ``takes_marks``: unknown or withheld is an answer, if marked so."""

    id: str
    title: str
    source: str
    version: str
    standing: str
    takes_marks: bool
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Mend:
    """How to state a field in one document: what to write where, or that it cannot be."""

    member: str
    example: str
    moves_to: str


def mend_of(field: Field, document: DocumentFacts) -> Mend:
    """Return how to state ``field`` in the format and encoding of ``document``.

    ``moves_to`` names the format to move to first, if this one cannot express the field.
    """
    home = field.homes.get(_family(document))
    if home is None:
        return Mend("", "", "CycloneDX 1.6 or SPDX 3.0.1")
    member = home.member
    if document.encoding is Encoding.XML:
        member = home.xml or home.member
    elif document.encoding is Encoding.TAG_VALUE:
        member = home.tag or home.member
    is_older = home.since and _number(document.spec_version) < _number(home.since)
    return Mend(member, home.example, f"CycloneDX {home.since}" if is_older else "")


def _family(document: DocumentFacts) -> str:
    if document.format is Format.CYCLONEDX:
        return "cyclonedx"
    return "spdx3" if document.encoding is Encoding.JSON_LD else "spdx2"


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in version.split(".") if each.isdigit())


def profile(identifier: str) -> Profile:
    """Return a profile by its id.

    Raises:
        Invalid: there is none of this id.
    """
    if identifier not in PROFILES:
        raise Invalid(
            "There is no profile {profile}; there are {known}.",
            field="profile",
            profile=identifier,
            known=", ".join(PROFILES),
        )
    return _profile(identifier)


@cache
def _profile(identifier: str) -> Profile:
    data = tomllib.loads(_text(f"profiles/{identifier}.toml"))
    included = [each for name in data.get("includes", ()) for each in _profile(name).rules]
    own = [_rule(each) for each in data["rules"]]
    return Profile(
        id=data["id"],
        title=data["title"],
        source=data["source"],
        version=data["version"],
        standing=data["standing"],
        takes_marks=data.get("takes_marks", False),
        rules=tuple(_without_repeats([*included, *own])),
    )


def _without_repeats(rules: list[Rule]) -> Iterator[Rule]:
    """Yield rules, each field of the same parts once: the first that asks is cited."""
    seen: set[tuple[str, Of]] = set()
    for rule in rules:
        asked = (rule.field.code if rule.field else rule.id, rule.of)
        if asked not in seen:
            seen.add(asked)
            yield rule


def _rule(data: Mapping[str, Any]) -> Rule:
    code = data.get("field")
    return Rule(
        id=data["id"],
        field=fields()[code] if code else None,
        level=Level(data["level"]),
        of=Of(data["on"]),
        section=data["section"],
        is_open=data.get("open", False),
        asks=data.get("asks", ""),
    )


@cache
def fields() -> Mapping[str, Field]:
    """Return all fields by code."""
    data = tomllib.loads(_text("fields.toml"))
    return {
        code: Field(
            code,
            each["title"],
            each["missing"],
            {
                family: Home(**each[family])
                for family in ("cyclonedx", "spdx2", "spdx3")
                if family in each
            },
        )
        for code, each in data.items()
        if isinstance(each, dict)
    }


def _text(name: str) -> str:
    return (files("longmark.core.formats.sboms.quality") / name).read_text("utf-8")
