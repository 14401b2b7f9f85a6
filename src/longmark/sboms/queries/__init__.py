"""Reads of SBOMs, their components, and where these occur."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from longmark.core.errors import NotFound
from longmark.core.identity import canonical_purl, stated_names
from longmark.foundation.pages import Page, keyset_page
from longmark.ledger import queries as ledger
from longmark.sboms.models import (
    STEP,
    Component,
    Coordinate,
    Derivation,
    Document,
    Occurrence,
    StatedName,
)

if TYPE_CHECKING:
    from longmark.catalog.models import Release

IDS_CHUNK = 5_000
FOUND_LIMIT_ROWS = 20
TREE_LIMIT_BRANCHES = 200
TREE_LIMIT_LEAVES = 50
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True)
class Branch:
    """A place of the SBOM tree: what sits there, and how much more than is listed."""

    document_id: int
    steps: tuple[str, ...]
    count: int
    occurrences: tuple[Occurrence, ...]

    @property
    def unlisted_count(self) -> int:
        """How many components sit here beside the listed ones."""
        return self.count - len(self.occurrences)


@dataclass(frozen=True)
class Tree:
    """The components of a release by place; ``is_whole`` is false if branches are left out."""

    documents: tuple[Document, ...]
    branches: tuple[Branch, ...]
    is_whole: bool


@dataclass(frozen=True)
class Quality:
    """How many of the components of a release say what a reader needs to know."""

    component_count: int
    version_known_count: int
    identity_count: int
    supplier_count: int
    licence_count: int
    hash_count: int


def document(pk: int) -> Document:
    """Return one document with its release and item. One query.

    Raises:
        NotFound: there is none with this number.
    """
    found = Document.objects.select_related("release__item").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no SBOM {pk}.", pk=pk)
    return found


def documents_by_id(ids: Iterable[int]) -> dict[int, Document]:
    """Return documents by their ids. One query, or none for no ids."""
    wanted = set(ids)
    return Document.objects.in_bulk(wanted) if wanted else {}


def document_of(release: "Release", digest: str) -> Document | None:
    """Return the document of these bytes, current or not, if the release has it. One query."""
    return Document.objects.filter(release=release, digest=digest).first()


def documents_of(release: "Release") -> list[Document]:
    """Return the current SBOMs of a release, oldest first. One query."""
    rows = Document.objects.filter(release=release, is_current=True)
    return list(rows.order_by("recorded_at", "id"))


def documents_page(
    release: "Release", *, after: str | None = None, limit: int = 50
) -> Page[Document]:
    """Return all SBOMs that a release ever had, newest first. One query."""
    rows = Document.objects.filter(release=release)
    return keyset_page(rows, order=["-recorded_at", "-id"], after=after, limit=limit)


def documents_by_release(release_ids: Iterable[int]) -> dict[int, list[Document]]:
    """Return the current SBOMs of several releases, oldest first. One query."""
    found: dict[int, list[Document]] = defaultdict(list)
    rows = Document.objects.filter(release_id__in=list(release_ids), is_current=True)
    for each in rows.order_by("recorded_at", "id"):
        found[each.release_id].append(each)
    return dict(found)


def release_ids_with_sbom(release_ids: Iterable[int]) -> set[int]:
    """Return which of these releases have a current SBOM. One query."""
    rows = Document.objects.filter(release_id__in=list(release_ids), is_current=True)
    return set(rows.values_list("release_id", flat=True))


def open_original(document: Document) -> BinaryIO:
    """Open the bytes of the SBOM as they came; the caller closes them.

    Raises:
        NotFound: the blob is gone.
    """
    return ledger.open_blob(document.digest)


def subjects_of(release_ids: Iterable[int]) -> dict[int, list[Occurrence]]:
    """Return what the current SBOMs of releases are about, with the documents. One query."""
    found: dict[int, list[Occurrence]] = defaultdict(list)
    rows = Occurrence.objects.filter(
        document__release_id__in=list(release_ids), document__is_current=True, number=0
    )
    for each in rows.select_related("component", "document").order_by("id"):
        found[each.document.release_id].append(each)
    return dict(found)


def versions_in(release_ids: Iterable[int], package: str) -> dict[int, set[str]]:
    """Return in which versions the current SBOMs of releases hold a package. One query."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = Occurrence.objects.filter(
        document__release_id__in=list(release_ids),
        document__is_current=True,
        component__coordinates__package=package,
    )
    columns = rows.values_list("document__release_id", "component__version").distinct()
    for release_id, version in columns.order_by("document__release_id", "component__version"):
        found[release_id].add(version)
    return dict(found)


