"""What the European vulnerability database adds: its ids, and exploitation that it knows of."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import BinaryIO, Final

from django.db import transaction

from longmark.core.formats.advisories import archives, euvd
from longmark.core.formats.advisories.identifiers import is_cve
from longmark.core.formats.advisories.records import AdvisoryRecord
from longmark.core.vocabulary import SignalKind
from longmark.foundation.bulk import insert_missing_rows
from longmark.intel.models import EuvdId, Intake, Refusal, Signal
from longmark.intel.services import changes
from longmark.jobs.services import Progress

BATCH_LINES: Final = 5_000


def take_ids(file: BinaryIO, intake: Intake, progress: Progress | None, *, now: datetime) -> None:
    """Take in the list that says which CVE has which EUVD id, batch by batch.

    Raises:
        Invalid: the file cannot be read on.
    """
    intake.newest_at = now
    lines = islice(_lines(file), intake.read_count, None)
    while batch := list(islice(lines, BATCH_LINES)):
        _take_lines(intake, batch)
        if progress:
            progress.advance(intake.read_count, note=intake.filename)


def _lines(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers, without the head and what is empty."""
    for number, line in enumerate(archives.lines(file), start=1):
        if line.strip() and not (number == 1 and euvd.pair(line) is None):
            yield number, line


@transaction.atomic(durable=True)
def _take_lines(intake: Intake, batch: Sequence[tuple[int, str]]) -> None:
    changes.take_turn()
    read = [(number, euvd.pair(line), line) for number, line in batch]
    pairs = {(cve, own) for _, found, _ in read if found for own, cve in [found]}
    rows = EuvdId.objects.filter(identifier__among=[cve for cve, _ in pairs])
    new = sorted(pairs - set(rows.values_list("identifier", "euvd")))
    insert_missing_rows(EuvdId, ("identifier", "euvd"), new)
    Refusal.objects.bulk_create(
        Refusal(
            intake=intake,
            place=f"line {number}",
            reason=f"'{line.strip()[:80]}' names no EUVD id and CVE id.",
        )
        for number, found, line in read
        if found is None
    )
    refused = sum(found is None for _, found, _ in read)
    intake.read_count += len(batch)
    intake.refused_count += refused
    intake.added_count += len(new)
    intake.unchanged_count += len(batch) - refused - len(new)
    intake.save()


def note_exploitation(records: Sequence[AdvisoryRecord]) -> None:
    """Write what a batch of records says of exploitation, inside the batch's transaction.

    What a newer record does not say any more is ended, not deleted.
    """
    said = {one: record for record in records for one in _spoken_of(record)}
    rows = Signal.objects.filter(kind=SignalKind.EUVD, identifier__among=list(said))
    stored = {row.identifier: row for row in rows}
    new, renewed = [], []
    for identifier, record in said.items():
        row = stored.get(identifier)
        if row is None:
            if record.exploited_on:
                new.append(_signal(identifier, record))
        elif row.last_seen_at <= record.modified:
            row.noted_on = record.exploited_on or row.noted_on
            row.ended_at = None if record.exploited_on else row.ended_at or record.modified
            row.last_seen_at = record.modified
            renewed.append(row)
    Signal.objects.bulk_create(new)
    Signal.objects.bulk_update(renewed, ["noted_on", "ended_at", "last_seen_at"], batch_size=200)


def _spoken_of(record: AdvisoryRecord) -> list[str]:
    """Return the CVE ids of a record, or its own id if it has none."""
    return [one for one in (*record.aliases, *record.subjects) if is_cve(one)] or [record.id]


def _signal(identifier: str, record: AdvisoryRecord) -> Signal:
    assert record.exploited_on is not None, "only what is exploited is a signal"
    return Signal(
        kind=SignalKind.EUVD,
        identifier=identifier,
        noted_on=record.exploited_on,
        name=record.id,
        first_seen_at=record.modified,
        last_seen_at=record.modified,
    )
