"""Reads of items, releases, composition and support periods."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from longmark.catalog.models import (
    Fit,
    Item,
    ItemNumber,
    Passport,
    Profile,
    Release,
    Slot,
    SupportPeriod,
)
from longmark.core.errors import NotFound
from longmark.core.identity.gtin import gtin_of
from longmark.core.versions import Scheme, Unkeyable, key
from longmark.core.vocabulary import IdentifiedBy, ItemKind, ReleaseStatus
from longmark.foundation.pages import Page, keyset_page

FOUND_LIMIT_ROWS = 20
GTIN_SYSTEMS = ("gtin", "ean", "upc")


@dataclass(frozen=True)
class SlotPlan:
    """A slot of an item, and the releases that may sit in it, oldest first."""

    slot: Slot
    fits: tuple[Release, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """The items whose releases fit, each once."""
        return tuple({release.item_id: release.item for release in self.fits}.values())

    @property
    def usable(self) -> tuple[Release, ...]:
        """The releases that may be fitted now: neither drafts nor withdrawn."""
        unfit = {ReleaseStatus.DRAFT, ReleaseStatus.WITHDRAWN}
        return tuple(release for release in self.fits if release.status not in unfit)


@dataclass(frozen=True)
class Place:
    """A slot somewhere in which a release may sit."""

    item: Item
    slot: Slot


def version_key(version: str) -> str:
    """Return what orders releases of an item; a version without a number sorts by its text."""
    try:
        return key(Scheme.GENERIC, version)
    except Unkeyable:
        return f"~{version}"


def item(pk: int) -> Item:
    """Return one item.

    Raises:
        NotFound: there is none with this number.
    """
    found = Item.objects.select_related("supplier").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no item {pk}.", pk=pk)
    return found


def item_named(name: str) -> Item:
    """Return the item of this name or external number.

    Raises:
        NotFound: there is none.
    """
    found = Item.objects.filter(name=name).first()
    if found is None:
        number = ItemNumber.objects.select_related("item").filter(number=name).first()
        if number is None:
            raise NotFound('There is no item "{name}".', name=name)
        found = number.item
    return found


def items_page(
    *, kinds: Iterable[str] = (), text: str = "", after: str | None = None, limit: int = 50
) -> Page[Item]:
    """Return items by name, of some kinds or with ``text`` in name or title. One query."""
    rows = Item.objects.all()
    if chosen := list(kinds):
        rows = rows.filter(kind__in=chosen)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(title__icontains=text))
    return keyset_page(rows, order=["name", "id"], after=after, limit=limit)


def find_items(text: str) -> list[Item]:
    """Return up to twenty items by name, title or number, for the search box. One query."""
    rows = Item.objects.filter(
        Q(name__icontains=text) | Q(title__icontains=text) | Q(numbers__number__iexact=text)
    )
    return list(rows.distinct().order_by("name", "id")[:FOUND_LIMIT_ROWS])


def items_by_name() -> dict[str, Item]:
    """Return every item by its name. One query; a catalog holds thousands, not millions."""
    return {item.name: item for item in Item.objects.order_by("name")}


def item_ids_by_number() -> dict[str, int]:
    """Return item ids by external number. One query."""
    return dict(ItemNumber.objects.order_by("number").values_list("number", "item_id"))


def items_by_gtin() -> dict[str, Item]:
    """Return items by their GTIN in fourteen digits, where it names one item. One query."""
    numbers = ItemNumber.objects.select_related("item").filter(
        system__in=[spelling for name in GTIN_SYSTEMS for spelling in (name, name.upper())]
    )
    found: dict[str, set[Item]] = defaultdict(set)
    for each in numbers:
        found[gtin_of(each.number)].add(each.item)
    return {gtin: items.pop() for gtin, items in found.items() if gtin and len(items) == 1}


def items_by_id(ids: Iterable[int]) -> dict[int, Item]:
    """Return items by their ids. One query."""
    return Item.objects.in_bulk(list(ids))


def numbers_of(item: Item) -> list[ItemNumber]:
    """Return an item's numbers in other systems. One query."""
    return list(ItemNumber.objects.filter(item=item).order_by("system", "number"))


