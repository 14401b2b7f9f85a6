"""How far what is known here reaches: which sources are absent, stale, half mirrored or failing.

Whoever reads "nothing matches" must know what was not asked. A feed that is followed says itself
how old and how whole it is, and so does a bundle. What came as loose files is as old as its newest
record, and how complete it is nobody says; that is told, too. Absent is also a source that nobody
ever switched on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec
from django.db.models import Q
from django.utils.translation import gettext as _

from longmark.core.formats.advisories.bundles import SourceNote
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.records import Source
from longmark.core.formats.advisories.upstreams import UPSTREAMS
from longmark.core.identity.kinds import NAMED_KINDS, is_of_osv, kinds_of_ecosystems
from longmark.core.vocabulary import BundleDirection, FeedKind, IntakeState
from longmark.intel.models import Advisory, Bundle, Feed, Intake
from longmark.intel.queries.feeds import Counts, FeedState, unfollowed

FILES_STALE_AFTER: Final = timedelta(days=7)
"""Nobody carries files hourly; a feed's own limit counts if it is longer."""

MAX_ERROR: Final = 200  # characters of an error that are told with a decision

_SOURCES: Final[Mapping[FeedKind, Format]] = {
    FeedKind.OSV: Format.OSV,
    FeedKind.NVD: Format.NVD,
    FeedKind.CVE: Format.CVE,
    FeedKind.KEV: Format.KEV,
    FeedKind.EPSS: Format.EPSS,
    FeedKind.EUVD: Format.EUVD,
}
"""What every decision rests on. The kernel's own records are in the CVE list, too; a supplier's
are missed only where somebody chose to follow it."""

_NAMED: Final = frozenset((FeedKind.NVD, FeedKind.CVE, FeedKind.LINUX))


class Lack(StrEnum):
    """What is wrong with a source."""

    ABSENT = "absent"
    STALE = "stale"
    PARTIAL = "partial"
    FAILING = "failing"
    UNMEASURED = "unmeasured"  # it came as files: nobody says how complete they are
    NOT_CHOSEN = "not-chosen"  # an ecosystem that is not mirrored


class Bearing(StrEnum):
    """What a source bears on."""

    FINDINGS = "findings"
    EXPLOITATION = "exploitation"
    LIKELIHOOD = "likelihood"


_BEARINGS: Final = {
    FeedKind.KEV: Bearing.EXPLOITATION,
    FeedKind.EUVD: Bearing.EXPLOITATION,
    FeedKind.EPSS: Bearing.LIKELIHOOD,
}


@dataclass(frozen=True)
class Gap:
    """A source that is not known in full; ``kinds`` are the kinds of package it speaks of.

    No kinds where it speaks of all: exploitation, or a supplier's own products.
    """

    name: str
    kind: FeedKind
    lacks: tuple[Lack, ...]
    kinds: tuple[str, ...] = ()
    as_of: datetime | None = None
    missing_count: int | None = None
    error: str = ""

    @property
    def title(self) -> str:
        """What the source is called; a supplier by its feed."""
        return self.name if self.kind is FeedKind.CSAF else UPSTREAMS[self.kind].title

    @property
    def concerns(self) -> str:
        """What is not known for certain, in words."""
        return UPSTREAMS[self.kind].concerns

    @property
    def bearing(self) -> Bearing:
        """Which decisions it may change."""
        return _BEARINGS.get(self.kind, Bearing.FINDINGS)

    @property
    def sentence(self) -> str:
        """What is wrong with it, in words."""
        return "; ".join(self._said(lack) for lack in self.lacks)

    def _said(self, lack: Lack) -> str:
        match lack:
            case Lack.ABSENT:
                return _("nothing of it is here")
            case Lack.STALE:
                day = f"{self.as_of:%Y-%m-%d %H:%M} UTC" if self.as_of else _("unknown")
                return _("too old, it is as of {day}").format(day=day)
            case Lack.PARTIAL if self.missing_count:
                return _("{count} records are missing").format(count=f"{self.missing_count:,}")
            case Lack.PARTIAL:
                return _("it was never taken in whole")
            case Lack.FAILING:
                return _("its last run failed: {error}").format(error=self.error)
            case Lack.UNMEASURED:
                return _("it came as files, and how complete they are is not known")
            case Lack.NOT_CHOSEN:
                return _("not mirrored: {kinds}").format(kinds=", ".join(self.kinds))


