"""The lives of the drives in the field: updates, parameters, returns, swaps, late paperwork."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from longmark.core.life.events import Evidence, Kind
from longmark.demo import company
from longmark.demo.lives import FIRMWARE_OF, Desk, Drive, Fact, Works, in_production
from longmark.demo.stage import Stage

LATE_COUNT = 60
LATE_DAYS = (21, 70)
HOTFIX, HOTFIX_AGES, HOTFIX_SHARE = "2.2.1", (1090, 1215), 1 / 130
HOW_KNOWN: Sequence[tuple[Evidence, str, float]] = (
    (Evidence.ASSUMED, "service contract", 0.08),
    (Evidence.DECLARED, "customer's mail", 0.27),
    (Evidence.REPORTED, "remote maintenance", 0.25),
    (Evidence.CONFIRMED, "service report", 0.32),
    (Evidence.VERIFIED, "signed readout", 0.08),
)


class Field:
    """What happens to drives after they were sold."""

    def __init__(self, stage: Stage, works: Works) -> None:
        self._rng = stage.rng
        self._units = stage.units
        self._works = works
        self._sold = [drive for drive in works.drives if drive.is_sold and drive.settled > 60]

    def facts(self) -> Sequence[Fact]:
        """Return all of it, with some of it written down weeks late."""
        found = [*self._returns(), *self._hotfixes(), *self._updates(), *self._parameters()]
        return self._late(found)

    def _some(self, count: int) -> Iterator[Drive]:
        """Yield drives to which nothing was done yet."""
        for drive in self._rng.sample(self._sold, min(len(self._sold), 4 * count)):
            if count and not drive.is_busy:
                drive.is_busy = True
                count -= 1
                yield drive

    def _updates(self) -> Iterator[Fact]:
        for drive in self._some(self._units // 6):
            age = self._rng.randrange(3, drive.settled - 20)
            firmware = FIRMWARE_OF[drive.board_item]
            newest = in_production(firmware, age - 15)
            if newer(firmware, newest, drive.firmware):
                yield self._updated(drive, age, newest)

    def _hotfixes(self) -> Iterator[Fact]:
        """Yield a quick release for a few, which nobody made an SBOM for."""
        wanted = max(2, round(self._units * HOTFIX_SHARE))
        for drive in self._sold:
            if not wanted:
                return
            due = drive.item == "TG-200" and drive.settled > HOTFIX_AGES[1] + 20
            if due and not drive.is_busy and self._rng.random() < 0.25:
                wanted -= 1
                drive.is_busy = True
                yield self._updated(drive, self._rng.randrange(*HOTFIX_AGES), HOTFIX)

    def _updated(self, drive: Drive, age: int, version: str) -> Fact:
        drive.firmware = version
        evidence, source = self._how_known()
        cells = {company.MAIN_FIRMWARE: version}
        return self._fact(drive, age, Kind.SOFTWARE_CHANGED, cells, evidence, source)

    def _how_known(self) -> tuple[Evidence, str]:
        shares = [share for _, _, share in HOW_KNOWN]
        evidence, source, _ = self._rng.choices(HOW_KNOWN, shares)[0]
        return evidence, source

    def _parameters(self) -> Iterator[Fact]:
        for drive in self._some(self._units // 24):
            age = self._rng.randrange(3, drive.settled - 20)
            changed = self._rng.choice(({"P10.07": "off"}, {"P10.01": "off"}, {"P12.03": "off"}))
            evidence, source = self._how_known()
            yield self._fact(drive, age, Kind.PARAMETERS_CHANGED, changed, evidence, source)

    def _returns(self) -> Iterator[Fact]:
        """Yield returns; the board of four in ten is swapped, a few drives are scrapped."""
        swaps = self._units // 48
        for number, drive in enumerate(self._some(self._units // 20)):
            age = self._rng.randrange(25, drive.settled - 20)
            source = f"RMA {number + 1:05d}"
            named = {"RMA number": f"{number + 1:05d}"}
            yield self._fact(drive, age, Kind.RETURNED, named, Evidence.CONFIRMED, source)
            if self._rng.random() < 0.05:
                gone = age - 9
                yield self._fact(drive, gone, Kind.SCRAPPED, {}, Evidence.CONFIRMED, source)
                continue
            if swaps:
                swaps -= 1
                yield from self._swap(drive, age - 6, source)
            yield self._fact(drive, age - 8, Kind.REPAIRED, named, Evidence.CONFIRMED, source)
            yield self._fact(drive, age - 13, Kind.RMA_CLOSED, named, Evidence.CONFIRMED, source)
            yield self._fact(drive, age - 14, Kind.SHIPPED, drive.keepers, source=source)

    def _swap(self, drive: Drive, age: int, source: str) -> Iterator[Fact]:
        board, before = drive.board_item, drive.board
        drive.board = self._works.new_board(board, age)
        drive.firmware = in_production(FIRMWARE_OF[board], age)
        cells = {
            company.CONTROL_BOARD: company.released_by(board, age),
            company.CONTROL_BOARD + " serial": drive.board,
            company.MAIN_FIRMWARE: drive.firmware,
        }
        yield self._fact(drive, age, Kind.SWAPPED, cells, Evidence.CONFIRMED, source)
        if before and self._rng.random() < 0.85:
            scrapped = self._fact(drive, age - 1, Kind.SCRAPPED, {}, Evidence.CONFIRMED, source)
            yield replace(scrapped, item=board, serial=before)

    def _fact(
        self,
        drive: Drive,
        age: int,
        kind: Kind,
        cells: Mapping[str, str],
        evidence: Evidence = Evidence.DECLARED,
        source: str = "",
    ) -> Fact:
        return Fact(age, age, Desk.SERVICE, drive.item, drive.serial, kind, cells, evidence, source)

    def _late(self, found: Sequence[Fact]) -> list[Fact]:
        """Let some paperwork reach the office weeks after it happened."""
        may_wait = {Kind.SOFTWARE_CHANGED, Kind.PARAMETERS_CHANGED}
        candidates = [
            place
            for place, fact in enumerate(found)
            if fact.kind in may_wait and fact.age > LATE_DAYS[1] + 5
        ]
        waiting = set(self._rng.sample(candidates, min(LATE_COUNT, len(candidates) // 2)))
        return [
            replace(fact, desk=Desk.LATE, booked=fact.age - self._rng.randrange(*LATE_DAYS))
            if place in waiting
            else fact
            for place, fact in enumerate(found)
        ]


def newer(item: str, version: str, than: str) -> bool:
    """Tell whether a release of an item came after another."""
    versions = list(company.design_of(item).ages)
    return versions.index(version) > versions.index(than)