def release(pk: int) -> Release:
    """Return one release with its item.

    Raises:
        NotFound: there is none with this number.
    """
    found = Release.objects.select_related("item", "item__supplier").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no release {pk}.", pk=pk)
    return found


def release_named(item: Item, version: str) -> Release:
    """Return an item's release by its version.

    Raises:
        NotFound: the item has no such release; the message names the nearest ones.
    """
    found = Release.objects.select_related("item").filter(item=item, version=version).first()
    if found is None:
        known = list(releases_of(item))[-5:]
        raise NotFound(
            "{item} has no release {version}. Its newest are: {known}.",
            item=item,
            version=version,
            known=", ".join(each.version for each in known) or "none",
        )
    return found


def releases_of(item: Item) -> list[Release]:
    """Return an item's releases, oldest first. One query."""
    rows = Release.objects.filter(item=item).select_related("item")
    return list(rows.order_by("version_key", "id"))


def releases_page(
    *,
    kinds: Iterable[str] = (),
    item: Item | None = None,
    ids: Iterable[int] | None = None,
    text: str = "",
    after: str | None = None,
    limit: int = 50,
) -> Page[Release]:
    """Return releases by item and version, of some ``ids`` only if given. One query."""
    rows = Release.objects.select_related("item")
    if ids is not None:
        rows = rows.filter(pk__among=list(ids))
    if chosen := list(kinds):
        rows = rows.filter(item__kind__in=chosen)
    if item is not None:
        rows = rows.filter(item=item)
    if text:
        rows = rows.filter(Q(item__name__icontains=text) | Q(version__icontains=text))
    order = ["item__name", "version_key", "id"]
    return keyset_page(rows, order=order, after=after, limit=limit)


def releases_by_id(ids: Iterable[int]) -> dict[int, Release]:
    """Return releases with their items, by id. One query."""
    return Release.objects.select_related("item").in_bulk(list(ids))


@dataclass(frozen=True)
class ProfileFilters:
    """What a list of profiled releases may be narrowed to; empty fields do not narrow."""

    name: str = ""
    text: str = ""
    tag: str = ""
    only_active: bool = False
    only_roots: bool = False
    parent: Release | None = None


def profiled_release(pk: int) -> Release:
    """Return one release with its item, profile and parent. One query.

    Raises:
        NotFound: there is none with this number.
    """
    found = _profiled().filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no release {pk}.", pk=pk)
    return found


def profiled_releases(
    filters: ProfileFilters, *, offset: int, limit: int
) -> tuple[int, list[Release]]:
    """Return how many releases there are, and some of them, by item and version. Two queries.

    By count and offset, since that is how clients of the compatible interface read on; a
    catalog holds thousands of releases, not millions.
    """
    rows = _profiled()
    if filters.name:
        rows = rows.filter(item__name=filters.name)
    if filters.text:
        rows = rows.filter(item__name__icontains=filters.text)
    if filters.tag:
        rows = rows.filter(pk__in=_ids_tagged(filters.tag))
    if filters.only_active:
        rows = rows.exclude(profile__is_active=False)
    if filters.only_roots:
        rows = rows.filter(Q(profile=None) | Q(profile__parent=None))
    if filters.parent:
        rows = rows.filter(profile__parent=filters.parent)
    ordered = rows.order_by("item__name", "version_key", "id")
    return rows.count(), list(ordered[offset : offset + limit])


def latest_release(item: Item) -> Release | None:
    """Return the release that is called the latest, else the newest by version. Two queries."""
    rows = _profiled().filter(item=item)
    called = rows.filter(profile__is_latest=True).order_by("-pk").first()
    return called or rows.order_by("-version_key", "-pk").first()


def release_ids_above(release: Release) -> set[int]:
    """Return the ids of a release and all that are above it. One query a level."""
    above: set[int] = set()
    current: int | None = release.pk
    while current is not None and current not in above:
        above.add(current)
        rows = Profile.objects.filter(release=current)
        current = rows.values_list("parent", flat=True).first()
    return above


