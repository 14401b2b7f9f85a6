"""From a CVE JSON `affected` entry to statements: versions, changes of status, the default.

``0`` starts at the beginning, ``*`` has no end, ``6.1.*`` ends with that branch. A version text
may hold comparators or prose (`prose`). An entry with an interval that holds nothing is
malformed: then nothing is known about the whole product.
"""

import re
from collections.abc import Sequence
from typing import Final

from longmark.core.formats.advisories import prose
from longmark.core.formats.advisories.bounds import Gathering
from longmark.core.formats.advisories.intervals import (
    FROM_BEGINNING,
    Bound,
    EmptyInterval,
    between,
)
from longmark.core.formats.advisories.naming import Affected, Version, identities
from longmark.core.formats.advisories.records import (
    MAX_FILES,
    Confidence,
    Defect,
    Statement,
    Status,
    Tier,
)
from longmark.core.versions import Scheme, Unkeyable, branch_end

_STATUSES: Final = {
    "affected": Status.AFFECTED,
    "unaffected": Status.NOT_AFFECTED,
    "unknown": Status.UNKNOWN,
}
_BEGINNINGS: Final = frozenset(("*", "-", "0", "0.0", "0.0.0", "all", "any"))
_COMMIT_LENGTH: Final = 40
_COMMIT_OR_PART: Final = re.compile(r"[0-9a-f]{7,40}")


def is_ordered(entry: Affected) -> bool:
    """Tell whether an entry has versions with an order, or none (then its default counts)."""
    return not entry.versions or any(not _is_commit(version) for version in entry.versions)


def statements(
    entry: Affected, *, pointer: str, tier: Tier, defects: list[Defect]
) -> list[Statement]:
    """Return one statement per package of the entry; append what was unusable."""
    found = []
    for one in identities(entry):
        default = _STATUSES.get(entry.default_status, Status.UNKNOWN)
        reading = _Reading(one.scheme, pointer)
        reading.add(entry.versions)
        defects += reading.gathering.defects
        if reading.is_malformed:
            reading, default = _Reading(one.scheme, pointer), Status.UNKNOWN
        statement = Statement(
            package=one.package,
            scheme=one.scheme,
            pointer=pointer,
            wording=one.wording,
            ranges=reading.gathering.ranges(default),
            exact=reading.gathering.exact_versions(default),
            default=default,
            tier=Tier.DISTRIBUTOR if one.is_distributor else tier,
            cap=one.cap.at_most(reading.cap),
            part=one.part,
            files=_files(entry),
        )
        if statement.ranges or statement.exact:
            found.append(statement)
    return found


def _files(entry: Affected) -> tuple[str, ...]:
    """Return the source files that an entry names; none if they are too many to be all of them."""
    files = tuple(dict.fromkeys(path.strip().lstrip("/") for path in entry.program_files))
    return files if len(files) <= MAX_FILES and all(files) else ()


def _is_commit(version: Version) -> bool:
    """Tell whether an entry is about commits: many that say ``git`` mean the versions of tags."""
    bounds = (version.version, version.less_than, version.less_than_or_equal)
    concrete = [one for one in bounds if one and one not in _BEGINNINGS]
    if version.version_type == "git":
        return all(map(_COMMIT_OR_PART.fullmatch, concrete))
    text = version.version
    return len(text) == _COMMIT_LENGTH and bool(_COMMIT_OR_PART.fullmatch(text))


class _Reading:
    """The versions of one entry, read for one scheme."""

    def __init__(self, scheme: Scheme, pointer: str) -> None:
        self.gathering = Gathering(scheme)
        self.pointer = pointer
        self.cap = Confidence.EXACT
        self.is_malformed = False

    def add(self, versions: Sequence[Version]) -> None:
        """Add every entry that has an order."""
        for number, version in enumerate(versions):
            if not _is_commit(version):
                self._add(version, f"{self.pointer}/versions/{number}")

    def _add(self, version: Version, pointer: str) -> None:
        text = version.version.strip()
        status = _STATUSES.get(version.status, Status.UNKNOWN)
        high = version.less_than or version.less_than_or_equal
        if high is None:
            self._add_single(text, status, pointer)
        elif not self._add_interval(text, version, status, pointer):
            self.is_malformed = True

    def _add_single(self, text: str, status: Status, pointer: str) -> None:
        if prose.says_nothing(text):
            return
        stated = prose.bounds_in(text)
        if stated is None:
            self.gathering.add_exactly(text, status)
        elif stated.low is stated.high is None:
            self.gathering.add_everything(status)
        else:
            self.cap = Confidence.MEDIUM
            self.gathering.add_between(stated.low, stated.high, status=status, pointer=pointer)

    def _add_interval(self, text: str, version: Version, status: Status, pointer: str) -> bool:
        low = None if self._starts_nowhere(text) else (">=", text)
        sign, limit = ("<", version.less_than) if version.less_than else (
            "<=", version.less_than_or_equal or "")  # fmt: skip
        limit = (limit or "").strip()
        if version.changes:
            return self._add_changing(low, (sign, limit), version, status, pointer)
        if limit == "*":
            return self.gathering.add_between(low, None, status=status, pointer=pointer)
        if limit.endswith(".*"):
            return self._add_branch(low, limit, status, pointer)
        stated = prose.bounds_in(limit)
        if stated and stated.high:
            self.cap = Confidence.MEDIUM
            sign, limit = stated.high
        return self.gathering.add_between(low, (sign, limit), status=status, pointer=pointer)

    def _starts_nowhere(self, text: str) -> bool:
        return text.lower() in _BEGINNINGS or prose.says_nothing(text)

    def _add_branch(
        self, low: tuple[str, str] | None, limit: str, status: Status, pointer: str
    ) -> bool:
        start = self.gathering.bound(low) if low else FROM_BEGINNING
        try:
            end: Bound = (branch_end(self.gathering.scheme, limit[:-2]), f"<= {limit}")
        except Unkeyable:
            return self.gathering.add_between(low, ("<=", limit), status=status, pointer=pointer)
        if start is None:
            return self.gathering.add_between(low, None, status=status, pointer=pointer)
        try:
            self.gathering.spans.append(between(start, end, status))
        except EmptyInterval as empty:
            self.gathering.defects.append(Defect(pointer, str(empty)))
            return False
        return True

    def _add_changing(
        self,
        low: tuple[str, str] | None,
        high: tuple[str, str],
        version: Version,
        status: Status,
        pointer: str,
    ) -> bool:
        """Cut the interval at each change; changes outside of it have no effect."""
        end = None if high[1] == "*" else high
        limit = self.gathering.bound(end) if end else ("\x7f", "")
        start = self.gathering.bound(low) if low else FROM_BEGINNING
        steps = []
        for change in version.changes:
            bound = self.gathering.bound((">=", change.at.strip()))
            if bound is None:
                self.gathering.defects.append(Defect(pointer, f"'{change.at[:80]}' has no order."))
            elif start and limit and start[0] < bound[0] < limit[0]:
                steps.append(
                    (bound[0], change.at.strip(), _STATUSES.get(change.status, Status.UNKNOWN))
                )
        is_well_formed = True
        for _, at, following in sorted(steps):
            is_well_formed &= self.gathering.add_between(
                low, ("<", at), status=status, pointer=pointer
            )
            low, status = (">=", at), following
        return (
            self.gathering.add_between(low, end, status=status, pointer=pointer) and is_well_formed
        )
