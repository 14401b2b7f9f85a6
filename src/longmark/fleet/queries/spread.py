"""Which configurations hold what, read once, to count many sets of releases in memory."""

from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, Sum

from longmark.fleet.models import ConfigurationMember
from longmark.fleet.queries.reach import Asked, in_use

Configurations = Set[UUID]


@dataclass(frozen=True)
class Spread:
    """The fleet by configuration: who holds a release, who holds an unknown one, how many units."""

    holders: Mapping[int, Configurations]
    unknown: Mapping[int, Configurations]
    units: Mapping[UUID, int]

    def counts(self, asked: Asked) -> tuple[int, int]:
        """Return how many units are affected, and how many are not known to be unaffected."""
        affected = self._any(self.holders, asked.release_ids)
        doubtful = self._any(self.holders, asked.doubtful_release_ids)
        doubtful |= self._any(self.unknown, asked.unknown_item_ids)
        return self._sum(affected), self._sum(doubtful - affected)

    def _any(self, where: Mapping[int, Configurations], keys: tuple[int, ...]) -> set[UUID]:
        found: set[UUID] = set()
        return found.union(*(where.get(key, frozenset()) for key in keys))

    def _sum(self, configurations: Configurations) -> int:
        return sum(self.units[pk] for pk in configurations)


def spread(release_ids: Set[int], item_ids: Set[int]) -> Spread:
    """Return where these releases, and unknown ones of these items, sit now. Two queries.

    Costs what there are configurations in use, thousands in a fleet of millions.
    """
    counted = in_use().values("configuration_id").annotate(units=Sum("count"))
    units = dict(counted.order_by("configuration_id").values_list("configuration_id", "units"))
    holders: dict[int, set[UUID]] = defaultdict(set)
    unknown: dict[int, set[UUID]] = defaultdict(set)
    rows = ConfigurationMember.objects.filter(
        Q(release_id__in=release_ids) | Q(release__isnull=True, item_id__in=item_ids)
    ).order_by("configuration_id", "number")
    for configuration, release, item in rows.values_list(
        "configuration_id", "release_id", "item_id"
    ):
        if configuration not in units:
            continue
        if release is not None:
            holders[release].add(configuration)
        elif item is not None:
            unknown[item].add(configuration)
    return Spread(holders, unknown, units)
