"""What every unit of a large fleet is like, worked out from its number alone.

Units are built order by order: what is in them, how well that is known and whose they are is the
same for all units of an order. One per cent of the orders hold the newest firmware, ten per cent
the one before, the rest older ones, by the day of building. In one order of a thousand nobody
knows the firmware, one of ten went through a distributor, one of twenty to nobody knows whom. One
unit of ten was given newer firmware later, which a second list tells.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

ITEM = "TG-200"
SLOTS = {
    "control-board": "CB-21",
    "main-firmware": "tg200-fw",
    "bootloader": "tg-boot",
    "option-card": "IO-4",
    "parameters": "tg-params",
}
RELEASES = {
    "CB-21": ("B", "C", "D"),
    "tg200-fw": ("2.0", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9"),
    "tg-boot": ("1.0",),
    "IO-4": ("A", "B"),
    "tg-params": ("v5", "v6", "v7"),
}
EVIDENCE = ("declared", "confirmed", "verified")
COUNTRIES = ("DE", "AT", "NL", "US", "FR")
FIRMWARE = "main-firmware"
IN_ONE_PER_CENT, IN_TEN_PER_CENT, UPDATED_TO = "2.9", "2.8", "2.7"
OLD = RELEASES["tg200-fw"][:7]

ORDER_UNITS = 10
UPDATED_PLACE = 3  # in its order
UNITS_OF_A_CUSTOMER = 250
UNITS_OF_A_DISTRIBUTOR = 10_000
FEWEST_CUSTOMERS = 50
FEWEST_DISTRIBUTORS = 4
BUILT_FIRST, BUILDING_DAYS = date(2021, 1, 4), 1_800
UPDATED_FIRST, UPDATING_DAYS = date(2026, 2, 2), 180
HEAD = ("item", "serial", "event", "date", "evidence", *SLOTS, "customer", "distributor", "country")


@dataclass(frozen=True, slots=True)
class Order:
    """Units that were built together. Without customer, nobody knows who operates them."""

    numbers: range
    inside: tuple[str, ...]  # the release in each slot; empty: not known
    evidence: str
    built: date
    country: str
    customer: int | None
    distributor: int | None

    @property
    def updated(self) -> int | None:
        """Return the number of the unit that was given newer firmware."""
        is_old = self.inside[list(SLOTS).index(FIRMWARE)] in OLD
        return self.numbers[UPDATED_PLACE] if is_old and len(self.numbers) > UPDATED_PLACE else None


@dataclass(frozen=True)
class Plan:
    """A fleet of so many units."""

    units: int

    @property
    def customers(self) -> int:
        """Return how many operators there are."""
        return max(FEWEST_CUSTOMERS, self.units // UNITS_OF_A_CUSTOMER)

    @property
    def distributors(self) -> int:
        """Return how many distributors there are."""
        return max(FEWEST_DISTRIBUTORS, self.units // UNITS_OF_A_DISTRIBUTOR)

    def orders(self) -> Iterator[Order]:
        """Yield all orders as they were built."""
        for place, first in enumerate(range(0, self.units, ORDER_UNITS)):
            yield self._order(place, range(first, min(first + ORDER_UNITS, self.units)))

    def _order(self, place: int, numbers: range) -> Order:
        age = numbers[0] * BUILDING_DAYS // self.units
        inside = [_any(place, salt, RELEASES[item]) for salt, item in enumerate(SLOTS.values())]
        inside[list(SLOTS).index(FIRMWARE)] = _firmware(_scattered(place, 11) % 1_000, age)
        sold = _scattered(place, 12) % 100
        return Order(
            numbers,
            tuple(inside),
            _any(place, 13, EVIDENCE),
            BUILT_FIRST + timedelta(days=age),
            _any(place, 14, COUNTRIES),
            _scattered(place, 15) % self.customers if sold < 85 else None,
            _scattered(place, 16) % self.distributors if sold >= 90 else None,
        )

    def built_list(self) -> bytes:
        """Return the list in which the plant told of all units."""
        text = io.StringIO()
        rows = csv.writer(text)
        rows.writerow(HEAD)
        for order in self.orders():
            whose = (
                "" if order.customer is None else customer(order.customer),
                "" if order.distributor is None else distributor(order.distributor),
                order.country,
            )
            for number in order.numbers:
                told = (ITEM, serial(number), "built", order.built, order.evidence)
                rows.writerow((*told, *order.inside, *whose))
        return text.getvalue().encode()

    def updated_list(self) -> bytes:
        """Return the list in which the service told of newer firmware."""
        text = io.StringIO()
        rows = csv.writer(text)
        rows.writerow(("item", "serial", "event", "date", "evidence", FIRMWARE))
        for order in self.orders():
            if order.updated is not None:
                when = updated_on(order.updated)
                told = (ITEM, serial(order.updated), "updated", when, "confirmed", UPDATED_TO)
                rows.writerow(told)
        return text.getvalue().encode()


def serial(number: int) -> str:
    """Return the serial number of the unit that was built as the so-manieth."""
    return f"200-{number // 100_000:04d}-{number % 100_000:05d}"


def customer(number: int) -> str:
    """Return the name of a customer."""
    return f"Customer {number}"


def distributor(number: int) -> str:
    """Return the name of a distributor."""
    return f"Distributor {number}"


def updated_on(number: int) -> date:
    """Return the day on which a unit was given newer firmware."""
    return UPDATED_FIRST + timedelta(days=number // ORDER_UNITS % UPDATING_DAYS)


def _firmware(chance: int, age: int) -> str:
    if chance < 10:
        return IN_ONE_PER_CENT
    if chance < 110:
        return IN_TEN_PER_CENT
    if chance == 999:
        return ""
    return (*OLD, UPDATED_TO)[age * (len(OLD) + 1) // BUILDING_DAYS]


def _any(place: int, salt: int, among: tuple[str, ...]) -> str:
    return among[_scattered(place, salt) % len(among)]


def _scattered(number: int, salt: int) -> int:
    """Return a number that looks like chance, and is the same in every run."""
    mixed = (number * 0x9E3779B1 + salt * 0x85EBCA6B) & 0xFFFFFFFF
    mixed = (mixed ^ mixed >> 15) * 0xC2B2AE35 & 0xFFFFFFFF
    return mixed ^ mixed >> 13
