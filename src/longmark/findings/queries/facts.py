"""The facts of releases: their documents, and what they make of matches there."""

import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, BinaryIO

import msgspec
from django.db.models import Q, QuerySet

from longmark.catalog import queries as catalog
from longmark.core.errors import NotFound
from longmark.core.facts import Part, ReleaseFacts, Sheet
from longmark.core.facts.naming import serial_of
from longmark.core.formats.facts import Facts
from longmark.findings.models import FactDocument, SetAside
from longmark.foundation.pages import Page, keyset_page
from longmark.ledger import queries as ledger
from longmark.sboms import queries as sboms

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.findings.models import Finding
    from longmark.sboms.models import Occurrence

_IN_EFFECT = Q(is_current=True) & (Q(sbom=None) | Q(sbom__is_current=True))


def fact_document(pk: int) -> FactDocument:
    """Return one document of facts with its release. One query.

    Raises:
        NotFound: there is none with this number.
    """
    found = _related(FactDocument.objects.filter(pk=pk)).first()
    if found is None:
        raise NotFound("There are no facts {pk}.", pk=pk)
    return found


def fact_document_of(release: "Release", digest: str) -> FactDocument | None:
    """Return the document of these bytes, current or not, if the release has it. One query."""
    rows = FactDocument.objects.filter(release=release, digest=digest, sbom=None)
    return rows.select_related("release").first()


def fact_documents_page(
    release: "Release", *, after: str | None = None, limit: int = 50
) -> Page[FactDocument]:
    """Return all files of facts that a release ever had, newest first. One query."""
    rows = _related(FactDocument.objects.filter(release=release))
    return keyset_page(rows, order=("-recorded_at", "-id"), after=after, limit=limit)


def fact_documents_by_id(ids: Iterable[int]) -> dict[int, FactDocument]:
    """Return documents by their ids, without what was read from them. One query."""
    wanted = set(ids)
    rows = _related(FactDocument.objects.filter(pk__in=wanted)) if wanted else ()
    return {one.pk: one for one in rows}


def _related(rows: QuerySet[FactDocument]) -> QuerySet[FactDocument]:
    return rows.select_related("release__item", "sbom").defer("content")


def is_in_effect(document: FactDocument) -> bool:
    """Tell whether a document counts now: it is current, and so is the SBOM that holds it."""
    return document.is_current and (document.sbom is None or document.sbom.is_current)


def open_original(document: FactDocument) -> BinaryIO:
    """Open the bytes of the file as they came; the caller closes them.

    Raises:
        NotFound: the blob is gone.
    """
    return ledger.open_blob(document.digest)


def packed(facts: Facts) -> bytes:
    """Return facts as they are kept."""
    return zlib.compress(msgspec.msgpack.encode(facts), level=6)


def unpacked(content: bytes) -> Facts:
    """Return facts that were kept."""
    return msgspec.msgpack.decode(zlib.decompress(content), type=Facts)


def facts_in_effect(release_ids: Collection[int]) -> dict[int, ReleaseFacts]:
    """Return the facts that count for releases, of those that have any. Three queries at most."""
    rows = FactDocument.objects.filter(_IN_EFFECT, release_id__in=release_ids)
    sheets: dict[int, list[Sheet]] = defaultdict(list)
    for one in rows.select_related("sbom").order_by("id"):
        serial = serial_of(one.sbom.serial) if one.sbom else ""
        sheet = Sheet(one.pk, one.digest, unpacked(bytes(one.content)), serial)
        sheets[one.release_id].append(sheet)
    products = products_of(sheets)
    return {pk: ReleaseFacts(found, products[pk]) for pk, found in sheets.items()}


def products_of(release_ids: Collection[int]) -> dict[int, list[Part]]:
    """Return what releases are called: by the catalog, and by their own SBOMs. Two queries."""
    if not release_ids:
        return {}
    subjects = sboms.subjects_of(release_ids)
    return {
        pk: [
            Part(release.item.name, release.version),
            *(_product(each, release.version) for each in subjects.get(pk, ())),
        ]
        for pk, release in catalog.releases_by_id(release_ids).items()
    }


def _product(occurrence: "Occurrence", version: str) -> Part:
    component = occurrence.component
    refs = frozenset(((serial_of(occurrence.document.serial), occurrence.ref),))
    return Part(
        component.name,
        component.version or version,
        component.purl,
        tuple(component.cpes),
        refs=refs if occurrence.ref else frozenset(),
    )


def set_aside_in(release_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return the pairs of release and vulnerability for which facts do not count. One query.

    A vulnerability that was merged into another counts as that one.
    """
    rows = SetAside.objects.filter(release_id__in=release_ids, undone_at=None)
    columns = rows.values_list("release_id", "vulnerability_id", "vulnerability__merged_into_id")
    return {(release_id, merged or own) for release_id, own, merged in columns}


def setting_aside_of(finding: "Finding") -> SetAside | None:
    """Return why facts do not count for a finding, ``None`` if they do. One query."""
    about = Q(vulnerability=finding.vulnerability_id) | Q(
        vulnerability__merged_into=finding.vulnerability_id
    )
    rows = SetAside.objects.filter(about, release=finding.release_id, undone_at=None)
    return rows.order_by("id").first()