@dataclass(frozen=True)
class Coverage:
    """What is not known in full. ``mirrored`` are the kinds that OSV's chosen ecosystems hold."""

    gaps: tuple[Gap, ...] = ()
    mirrored: frozenset[str] | None = None

    @property
    def is_complete(self) -> bool:
        """Whether every source is here, fresh and whole."""
        return not self.gaps

    @property
    def word(self) -> str:
        """The one word for it."""
        return "complete" if self.is_complete else "partial"

    @property
    def may_hide_findings(self) -> bool:
        """Whether something could match that is not known here."""
        return any(gap.bearing is Bearing.FINDINGS for gap in self.gaps)

    def concerning(self, kinds: Iterable[str]) -> "Coverage":
        """Return what of it may matter to packages of these kinds. No query."""
        wanted = frozenset(kinds)
        kept = []
        for gap in self.gaps:
            shared = tuple(sorted(wanted & _spoken_of(gap, wanted)))
            if shared or not _speaks_of_some(gap):
                kept.append(replace(gap, kinds=shared))
        beside = _not_chosen(wanted, self.mirrored)
        return Coverage((*kept, *beside))


def coverage(now: datetime) -> Coverage:
    """Return which sources are not known in full here, those that bear on findings first.

    Four queries, however many files and records were taken in.
    """
    sources = source_states(now)
    gaps = [one.gap for one in sources if one.gap.lacks]
    return Coverage(tuple(sorted(gaps, key=_rank)), _mirrored(sources))