def components_page(
    subject: "Release | Document",
    *,
    text: str = "",
    only_unknown: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> Page[Occurrence]:
    """Return where components occur, with them, by name; of the release's current SBOMs.

    ``text`` is sought in name and purl; ``only_unknown`` leaves those without known version.
    One query.
    """
    rows = _occurrences(subject).filter(number__gt=0).select_related("component", "document")
    text = text.replace("\0", "")  # PostgreSQL takes none, and no name holds one
    if text:
        named = Q(component__folded_name__contains=text.casefold())
        rows = rows.filter(named | Q(component__purl__contains=text))
    if only_unknown:
        rows = rows.filter(component__is_version_known=False)
    return keyset_page(rows, order=["component__folded_name", "id"], after=after, limit=limit)


def component_tree(release: "Release") -> Tree:
    """Return the components of a release's current SBOMs by place. Four queries.

    At most 200 places are listed, and 50 components of each; the counts are whole.
    """
    documents = tuple(documents_of(release))
    rows = _occurrences(release).filter(number__gt=0)
    places = rows.values("document_id", "path").annotate(count=Count("id"))
    counted = list(places.order_by("document_id", "path")[: TREE_LIMIT_BRANCHES + 1])
    listed = counted[:TREE_LIMIT_BRANCHES]
    leaves = _leaves(rows, [place["path"] for place in listed])
    branches = tuple(
        Branch(
            document_id=place["document_id"],
            steps=_steps(place["path"]),
            count=place["count"],
            occurrences=tuple(leaves[place["document_id"], place["path"]]),
        )
        for place in listed
    )
    return Tree(documents, branches, is_whole=len(counted) == len(listed))


def _leaves(
    rows: QuerySet[Occurrence], paths: Sequence[str]
) -> dict[tuple[int, str], list[Occurrence]]:
    """Return the first components of each place, by name. Two queries.

    The first numbers ids alone: what it numbers stands in memory as a whole.
    """
    place_in_branch = Window(
        RowNumber(),
        partition_by=[F("document_id"), F("path")],
        order_by=[F("component__folded_name"), F("id")],
    )
    found = rows.filter(path__in=set(paths)).values("id").annotate(place=place_in_branch)
    numbered = found.filter(place__lte=TREE_LIMIT_LEAVES).values_list("id", "place")
    places = dict(numbered)
    first = Occurrence.objects.filter(pk__among=list(places)).select_related("component")
    leaves: dict[tuple[int, str], list[Occurrence]] = defaultdict(list)
    for each in sorted(first, key=lambda each: (each.document_id, each.path, places[each.pk])):
        leaves[each.document_id, each.path].append(each)
    return leaves


def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split(STEP)) if path else ()


def quality(release: "Release") -> Quality:
    """Return how well the current SBOMs of a release describe its components. One query."""
    identified = ~Q(component__purl="") | ~Q(component__cpes=[])
    counts = (
        _occurrences(release)
        .filter(number__gt=0)
        .aggregate(
            component_count=Count("id"),
            version_known_count=Count("id", filter=Q(component__is_version_known=True)),
            identity_count=Count("id", filter=identified),
            supplier_count=Count("id", filter=~Q(supplier="")),
            licence_count=Count("id", filter=~Q(licences="")),
            hash_count=Count("id", filter=~Q(hashes="")),
        )
    )
    return Quality(**counts)


def component(pk: uuid.UUID) -> Component:
    """Return one component with its coordinates. Two queries.

    Raises:
        NotFound: there is none with this id.
    """
    found = Component.objects.prefetch_related("coordinates").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no component {pk}.", pk=pk)
    return found


def components_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Component]:
    """Return components by their ids. One query."""
    return Component.objects.in_bulk(list(ids))


def coordinates_of(component: Component) -> list[Coordinate]:
    """Return under what a component is matched, most trusted first. One query."""
    return list(Coordinate.objects.filter(component=component).order_by("id"))


def component_ids_called(names: Iterable[str], *, limit: int | None = None) -> set[uuid.UUID]:
    """Return the components that SBOMs call by any of these stated names, at most ``limit``.

    One query.
    """
    rows = StatedName.objects.filter(name__among=sorted(set(names)))
    return set(rows.values_list("component_id", flat=True)[:limit])


def components_called_page(
    name: str, *, after: str | None = None, limit: int = 50
) -> Page[Component]:
    """Return the components that SBOMs call by a stated name, by name. One query."""
    rows = Component.objects.filter(pk__in=_called(name))
    return keyset_page(rows, order=["folded_name", "id"], after=after, limit=limit)


def called_counts(names: Iterable[str]) -> dict[str, int]:
    """Return how many components SBOMs call by each stated name. One query."""
    rows = StatedName.objects.filter(name__among=sorted(set(names)))
    counts = rows.values("name").annotate(count=Count("id")).order_by("name")
    return {row["name"]: row["count"] for row in counts}


def _called(name: str) -> "QuerySet[StatedName, uuid.UUID]":
    return StatedName.objects.filter(name=name).values_list("component_id", flat=True)


def stated_names_of(component: Component) -> tuple[str, ...]:
    """Return what SBOMs call a component, without its version. No query."""
    return stated_names(
        purl=component.purl or None,
        cpes=component.cpes,
        group=component.group,
        name=component.name,
    )


def derivation(pk: int) -> Derivation:
    """Return one derivation. One query.

    Raises:
        NotFound: there is none with this number.
    """
    found = Derivation.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no derivation {pk}.", pk=pk)
    return found


