"""Reads of what may go together, and the rules that it amounts to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from longmark.catalog.models import Combination, Fit, Item, Release
from longmark.catalog.queries import every_slot, items_by_id, version_key
from longmark.core.composition import judging
from longmark.core.composition.judging import Effectivity, Piece, Rules
from longmark.core.composition.spans import Span, read_span
from longmark.core.errors import Invalid, NotFound
from longmark.core.life.identity import folded_serial


@dataclass(frozen=True)
class PlacedSpan:
    """One piece of a combination: versions of an item at a place; the empty path is the item."""

    path: str
    item: Item
    span: Span


def combination(pk: int) -> Combination:
    """Return one combination with its item.

    Raises:
        NotFound: there is none with this number.
    """
    found = Combination.objects.select_related("item").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no combination {pk}.", pk=pk)
    return found


def combinations_of(item: Item, *, with_withdrawn: bool = False) -> list[Combination]:
    """Return what may go together in units of an item, as it was stated. One query."""
    rows = Combination.objects.filter(item=item)
    if not with_withdrawn:
        rows = rows.filter(withdrawn_at=None)
    return list(rows.order_by("id"))


def combinations_by_id(ids: Iterable[int]) -> dict[int, Combination]:
    """Return combinations by their ids. One query."""
    return Combination.objects.in_bulk(list(ids))


def pieces_of(combinations: Iterable[Combination]) -> dict[int, list[PlacedSpan]]:
    """Return the pieces of combinations, by id. One query."""
    stated = list(combinations)
    items = items_by_id({piece["item_id"] for each in stated for piece in each.pieces})
    return {
        each.pk: [
            PlacedSpan(piece["path"], items[piece["item_id"]], read_span(piece["span"]))
            for piece in each.pieces
        ]
        for each in stated
    }


def rules() -> Rules:
    """Return what may sit where, and together, for the whole catalog. Three queries.

    A slot in which nothing is allowed yet says nothing.
    """
    fits: dict[tuple[int, str], set[int]] = defaultdict(set)
    rows = Fit.objects.order_by("id").values_list("slot__item_id", "slot__name", "release_id")
    for item_id, slot, release_id in rows:
        fits[item_id, slot].add(release_id)
    stated = list(Combination.objects.filter(withdrawn_at=None).order_by("id"))
    versions = _versions({piece["item_id"] for each in stated for piece in each.pieces})
    by_item: dict[int, list[judging.Combination]] = defaultdict(list)
    for each in stated:
        by_item[each.item_id].append(_judged(each, versions))
    return Rules({place: frozenset(ids) for place, ids in fits.items()}, dict(by_item))


def effectivity(stated: Combination) -> Effectivity:
    """Return for which units a combination is in force."""
    return Effectivity(
        stated.built_from,
        stated.built_until,
        folded_serial(stated.serial_from),
        folded_serial(stated.serial_until),
    )


def check_place(item: Item, path: str, piece: Item) -> None:
    """Do nothing if a place below an item may hold releases of another. Three queries.

    Raises:
        Invalid: there is no such slot, or nothing of that item fits into it.
    """
    above: Collection[int] = {item.pk}
    plans = every_slot() if path else {}
    for name in filter(None, path.split("/")):
        slots = [plan for pk in above for plan in plans.get(pk, ())]
        chosen = [plan for plan in slots if plan.slot.name == name]
        if not chosen:
            known = ", ".join(sorted({plan.slot.name for plan in slots})) or "none"
            raise Invalid(
                '"{path}" leads nowhere: there is no slot "{name}". There are: {known}.',
                field="pieces",
                path=path,
                name=name,
                known=known,
            )
        above = {fit.item_id for plan in chosen for fit in plan.fits}
    if piece.pk not in above:
        raise Invalid(
            "No release of {piece} may sit in {path} of {item}. Allow one there first.",
            field="pieces",
            piece=piece.name,
            path=path or item.name,
            item=item.name,
        )


def _versions(item_ids: Collection[int]) -> Mapping[int, Sequence[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = Release.objects.filter(item_id__in=list(item_ids)).order_by("id")
    for pk, item_id, version in rows.values_list("id", "item_id", "version"):
        found[item_id].append((pk, version))
    return found


def _judged(
    stated: Combination, versions: Mapping[int, Sequence[tuple[int, str]]]
) -> judging.Combination:
    pieces = []
    for piece in stated.pieces:
        span = read_span(piece["span"])
        held = [
            pk for pk, version in versions[piece["item_id"]] if span.holds(version, version_key)
        ]
        pieces.append(Piece(piece["path"], piece["item_id"], frozenset(held)))
    return judging.Combination(stated.pk, tuple(pieces), effectivity(stated))
