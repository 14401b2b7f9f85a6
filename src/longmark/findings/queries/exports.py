"""Releases as they are exported: all current SBOMs in one, with what is known to be wrong.

The documents are read again from their bytes, since tables keep only what matching needs.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

from longmark import __version__
from longmark.core.errors import Invalid, Refused
from longmark.core.formats.sboms import SbomDocument, read_sbom_file
from longmark.core.formats.sboms.writing import formats
from longmark.core.formats.sboms.writing.formats import ExportFormat
from longmark.core.formats.sboms.writing.merging import bom_link, merged
from longmark.core.formats.sboms.writing.release import Part, ReleaseBom, Source, Variant
from longmark.core.formats.sboms.writing.variants import with_vulnerabilities
from longmark.findings.queries import export_vulnerabilities
from longmark.findings.queries.export_parts import about_of, parts_of
from longmark.foundation.bulk import collector_paused
from longmark.sboms import queries as sboms

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.sboms.models import Document


@dataclass(frozen=True)
class Request:
    """What is to be exported, and how. ``company`` makes what has no supplier."""

    release: "Release"
    export_format: ExportFormat
    variant: Variant
    company: str


@dataclass(frozen=True)
class Export:
    """A release ready to be written; ``mark`` changes when any byte of it would."""

    request: Request
    mark: str
    created_at: datetime
    documents: tuple["Document", ...]
    parts: tuple[Part, ...]

    @property
    def component_count(self) -> int:
        """How many components its documents name in all."""
        return sum(each.component_count for each in self.documents)

    @property
    def media_type(self) -> str:
        """The media type of the export."""
        return formats.WRITINGS[self.request.export_format].media_type

    @property
    def filename(self) -> str:
        """A name for the file."""
        release = self.request.release
        suffix = formats.WRITINGS[self.request.export_format].suffix
        variant = self.request.variant
        middle = "" if variant is Variant.INVENTORY else f".{variant}"
        return f"{_slug(release.item.name)}-{_slug(release.version)}{middle}.{suffix}"

    def chunks(self) -> Iterator[bytes]:
        """Return the bytes of the export in pieces; what could be refused is refused first.

        Memory is taken for the components, not for the text.
        """
        with collector_paused():
            bom = bom_of(self)
        return formats.write(bom, self.request.export_format)


def _slug(text: str) -> str:
    return "".join(
        each if (each.isascii() and each.isalnum()) or each in "._-" else "-" for each in text
    )


def export_of(request: Request) -> Export:
    """Return what an export would hold, before anything of it is read. At most ten queries.

    Raises:
        Invalid: the format cannot hold vulnerabilities.
        Refused: nothing is known of what the release is made of.
    """
    release, variant = request.release, request.variant
    writing = formats.WRITINGS[request.export_format]
    if variant is not Variant.INVENTORY and not writing.holds_vulnerabilities:
        raise Invalid(
            "{format} is exported as an inventory only; CycloneDX holds vulnerabilities.",
            field="variant",
            format=request.export_format.value,
        )
    documents = tuple(sboms.documents_of(release))
    parts = tuple(parts_of(release, request.company))
    if not documents and not parts:
        raise Refused(
            "{release} has no SBOM: there is nothing to export. Upload one first.",
            release=release,
        )
    instants = [release.recorded_at, *(each.recorded_at for each in documents)]
    standing: list[object] = []
    if variant is not Variant.INVENTORY:
        for pk, changed_at, modified_at in export_vulnerabilities.standing(release):
            standing.append([pk, changed_at.isoformat(), modified_at.isoformat()])
            instants += [changed_at, modified_at]
    said = [
        [__version__, request.export_format, variant, request.company],
        [release.item.name, release.version, release.item.title, release.item.description],
        [[each.digest, each.label, each.filename] for each in documents],
        [
            [part.within, part.slot, part.about.name, part.about.version, part.link]
            for part in parts
        ],
        standing,
    ]
    mark = hashlib.sha256(orjson.dumps(said)).hexdigest()
    created_at = max(instants).astimezone(UTC)
    return Export(request, mark[:32], created_at, documents, parts)


def bom_of(export: Export) -> ReleaseBom:
    """Return everything that an export says. Reads every document; at most five queries."""
    request = export.request
    taken = ((_source(each), _read(each)) for each in export.documents)
    bom = merged(
        about_of(request.release, request.company),
        _linked(taken),
        parts=export.parts,
        created_at=export.created_at,
    )
    if request.variant is Variant.INVENTORY:
        return bom
    found = export_vulnerabilities.vulnerabilities_in(bom, request.release, export.documents)
    return with_vulnerabilities(bom, found, variant=request.variant, parts=export.parts)


def _source(document: "Document") -> Source:
    family = {"cyclonedx": "CycloneDX", "spdx": "SPDX"}.get(document.format, document.format)
    written = f"{family} {document.spec_version} ({document.encoding})"
    return Source(digest=document.digest, name=str(document), format=written)


def _read(document: "Document") -> SbomDocument:
    with sboms.open_original(document) as file:
        return read_sbom_file(file, filename=document.filename)


def _linked(
    taken: Iterable[tuple[Source, SbomDocument]],
) -> Iterator[tuple[Source, SbomDocument]]:
    for source, document in taken:
        yield replace(source, link=bom_link(document)), document