def _profiled() -> QuerySet[Release]:
    return Release.objects.select_related(
        "item", "item__supplier", "profile", "profile__parent__item"
    )


def _ids_tagged(tag: str) -> list[int]:
    """Return the ids of releases with a tag; SQLite cannot look into a list by itself."""
    rows = Profile.objects.exclude(tags=[]).values_list("release_id", "tags")
    return [pk for pk, tags in rows if tag in tags]


def release_ids_by_name(item_ids: Iterable[int] | None = None) -> dict[tuple[int, str], int]:
    """Return release ids by item id and version, of some items or of all. One query."""
    rows = Release.objects.all()
    if item_ids is not None:
        rows = rows.filter(item_id__in=list(item_ids))
    return {
        (item_id, version): pk
        for pk, item_id, version in rows.values_list("id", "item_id", "version")
    }


def release_ids_of_kinds(kinds: Iterable[str], *, but: str) -> list[int]:
    """Return the ids of releases of items of some kinds, except those of a status. One query."""
    rows = Release.objects.filter(item__kind__in=list(kinds)).exclude(status=but)
    return list(rows.order_by("id").values_list("id", flat=True))


def release_ids_of_items(item_ids: Iterable[int]) -> dict[int, list[int]]:
    """Return the ids of all releases of each item, oldest first. One query."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = Release.objects.filter(item_id__in=list(item_ids)).order_by("version_key", "id")
    for pk, item_id in rows.values_list("id", "item_id"):
        found[item_id].append(pk)
    return dict(found)


def batch_item_ids() -> set[int]:
    """Return the items whose pieces bear the number of their batch. One query."""
    rows = Item.objects.filter(identified_by=IdentifiedBy.BATCH)
    return set(rows.values_list("id", flat=True))


def releases_of_items(item_ids: Iterable[int]) -> dict[int, list[Release]]:
    """Return the releases of each item, oldest first. One query."""
    found: dict[int, list[Release]] = defaultdict(list)
    rows = Release.objects.filter(item_id__in=list(item_ids)).select_related("item")
    for release in rows.order_by("version_key", "id"):
        found[release.item_id].append(release)
    return dict(found)


def slots_of(item: Item) -> list[SlotPlan]:
    """Return an item's slots with what fits in each, in their order. Two queries."""
    return slots_of_items([item.pk]).get(item.pk, [])


def slots_of_items(item_ids: Iterable[int]) -> dict[int, list[SlotPlan]]:
    """Return the slots of several items with what fits in each. Two queries."""
    slots = Slot.objects.filter(item_id__in=list(item_ids)).order_by("position", "name", "id")
    fits: dict[int, list[Release]] = defaultdict(list)
    rows = Fit.objects.filter(slot__in=slots).select_related("release__item")
    for fit in rows.order_by("release__item__name", "release__version_key", "id"):
        fits[fit.slot_id].append(fit.release)
    plans: dict[int, list[SlotPlan]] = defaultdict(list)
    for slot in slots:
        plans[slot.item_id].append(SlotPlan(slot, tuple(fits[slot.pk])))
    return dict(plans)


def every_slot() -> dict[int, list[SlotPlan]]:
    """Return the slots of every item. Three queries; for imports, which need them all."""
    return slots_of_items(Item.objects.values_list("id", flat=True))


def slot_names() -> list[str]:
    """Return what slots are called, of whatever item. One query."""
    return list(Slot.objects.order_by("name").values_list("name", flat=True).distinct())


def slot(item: Item, name: str) -> Slot:
    """Return one slot of an item.

    Raises:
        NotFound: the item has no slot of this name.
    """
    found = Slot.objects.filter(item=item, name=name).first()
    if found is None:
        raise NotFound('{item} has no slot "{name}".', item=item, name=name)
    return found


def places_of(release: Release) -> list[Place]:
    """Return where a release may sit: items and their slots. One query."""
    slots = Slot.objects.filter(fits__release=release).select_related("item")
    return [Place(each.item, each) for each in slots.order_by("item__name", "position", "id")]


