"""The rows that the services write of a planned fleet, made without asking them.

Booking ten million units would take an hour, most of it spent in deciding what is decided here
beforehand. ``tests/fleet/test_benchmark_rows.py`` takes the same fleet as lists through the
services and compares every row.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from itertools import islice
from uuid import UUID

import msgspec

from benchmarks.fleet_plan import (
    FIRMWARE,
    ITEM,
    SLOTS,
    UPDATED_TO,
    Order,
    Plan,
    serial,
    updated_on,
)
from longmark.core.life.configurations import Inside, configuration_id, members
from longmark.core.life.derivation import Interval
from longmark.core.life.events import CustodyRole, Event, Evidence, Holder, Kind, Occupant, payload
from longmark.core.life.identity import folded_serial, unit_id
from longmark.core.life.spans import Look, Seen, look_id
from longmark.fleet.services.catalogue import Catalogue
from longmark.fleet.services.counting import tally_id

BUILT_RECORDED = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
UPDATED_RECORDED = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
ACTOR_NAME = "Longmark"
CHUNK_ORDERS = 500  # 5,000 units, as many as the services write together

_TIMES = ("valid_from", "valid_to", "known_from", "known_to", "evidence")
COLUMNS = {
    "fleet_unit": (
        "id", "item_id", "serial", "serial_folded", "discriminator", "recorded_at", "state",
        "built_at", "host_id", "configuration_id", "operator_id", "site_id", "distributor_id",
        "country",
    ),
    "fleet_event": (
        "unit_id", "seq", "kind", "occurred_at", "precision", "recorded_at", "source", "evidence",
        "payload", "corrects", "actor_name",
    ),
    "fleet_installation": (
        "unit_id", "number", "slot", "item_id", "release_id", "child_id", "part", "quantity",
        "parameters_id", *_TIMES,
    ),
    "fleet_custody": ("unit_id", "number", "role", "party_id", "site_id", "country", *_TIMES),
    "fleet_configuration": ("id", "item_id"),
    "fleet_configurationmember": (
        "configuration_id", "number", "path", "item_id", "release_id", "evidence",
        "parameters_id",
    ),
    "fleet_census": (
        "id", "configuration_id", "operator_id", "distributor_id", "country", "state", "count",
    ),
    "fleet_censustotal": (
        "id", "configuration_id", "country", "state", "is_operator_known", "is_distributor_known",
        "count",
    ),
    "fleet_censuskeeper": ("id", "operator_id", "distributor_id", "state", "count"),
    "fleet_pastlook": ("id",),
    "fleet_pastlookmember": (
        "look_id", "number", "release_id", "item_id", "is_unknown", "evidence",
    ),
    "fleet_pastchange": (
        "look_id", "operator_id", "distributor_id", "country", "state", "day", "known_day", "delta",
    ),
    "fleet_pastunit": ("look_id", "serial_folded", "unit_id"),
}  # fmt: skip
UNIT_TABLES = ("fleet_unit", "fleet_event", "fleet_installation", "fleet_custody")
PAST_TABLES = ("fleet_pastchange", "fleet_pastunit")

Row = tuple[object, ...]
Rows = dict[str, list[Row]]


@dataclass(frozen=True)
class Parties:
    """The ids of customers and distributors by their numbers in the plan."""

    customers: Mapping[int, int]
    distributors: Mapping[int, int]
    countries: Mapping[int, str]  # of distributors


@dataclass(frozen=True, slots=True)
class _Look:
    """What is the same in all units of an order."""

    inside: tuple[tuple[str, int, int], ...]  # slot, item, release; by slot
    evidence: int
    configuration: str
    updated_configuration: str
    past: int
    updated_past: int
    built_payload: str
    whose: tuple[int | None, int | None, str]  # operator, distributor, country
    custody: tuple[tuple[str, int | None, str], ...]


class RowMaker:
    """Makes the rows of a plan; afterwards it knows the configurations and the census."""

    def __init__(
        self, plan: Plan, catalogue: Catalogue, parties: Parties, *, is_zoned: bool
    ) -> None:
        self._plan = plan
        self._catalogue = catalogue
        self._parties = parties
        self._zone = "+00:00" if is_zoned else ""
        self._census: Counter[tuple[str, int | None, int | None, str]] = Counter()
        self._contents: dict[str, tuple[tuple[object, ...], ...]] = {}
        self._past_contents: dict[int, Look] = {}
        self._moved: Counter[tuple[int, tuple[int | None, int | None, str], str, str]] = Counter()
        self._day = lru_cache(4_096)(self._instant)
        self._configurations = lru_cache(16_384)(self._configuration)
        self._pasts = lru_cache(16_384)(self._past)
        self._item = catalogue.item(ITEM).pk
        self._updated = self._occupants(dict.fromkeys(SLOTS, "") | {FIRMWARE: UPDATED_TO})[FIRMWARE]

    def chunks(self) -> Iterator[Rows]:
        """Yield the rows of the unit tables, neighbours in the indexes together."""
        orders = self._plan.orders()
        while some := list(islice(orders, CHUNK_ORDERS)):
            found = [
                (unit_id(ITEM, serial(number)).hex, number, order, look)
                for order in some
                for look in [self._look(order)]
                for number in order.numbers
            ]
            found.sort(key=lambda each: each[0])
            rows: Rows = {table: [] for table in (*UNIT_TABLES, "fleet_pastunit")}
            for each in found:
                self._add(rows, *each)
            yield rows | self._past_rows()

    def shared(self) -> Rows:
        """Return the configurations and the census of all units made."""
        return {
            "fleet_configuration": [(key, self._item) for key in sorted(self._contents)],
            "fleet_configurationmember": [
                (key, number, *member)
                for key in sorted(self._contents)
                for number, member in enumerate(self._contents[key], start=1)
            ],
            "fleet_pastlook": [(key,) for key in sorted(self._past_contents)],
            "fleet_pastlookmember": [
                (key, number, one.release or None, one.item or None, one.is_unknown, one.evidence)
                for key in sorted(self._past_contents)
                for number, one in enumerate(self._past_contents[key], start=1)
            ],
            "fleet_census": [
                (_id(*tally, "built"), *tally, "built", count)
                for tally, count in self._census.items()
            ],
            "fleet_censustotal": [
                (_id(*total), *total, count) for total, count in self._totals().items()
            ],
            "fleet_censuskeeper": [
                (tally_id(keeper).hex, *keeper, count) for keeper, count in self._keepers().items()
            ],
        }

    def _past_rows(self) -> Rows:
        """Return what the units made since the last time add to the census of the past."""
        found = [
            (look, operator, None if operator else distributor, country, "", *days, delta)
            for (look, (operator, distributor, country), *days), delta in self._moved.items()
        ]
        self._moved.clear()
        return {"fleet_pastchange": found}

    def _keepers(self) -> Counter[tuple[object, ...]]:
        keepers: Counter[tuple[object, ...]] = Counter()
        for (_, operator, distributor, _), count in self._census.items():
            if operator is not None:
                keepers[operator, None, "built"] += count
            elif distributor is not None:
                keepers[None, distributor, "built"] += count
        return keepers

    def _totals(self) -> Counter[tuple[object, ...]]:
        totals: Counter[tuple[object, ...]] = Counter()
        for (configuration, operator, distributor, country), count in self._census.items():
            known = (operator is not None, distributor is not None)
            totals[configuration, country, "built", *known] += count
        return totals

    def _add(self, rows: Rows, pk: str, number: int, order: Order, look: _Look) -> None:
        name, built = serial(number), self._day(order.built)
        is_updated = number == order.updated
        changed = self._day(updated_on(number)) if is_updated else None
        operator, distributor, country = look.whose
        configuration = look.updated_configuration if is_updated else look.configuration
        rows["fleet_unit"].append(
            (pk, self._item, name, folded_serial(name), "", self._built_recorded, "built", built,
             None, configuration, operator, None, distributor, country)
        )  # fmt: skip
        self._census[look.configuration, operator, distributor, country] += 1
        self._moved[look.past, look.whose, f"{order.built}", f"{BUILT_RECORDED:%Y-%m-%d}"] += 1
        pasts = (look.past, look.updated_past) if is_updated else (look.past,)
        rows["fleet_pastunit"] += [(past, folded_serial(name), pk) for past in pasts]
        rows["fleet_event"].append(
            (pk, 1, "built", built, "day", self._built_recorded, "list", look.evidence,
             look.built_payload, None, ACTOR_NAME)
        )  # fmt: skip
        for place, (slot, item, release) in enumerate(look.inside, start=1):
            closed = self._updated_recorded if is_updated and slot == FIRMWARE else None
            rows["fleet_installation"].append(
                (pk, place, slot, item, release, None, "", 1, None, built, None,
                 self._built_recorded, closed, look.evidence)
            )  # fmt: skip
        for place, (role, party, land) in enumerate(look.custody, start=1):
            times = (built, None, self._built_recorded, None, look.evidence)
            rows["fleet_custody"].append((pk, place, role, party, None, land, *times))
        if changed is not None:
            self._add_update(rows, pk, built, changed, look)

    def _add_update(self, rows: Rows, pk: str, built: str, changed: str, look: _Look) -> None:
        self._census[look.configuration, *look.whose] -= 1
        self._census[look.updated_configuration, *look.whose] += 1
        for past, delta in ((look.past, -1), (look.updated_past, 1)):
            days = changed[:10], f"{UPDATED_RECORDED:%Y-%m-%d}"
            self._moved[past, look.whose, *days] += delta
        confirmed = int(Evidence.CONFIRMED)
        stated = payload(_event(Kind.SOFTWARE_CHANGED, {FIRMWARE: self._updated}, {}))
        rows["fleet_event"].append(
            (pk, 2, "software-changed", changed, "day", self._updated_recorded, "list", confirmed,
             _json(stated), None, ACTOR_NAME)
        )  # fmt: skip
        last = len(look.inside)
        before = next(release for slot, _, release in look.inside if slot == FIRMWARE)
        for place, release, since, until, evidence in (
            (last + 1, before, built, changed, look.evidence),
            (last + 2, self._updated.release, changed, None, confirmed),
        ):
            rows["fleet_installation"].append(
                (pk, place, FIRMWARE, self._updated.item, release, None, "", 1, None, since, until,
                 self._updated_recorded, None, evidence)
            )  # fmt: skip

    def _look(self, order: Order) -> _Look:
        stated = dict(zip(SLOTS, order.inside, strict=True))
        occupants = self._occupants(stated)
        operator = None if order.customer is None else self._parties.customers[order.customer]
        custody = {CustodyRole.OPERATOR: Holder(operator, None, order.country)}
        distributor = None
        if order.distributor is not None:
            distributor = self._parties.distributors[order.distributor]
            land = self._parties.countries[order.distributor]
            custody[CustodyRole.DISTRIBUTOR] = Holder(distributor, None, land)
        is_old = order.updated is not None
        return _Look(
            tuple((slot, one.item, one.release) for slot, one in sorted(occupants.items())),  # type: ignore[misc]
            int(Evidence.of_word(order.evidence)),
            self._configurations(order.inside, order.evidence, is_updated=False),
            self._configurations(order.inside, order.evidence, is_updated=True) if is_old else "",
            self._pasts(order.inside, order.evidence, is_updated=False),
            self._pasts(order.inside, order.evidence, is_updated=True) if is_old else 0,
            _json(payload(_event(Kind.BUILT, occupants, custody))),
            (operator, distributor, order.country),
            tuple(
                (role.value, holder.party, holder.country)
                for role, holder in sorted(custody.items())
            ),
        )

    def _occupants(self, stated: Mapping[str, str]) -> dict[str, Occupant]:
        items = {slot: self._catalogue.item(SLOTS[slot]).pk for slot in stated}
        return {
            slot: Occupant(item=items[slot], release=self._catalogue.releases[items[slot], version])
            for slot, version in stated.items()
            if version
        }

    def _configuration(self, inside: tuple[str, ...], evidence: str, *, is_updated: bool) -> str:
        known = dict.fromkeys(SLOTS, Evidence.of_word(evidence))
        occupants = self._occupants(dict(zip(SLOTS, inside, strict=True)))
        if is_updated:
            occupants[FIRMWARE], known[FIRMWARE] = self._updated, Evidence.CONFIRMED
        slots = {
            slot: Interval(slot, occupant, BUILT_RECORDED, None, known[slot])
            for slot, occupant in occupants.items()
        }
        content = members(Inside(self._item, slots), {}, self._catalogue.plans)
        key = configuration_id(self._item, content).hex
        self._contents[key] = tuple(
            (one.path, one.item, one.release, int(one.evidence), None) for one in content
        )
        return key

    def _past(self, inside: tuple[str, ...], evidence: str, *, is_updated: bool) -> int:
        known = dict.fromkeys(SLOTS, Evidence.of_word(evidence))
        occupants = self._occupants(dict(zip(SLOTS, inside, strict=True)))
        if is_updated:
            occupants[FIRMWARE], known[FIRMWARE] = self._updated, Evidence.CONFIRMED
        held = [
            Seen(release=occupant.release or 0, evidence=int(known[slot]))
            for slot, occupant in occupants.items()
        ]
        look = tuple(sorted([Seen(self._item), Seen(self._item, is_unknown=True), *held]))
        key = look_id(look)
        self._past_contents[key] = look
        return key

    def _instant(self, day: object) -> str:
        return f"{day} 00:00:00{self._zone}"

    @cached_property
    def _built_recorded(self) -> str:
        return f"{BUILT_RECORDED:%Y-%m-%d %H:%M:%S}{self._zone}"

    @cached_property
    def _updated_recorded(self) -> str:
        return f"{UPDATED_RECORDED:%Y-%m-%d %H:%M:%S}{self._zone}"


def _event(
    kind: Kind, slots: Mapping[str, Occupant | None], custody: Mapping[CustodyRole, Holder | None]
) -> Event:
    return Event(1, kind, BUILT_RECORDED, slots, custody)


def _id(configuration: str, *others: object) -> str:
    return tally_id((UUID(configuration), *others)).hex


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
