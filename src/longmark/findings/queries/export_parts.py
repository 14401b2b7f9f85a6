"""What may sit in a hardware release, as its export lists it (HBOM)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from longmark.catalog import queries as catalog
from longmark.catalog.queries import SlotPlan
from longmark.core.formats.sboms.writing.merging import serial_of
from longmark.core.formats.sboms.writing.release import About, Part, Source, Variant
from longmark.core.vocabulary import ItemKind
from longmark.sboms import queries as sboms

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.sboms.models import Document

KINDS: Final[Mapping[str, str]] = {
    ItemKind.PRODUCT: "device",
    ItemKind.HARDWARE: "device",
    ItemKind.FIRMWARE: "firmware",
    ItemKind.SOFTWARE: "application",
    ItemKind.PARAMETERS: "data",
}
"""What CycloneDX calls each kind of item."""

LEVELS: Final = 6
PARTS_LIMIT: Final = 2_000
"""A product of more parts, or of deeper nesting, is cut off there."""


def about_of(release: "Release", company: str) -> About:
    """Return how a release is named in an export: its supplier's, else the company's."""
    item = release.item
    return About(
        name=item.name,
        version=release.version,
        kind=KINDS[item.kind],
        supplier=item.supplier.name if item.supplier else company,
        description=item.title or item.description,
    )


def parts_of(release: "Release", company: str) -> Iterator[Part]:
    """Yield what may sit in a hardware release, outer levels first. Two queries a level, and one.

    A part in which nothing sits bears the BOM-Link of its own export, if it has one.
    """
    if not catalog.is_hardware(release.item):
        return
    found: list[tuple[Part, Release]] = []
    level: list[tuple[int, Release, frozenset[int]]] = [(0, release, frozenset())]
    for _ in range(LEVELS):
        if not level:
            break
        plans = catalog.slots_of_items({holder.item_id for _, holder, _ in level})
        following: list[tuple[int, Release, frozenset[int]]] = []
        for number, holder, above in level:
            inside = above | {holder.item_id}
            for part, fitted in _fitted(plans.get(holder.item_id, ()), number, company):
                if fitted.item_id not in inside and len(found) < PARTS_LIMIT:
                    found.append((replace(part, number=len(found) + 1), fitted))
                    following.append((len(found), fitted, inside))
        level = [each for each in following if catalog.is_hardware(each[1].item)]
    documents = sboms.documents_by_release({fitted.pk for _, fitted in found}) if found else {}
    holding = {part.within for part, _ in found} | {number for number, _, _ in level}
    for part, fitted in found:
        own = documents.get(fitted.pk, []) if part.number not in holding else []
        yield replace(part, link=_link(part.about, own))


def _fitted(
    plans: Sequence[SlotPlan], within: int, company: str
) -> Iterator[tuple[Part, "Release"]]:
    for plan in plans:
        for fitted in plan.usable:
            part = Part(
                number=0,
                within=within,
                about=about_of(fitted, company),
                slot=plan.slot.name,
                is_alternative=len(plan.usable) > 1 or plan.slot.is_optional,
            )
            yield part, fitted


def _link(about: About, documents: Sequence["Document"]) -> str:
    """Return the BOM-Link of a part's own inventory, empty if it has none."""
    if not documents:
        return ""
    sources = [Source(digest=each.digest, name="", format="") for each in documents]
    return f"urn:cdx:{serial_of(about, sources, (), Variant.INVENTORY)}/1"