def support_period(item: Item) -> SupportPeriod | None:
    """Return the support period that holds for an item now, if one was decided. One query."""
    return SupportPeriod.objects.filter(item=item).order_by("-decided_at", "-id").first()


def support_periods(item_ids: Iterable[int]) -> Mapping[int, SupportPeriod]:
    """Return the support period that holds for each item. One query."""
    rows = SupportPeriod.objects.filter(item_id__in=list(item_ids))
    return {period.item_id: period for period in rows.order_by("decided_at", "id")}


def passport(item: Item) -> Passport | None:
    """Return what was last decided on the public page of an item's units. One query."""
    return Passport.objects.filter(item=item).order_by("pk").first()


def newest_released(releases: Iterable[Release]) -> list[Release]:
    """Return of each item the newest release that is out, the items by name. No queries.

    Drafts, and what was superseded or withdrawn, are nobody's to install.
    """
    newest: dict[int, Release] = {}
    for release in releases:
        before = newest.get(release.item_id)
        is_newer = before is None or (before.version_key, before.pk) < (
            release.version_key,
            release.pk,
        )
        if release.status == ReleaseStatus.RELEASED and is_newer:
            newest[release.item_id] = release
    return sorted(newest.values(), key=lambda release: release.item.name)


def products_of_releases() -> dict[int, frozenset[int]]:
    """Return which products may hold each release, however deep, as slots allow it.

    The release of a product belongs to it. Two queries; for thousands of releases.
    """
    rows = Release.objects.order_by("id").values_list("id", "item_id", "item__kind")
    items = {pk: item_id for pk, item_id, _ in rows}
    fits = Fit.objects.order_by("id").values_list("release_id", "slot__item_id", "slot__item__kind")
    products = {item for _, item, kind in (*rows, *fits) if kind == ItemKind.PRODUCT}
    holders: dict[int, set[int]] = defaultdict(set)
    above: dict[int, set[int]] = defaultdict(set)
    for release_id, item_id, _ in fits:
        holders[release_id].add(item_id)
        above[items[release_id]].add(item_id)
    reached = {item: _all_above(item, above) & products for item in {*items.values(), *above}}
    return {
        pk: frozenset({item} & products).union(
            *(reached.get(holder, {holder} & products) for holder in holders.get(pk, ()))
        )
        for pk, item in items.items()
    }


def release_ids_in(item: Item) -> set[int]:
    """Return an item's releases, and for a product all that it may hold. Two queries at most."""
    if item.kind == ItemKind.PRODUCT:
        return {pk for pk, items in products_of_releases().items() if item.pk in items}
    return set(Release.objects.filter(item=item).values_list("id", flat=True))


def _all_above(item: int, above: Mapping[int, set[int]]) -> set[int]:
    """Return an item and whatever may hold one of its releases."""
    found, waiting = {item}, [item]
    while waiting:
        further = above.get(waiting.pop(), set()) - found
        found |= further
        waiting += further
    return found


def support_of_releases() -> dict[int, SupportPeriod]:
    """Return the support period that ends last among the products that may hold each release.

    Releases of no product, and products without a decided period, are left out. Three queries.
    """
    held = products_of_releases()
    items = {item for each in held.values() for item in each}
    rows = SupportPeriod.objects.filter(item_id__in=items).select_related("item")
    periods = {period.item_id: period for period in rows.order_by("decided_at", "id")}
    found = {}
    for pk, item_ids in held.items():
        known = [periods[each] for each in item_ids if each in periods]
        if known:
            found[pk] = max(known, key=lambda period: (period.ends_on, period.pk))
    return found


def support_ending(*, after: date, before: date) -> list[SupportPeriod]:
    """Return products whose support ends in ``[after, before)``, soonest first. One query."""
    rows = SupportPeriod.objects.filter(ends_on__gte=after, ends_on__lt=before)
    return list(rows.select_related("item").order_by("ends_on", "id"))


def is_hardware(item: Item) -> bool:
    """Tell whether physical pieces of the item exist."""
    return item.kind in {ItemKind.PRODUCT, ItemKind.HARDWARE}
