"""The lives of the drives: what happened to each, day by day, and when it was put on a list.

Days are ages: so many days before today. A fact has the day on which it happened and the day on
which someone wrote it down, which is later, and sometimes much later.
"""

import random
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate

from longmark.core.life.events import Evidence, Kind
from longmark.demo import company
from longmark.demo.parties import Customer
from longmark.demo.stage import Stage

FIRST_DRIVE = 2190
NEWEST_DRIVE = 9
TG700_SHARE = 0.24
OPERATOR_UNKNOWN_SHARE = 0.35
FIRMWARE_UNKNOWN_SHARE = 0.015
ANONYMOUS_BOARDS_BEFORE = 1890  # age of a drive; boards were not scanned then
NEW_ERP, NEW_ERP_SINCE = "ERP 2", 1100
RELEASE_LAG = 20  # days from a release to its use in production
NOT_IN_PRODUCTION = frozenset({"2.2.1"})

BOARD_OF = {"TG-200": "CB-21", "TG-700": "CB-70"}
BOARD_PREFIX = {"CB-21": "C21", "CB-70": "C70"}
FIRMWARE_OF = {"CB-21": "tg200-fw", "CB-70": "tg700-fw", "TG-MB": "tgmb-fw"}
POWER_OF = {"TG-200": "PM-22", "TG-700": "PM-75"}
SERIAL_PREFIX = {"TG-200": "TG2", "TG-700": "TG7"}
GATEWAY_SHARES = {
    "TG-200": (("TG-MB", 0.28), ("TG-PN", 0.12)),
    "TG-700": (("TG-MB", 0.35), ("TG-PN", 0.2)),
}
PARAMETER_VALUES = {
    "v5": {"P10.01": "on", "P10.07": "on", "P12.03": "on"},
    "v6": {"P10.01": "on", "P10.07": "off", "P12.03": "on"},
    "v7": {"P10.01": "off", "P10.07": "off", "P12.03": "off"},
}
DISTRIBUTORS_FOR = {"CH": "AT", "BE": "NL", "ES": "FR", "DK": "DE", "SE": "DE", "NO": "DE"}


