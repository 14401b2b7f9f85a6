"""Which packages releases hold, for what asks about what surrounds a component."""

from collections.abc import Iterable

from longmark.core.identity import Provenance
from longmark.sboms.models import Occurrence


def packages_in(release_ids: Iterable[int], packages: Iterable[str]) -> list[tuple[int, str, str]]:
    """Return which of these packages the current SBOMs of releases hold, in which versions, as
    (release id, package, version). One query."""
    rows = Occurrence.objects.filter(
        document__release_id__in=list(release_ids),
        document__is_current=True,
        component__coordinates__package__in=sorted(packages),
        component__coordinates__provenance__in=[
            each for each in Provenance if each is not Provenance.GUESSED
        ],
    )
    columns = ("document__release_id", "component__coordinates__package", "component__version")
    return list(rows.values_list(*columns).distinct().order_by(*columns))
