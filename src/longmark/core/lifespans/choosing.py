"""Which of several statements on lifespans is believed of a component.

A statement speaks of a component through one of its coordinates, or through the release of the
distribution that packs it. Coordinates that are guesses do not count: a distribution's package is
mended by the distribution, however old its upstream line is.

What people state goes before what comes from a file, and that before what is shipped; then what is
said of a name that the component bears itself goes before other names of its product, a part of the
versions before all of them, and the newest first.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from longmark.core.identity.provenance import TRUST, Provenance
from longmark.core.lifespans.lines import Line, distribution_line
from longmark.core.lifespans.standing import Origin, Standing, last_day, standing


class Placed(Protocol):
    """What is known of a coordinate here."""

    @property
    def package(self) -> str: ...
    @property
    def key(self) -> str | None: ...
    @property
    def provenance(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that holds, by its number."""

    number: int
    line: Line
    origin: Origin
    support_ends_on: date | None
    end_of_life_on: date | None

    @property
    def ends_on(self) -> date | None:
        """The last day on which anybody mends it."""
        return last_day(self.support_ends_on, self.end_of_life_on)

    def standing(self, today: date) -> Standing:
        """Return where it stands on a day."""
        return standing(self.support_ends_on, self.end_of_life_on, today=today)


class Book:
    """Every statement that holds, by package."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._by_package: dict[str, list[Statement]] = defaultdict(list)
        for each in statements:
            self._by_package[each.line.package].append(each)

    def speaking_of(self, coordinates: Iterable[Placed]) -> list[Statement]:
        """Return the statements on a component, the one that is believed first."""
        best: dict[Statement, int] = {}
        for each in coordinates:
            trust = TRUST[Provenance(each.provenance)]
            if trust < _GUESSED:
                for one in self._of(each):
                    best[one] = min(trust, best.get(one, trust))
        return sorted(best, key=lambda one: _rank(one, best[one]))

    def leading(self, coordinates: Sequence[Placed]) -> Statement | None:
        """Return the statement that is believed of a component, if there is one."""
        return next(iter(self.speaking_of(coordinates)), None)

    def _of(self, coordinate: Placed) -> Iterator[Statement]:
        for package in (coordinate.package, distribution_line(coordinate.package)):
            for each in self._by_package.get(package, ()):
                if each.line.holds(coordinate.key):
                    yield each


_GUESSED: Final = TRUST[Provenance.GUESSED]
_ORIGINS: Final = {origin: rank for rank, origin in enumerate(Origin)}


def _rank(statement: Statement, trust: int) -> tuple[int, int, bool, int]:
    return _ORIGINS[statement.origin], trust, not statement.line.versions, -statement.number
