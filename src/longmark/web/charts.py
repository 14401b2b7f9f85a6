"""Geometry of the charts: numbers and intervals become percentages of a width.

Drawings are made on the server, as SVG with percentages for x and pixels for y, so that
type keeps its size at every width. Templates in ``templates/charts`` draw what these
functions compute; each drawing carries its sentence, and the page a table with the same facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext as _

LANE_HEIGHT = 35
INDENT = 16
BAR_HEIGHT = 14
DAY = timedelta(days=1)
TODAY_PERCENT = 97.7
LETTER_PIXELS = 6.2
SCREEN_PIXELS = 820
PHONE_PIXELS = 340
MOST_YEARS = 9


@dataclass(frozen=True)
class Part:
    """One count in a stacked bar."""

    count: int
    tone: str
    label: str


@dataclass(frozen=True)
class Stripe:
    """A drawn part: where it begins and how wide it is, in percent."""

    x: str
    width: str
    tone: str
    is_hatched: bool = False


@dataclass(frozen=True)
class Mark:
    """One version on the version line, with what stands below it."""

    text: str
    tone: str
    note: str = ""
    count: str = ""
    is_bound: bool = False


@dataclass(frozen=True)
class Span:
    """An interval of a lane: open at the right when ``end`` is None."""

    start: datetime
    end: datetime | None
    text: str
    tone: str = ""
    is_unknown: bool = False
    is_late: bool = False


@dataclass(frozen=True)
class Lane:
    """One slot, parameter or role over time. ``depth`` says in how many others it is drawn."""

    name: str
    spans: tuple[Span, ...]
    label: str = ""
    depth: int = 0


@dataclass(frozen=True)
class DrawnSpan:
    """A span with its place, and whether its text has room on a screen and on a phone."""

    span: Span
    x: str
    width: str
    tone: str
    text_tone: str
    has_text: bool
    has_phone_text: bool


@dataclass(frozen=True)
class DrawnLane:
    """A lane with its place."""

    name: str
    indent: int
    label_y: int
    y: int
    text_y: int
    spans: tuple[DrawnSpan, ...]


@dataclass(frozen=True)
class Tick:
    """A year on the axis."""

    x: str
    text: str


@dataclass(frozen=True)
class Life:
    """A drawing of lanes."""

    lanes: tuple[DrawnLane, ...]
    ticks: tuple[Tick, ...]
    bottom: int
    first: str
    now_x: str

    @property
    def height(self) -> int:
        return self.bottom + 22


def percent(value: float) -> str:
    """Return a number as SVG wants it, never with the reader's decimal comma."""
    return f"{value:.2f}%"


def stripes(parts: Sequence[Part], *, total: int = 0) -> tuple[Stripe, ...]:
    """Place the parts of a bar side by side; ``total`` is what the full width stands for."""
    whole = max(total, sum(part.count for part in parts), 1)
    drawn, x = [], 0.0
    for part in parts:
        width = 100 * part.count / whole
        if part.count:
            is_hatched = part.tone == "unknown"
            drawn.append(Stripe(percent(x), percent(width), f"f-{part.tone}", is_hatched))
        x += width
    return tuple(drawn)


def sentence(parts: Sequence[Part]) -> str:
    """Return the bar in words: *421 verified, 96 unknown*."""
    said = [f"{number_format(part.count)} {part.label}" for part in parts if part.count]
    return ", ".join(said) or _("none")


@dataclass(frozen=True)
class DrawnMark:
    """A version with its place."""

    x: str
    mark: Mark
    has_text: bool
    has_phone_text: bool


@dataclass(frozen=True)
class VersionLine:
    """Versions in their order, and the stretches between them that are affected."""

    marks: tuple[DrawnMark, ...]
    affected: tuple[Stripe, ...]
    height: int


