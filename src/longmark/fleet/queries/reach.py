"""Reach: from releases to units, parties and countries.

Now, everything is answered from the census and the configurations it counts: exact numbers of
distinct units, without reading a unit's row, however many there are. Lists of units are pages by
key. For a past day see ``past``.

A unit *may be affected* if it holds an item of the asked-about kind whose release is not known, and
no release that is affected: it is counted apart, never as unaffected. Scrapped units do not count.
Units that were decommissioned, replaced or lost are *out of use*: they exist, may be switched on by
whoever has them, and are counted apart by state.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from longmark.core.life.events import IN_USE, NOT_IN_USE, OUT_OF_USE, Evidence
from longmark.fleet.models import (
    ConfigurationMember,
    ParameterSet,
    Unit,
)
from longmark.fleet.queries.census import totals_in_use, totals_out_of_use
from longmark.fleet.queries.heads import ORDER, heads
from longmark.fleet.queries.units import EVERY_UNIT, UnitFilter, with_names
from longmark.foundation.pages import Page, keyset_page

if TYPE_CHECKING:
    from longmark.catalog.models import Item, Release
    from longmark.parties.models import Party, Site


@dataclass(frozen=True)
class Asked:
    """What is asked about: affected releases, and what is not known to be unaffected.

    That is an item of the asked-about kind whose release is not known, or a release of which
    nobody can tell whether it is affected.
    """

    release_ids: tuple[int, ...]
    unknown_item_ids: tuple[int, ...] = ()
    doubtful_release_ids: tuple[int, ...] = ()

    @property
    def has_doubts(self) -> bool:
        """Whether anything can be unknown."""
        return bool(self.unknown_item_ids or self.doubtful_release_ids)

    def narrowed_to(self, release_id: int) -> "Asked":
        """Return the same question about one of the releases."""
        kept = (release_id,)
        is_doubtful = release_id in self.doubtful_release_ids
        return Asked(() if is_doubtful else kept, (), kept if is_doubtful else ())

    @property
    def holders(self) -> "QuerySet[ConfigurationMember]":
        """Return the places in configurations where an affected release sits."""
        return ConfigurationMember.objects.filter(release_id__in=self.release_ids)

    @property
    def doubts(self) -> "QuerySet[ConfigurationMember]":
        """Return the places where it is not known whether one sits there."""
        return ConfigurationMember.objects.filter(self.doubt())

    def doubt(self) -> Q:
        """Return the condition that a member is not known to be unaffected."""
        return Q(release__isnull=True, item_id__in=self.unknown_item_ids) | Q(
            release_id__in=self.doubtful_release_ids
        )

    def affected(self) -> Q:
        """Return the condition that a row's configuration holds an affected release."""
        return Q(configuration_id__in=self.holders.values("configuration_id"))

    def unknown(self) -> Q:
        """Return the condition that it holds none, but something that may be one."""
        doubtful = Q(configuration_id__in=self.doubts.values("configuration_id"))
        return doubtful & ~self.affected()


@dataclass(frozen=True)
class Share:
    """How many units hold a release, by how well that is known."""

    release_id: int
    evidence: Evidence
    unit_count: int


@dataclass(frozen=True)
class Reach:
    """How far something reaches, in distinct units that are not scrapped."""

    unit_count: int
    unknown_unit_count: int
    party_count: int
    country_count: int
    unknown_operator_unit_count: int
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class PartyReached:
    """A party with how many units it has; ``party`` None: the operator is not known.

    ``distributor`` is then who may know, if anyone.
    """

    party: "Party | None"
    distributor: "Party | None"
    unit_count: int
    unknown_unit_count: int

    @property
    def order(self) -> tuple[int, int, str]:
        """Where it stands in a list: most units first."""
        named = self.party or self.distributor
        return -self.unit_count, -self.unknown_unit_count, named.name_key if named else ""


@dataclass(frozen=True)
class CountryReached:
    """A country (ISO 3166-1; empty: not known) with how many units are there."""

    country: str
    unit_count: int
    unknown_unit_count: int


@dataclass(frozen=True)
class Place:
    """Where in a unit something sits that is affected; without a release, it is not known which."""

    path: str
    item: "Item | None"
    release: "Release | None"
    evidence: Evidence
    parameters: ParameterSet | None = None


