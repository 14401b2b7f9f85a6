"""What an SBOM says, whichever format said it (CycloneDX 1.0-1.7, SPDX 2.2-3.0.1).

The readers of each format yield these records and nothing else, so that no rule above
them knows a format. Text that the formats spell as *no value* (``NOASSERTION``, ``NONE``,
an empty string) is ``None`` here: unknown is a value of its own, never an empty name.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from longmark.core.errors import Invalid


class Format(StrEnum):
    """The families of SBOM formats."""

    CYCLONEDX = "cyclonedx"
    SPDX = "spdx"


class Encoding(StrEnum):
    """How a document of such a family is written down."""

    JSON = "json"
    XML = "xml"
    TAG_VALUE = "tag-value"
    JSON_LD = "json-ld"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at one place of a document, e.g. at ``components[3].purl``."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class SbomInvalid(Invalid):
    """The document cannot be taken; ``problems`` names the places, capped in number."""

    def __init__(
        self,
        message: str,
        *,
        problems: tuple[Problem, ...] = (),
        field: str | None = None,
        **values: object,
    ) -> None:
        super().__init__(message, field=field, **values)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Patch:
    """A change to the component as its origin released it, and what that resolves."""

    kind: str
    resolves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hash:
    """A digest of the component's file: algorithm as the document spells it, hex digits."""

    algorithm: str
    digest: str


@dataclass(frozen=True, slots=True)
class Link:
    """An address outside of the document; ``kind`` is CycloneDX's word for what is there."""

    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class Remarks:
    """What a document says of a component beyond what is matched and shown."""

    description: str = ""
    copyright: str = ""
    links: tuple[Link, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()


NO_REMARKS = Remarks()


@dataclass(frozen=True, slots=True)
class LicenceText:
    """A licence that the document itself defines, as ``LicenseRef-…``."""

    ref: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Composition:
    """How complete the document says it is, in CycloneDX's words, by refs.

    ``assemblies`` are the components whose parts, ``dependencies`` those whose needs are
    spoken of; with neither the whole document is.
    """

    aggregate: str
    assemblies: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentEntry:
    """One component at one place of the document.

    ``ref`` identifies it within the document and may be empty; ``path`` names what it sits
    in, outermost first, without the subject of the document and without itself; ``within`` is
    the ref of the innermost of these where the format knows it; ``scope`` is CycloneDX's
    (required, optional, excluded) or empty when the document does not say.
    """

    ref: str
    name: str
    version: str | None
    group: str | None = None
    supplier: str | None = None
    purl: str | None = None
    cpes: tuple[str, ...] = ()
    hashes: tuple[Hash, ...] = ()
    licences: tuple[str, ...] = ()
    kind: str = ""
    scope: str = ""
    path: tuple[str, ...] = ()
    patches: tuple[Patch, ...] = ()
    within: str = ""
    remarks: Remarks = NO_REMARKS

    def with_path(self, path: tuple[str, ...]) -> "ComponentEntry":
        """Return the same component, sitting elsewhere."""
        return replace(self, path=path)


@dataclass(frozen=True, slots=True, kw_only=True)
class SbomDocument:
    """One SBOM: what it is about, what that is made of, and what is odd about it.

    ``dependencies`` are pairs of refs: the first needs the second. ``defects`` are oddities
    that do not keep the document from being taken. Components and dependencies are gone
    through in order: those of a large document are packed.
    """

    format: Format
    spec_version: str
    encoding: Encoding
    serial: str
    name: str
    version: str
    created_at: datetime | None
    subject: ComponentEntry | None
    components: Collection[ComponentEntry]
    dependencies: Collection[tuple[str, str]]
    defects: tuple[Problem, ...]
    compositions: tuple[Composition, ...] = ()
    licence_texts: tuple[LicenceText, ...] = ()

    @property
    def media_type(self) -> str:
        """The registered media type of the document, with its version where there is one."""
        if self.format is Format.CYCLONEDX:
            return f"application/vnd.cyclonedx+{self.encoding}; version={self.spec_version}"
        return "text/spdx" if self.encoding is Encoding.TAG_VALUE else "application/spdx+json"
