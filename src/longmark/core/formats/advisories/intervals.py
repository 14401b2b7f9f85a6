"""Intervals over version keys, and their normal form.

Published bounds become half-open intervals (`>= a` starts at key(a), `<= b` ends just above
key(b)), so inclusive and exclusive ends need no flags. The normal form is sorted and
disjoint and holds all that is other than not affected; all the rest is not affected.

Where entries of different status overlap, an exact version beats an interval, an interval
that lies within another beats it, and on a tie *affected* beats *unknown* beats *not affected*.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import attrgetter

from longmark.core.formats.advisories.reading import RecordInvalid
from longmark.core.formats.advisories.records import StatedRange, Status
from longmark.core.versions import BEGINNING, END, just_above

MAX_MIXED = 400
"""Intervals of different status that one statement may have; genuine ones have up to 16.

Each of the pieces that they cut is compared with all of them, so their number is bounded.
"""

_BY_LOW = attrgetter("low")
AFFECTED_FIRST = (
    Status.AFFECTED,
    Status.UNDER_INVESTIGATION,
    Status.UNKNOWN,
    Status.FIXED,
    Status.NOT_AFFECTED,
)
CLEARED_FIRST = (
    Status.FIXED,
    Status.NOT_AFFECTED,
    Status.AFFECTED,
    Status.UNDER_INVESTIGATION,
    Status.UNKNOWN,
)
"""What wins where intervals of equal extent differ: with CSAF, the product that is cleared."""

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "="}


class EmptyInterval(ValueError):
    """The upper bound does not lie above the lower one."""


def everything(status: Status) -> StatedRange:
    """Return the interval that holds every version."""
    return StatedRange(BEGINNING, END, "", "", status)


def exactly(key: str, text: str, status: Status = Status.AFFECTED) -> StatedRange:
    """Return the interval that holds one version."""
    return StatedRange(key, just_above(key), f"= {text}", "", status)


def between(low: "Bound", high: "Bound", status: Status = Status.AFFECTED) -> StatedRange:
    """Return the interval between two bounds.

    Raises:
        EmptyInterval: nothing lies between them.
    """
    if high[0] <= low[0]:
        raise EmptyInterval(f"Nothing lies between '{low[1]}' and '{high[1]}'.")
    return StatedRange(low[0], high[0], low[1], high[1], status)


Bound = tuple[str, str]
"""A key and the words it was published in, such as ``("13112…", ">= 3.1.2")``."""

FROM_BEGINNING: Bound = (BEGINNING, "")
WITHOUT_END: Bound = (END, "")


def at_least(key: str, text: str) -> Bound:
    """Return the lower bound that includes a version."""
    return key, f">= {text}"


def above(key: str, text: str) -> Bound:
    """Return the lower bound that excludes a version."""
    return just_above(key), f"> {text}"


def below(key: str, text: str) -> Bound:
    """Return the upper bound that excludes a version."""
    return key, f"< {text}"


def up_to(key: str, text: str) -> Bound:
    """Return the upper bound that includes a version."""
    return just_above(key), f"<= {text}"


def normal_form(
    spans: Sequence[StatedRange],
    default: Status = Status.NOT_AFFECTED,
    tie: Sequence[Status] = AFFECTED_FIRST,
) -> tuple[StatedRange, ...]:
    """Return the disjoint intervals of all that is other than not affected, in order.

    Raises:
        RecordInvalid: there are more intervals than any honest statement has.
    """
    if default is Status.NOT_AFFECTED:
        if len(spans) == 1:
            return () if spans[0].status is default else (spans[0],)
        if all(span.status is Status.AFFECTED for span in spans):
            return tuple(_joined(sorted(spans, key=lambda span: (span.low, span.high))))
    points = {s.low: s for s in sorted(spans, key=lambda s: -tie.index(s.status)) if _is_point(s)}
    wide = [span for span in spans if not _is_point(span)]
    if len(wide) > MAX_MIXED:
        raise RecordInvalid("{count} intervals overlap; that is too many.", count=len(wide))
    tiles = _with_points(_tiles(wide, default, tie), sorted(points.values(), key=_BY_LOW))
    return tuple(t for t in _joined(tiles) if t.status is not Status.NOT_AFFECTED)


def status_at(ranges: Sequence[StatedRange], key: str) -> Status:
    """Return what a statement in normal form says about the version with this key."""
    place = bisect_right(ranges, key, key=_BY_LOW) - 1
    if place >= 0 and key < ranges[place].high:
        return ranges[place].status
    return Status.NOT_AFFECTED


def _is_point(span: StatedRange) -> bool:
    return span.high == just_above(span.low)


def _joined(spans: Iterable[StatedRange]) -> list[StatedRange]:
    """Join neighbours of one status that touch or overlap; `spans` come sorted by low."""
    joined: list[StatedRange] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last is None or span.low > last.high or span.status is not last.status:
            joined.append(span)
        elif span.high > last.high:
            joined[-1] = StatedRange(
                last.low, span.high, _as_low(last), _as_high(span), last.status
            )
    return joined


def _as_low(span: StatedRange) -> str:
    return f">= {span.low_text[2:]}" if span.low_text[:2] == "= " else span.low_text


def _as_high(span: StatedRange) -> str:
    return f"<= {span.low_text[2:]}" if span.low_text[:2] == "= " else span.high_text


def _tiles(
    spans: Sequence[StatedRange], default: Status, tie: Sequence[Status]
) -> list[StatedRange]:
    """Cut the whole line at every bound and give each piece its status."""
    spans = sorted(sorted(spans, key=attrgetter("high")), key=_BY_LOW, reverse=True)
    words = {BEGINNING: "", END: ""}
    for span in spans:
        words.setdefault(span.low, span.low_text)
        words.setdefault(span.high, _turned(span.high_text))
    cuts = sorted(words)
    return [
        StatedRange(
            low, high, words[low], _turned(words[high]), _status_of_piece(spans, low, default, tie)
        )
        for low, high in pairwise(cuts)
    ]


def _status_of_piece(
    spans: Sequence[StatedRange], low: str, default: Status, tie: Sequence[Status]
) -> Status:
    """Return the status of the intervals within which no other of them lies.

    From the latest start on, each that ends before all before it is one; so are its equals.
    """
    covering = [span for span in spans if span.low <= low < span.high]
    if not covering:
        return default
    narrowest = [covering[0]]
    for span in covering[1:]:
        if span.high < narrowest[-1].high or (span.low, span.high) == (
            narrowest[-1].low,
            narrowest[-1].high,
        ):
            narrowest.append(span)
    return min((span.status for span in narrowest), key=tie.index)


def _with_points(
    tiles: Sequence[StatedRange], points: Sequence[StatedRange]
) -> Iterable[StatedRange]:
    """Lay exact versions over the pieces that hold them; both come sorted."""
    waiting = list(reversed(points))
    for tile in tiles:
        while waiting and waiting[-1].low < tile.high:
            point = waiting.pop()
            if point.status is tile.status:
                continue
            text = point.low_text[2:]
            if point.low > tile.low:
                yield StatedRange(tile.low, point.low, tile.low_text, f"< {text}", tile.status)
            yield point
            tile = StatedRange(point.high, tile.high, f"> {text}", tile.high_text, tile.status)
        if tile.low < tile.high:
            yield tile


def _turned(words: str) -> str:
    """Return the same bound seen from the other side: ``< 2`` ends where ``>= 2`` starts."""
    sign, _, version = words.partition(" ")
    return f"{_OPPOSITE[sign]} {version}" if words else ""
