"""What changed between two releases, or between two documents."""

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

from longmark.core.errors import Refused
from longmark.core.formats.sboms.difference import Difference, Piece, difference, pairing_key
from longmark.core.licences import combined
from longmark.sboms.models import STEP, Document, Occurrence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

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


SAID: Final = ("licences", "supplier", "hashes", "path")
"""What two occurrences of one component may differ in."""

LIMIT_COMPONENTS: Final = 8_000
"""So many that differ are compared one by one: beyond, nobody reads the list."""


def difference_of(before: "Release | Document", after: "Release | Document") -> Difference:
    """Return what changed in what two releases are made of, or two documents. At most four
    queries.

    Of a release all current SBOMs count together, as one list.

    Raises:
        Refused: more components differ than are compared one by one.
    """
    differing, after_count = _differing(before, after)
    if len(differing) > LIMIT_COMPONENTS:
        raise Refused(
            "{count} components differ between {before} and {after}; at most {limit} are compared"
            " one by one. The command line compares the files: longmark sbom diff.",
            count=f"{len(differing):,}",
            before=before,
            after=after,
            limit=f"{LIMIT_COMPONENTS:,}",
        )
    now = list(_pieces(after, differing))
    found = difference(_pieces(before, differing), now)
    return replace(found, same_count=found.same_count + after_count - len(now))


def _differing(before: "Release | Document", after: "Release | Document") -> tuple[list[UUID], int]:
    """Return the components that both do not hold alike and equally often, and how many the later
    one lists in all. Two queries.

    Those that are alike would be paired with each other in any case. Most are: told apart by
    numbers, two lists of a hundred thousand take little.
    """
    balance: dict[int, int] = {}
    count = 0
    for subject, side in ((before, -1), (after, 1)):
        rows = _occurrences(subject).values_list("component_id", *SAID)
        count = 0
        for who, *said in rows.iterator():
            count += 1
            left = balance.get(who.int, 0) + side * _number(said)
            if left:
                balance[who.int] = left
            else:
                balance.pop(who.int, None)
    return [UUID(int=each) for each in balance], count


def _number(said: "Sequence[str]") -> int:
    """Return a number that stands for what is said: sums of these are equal by no accident."""
    digest = hashlib.blake2b("\0".join(said).encode(), digest_size=7).digest()
    return int.from_bytes(digest)


def _occurrences(subject: "Release | Document") -> "QuerySet[Occurrence]":
    if isinstance(subject, Document):
        rows = Occurrence.objects.filter(document=subject)
    else:
        rows = Occurrence.objects.filter(document__release=subject, document__is_current=True)
    return rows.filter(number__gt=0)


def _pieces(subject: "Release | Document", ids: "Sequence[UUID]") -> "Iterator[Piece]":
    if not ids:
        return
    rows = _occurrences(subject).filter(component__among=ids).order_by("document_id", "number")
    for row in rows.values_list(*COLUMNS).iterator():
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
