"""From published bounds to intervals, for sources that state them as texts (NVD, CVE JSON)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from longmark.core.formats.advisories.intervals import (
    AFFECTED_FIRST,
    FROM_BEGINNING,
    WITHOUT_END,
    Bound,
    EmptyInterval,
    above,
    at_least,
    below,
    between,
    everything,
    exactly,
    normal_form,
    up_to,
)
from longmark.core.formats.advisories.records import (
    Defect,
    ExactVersion,
    StatedRange,
    Status,
)
from longmark.core.versions import Scheme, Unkeyable, key

_CLEARED = (Status.NOT_AFFECTED, Status.FIXED)
_INCLUSIVE = ("<=", ">=")
_MAKERS: dict[str, Callable[[str, str], Bound]] = {
    ">=": at_least,
    ">": above,
    "<": below,
    "<=": up_to,
}


@dataclass
class Gathering:
    """The intervals and exact versions of one statement while its entries are read."""

    scheme: Scheme
    spans: list[StatedRange] = field(default_factory=list)
    exact: dict[str, ExactVersion] = field(default_factory=dict)
    defects: list[Defect] = field(default_factory=list)
    _left_out: list[str] = field(default_factory=list)
    _interval_count: int = 0

    def exact_versions(self, default: Status) -> tuple[ExactVersion, ...]:
        """Return the versions that are told by their text.

        A version without order that an end leaves out lies outside, whatever lies inside: if there
        is but this one interval, ``default`` holds of it.
        """
        stated = dict(self.exact)
        if self._interval_count == 1 and default in _CLEARED:
            for version in self._left_out:
                stated.setdefault(version, ExactVersion(version, default))
        return tuple(stated.values())

    def add_everything(self, status: Status) -> None:
        """Add every version."""
        self._interval_count += status not in _CLEARED
        self.spans.append(everything(status))

    def add_exactly(self, version: str, status: Status = Status.AFFECTED) -> None:
        """Add one version; what has no place in the order is kept as a text."""
        try:
            self.spans.append(exactly(key(self.scheme, version), version, status))
        except Unkeyable:
            self.exact.setdefault(version, ExactVersion(version, status))

    def add_between(
        self,
        low: tuple[str, str] | None,
        high: tuple[str, str] | None,
        *,
        status: Status = Status.AFFECTED,
        pointer: str,
    ) -> bool:
        """Add the versions between two ``(comparator, version)`` bounds, None being open.

        A bound without a key makes everything on its side of the other one unknown, if
        the interval was affected; it clears nothing. A version that such a bound includes, or
        leaves out, is stated all the same. Tell whether the interval was well formed.
        """
        self._interval_count += status not in _CLEARED
        try:
            start = self.bound(low) if low else FROM_BEGINNING
            end = self.bound(high) if high else WITHOUT_END
            if start is None or end is None:
                unordered = low if start is None else high
                self.defects.append(Defect(pointer, f"'{(unordered or '')[1][:80]}' has no order."))
                for sign, version in (stated for stated in (low, high) if stated):
                    if sign in _INCLUSIVE and status not in _CLEARED:
                        self.add_end(version, status)
                    elif status is Status.AFFECTED and self.bound((">=", version)) is None:
                        self._left_out.append(version)
                if status not in _CLEARED:
                    unsure = Status.UNKNOWN if status is Status.AFFECTED else status
                    self.spans.append(between(start or FROM_BEGINNING, end or WITHOUT_END, unsure))
            else:
                self.spans.append(between(start, end, status))
        except EmptyInterval as empty:
            self.defects.append(Defect(pointer, str(empty)))
            return False
        return True

    def add_end(self, version: str, status: Status) -> None:
        """Add a version that an end includes, where it has no place in the order."""
        if self.bound((">=", version)) is None:
            self.exact.setdefault(version, ExactVersion(version, status))

    def ranges(
        self, default: Status = Status.NOT_AFFECTED, tie: Sequence[Status] = AFFECTED_FIRST
    ) -> tuple[StatedRange, ...]:
        """Return the normal form of all intervals added."""
        return normal_form(self.spans, default, tie)

    def bound(self, stated: tuple[str, str]) -> Bound | None:
        """Return the bound that a comparator and a version make, None if it has no key."""
        sign, version = stated
        try:
            return _MAKERS[sign](key(self.scheme, version), version)
        except Unkeyable:
            return None
