"""Which packages releases hold, for what asks about what surrounds a component."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from django.db.models import Case, F, Q, TextField, Value, When
from django.db.models.functions import Concat, StrIndex, Substr

from longmark.core.identity import Provenance
from longmark.core.identity.distributions import SCHEMES
from longmark.core.identity.kinds import KERNEL_PACKAGE, kind_of
from longmark.sboms.models import Coordinate, Occurrence

if TYPE_CHECKING:
    from longmark.catalog.models import Release

_COLON: Final = Value(":")


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


def package_kinds(release: "Release") -> set[str]:
    """Return the kinds of package that a release's current SBOMs name. One query.

    The database cuts the keys, so that as many rows come back as there are kinds.
    """
    held = Occurrence.objects.filter(document__release=release, document__is_current=True)
    is_of_distribution = Q(
        *(("package__startswith", f"{each}:") for each in SCHEMES), _connector=Q.OR
    )
    rest = Substr("package", StrIndex("package", _COLON) + 1)
    second = StrIndex("package", _COLON) + StrIndex(Concat(rest, _COLON), _COLON) - 1
    start = Case(
        When(package=KERNEL_PACKAGE, then=F("package")),
        When(is_of_distribution, then=Substr("package", 1, second)),
        default=Substr("package", 1, StrIndex("package", _COLON) - 1),
        output_field=TextField(),
    )
    rows = Coordinate.objects.filter(component__in=held.values("component")).order_by()
    return {kind_of(each) for each in rows.values_list(start, flat=True).distinct()}
