"""The neutral form of what is exported: one release, made of pieces, from several documents.

A piece is a component once, however many documents and places name it. ``pieces[0]`` is the
release itself. Pieces are told apart by their number; each format makes its own references
of ``ref``, which is unique in the release.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from longmark.core.formats.sboms.document import ComponentEntry, LicenceText

RELEASE = 0
"""The number of the piece that is the release itself."""


class Variant(StrEnum):
    """What an export holds."""

    INVENTORY = "inventory"
    WITH_VULNERABILITIES = "with-vulnerabilities"
    VDR = "vdr"  # only what is vulnerable, and by what


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is exported, as its maker names it; ``kind`` is CycloneDX's word for it.

    ``supplier`` is empty when the maker is not known.
    """

    name: str
    version: str
    kind: str
    supplier: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document that an export was made from; ``link`` is its BOM-Link or namespace."""

    digest: str
    name: str
    format: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Another release that may sit in a hardware release, in a named slot.

    ``is_alternative`` says that others fit the same slot; ``link`` is the BOM-Link of its own
    export, empty if nothing is known of its contents.
    """

    number: int
    within: int
    about: About
    slot: str
    is_alternative: bool
    link: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document has a piece.

    ``entry`` is its number among the entries of that document, 0 for the subject; ``path``
    names what it sits in, from the document's subject inwards.
    """

    source: int
    entry: int
    container: int
    path: tuple[str, ...]


@dataclass(slots=True)
class Piece:
    """One component of the release, with every place at which it occurs.

    ``said_elsewhere`` are values that other documents state otherwise than ``entry``.
    """

    number: int
    ref: str
    entry: ComponentEntry
    container: int | None
    places: list[Place] = field(default_factory=list)
    children: list[int] = field(default_factory=list)
    said_elsewhere: dict[str, list[str]] = field(default_factory=dict)
    properties: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """A severity as someone rated it; an empty word means unscored."""

    severity: str
    score: float | None = None
    vector: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Affect:
    """A piece that a vulnerability meets, and the reason in words."""

    piece: int
    status: str  # CycloneDX: affected, unaffected, unknown
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vulnerability:
    """A vulnerability as it stands to the release.

    ``state`` is CycloneDX's word of the analysis, empty where nobody has decided yet.
    """

    name: str
    aliases: tuple[str, ...] = ()
    description: str = ""
    rating: Rating | None = None
    weaknesses: tuple[int, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    state: str = ""
    detail: str = ""
    affects: tuple[Affect, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """How complete something is said to be, by the numbers of pieces."""

    aggregate: str
    assemblies: tuple[int, ...] = ()
    dependencies: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseBom:
    """Everything that an export says. ``needs`` names, by piece, the pieces that it needs."""

    serial: UUID
    created_at: datetime
    variant: Variant
    about: About
    pieces: Sequence[Piece]
    needs: Mapping[int, Sequence[int]]
    completeness: Sequence[Completeness]
    sources: Sequence[Source]
    licence_texts: Mapping[str, LicenceText]
    vulnerabilities: Sequence[Vulnerability] = ()


def walk(bom: ReleaseBom, start: int = RELEASE) -> Iterator[tuple[Piece, bool]]:
    """Yield every piece of the tree twice: opening and, after what is in it, closing.

    Parents come first, siblings in the order of the documents. No recursion: documents decide
    how deep they nest.
    """
    pending = [(start, True)]
    while pending:
        number, is_opening = pending.pop()
        piece = bom.pieces[number]
        yield piece, is_opening
        if is_opening:
            pending.append((number, False))
            pending.extend((child, True) for child in reversed(piece.children))


def pieces_of(bom: ReleaseBom) -> Iterator[Piece]:
    """Yield every piece once, parents first."""
    return (piece for piece, is_opening in walk(bom) if is_opening)
