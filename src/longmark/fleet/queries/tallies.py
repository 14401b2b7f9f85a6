"""Many questions at once: how far each of several subjects reaches, for lists of them.

A list of fifty vulnerabilities asks fifty times how many units hold any of some releases. The
configurations that hold one of all these releases are read once, and each subject's units are
added up from the totals of the census: four queries, however many subjects.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Q, Sum

from longmark.core.life.events import IN_USE
from longmark.fleet.models import ConfigurationMember, Unit
from longmark.fleet.queries.census import in_use, joined, totals_in_use
from longmark.fleet.queries.past_statements import Text, rows_of
from longmark.fleet.queries.reach import Asked

if TYPE_CHECKING:
    from django.db.models import QuerySet

Key = TypeVar("Key")


@dataclass(frozen=True)
class Tally:
    """How many units and operators a subject reaches; unknown ones are counted apart."""

    unit_count: int = 0
    unknown_unit_count: int = 0
    party_count: int = 0


def tallies(subjects: Mapping[Key, Asked], *, operator_id: int | None = None) -> dict[Key, Tally]:
    """Return how far each subject reaches now, at one operator if named.

    Four queries, none over units.
    """
    asked = list(dict.fromkeys(subjects.values()))
    concerned = _concerned(asked)
    holders, doubts = _configurations(concerned)
    found = [_reached(one, holders, doubts) for one in asked]
    units = _units(concerned, operator_id)
    sums = [(_sum(units, affected), _sum(units, unknown)) for affected, unknown in found]
    operators = [int(any(pair)) for pair in sums]
    if operator_id is None:
        operators = _operators([affected | unknown for affected, unknown in found], units)
    counted = {one: Tally(*pair, n) for one, pair, n in zip(asked, sums, operators, strict=True)}
    return {key: counted[one] for key, one in subjects.items()}


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
    rows = totals_in_use().filter(configuration__item_id__in=list(item_ids))
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
    rows = totals_in_use().filter(configuration__item_id__in=list(item_ids))
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
    known, bought = Q(is_operator_known=True), Q(is_operator_known=False, is_distributor_known=True)
    counts = totals_in_use().aggregate(
        operator_count=Sum("count", default=0, filter=known),
        distributor_count=Sum("count", default=0, filter=bought),
        unknown_count=Sum("count", default=0, filter=~known & ~bought),
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


def _reached(
    asked: Asked, holders: Mapping[int, set[UUID]], doubts: Mapping[int, set[UUID]]
) -> tuple[set[UUID], set[UUID]]:
    """Return the configurations that are affected, and those that may be."""
    affected = set().union(*(holders.get(pk, set()) for pk in asked.release_ids))
    in_doubt = [doubts.get(pk, set()) for pk in asked.unknown_item_ids]
    in_doubt += [holders.get(pk, set()) for pk in asked.doubtful_release_ids]
    return affected, set().union(*in_doubt) - affected


def _units(concerned: Q, operator_id: int | None) -> dict[UUID, int]:
    """Return how many units in use look each of the ways concerned."""
    members = ConfigurationMember.objects.filter(concerned).values("configuration_id")
    rows: QuerySet[Any, Any] = totals_in_use()
    if operator_id is not None:
        rows = in_use().filter(operator_id=operator_id)
    counted = rows.filter(configuration_id__in=members).values("configuration_id")
    summed = counted.annotate(units=Sum("count")).order_by("configuration_id")
    return dict(summed.values_list("configuration_id", "units"))


def _sum(units: Mapping[UUID, int], configurations: Iterable[UUID]) -> int:
    return sum(units.get(pk, 0) for pk in configurations)


def _operators(reached: Sequence[set[UUID]], units: Mapping[UUID, int]) -> list[int]:
    """Return how many operators have a unit that looks one of each set of ways. Two queries.

    Ways that are in the same sets are one class. The database tells how many operators have units
    of the same classes, in few rows whatever the number of operators. ``units`` are how many units
    look each way.
    """
    signs: dict[UUID, int] = defaultdict(int)
    for number, configurations in enumerate(reached):
        for pk in configurations:
            signs[pk] |= 1 << number
    classes = list(dict.fromkeys(signs.values()))
    places = {sign: place for place, sign in enumerate(classes)}
    counts = [0] * len(reached)
    in_class = {pk: places[sign] for pk, sign in signs.items()}
    for held, operators in _held(in_class, _most(in_class, units)):
        sign = reduce(or_, (classes[place] for place in held), 0)
        for number in range(len(reached)):
            counts[number] += operators * (sign >> number & 1)
    return counts


def _most(classes: Mapping[UUID, int], units: Mapping[UUID, int]) -> int | None:
    """Return the class that most units in use are in; ``None``: in no class. One query."""
    counted: Counter[int] = Counter()
    for pk, place in classes.items():
        counted[place] += units.get(pk, 0)
    if not counted:
        return None
    whole: int = totals_in_use().aggregate(units=Sum("count", default=0))["units"]
    most, count = counted.most_common(1)[0]
    return most if count > whole - counted.total() else None


def _held(classes: Mapping[UUID, int], most: int | None) -> list[tuple[list[int], int]]:
    """Return which classes operators have together, and how many operators have just these."""
    if not classes:
        return []
    listed = "STRING_AGG(place::text, ',')" if _is_postgresql() else "GROUP_CONCAT(place)"
    text = _placed(classes)
    told = _together(text, listed) if most is None else _beside_the_rest(text, listed, most)
    found = []
    for has_most, held, operators in rows_of(told):
        places = [int(place) for place in held.split(",")] if held else []
        found.append(([*places, most] if has_most and most is not None else places, operators))
    return found


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def _placed(classes: Mapping[UUID, int]) -> Text:
    """Begin a statement with the configurations of classes."""
    adapt = Unit._meta.pk.get_db_prep_value
    keys = [adapt(pk, connection) for pk in classes]
    text = Text().add("WITH placed AS (SELECT key AS configuration_id, value AS place FROM")
    if _is_postgresql():
        unnested = "unnest(%s::uuid[], %s::int[]) AS k (key, value))"
        return text.add(unnested, keys, list(classes.values()))
    return text.add("json_each(%s))", json.dumps(dict(zip(keys, classes.values(), strict=True))))


def _together(text: Text, listed: str) -> Text:
    """Go on with the classes that operators have, read from the census."""
    text.add("SELECT 0, held, COUNT(*) FROM (SELECT operator_id,").add(listed).add("AS held FROM")
    text.add("(SELECT DISTINCT c.operator_id, place FROM").add(joined("placed"))
    _known_and_in_use(text).add(") held_by GROUP BY operator_id) operators GROUP BY held")
    return text


def _beside_the_rest(text: Text, listed: str, most: int) -> Text:
    """Go on with the same where most units are in one class: who has more than the rest has it.

    Only the rest is read from the census.
    """
    text.add(", others AS (SELECT id AS configuration_id, place FROM fleet_configuration f")
    text.add("LEFT JOIN placed ON placed.configuration_id = f.id")
    text.add("WHERE place IS NULL OR place <> %s)", most)
    text.add(", rest AS (SELECT operator_id, SUM(units) AS units,").add(listed).add("AS held FROM")
    text.add("(SELECT c.operator_id, place, SUM(count) AS units FROM").add(joined("others"))
    _known_and_in_use(text).add("GROUP BY c.operator_id, place) parts GROUP BY operator_id)")
    text.add(", whole AS (SELECT operator_id, SUM(count) AS units FROM fleet_censuskeeper c")
    _known_and_in_use(text.add("WHERE count > 0")).add("GROUP BY operator_id)")
    text.add("SELECT CASE WHEN w.units > COALESCE(r.units, 0) THEN 1 ELSE 0 END AS has_most, held,")
    text.add("COUNT(*) FROM whole w LEFT JOIN rest r ON r.operator_id = w.operator_id")
    return text.add("GROUP BY has_most, held")


def _known_and_in_use(text: Text) -> Text:
    text.add("AND c.operator_id IS NOT NULL AND")
    return text.one_of("c.state", [state.value for state in IN_USE])