class Desk(StrEnum):
    """Where a fact is written down."""

    WORKS = "works"
    SERVICE = "service"
    LATE = "late-paperwork"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened to a unit, as the columns of a list say it."""

    age: int
    booked: int
    desk: Desk
    item: str
    serial: str
    kind: Kind
    cells: Mapping[str, str] = field(default_factory=dict)
    evidence: Evidence = Evidence.DECLARED
    source: str = ""


@dataclass(slots=True)
class Drive:
    """A drive as it really is, while its life is made up; from ``settled`` on it just runs."""

    item: str
    serial: str
    built: int
    board: str
    firmware: str
    parameters: str
    keepers: Mapping[str, str] = field(default_factory=dict)
    settled: int = 0
    is_sold: bool = False
    is_busy: bool = False

    @property
    def board_item(self) -> str:
        return BOARD_OF[self.item]


class Market:
    """Customers by weight, and who sells where."""

    def __init__(
        self,
        customers: Sequence[Customer],
        distributors: Mapping[str, Sequence[str]],
        rng: random.Random,
    ) -> None:
        self._customers = sorted(customers, key=lambda customer: -customer.since)
        self._ages = [-customer.since for customer in self._customers]
        self._weights = list(accumulate(rng.expovariate(1.0) + 0.1 for _ in customers))
        self._distributors = distributors
        self._rng = rng

    def buyer(self, age: int) -> Customer:
        """Return a customer who is known for some days already at that age."""
        count = bisect_left(self._ages, -age - 5) or 1
        ticket = self._rng.random() * self._weights[count - 1]
        return self._customers[min(bisect_left(self._weights, ticket), count - 1)]

    def seller(self, country: str) -> str:
        """Return a distributor for a country."""
        return self._rng.choice(self._distributors[DISTRIBUTORS_FOR.get(country, country)])

    def keepers(self, age: int) -> Mapping[str, str]:
        """Return who gets a unit; of a third, only the distributor and the country are known."""
        buyer = self.buyer(age)
        if self._rng.random() < OPERATOR_UNKNOWN_SHARE:
            return {"distributor": self.seller(buyer.country), "country": buyer.country}
        site = self._rng.choice(buyer.sites).name
        kept = {"customer": buyer.name, "site": site, "country": buyer.country}
        if self._rng.random() < 0.3:
            kept["distributor"] = self.seller(buyer.country)
        return kept


class Works:
    """The factory: builds drives, cards and spare boards, and ships them."""

    def __init__(self, stage: Stage, market: Market) -> None:
        self._stage = stage
        self._rng = stage.rng
        self._market = market
        self._counters: dict[str, int] = {}
        self.drives: list[Drive] = []
        self.spares: list[str] = []

    def facts(self) -> Iterator[Fact]:
        """Yield what is built and shipped, oldest unit first."""
        count = self._stage.units
        plans = [(self._age(), self._rng.random() < TG700_SHARE) for _ in range(count)]
        for age, is_large in sorted(plans, reverse=True):
            yield from self._drive("TG-700" if is_large and age < 1990 else "TG-200", age)
        yield from self._cards("TG-MB", max(30, count // 30))
        yield from self._cards("TG-PN", max(10, count // 100))
        yield from self._spares()

    def new_board(self, item: str, age: int) -> str:
        """Return the serial number of a new control board."""
        return self.serial(BOARD_PREFIX[item], item, age)

    def serial(self, prefix: str, item: str, age: int) -> str:
        """Return the next serial number of an item: year and week, then a running number."""
        self._counters[item] = self._counters.get(item, 0) + 1
        return f"{prefix}-{self._stage.day(age):%y%V}-{self._counters[item]:05d}"

    def _age(self) -> int:
        """Return the age of a drive; the company grows."""
        dice = self._rng.random()
        grown = 0.4 * dice + 0.6 * dice**0.5
        return FIRST_DRIVE - int(grown * (FIRST_DRIVE - NEWEST_DRIVE))

    def _drive(self, item: str, age: int) -> Iterator[Fact]:
        board = BOARD_OF[item]
        firmware = in_production(FIRMWARE_OF[board], age)
        is_anonymous = age > ANONYMOUS_BOARDS_BEFORE
        serial = self.serial(SERIAL_PREFIX[item], item, age)
        drive = Drive(item, serial, age, "", firmware, company.released_by("tg-params", age))
        cells = {"release": self._design(item, age), **self._inside(drive, is_anonymous)}
        if self._rng.random() < FIRMWARE_UNKNOWN_SHARE:
            cells.pop(company.MAIN_FIRMWARE)
        evidence = Evidence.CONFIRMED if age < 1400 else Evidence.DECLARED
        self.drives.append(drive)
        yield self._fact(drive, age, Kind.BUILT, cells, evidence, "production order")
        yield from self._delivery(drive)

    def _design(self, item: str, age: int) -> str:
        if item == "TG-700":
            return self._rng.choice(("FS4", "FS4", "FS5", "FS6" if age < 1880 else "FS4"))
        return company.released_by(item, age)

    def _inside(self, drive: Drive, is_anonymous: bool) -> dict[str, str]:
        board, age = drive.board_item, drive.built
        cells = {
            company.CONTROL_BOARD: company.released_by(board, age),
            company.MAIN_FIRMWARE: drive.firmware,
            company.PARAMETERS: drive.parameters,
            **self._values(drive.parameters),
        }
        if is_anonymous:
            return cells
        drive.board = self.new_board(board, age)
        cells[company.CONTROL_BOARD + " serial"] = drive.board
        cells[company.POWER_MODULE] = company.released_by(POWER_OF[drive.item], age)
        return cells | self._gateway(drive)

    def _values(self, parameters: str) -> Mapping[str, str]:
        values = PARAMETER_VALUES[parameters]
        if self._rng.random() < 0.12:
            return values | {"P10.07": "off" if values["P10.07"] == "on" else "on"}
        return values

    def _gateway(self, drive: Drive) -> dict[str, str]:
        dice = self._rng.random()
        for card, share in GATEWAY_SHARES[drive.item]:
            if dice < share:
                return self._card_in(card, drive.built)
            dice -= share
        return {}

    def _card_in(self, card: str, age: int) -> dict[str, str]:
        self._counters[card] = number = self._counters.get(card, 100_000) + 1
        cells = {
            company.GATEWAY: f"{card} {company.released_by(card, age)}",
            company.GATEWAY + " serial": f"{card[3:]}-{number}",
        }
        if card == "TG-MB":
            cells[company.CARD_FIRMWARE] = in_production("tgmb-fw", age)
        return cells

    def _delivery(self, drive: Drive) -> Iterator[Fact]:
        age = drive.built - self._rng.randrange(3, 40)
        if age < 2:
            return
        drive.keepers, drive.settled, drive.is_sold = self._market.keepers(age), age, True
        yield self._fact(drive, age, Kind.SHIPPED, drive.keepers, source="delivery note")
        running = age - self._rng.randrange(5, 120)
        if "customer" in drive.keepers and running > 1 and self._rng.random() < 0.7:
            drive.settled, source = running, "commissioning protocol"
            yield self._fact(
                drive, running, Kind.COMMISSIONED, {}, Evidence.CONFIRMED, source=source
            )

    def _fact(
        self,
        drive: Drive,
        age: int,
        kind: Kind,
        cells: Mapping[str, str],
        evidence: Evidence = Evidence.DECLARED,
        source: str = "",
    ) -> Fact:
        return Fact(age, age, Desk.WORKS, drive.item, drive.serial, kind, cells, evidence, source)

    def _cards(self, card: str, count: int) -> Iterator[Fact]:
        """Yield cards that are sold alone.

        When the ERP was replaced, the numbers began again: such cards need the plant beside the
        number to be told apart.
        """
        number = {"": 0, NEW_ERP: 0}
        for age in sorted((self._rng.randrange(30, 2150) for _ in range(count)), reverse=True):
            plant = "" if age > NEW_ERP_SINCE else NEW_ERP
            number[plant] += 1
            cells = {"plant": plant} if plant else {}
            first = {"release": company.released_by(card, age)}
            if card in FIRMWARE_OF:
                first[company.CARD_FIRMWARE] = in_production(FIRMWARE_OF[card], age)
            named = (card, f"{card[3:]}-{number[plant]:06d}")
            yield Fact(age, age, Desk.WORKS, *named, Kind.BUILT, cells | first, source="card order")
            sold = age - self._rng.randrange(3, 25)
            kept = cells | dict(self._market.keepers(sold))
            yield Fact(sold, sold, Desk.WORKS, *named, Kind.SHIPPED, kept, source="card sale")

    def _spares(self) -> Iterator[Fact]:
        """Yield boards that wait in the depot, with the firmware of their day."""
        depot = {"customer": "1100", "site": "Depot Hamburg", "country": "DE"}
        for _ in range(max(4, min(40, self._stage.units // 100))):
            age = self._rng.randrange(800, 2100)
            serial = self.new_board("CB-21", age)
            self.spares.append(serial)
            cells = {
                "release": company.released_by("CB-21", age),
                company.MAIN_FIRMWARE: in_production("tg200-fw", age),
            }
            board = ("CB-21", serial)
            yield Fact(age, age, Desk.WORKS, *board, Kind.BUILT, cells, source="spare order")
            sent = age - self._rng.randrange(5, 30)
            yield Fact(sent, sent, Desk.WORKS, *board, Kind.SHIPPED, depot, source="depot transfer")


def in_production(firmware: str, age: int) -> str:
    """Return the firmware that production used at an age: not on the very day of its release."""
    ages = company.design_of(firmware).ages
    used = [
        version
        for version, released in ages.items()
        if released >= age + RELEASE_LAG and version not in NOT_IN_PRODUCTION
    ]
    return used[-1] if used else next(iter(ages))
