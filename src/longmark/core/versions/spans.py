"""Sets of versions as spans between cuts: what alternatives, bounds and holes come to.

A cut lies just below or just above a version; a span runs from one cut to another, ``None`` is
without end. So every bound, a single version and a hole are the same thing, and no rule has to
tell open from closed ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from itertools import pairwise

from longmark.core.versions.schemes import Scheme, compare
from longmark.core.versions.vers import Constraint, Sign, Vers

NOTHING = Vers("none")
"""The range that holds no version."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A place between versions: below one, or above it."""

    version: str
    is_above: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """The versions between two cuts."""

    low: Cut | None = None
    high: Cut | None = None


Spans = tuple[Span, ...]
EVERYTHING: Spans = (Span(),)


@dataclass(frozen=True, slots=True)
class Line:
    """The versions of a scheme in their order; what it is asked raises Unkeyable on others."""

    scheme: Scheme

    def at(self, version: str) -> Spans:
        """Return one version alone."""
        return (Span(Cut(version), Cut(version, is_above=True)),)

    def either(self, some: Iterable[Span]) -> Spans:
        """Return spans in order, those joined that touch or overlap; empty ones vanish."""
        whole = [each for each in some if not self._is_empty(each)]
        joined: list[Span] = []
        for each in sorted(whole, key=cmp_to_key(self._by_low)):
            if joined and self._reaches(joined[-1], each):
                joined[-1] = Span(joined[-1].low, self._farther(joined[-1].high, each.high))
            else:
                joined.append(each)
        return tuple(joined)

    def both(self, some: Sequence[Span], others: Sequence[Span]) -> Spans:
        """Return what lies in the one and in the other."""
        return self.either(
            Span(self._later(one.low, other.low), self._nearer(one.high, other.high))
            for one in some
            for other in others
        )

    def beside(self, some: Sequence[Span]) -> Spans:
        """Return what lies in none of the spans."""
        rest: Spans = EVERYTHING
        for each in some:
            around = [Span(high=each.low)] if each.low else []
            around += [Span(low=each.high)] if each.high else []
            rest = self.both(rest, around)
        return rest

    def as_vers(self, kind: str, spans: Sequence[Span]) -> Vers:
        """Return spans as a range in canonical form."""
        if not spans:
            return NOTHING
        constraints = list(_opened(spans[0].low))
        for one, other in pairwise(spans):
            constraints += self._between(one, other)
        return Vers(kind, self._in_short([*constraints, *_closed(spans[-1].high)]))

    def _between(self, one: Span, other: Span) -> list[Constraint]:
        """Return where one span ends and the next begins; a hole of one version is its own sign."""
        end, start = one.high, other.low
        assert end and start, "spans that are joined have an end between them"
        is_hole = start.is_above and not end.is_above
        if is_hole and compare(self.scheme, end.version, start.version) == 0:
            return [Constraint(Sign.OTHER, end.version)]
        return [*_closed(end), *_opened(start)]

    def _in_short(self, constraints: Sequence[Constraint]) -> tuple[Constraint, ...]:
        """Write a span of one version as that version."""
        short: list[Constraint] = []
        for each in constraints:
            last = short[-1] if short else None
            is_point = last and (last.sign, each.sign) == (Sign.FROM, Sign.UP_TO)
            if last and is_point and compare(self.scheme, last.version, each.version) == 0:
                short[-1] = Constraint(Sign.EQUAL, last.version)
            else:
                short.append(each)
        return tuple(short)

    def _order(self, one: Cut, other: Cut) -> int:
        by_version = compare(self.scheme, one.version, other.version)
        return by_version or one.is_above - other.is_above

    def _by_low(self, one: Span, other: Span) -> int:
        if one.low is None or other.low is None:
            return (other.low is None) - (one.low is None)
        return self._order(one.low, other.low)

    def _is_empty(self, span: Span) -> bool:
        return bool(span.low and span.high and self._order(span.low, span.high) >= 0)

    def _reaches(self, one: Span, following: Span) -> bool:
        if one.high is None or following.low is None:
            return True
        return self._order(one.high, following.low) >= 0

    def _farther(self, one: Cut | None, other: Cut | None) -> Cut | None:
        if one is None or other is None:
            return None
        return one if self._order(one, other) >= 0 else other

    def _nearer(self, one: Cut | None, other: Cut | None) -> Cut | None:
        if one is None or other is None:
            return one or other
        return one if self._order(one, other) <= 0 else other

    def _later(self, one: Cut | None, other: Cut | None) -> Cut | None:
        if one is None or other is None:
            return one or other
        return one if self._order(one, other) >= 0 else other


def _opened(low: Cut | None) -> list[Constraint]:
    if low is None:
        return []
    return [Constraint(Sign.ABOVE if low.is_above else Sign.FROM, low.version)]


def _closed(high: Cut | None) -> list[Constraint]:
    if high is None:
        return []
    return [Constraint(Sign.UP_TO if high.is_above else Sign.BELOW, high.version)]
