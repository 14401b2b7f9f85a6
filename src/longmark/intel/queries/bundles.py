"""Reads of bundles, and of what is carried in one: records as received, files of signals."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from django.db.models import Q, QuerySet

from longmark.core.errors import NotFound
from longmark.core.formats.advisories.bundles import Manifest, SourceNote
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.records import Source
from longmark.core.vocabulary import BundleDirection, IntakeState
from longmark.foundation.pages import Page, keyset_page
from longmark.intel.models import Advisory, Bundle, Intake, Parcel
from longmark.intel.queries.coverage import source_states
from longmark.intel.queries.vulnerabilities import unpacked
from longmark.ledger import queries as blobs

CHUNK_RECORDS: Final = 1_000
CHUNK_PARCELS: Final = 64
DAYS_LIMIT: Final = 400
"""Of EPSS: each day is a file."""

NOT_FOR_OTHERS: Final = "RED"
"""Of the traffic light protocol: for those alone who were addressed."""


@dataclass(frozen=True)
class SignalFile:
    """A file of signals as its publisher served it, kept as a blob."""

    format: Format
    digest: str
    edition: str


def bundle(pk: int) -> Bundle:
    """Return one bundle.

    Raises:
        NotFound: there is none with this number.
    """
    found = Bundle.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no bundle {pk}.", pk=pk)
    return found


def bundles_page(*, after: str | None = None, limit: int = 50) -> Page[Bundle]:
    """Return bundles made here and taken in here, newest first. One query."""
    return keyset_page(
        Bundle.objects.defer("certificate"), order=("-id",), after=after, limit=limit
    )


def records_to_carry(since: datetime | None) -> Iterator[list[tuple[Source, bytes]]]:
    """Yield records as they were received, some at a time, each once.

    With `since` those that were taken in, or changed, from then on. What is marked for certain
    people only is left out: see `left_out_count`.
    """
    rows, last = _carried(since), 0
    while True:
        chunk = list(
            rows.filter(pk__gt=last)
            .order_by("pk")
            .values_list("pk", "source", "parcel_id", "place")[:CHUNK_RECORDS]
        )
        if not chunk:
            return
        last = chunk[-1][0]
        wanted: dict[int, list[tuple[Source, int]]] = defaultdict(list)
        for _, source, parcel_id, place in chunk:
            wanted[parcel_id].append((Source(source), place))
        for ids in _slices(sorted(wanted)):
            for parcel in list(Parcel.objects.filter(pk__in=ids).order_by("pk")):
                records = unpacked(parcel)
                yield [(source, records[place]) for source, place in wanted[parcel.pk]]


def _slices(ids: list[int]) -> Iterator[list[int]]:
    return (ids[at : at + CHUNK_PARCELS] for at in range(0, len(ids), CHUNK_PARCELS))


def record_count_to_carry(since: datetime | None) -> int:
    """Return how many records that is. Scans the advisories."""
    return _carried(since).count()


def left_out_count(since: datetime | None) -> int:
    """Return how many records are not carried, since they are marked for certain people only."""
    return _from(since).filter(marking__contains=NOT_FOR_OTHERS).count()


def _carried(since: datetime | None) -> QuerySet[Advisory]:
    return _from(since).exclude(marking__contains=NOT_FOR_OTHERS)


def _from(since: datetime | None) -> QuerySet[Advisory]:
    if since is None:
        return Advisory.objects.all()
    # By the end of an intake: one that ran on beyond an earlier bundle comes with the next again.
    return Advisory.objects.filter(Q(intake__ended_at__gte=since) | Q(intake__ended_at=None))


def signals_to_carry(since: datetime | None) -> list[SignalFile]:
    """Return the newest catalogue, the newest list of ids, and scores: of the last day, or of all
    days since. Three queries."""
    found = [*_last(Format.KEV, 1), *_last(Format.EUVD_IDS, 1)]
    return found + (_last(Format.EPSS, DAYS_LIMIT, since) if since else _last(Format.EPSS, 1))


def _last(kind: Format, limit: int, since: datetime | None = None) -> list[SignalFile]:
    rows = Intake.objects.filter(format=kind.value, state=IntakeState.DONE, newest_at__isnull=False)
    rows = rows.filter(ended_at__gte=since) if since else rows
    newest: dict[str, SignalFile] = {}
    for one in rows.order_by("-newest_at", "-id")[:limit]:
        if one.digest not in newest and blobs.blob_path(one.digest).exists():
            day = f"{one.newest_at:%Y-%m-%d}"
            newest[one.digest] = SignalFile(kind, one.digest, day)
    return list(newest.values())[::-1]


def sources_to_carry(now: datetime) -> list[SourceNote]:
    """Return how far each source is known here, as a bundle says it. Four queries."""
    return [
        SourceNote(
            one.gap.name,
            one.gap.as_of,
            one.is_whole,
            one.gap.missing_count,
            one.ecosystems or (),
        )
        for one in source_states(now)
    ]


def sources_brought(manifest: Manifest, signer: str) -> list[SourceNote]:
    """Return how far the sources are known once a bundle is taken in.

    One that only adds is as whole as what it adds to: the newest bundle of the same key before it,
    if that one reaches as far as where this one begins. One query.
    """
    if manifest.since is None:
        return list(manifest.sources)
    rows = Bundle.objects.filter(
        direction=BundleDirection.IN,
        state=IntakeState.DONE,
        signer=signer,
        made_at__gte=manifest.since,
        made_at__lte=manifest.made_at,
    )
    base = rows.order_by("-made_at", "-id").first()
    notes = msgspec.convert(base.sources, list[SourceNote]) if base else []
    whole = {one.name for one in notes if one.is_whole}
    return [
        msgspec.structs.replace(one, is_whole=one.is_whole and one.name in whole)
        for one in manifest.sources
    ]