def release_ids_with(component_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[int]]:
    """Return the ids of the releases whose current SBOMs name each component. One query."""
    found: dict[uuid.UUID, list[int]] = defaultdict(list)
    rows = Occurrence.objects.filter(
        component_id__in=list(component_ids), document__is_current=True
    )
    pairs = rows.values_list("component_id", "document__release_id").distinct()
    for component_id, release_id in pairs.order_by("component_id", "document__release_id"):
        found[component_id].append(release_id)
    return dict(found)


def current_occurrences_of(component_ids: Iterable[uuid.UUID]) -> list[Occurrence]:
    """Return where components occur in current SBOMs, with the documents. One query."""
    rows = Occurrence.objects.filter(
        component_id__in=list(component_ids), document__is_current=True
    )
    return list(rows.select_related("document").order_by("id"))


def releases_with(component: Component) -> "list[Release]":
    """Return the releases whose current SBOMs name the component, by item. One query."""
    rows = Occurrence.objects.filter(component=component, document__is_current=True)
    first = {
        each.document.release_id: each.document.release
        for each in rows.select_related("document__release__item").order_by(
            "document__release__item__name", "document__release__version_key", "id"
        )
    }
    return list(first.values())


def components_of_purl(purl: str, *, limit: int) -> list[Component]:
    """Return components of a package, of all versions if the purl names none. One query."""
    sought = canonical_purl(purl) or purl
    bare = sought.split("?")[0]
    if "@" in bare.rpartition("/")[2]:
        return list(Component.objects.filter(purl=sought).order_by("id")[:limit])
    versions = Q(purl__gte=f"{bare}@", purl__lt=f"{bare}@{LAST_CHARACTER}")
    rows = Component.objects.filter(versions | Q(purl=sought))
    return list(rows.order_by("purl", "id")[:limit])


def releases_with_any(components: Iterable[Component]) -> "list[tuple[Component, Release]]":
    """Return which of these components which release's current SBOMs name, once each. One query."""
    rows = Occurrence.objects.filter(component__in=list(components), document__is_current=True)
    ordered = rows.select_related("component", "document__release__item").order_by(
        "document__release__item__name", "document__release__version_key", "id"
    )
    pairs = {
        (each.component_id, each.document.release_id): (each.component, each.document.release)
        for each in ordered
    }
    return list(pairs.values())


def occurrences_of(
    component: Component, *, after: str | None = None, limit: int = 50
) -> Page[Occurrence]:
    """Return where a component occurs in current SBOMs, oldest first. One query."""
    rows = Occurrence.objects.filter(component=component, document__is_current=True)
    rows = rows.select_related("document__release__item")
    return keyset_page(rows, order=["id"], after=after, limit=limit)


def find_components(text: str, *, limit: int = FOUND_LIMIT_ROWS) -> list[Component]:
    """Return components by purl, or whose name starts with or else holds ``text``.

    At most two queries; the first of them uses an index.
    """
    sought = text.replace("\0", "").strip()
    if not sought:
        return []
    if sought.startswith("pkg:"):
        return _starting("purl", canonical_purl(sought) or sought, limit)
    found = _starting("folded_name", sought.casefold(), limit)
    if len(found) == limit:
        return found
    others = Component.objects.filter(folded_name__contains=sought.casefold())
    others = others.exclude(pk__in=[each.pk for each in found]).order_by("folded_name", "id")
    return found + list(others[: limit - len(found)])


def _starting(column: str, start: str, limit: int) -> list[Component]:
    between = {f"{column}__gte": start, f"{column}__lt": start + LAST_CHARACTER}
    return list(Component.objects.filter(**between).order_by(column, "id")[:limit])


def component_ids_of(document: Document) -> set[uuid.UUID]:
    """Return the ids of the components of one document, its subject included. One query."""
    rows = Occurrence.objects.filter(document=document)
    return set(rows.values_list("component_id", flat=True))


def places_in(
    documents: Iterable[Document], component_ids: Iterable[uuid.UUID]
) -> list[tuple[int, int, uuid.UUID]]:
    """Return where some components stand: document, place in it, component. One query."""
    rows = Occurrence.objects.filter(
        document__in=[each.pk for each in documents], component__in=list(component_ids)
    )
    ordered = rows.order_by("document_id", "number")
    return list(ordered.values_list("document_id", "number", "component_id"))


def known_component_ids(ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of the ids are known. One query per 5,000 ids."""
    wanted = sorted(ids)
    known: set[uuid.UUID] = set()
    for start in range(0, len(wanted), IDS_CHUNK):
        rows = Component.objects.filter(pk__in=wanted[start : start + IDS_CHUNK])
        known.update(rows.values_list("pk", flat=True))
    return known


def _occurrences(subject: "Release | Document") -> QuerySet[Occurrence]:
    if isinstance(subject, Document):
        return Occurrence.objects.filter(document=subject)
    return Occurrence.objects.filter(document__release=subject, document__is_current=True)
