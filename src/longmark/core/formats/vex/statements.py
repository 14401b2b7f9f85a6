"""What a VEX statement says: of which vulnerability, in which product, in which part of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from longmark.core.formats.advisories.reading import UNDATED, instant

MAX_STATEMENTS: Final = 20_000
MAX_TEXT: Final = 500


class VexStatus(StrEnum):
    """The status of a product, in the order in which equals are preferred."""

    AFFECTED = "affected"
    UNDER_INVESTIGATION = "under_investigation"
    FIXED = "fixed"
    NOT_AFFECTED = "not_affected"


@dataclass(frozen=True)
class VexProduct:
    """A product by any of its names, and the parts of it that are meant (none: the whole).

    `versions` are versions or ranges with their own status, of the part if there is one.
    """

    names: tuple[str, ...] = ()
    parts: tuple[tuple[str, ...], ...] = ()
    versions: tuple[tuple[str, VexStatus | None], ...] = ()


@dataclass(frozen=True)
class VexStatement:
    """One statement; without products it is about the product of whoever encloses it."""

    status: VexStatus
    vulnerabilities: frozenset[str]
    products: tuple[VexProduct, ...] = ()
    justification: str = ""
    stated_at: datetime = UNDATED
    author: str = ""
    pointer: str = ""

    @property
    def effective(self) -> VexStatus:
        """Return the status; what is cleared without a reason is still looked into."""
        if self.status is VexStatus.NOT_AFFECTED and not self.justification:
            return VexStatus.UNDER_INVESTIGATION
        return self.status


_WORDS: Final = {
    "affected": VexStatus.AFFECTED,
    "known_affected": VexStatus.AFFECTED,
    "exploitable": VexStatus.AFFECTED,
    "not_affected": VexStatus.NOT_AFFECTED,
    "known_not_affected": VexStatus.NOT_AFFECTED,
    "unaffected": VexStatus.NOT_AFFECTED,
    "false_positive": VexStatus.NOT_AFFECTED,
    "fixed": VexStatus.FIXED,
    "resolved": VexStatus.FIXED,
    "resolved_with_pedigree": VexStatus.FIXED,
    "under_investigation": VexStatus.UNDER_INVESTIGATION,
    "in_triage": VexStatus.UNDER_INVESTIGATION,
}


def status_of(word: object) -> VexStatus | None:
    """Return the status that a word of any format means."""
    return _WORDS.get(str(word or "").strip().lower().replace(" ", "_").replace("-", "_"))


def names_of(value: object) -> tuple[str, ...]:
    """Return the names by which a product or part is told: purl, CPE, id, name and version."""
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if not isinstance(value, Mapping):
        return ()
    identifiers = value.get("identifiers")
    stated = [value, identifiers if isinstance(identifiers, Mapping) else {}]
    keys = ("purl", "cpe23", "cpe22", "cpe", "@id")
    found = [one[key] for one in stated for key in keys if isinstance(one.get(key), str)]
    if not found and isinstance(value.get("name"), str):
        version = value.get("version")
        found = [f"{value['name']} {version}" if version else value["name"]]
    return tuple(dict.fromkeys(filter(None, map(str.strip, found))))


def vulnerabilities_of(value: object) -> frozenset[str]:
    """Return the ids of a vulnerability, aliases included."""
    if isinstance(value, str):
        return frozenset((value.strip().rpartition("/")[2],)) - {""}
    if not isinstance(value, Mapping):
        return frozenset()
    found = [value.get("name"), value.get("id"), *listed(value.get("aliases"))]
    if not any(found):
        found = [str(value.get("@id") or "").rpartition("/")[2]]
    return frozenset(str(one).strip() for one in found if one)


def text_of(*values: object) -> str:
    """Return the first text that says something."""
    return next(
        (one.strip()[:MAX_TEXT] for one in values if isinstance(one, str) and one.strip()), ""
    )


def moment_of(*values: object) -> datetime:
    """Return the first instant; long ago if none is stated."""
    for value in values:
        found = instant(value) if isinstance(value, str) and value else None
        if found:
            return found
    return UNDATED


def listed(value: object) -> list[Any]:
    """Return a list as it is, one value as a list, nothing as an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def mappings(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list, or one object."""
    yield from (one for one in listed(value) if isinstance(one, Mapping))