def version_line(marks: Sequence[Mark], affected: Sequence[tuple[int, int]]) -> VersionLine:
    """Place versions at equal distances; order is all that a version line can truly show.

    ``affected`` holds half-open stretches by number of mark: (0, 2) begins at the first mark
    and ends at the third; -1 begins before all of them, len(marks) ends after the last.
    """
    step = 100 / max(len(marks), 1)
    places = [step * (number + 0.5) for number in range(len(marks))]

    def edge(number: int) -> float:
        if number < 0:
            return 0.0
        return places[number] if number < len(places) else 100.0

    drawn = tuple(_drawn_mark(mark, x, step) for x, mark in zip(places, marks, strict=True))
    ranges = tuple(
        Stripe(percent(edge(low)), percent(edge(high) - edge(low)), "f-attn-soft")
        for low, high in affected
    )
    return VersionLine(drawn, ranges, 104 if any(mark.count for mark in marks) else 90)


def _drawn_mark(mark: Mark, x: float, step: float) -> DrawnMark:
    wanted = len(mark.note) * LETTER_PIXELS
    fits, fits_phone = (wanted < step / 100 * width for width in (SCREEN_PIXELS, PHONE_PIXELS))
    return DrawnMark(percent(x), mark, fits, fits_phone)


@dataclass(frozen=True)
class Axis:
    """Time on a width: a little room is left after today."""

    start: datetime
    now: datetime

    def x(self, instant: datetime | None) -> float:
        """Return the place of an instant in percent; open ends lie at today."""
        if instant is None:
            return TODAY_PERCENT
        share = (instant - self.start) / max(self.now - self.start, DAY)
        return min(max(share, 0.0), 1.0) * TODAY_PERCENT


def life(lanes: Sequence[Lane], *, start: datetime, now: datetime) -> Life:
    """Place every span between ``start`` and ``now``."""
    axis = Axis(start, now)
    drawn = tuple(_lane(lane, number, axis) for number, lane in enumerate(lanes))
    bottom = LANE_HEIGHT * len(lanes) + 6
    return Life(drawn, _years(axis), bottom, str(start.year), percent(TODAY_PERCENT))


def _lane(lane: Lane, number: int, axis: Axis) -> DrawnLane:
    top = LANE_HEIGHT * number + 12
    spans = tuple(_span(span, axis) for span in lane.spans)
    name, indent = lane.label or lane.name, INDENT * lane.depth
    return DrawnLane(name, indent, top, top + 5, top + 16, spans)


def _span(span: Span, axis: Axis) -> DrawnSpan:
    x = axis.x(span.start)
    width = max(axis.x(span.end) - x, 0.35)
    is_current = span.end is None
    tone = span.tone or ("ev-4" if is_current else "ev-2")
    text_tone = {"ev-4": "t-inv", "ev-5": "t-inv", "attn": "t-dark"}.get(tone, "t-ink")
    letters = len(span.text) + 2
    return DrawnSpan(
        span=span,
        x=percent(x),
        width=percent(width),
        tone=f"f-{tone}",
        text_tone=text_tone,
        has_text=letters * LETTER_PIXELS < width / 100 * SCREEN_PIXELS,
        has_phone_text=letters * LETTER_PIXELS < width / 100 * PHONE_PIXELS,
    )


def _years(axis: Axis) -> tuple[Tick, ...]:
    """Return the turns of the years, thinned where they would stand too close."""
    years = range(axis.start.year + 1, axis.now.year + 1)
    every = max(len(years) // MOST_YEARS + 1, 1)
    turns = [axis.start.replace(year=y, month=1, day=1) for y in years if y % every == 0]
    ticks = [(axis.x(turn), str(turn.year)) for turn in turns]
    return tuple(Tick(percent(x), text) for x, text in ticks if 5 < x < 93)


def sparkline(values: Sequence[float], *, width: int = 96, height: int = 24) -> tuple[str, str]:
    """Return the points of a polyline over the values, and its last point for the dot."""
    low, high = min(values), max(values)
    step = (width - 6) / max(len(values) - 1, 1)
    spread = (high - low) or 1
    points = [
        f"{2 + step * number:.1f},{3 + (height - 6) * (1 - (value - low) / spread):.1f}"
        for number, value in enumerate(values)
    ]
    return " ".join(points), points[-1]
