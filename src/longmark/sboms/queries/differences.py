"""What changed between two releases, or between two documents."""

from typing import TYPE_CHECKING

from longmark.core.formats.sboms.difference import Difference, Piece, difference, pairing_key
from longmark.core.licences import combined
from longmark.sboms.models import STEP, Document, Occurrence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from longmark.catalog.models import Release

COLUMNS = (
    "component_id",
    "component__name",
    "component__version",
    "component__purl",
    "component__cpes",
    "component__group",
    "licences",
    "supplier",
    "hashes",
    "path",
)


def difference_of(before: "Release | Document", after: "Release | Document") -> Difference:
    """Return what changed in what two releases are made of, or two documents. Two queries.

    Of a release all current SBOMs count together, as one list.
    """
    return difference(_pieces(before), _pieces(after))


def _pieces(subject: "Release | Document") -> "Iterator[Piece]":
    if isinstance(subject, Document):
        rows = Occurrence.objects.filter(document=subject)
    else:
        rows = Occurrence.objects.filter(document__release=subject, document__is_current=True)
    listed = rows.filter(number__gt=0).order_by("document_id", "number")
    for row in listed.values_list(*COLUMNS).iterator():
        pk, name, version, purl, cpes, group, licences, supplier, hashes, path = row
        yield Piece(
            key=pairing_key(purl, cpes, group, name),
            name=name,
            version=version,
            purl=purl,
            licence=combined(licences.split("\n")).expression if licences else "",
            supplier=supplier,
            hashes=frozenset(hashes.split("\n")) if hashes else frozenset(),
            path=tuple(path.split(STEP)) if path else (),
            id=str(pk),
        )