@dataclass
class Kept:
    """Who kept a unit on a past day, and where."""

    operator: "Party | None" = None
    site: "Site | None" = None
    distributor: "Party | None" = None
    country: str = ""
    host_id: ClassVar[None] = None  # whoever is asked about sat in no other unit

    @property
    def operator_id(self) -> int | None:
        return self.operator.pk if self.operator else None

    @property
    def site_id(self) -> int | None:
        return self.site.pk if self.site else None

    @property
    def distributor_id(self) -> int | None:
        return self.distributor.pk if self.distributor else None


@dataclass(frozen=True)
class UnitReached:
    """A unit with the places in it that are affected; or, if unknown, that may be.

    ``kept`` is who kept it on the day asked about, if that is not today.
    """

    unit: Unit
    places: tuple[Place, ...]
    is_unknown: bool
    kept: Kept | None = None

    @property
    def keeper(self) -> "Unit | Kept":
        """Who has it, or had it on the day asked about."""
        return self.kept or self.unit


def units_reached(
    asked: Asked,
    *,
    asked_for: UnitFilter = EVERY_UNIT,
    evidence: Evidence | None = None,
    is_unknown: bool | None = None,
    is_apart: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> Page[UnitReached]:
    """Return units by serial number, with the places in them that are concerned. Four queries.

    ``evidence`` narrows to units in which an affected release is known that well; ``is_unknown``
    to those that are only not known to be unaffected, or to those that are affected; ``is_apart``
    asks for units out of use instead of those in use.
    """
    counted = totals_out_of_use() if is_apart else totals_in_use()
    concerned = counted.filter(_concerned(asked, evidence, is_unknown))
    looks = concerned.order_by("configuration_id").values_list("configuration_id", flat=True)
    standing = Q(state__in=OUT_OF_USE) if is_apart else ~Q(state__in=NOT_IN_USE)
    rows = Unit.objects.filter(standing, asked_for.condition())
    first = heads(rows, list(looks.distinct()), after=after, limit=limit)
    named = with_names(Unit.objects.filter(pk__in=first))
    page = keyset_page(named, order=ORDER, after=after, limit=limit)
    members = _members_of(asked, {unit.configuration_id for unit in page.items})
    reached = [_reached(unit, members[unit.configuration_id], asked) for unit in page.items]
    return Page(reached, page.next)


def _reached(unit: Unit, members: Sequence[ConfigurationMember], asked: Asked) -> UnitReached:
    affected = [each for each in members if each.release_id in asked.release_ids]
    places = [
        Place(each.path, each.item, each.release, Evidence(each.evidence), each.parameters)
        for each in affected or members
    ]
    return UnitReached(unit, tuple(places), is_unknown=not affected)


def _concerned(asked: Asked, evidence: Evidence | None, is_unknown: bool | None) -> Q:
    if is_unknown:
        return asked.unknown()
    if evidence is not None:
        held = asked.holders.filter(evidence=evidence)
        return Q(configuration_id__in=held.values("configuration_id"))
    concerned = asked.affected()
    if asked.has_doubts and is_unknown is None:
        concerned |= Q(configuration_id__in=asked.doubts.values("configuration_id"))
    return concerned


def _members_of(
    asked: Asked, configurations: Iterable[UUID | None]
) -> defaultdict[UUID | None, list[ConfigurationMember]]:
    rows = ConfigurationMember.objects.filter(
        Q(release_id__in=asked.release_ids) | asked.doubt(),
        configuration_id__in=list(filter(None, configurations)),
    ).select_related("item", "release__item", "parameters")
    found: defaultdict[UUID | None, list[ConfigurationMember]] = defaultdict(list)
    for row in rows.order_by("configuration_id", "number"):
        found[row.configuration_id].append(row)
    return found


def census_of(item: "Item") -> int:
    """Return how many units of an item are in use that sit in no other unit. One query."""
    rows = totals_in_use().filter(configuration__item=item)
    count: int = rows.aggregate(units=Sum("count", default=0))["units"]
    return count


def releases_in_use(item_ids: Iterable[int]) -> dict[int, int]:
    """Return in how many units each release of these items is, by release id. One query."""
    # What is said of a tally stands in one filter: in two, it would be of any two tallies.
    rows = ConfigurationMember.objects.filter(
        item_id__in=list(item_ids),
        release__isnull=False,
        configuration__totals__count__gt=0,
        configuration__totals__state__in=IN_USE,
    )
    counted = rows.values("release_id").annotate(units=Sum("configuration__totals__count"))
    return dict(counted.order_by("release_id").values_list("release_id", "units"))