@dataclass(frozen=True)
class SourceKnown:
    """How far one source is known, whether something is wrong with it or not."""

    gap: Gap
    ecosystems: tuple[str, ...] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all of it is here, as of then."""
        return not {Lack.ABSENT, Lack.PARTIAL, Lack.UNMEASURED} & set(self.gap.lacks)


def source_states(now: datetime) -> list[SourceKnown]:
    """Return how far each source is known: by its feed, by a bundle, or by files. Four queries."""
    stored = {one.name: one for one in Feed.objects.order_by("name")}
    files, newest, carried = _last_files(), _newest_records(), _Carried.last()
    found = []
    for kind, source in _SOURCES.items():
        feed, file = stored.get(kind.value) or unfollowed(kind), files.get(source)
        if file is not None:  # files come in any order: the newest record counts
            file.newest_at = newest.get(source, file.newest_at)
        found.append(_known(feed, file, carried, now))
    others = [one for name, one in stored.items() if name not in set(_SOURCES) and one.is_enabled]
    return found + [SourceKnown(_of_feed(one, None, now)) for one in others]


def _mirrored(sources: Iterable[SourceKnown]) -> frozenset[str] | None:
    chosen = [one.ecosystems for one in sources if one.ecosystems is not None]
    return kinds_of_ecosystems(chosen[0]) if chosen else None


@dataclass(frozen=True)
class _Carried:
    """What the newest bundle that was taken in says of the sources."""

    taken_at: datetime
    notes: Mapping[str, SourceNote]

    @staticmethod
    def last() -> "_Carried | None":
        """One query."""
        rows = Bundle.objects.filter(direction=BundleDirection.IN, state=IntakeState.DONE)
        bundle = rows.order_by("-made_at", "-id").first()
        if bundle is None or bundle.ended_at is None:
            return None
        notes = msgspec.convert(bundle.sources, list[SourceNote])
        return _Carried(bundle.ended_at, {one.name: one for one in notes})


def _rank(gap: Gap) -> int:
    return list(Bearing).index(gap.bearing)


def _last_files() -> dict[str, Intake]:
    """Return the last file of each source that was taken in with something in it. One query."""
    done = Intake.objects.filter(state=IntakeState.DONE, newest_at__isnull=False)
    wanted = Q()
    for source in _SOURCES.values():
        last = done.filter(format=source.value).order_by("-id").values("id")[:1]
        wanted |= Q(pk=last)
    return {one.format: one for one in Intake.objects.filter(wanted).order_by("id")}


def _newest_records() -> dict[str, datetime]:
    """Return when the newest record of each source was changed, where it has records. One query."""
    wanted = Q()
    for source in Source:
        newest = Advisory.objects.filter(source=source).order_by("-modified_at").values("id")[:1]
        wanted |= Q(pk=newest)
    rows = Advisory.objects.filter(wanted).order_by("source")
    return dict(rows.values_list("source", "modified_at"))


def _is_followed(feed: Feed, file: Intake | None) -> bool:
    """Tell whether the feed says how far its source is known, rather than files do."""
    if feed.is_enabled or file is None:
        return feed.is_enabled or feed.succeeded_at is not None
    return feed.succeeded_at is not None and file.started_at <= feed.succeeded_at


def _known(feed: Feed, file: Intake | None, carried: _Carried | None, now: datetime) -> SourceKnown:
    ecosystems = feed.options.get("ecosystems")
    if _is_followed(feed, file):
        chosen = tuple(ecosystems) if ecosystems is not None else None
        return SourceKnown(_of_feed(feed, file, now), chosen)
    note = carried.notes.get(feed.name) if carried else None
    if carried and note and note.as_of:
        gap = _of_bundle(feed, note, now)
        is_outrun = file is not None and file.started_at > carried.taken_at
        if not (is_outrun and Lack.STALE in gap.lacks):
            return SourceKnown(gap, note.ecosystems if ecosystems is not None else None)
    return SourceKnown(_of_files(feed, file, now))


def _of_feed(feed: Feed, file: Intake | None, now: datetime) -> Gap:
    age = now - feed.succeeded_at if feed.succeeded_at else None
    kind, is_stale = FeedKind(feed.kind), age is not None and age > feed.stale_after
    state = FeedState(feed, UPSTREAMS[kind], None, Counts(), age, is_stale)
    is_begun = age is not None or file is not None
    told = {
        Lack.ABSENT: not is_begun,
        Lack.STALE: is_stale,
        Lack.PARTIAL: is_begun and not (age is not None and state.is_complete),
        Lack.FAILING: bool(feed.last_error),
    }
    return Gap(
        feed.name,
        kind,
        tuple(lack for lack, is_so in told.items() if is_so),
        as_of=feed.succeeded_at,
        missing_count=state.missing_count if told[Lack.PARTIAL] else None,
        error=feed.last_error[:MAX_ERROR],
    )


def _of_bundle(feed: Feed, note: SourceNote, now: datetime) -> Gap:
    told = {Lack.STALE: _is_stale(feed, note.as_of, now), Lack.PARTIAL: not note.is_whole}
    lacks = tuple(lack for lack, is_so in told.items() if is_so)
    missing = None if note.is_whole else note.missing_count
    return Gap(feed.name, FeedKind(feed.kind), lacks, as_of=note.as_of, missing_count=missing)


def _is_stale(feed: Feed, as_of: datetime | None, now: datetime) -> bool:
    """Tell whether what was carried here is too old."""
    return as_of is not None and now - as_of > max(feed.stale_after, FILES_STALE_AFTER)


def _of_files(feed: Feed, file: Intake | None, now: datetime) -> Gap:
    kind = FeedKind(feed.kind)
    if file is None:
        return Gap(feed.name, kind, (Lack.ABSENT,))
    as_of = file.newest_at or file.started_at
    stale = (Lack.STALE,) if _is_stale(feed, as_of, now) else ()
    # A catalogue of exploitation comes as one file that is whole in itself.
    unmeasured = () if kind in {FeedKind.KEV, FeedKind.EPSS} else (Lack.UNMEASURED,)
    return Gap(feed.name, kind, (*stale, *unmeasured), as_of=as_of)


def _speaks_of_some(gap: Gap) -> bool:
    return gap.kind in _NAMED or gap.kind is FeedKind.OSV


def _spoken_of(gap: Gap, kinds: Iterable[str]) -> frozenset[str]:
    """Return which of these kinds a source speaks of."""
    if gap.kinds:  # it was narrowed before
        return frozenset(gap.kinds)
    if gap.kind is FeedKind.OSV:
        return frozenset(kind for kind in kinds if is_of_osv(kind))
    return NAMED_KINDS if gap.kind in _NAMED else frozenset()


def _not_chosen(kinds: frozenset[str], mirrored: frozenset[str] | None) -> tuple[Gap, ...]:
    """Return what OSV may have on these kinds in ecosystems that are not mirrored."""
    if mirrored is None:
        return ()
    absent = {kind for kind in kinds - mirrored if is_of_osv(kind)}
    # A distribution that an SBOM does not name may be any of those that are mirrored.
    unnamed = {f"{kind.partition(':')[0]}:unknown" for kind in mirrored if ":" in kind}
    left = tuple(sorted(absent - unnamed))
    return (Gap("osv", FeedKind.OSV, (Lack.NOT_CHOSEN,), left),) if left else ()
