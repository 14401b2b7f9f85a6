"""Many questions at once: how far each of several subjects reaches, for lists of them.

A list of fifty vulnerabilities asks fifty times how many units hold any of some releases. The
configurations that hold one of all these releases are read once, and each subject's units are
added up from them: two queries, however many subjects.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Aggregate, Q, Sum, TextField

from longmark.fleet.models import ConfigurationMember
from longmark.fleet.queries.reach import Asked, in_use

Key = TypeVar("Key")


@dataclass(frozen=True)
class Tally:
    """How many units and operators a subject reaches; unknown ones are counted apart."""

    unit_count: int = 0
    unknown_unit_count: int = 0
    party_count: int = 0


@dataclass(frozen=True)
class _Held:
    """Units that look alike: how many, and whose."""

    unit_count: int
    operators: frozenset[str]


class _Listed(Aggregate):
    """All values that are known, with commas between: one row instead of very many."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        template = "%(function)s((%(expressions)s)::text, ',')"
        return self.as_sql(
            compiler, connection, function="STRING_AGG", template=template, **context
        )


def tallies(subjects: Mapping[Key, Asked], *, operator_id: int | None = None) -> dict[Key, Tally]:
    """Return how far each subject reaches now, at one operator if named.

    Two queries, none over units.
    """
    concerned = _concerned(subjects.values())
    holders, doubts = _configurations(concerned)
    whose = Q() if operator_id is None else Q(operator_id=operator_id)
    held = _held(concerned, whose)
    counted = {asked: _tally(asked, holders, doubts, held) for asked in set(subjects.values())}
    return {key: counted[asked] for key, asked in subjects.items()}


def units_by_operator(party_ids: Iterable[int]) -> dict[int, int]:
    """Return how many units in use each party operates. One query."""
    rows = in_use().filter(operator_id__in=list(party_ids)).values("operator_id")
    counted = rows.annotate(units=Sum("count")).order_by("operator_id")
    return dict(counted.values_list("operator_id", "units"))


def units_by_distributor(party_ids: Iterable[int]) -> dict[int, int]:
    """Return how many units in use each party sold on. One query."""
    rows = in_use().filter(distributor_id__in=list(party_ids)).values("distributor_id")
    counted = rows.annotate(units=Sum("count")).order_by("distributor_id")
    return dict(counted.values_list("distributor_id", "units"))


def units_by_item(item_ids: Iterable[int]) -> dict[int, int]:
    """Return how many units in use that sit in no other there are of each item. One query."""
    rows = in_use().filter(configuration__item_id__in=list(item_ids))
    counted = rows.values("configuration__item_id").annotate(units=Sum("count"))
    ordered = counted.order_by("configuration__item_id")
    return dict(ordered.values_list("configuration__item_id", "units"))


def release_ids_at(party_id: int) -> set[int]:
    """Return the releases inside the units that a party operates. One query."""
    rows = ConfigurationMember.objects.filter(
        release__isnull=False,
        configuration__census__operator_id=party_id,
        configuration__census__count__gt=0,
    )
    return set(rows.values_list("release_id", flat=True).distinct())


@dataclass(frozen=True)
class Precision:
    """How well it is known what sits in one slot of all units of an item."""

    item_id: int
    path: str
    by_evidence: Mapping[int, int]
    unknown_count: int

    @property
    def unit_count(self) -> int:
        """How many units have the slot."""
        return sum(self.by_evidence.values()) + self.unknown_count


def precision_of(item_ids: Iterable[int]) -> list[Precision]:
    """Return how well each slot of units in use is known, by item and path. One query."""
    rows = in_use().filter(configuration__item_id__in=list(item_ids))
    place = "configuration__members__"
    counted = rows.values(
        "configuration__item_id",
        f"{place}path",
        f"{place}evidence",
        is_unknown=Q(configuration__members__release__isnull=True),
    ).annotate(units=Sum("count"))
    known: dict[tuple[int, str], dict[int, int]] = defaultdict(dict)
    unknown: dict[tuple[int, str], int] = defaultdict(int)
    for row in counted.order_by("configuration__item_id", f"{place}path", f"{place}evidence"):
        key = row["configuration__item_id"], row[f"{place}path"]
        if row["is_unknown"]:
            unknown[key] += row["units"]
        else:
            known[key][row[f"{place}evidence"]] = row["units"]
    return [Precision(*key, known[key], unknown[key]) for key in sorted({*known, *unknown})]


@dataclass(frozen=True)
class Keeping:
    """How many units in use are known to whom."""

    operator_count: int
    distributor_count: int
    unknown_count: int
    country_unknown_count: int

    @property
    def total(self) -> int:
        """How many units are in use."""
        return self.operator_count + self.distributor_count + self.unknown_count


def keeping() -> Keeping:
    """Return how many units have a known operator, only a distributor, or neither. One query."""
    known, bought = Q(operator__isnull=False), Q(operator=None, distributor__isnull=False)
    counts = in_use().aggregate(
        operator_count=Sum("count", default=0, filter=known),
        distributor_count=Sum("count", default=0, filter=bought),
        unknown_count=Sum("count", default=0, filter=Q(operator=None, distributor=None)),
        country_unknown_count=Sum("count", default=0, filter=Q(country="")),
    )
    return Keeping(**counts)


def _concerned(subjects: Iterable[Asked]) -> Q:
    """Return the condition on members that any of the subjects is about."""
    asked = list(subjects)
    releases = {pk for one in asked for pk in (*one.release_ids, *one.doubtful_release_ids)}
    items = {pk for one in asked for pk in one.unknown_item_ids}
    return Q(release_id__in=releases) | Q(release__isnull=True, item_id__in=items)


def _configurations(concerned: Q) -> tuple[dict[int, set[UUID]], dict[int, set[UUID]]]:
    """Return the configurations with each release, and those in doubt about each item."""
    rows = ConfigurationMember.objects.filter(concerned).order_by("configuration_id", "number")
    holders: dict[int, set[UUID]] = defaultdict(set)
    doubts: dict[int, set[UUID]] = defaultdict(set)
    for configuration, release, item in rows.values_list(
        "configuration_id", "release_id", "item_id"
    ):
        if release is None:
            doubts[item].add(configuration)
        else:
            holders[release].add(configuration)
    return holders, doubts


def _held(concerned: Q, whose: Q) -> dict[UUID, _Held]:
    members = ConfigurationMember.objects.filter(concerned)
    rows = in_use().filter(whose, configuration_id__in=members.values("configuration_id"))
    counted = rows.values("configuration_id").annotate(
        units=Sum("count"), operators=_Listed("operator_id")
    )
    return {
        pk: _Held(units, frozenset(operators.split(",") if operators else ()))
        for pk, units, operators in counted.order_by("configuration_id").values_list(
            "configuration_id", "units", "operators"
        )
    }


def _tally(
    asked: Asked,
    holders: Mapping[int, set[UUID]],
    doubts: Mapping[int, set[UUID]],
    held: Mapping[UUID, _Held],
) -> Tally:
    affected = set().union(*(holders.get(pk, set()) for pk in asked.release_ids))
    in_doubt = [doubts.get(pk, set()) for pk in asked.unknown_item_ids]
    in_doubt += [holders.get(pk, set()) for pk in asked.doubtful_release_ids]
    unknown = set().union(*in_doubt) - affected
    return Tally(
        unit_count=sum(held[pk].unit_count for pk in affected if pk in held),
        unknown_unit_count=sum(held[pk].unit_count for pk in unknown if pk in held),
        party_count=len(
            set().union(*(held[pk].operators for pk in affected | unknown if pk in held))
        ),
    )
