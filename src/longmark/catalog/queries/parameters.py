"""Parameters of a set: what each is, from which release on, and the values of a release."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from longmark.catalog.models import Item, ParameterDefinition, Release, ReleasedParameters
from longmark.core.errors import NotFound
from longmark.core.parameters.definitions import Definition, ParameterType
from longmark.foundation.pages import Page, keyset_page
from longmark.ledger import queries as ledger

LAST_KEY = "\U0010ffff"


def definition_of(row: ParameterDefinition) -> Definition:
    """Return what a row says."""
    return Definition(
        name=row.name,
        type=ParameterType(row.type),
        title=row.title,
        measured_in=row.measured_in,
        minimum=row.minimum,
        maximum=row.maximum,
        default=row.default,
        options=tuple((code, label) for code, label in row.options),
        is_secret=row.is_secret,
        is_counter=row.is_counter,
        is_individual=row.is_individual,
    )


def definitions_at(item: Item, release: Release | None = None) -> dict[str, Definition]:
    """Return what holds for a release of a set, in its order; for the newest if none is named.

    One query.
    """
    rows = holding(item, release).order_by("order_key", "id")
    return {row.name: definition_of(row) for row in rows}


def holding(item: Item, release: Release | None = None) -> "QuerySet[ParameterDefinition]":
    """Return the rows that hold for a release."""
    until = release.version_key if release else LAST_KEY
    current = ParameterDefinition.objects.filter(item=item, superseded_at=None)
    reached = current.filter(from_key__lte=until)
    last = reached.filter(name=OuterRef("name")).order_by("-from_key").values("pk")[:1]
    return reached.alias(last=Subquery(last)).filter(pk=F("last"), is_dropped=False)


def definitions_page(
    item: Item,
    release: Release | None = None,
    *,
    text: str = "",
    after: str | None = None,
    limit: int = 50,
) -> Page[ParameterDefinition]:
    """Return the definitions that hold for a release, in natural order of names. One query."""
    rows = holding(item, release).select_related("release")
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(title__icontains=text))
    return keyset_page(rows, order=["order_key", "id"], after=after, limit=limit)


def secret_names() -> dict[int, frozenset[str]]:
    """Return the parameters that are secret in any release of a set, by item. One query."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = ParameterDefinition.objects.filter(superseded_at=None, is_secret=True)
    for item_id, name in rows.order_by("item_id", "name").values_list("item_id", "name"):
        found[item_id].add(name)
    return {item_id: frozenset(names) for item_id, names in found.items()}


def definition_count(item: Item) -> int:
    """Return how many parameters of a set are defined for its newest release. One query."""
    return holding(item).count()


def released_parameters(release: Release) -> ReleasedParameters | None:
    """Return the values of a release, if they were handed over. One query."""
    return ReleasedParameters.objects.filter(release=release, superseded_at=None).first()


def released_values(release_id: int | None) -> Mapping[str, str]:
    """Return the values of a release by name; none if they are not known. One query."""
    if release_id is None:
        return {}
    rows = ReleasedParameters.objects.filter(release_id=release_id, superseded_at=None)
    found: Mapping[str, str] | None = rows.values_list("values", flat=True).first()
    return found or {}


def value_counts(release_ids: Iterable[int]) -> dict[int, int]:
    """Return how many values are known of each release of a set. One query."""
    rows = ReleasedParameters.objects.filter(release_id__in=list(release_ids), superseded_at=None)
    return dict(rows.values_list("release_id", "count"))


def released_before(release: Release) -> list[ReleasedParameters]:
    """Return all files that were handed over for a release, newest first. One query."""
    return list(ReleasedParameters.objects.filter(release=release).order_by("-pk"))


def release_with_values_before(release: Release) -> Release | None:
    """Return the release before this one of which values are known. One query."""
    rows = Release.objects.filter(
        item=release.item_id,
        version_key__lt=release.version_key,
        parameter_sets__superseded_at=None,
        parameter_sets__isnull=False,
    )
    return rows.select_related("item").order_by("-version_key", "-pk").first()


def released(pk: int) -> ReleasedParameters:
    """Return one file of values that was handed over. One query.

    Raises:
        NotFound: there is none with this number.
    """
    rows = ReleasedParameters.objects.select_related("release__item")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound("There are no released parameters {pk}.", pk=pk)
    return found


def open_file(known: ReleasedParameters) -> BinaryIO:
    """Open the file of a released set; the caller closes it."""
    return ledger.open_blob(known.blob)


def values_of(release: Release) -> ReleasedParameters:
    """Return the values of a release. One query.

    Raises:
        NotFound: nobody handed them over.
    """
    found = released_parameters(release)
    if found is None:
        raise NotFound("No values of {release} are known: hand over its file.", release=release)
    return found
