"""Records that are kept here, read again when an update of Longmark reads them better.

What a record states of packages is derived: the names of products, the order of their versions.
A record whose bytes do not change would for ever state what the reader of its day understood.
Every record as received is kept, so nothing is asked of anybody.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from longmark.core.actors import SYSTEM, Actor
from longmark.core.formats.advisories import batches
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.records import Source
from longmark.core.vocabulary import IntakeState
from longmark.intel.models import Advisory, Intake, Parcel, Rereading
from longmark.intel.queries.vulnerabilities import unpacked
from longmark.intel.services import changes, intakes, records
from longmark.intel.services.records import Received
from longmark.jobs import services as jobs

if TYPE_CHECKING:
    from longmark.jobs.models import Job

REREAD_JOB: Final = "intel.read-anew"
CHUNK_RECORDS: Final = 1_000


@transaction.atomic(durable=True)
def ask_for_rereading(*, now: datetime) -> "list[Job]":
    """Enqueue the work of reading again what earlier readers read, a job for each source.

    Asked again, by however many processes that start together, it enqueues nothing. Where a source
    has no record yet there is nothing to do, and that is noted.
    """
    asked = []
    for source in Source:
        row, is_new = Rereading.objects.get_or_create(
            readers_version=batches.READERS_VERSION, source=source.value
        )
        if is_new and Advisory.objects.filter(source=source.value).exists():
            row.intake = _intake(source, now=now)
            row.save(update_fields=["intake"])
            asked.append(jobs.enqueue(REREAD_JOB, {"rereading_id": row.pk}, actor=SYSTEM, now=now))
    return asked


def _intake(source: Source, *, now: datetime) -> Intake:
    return Intake.objects.create(
        filename=f"{source.value}: records kept here, read again",
        format=source.value,
        state=IntakeState.RUNNING,
        started_at=now,
        actor_name=SYSTEM.name,
    )


def rereading(rereading_id: int) -> Rereading:
    """Return a rereading with its intake."""
    return Rereading.objects.select_related("intake").get(pk=rereading_id)


@transaction.atomic(durable=True)
def read_further(row: Rereading) -> bool:
    """Read the next records again; tell whether there were any. Cut off, it goes on from there.

    Only statements that come out otherwise are written, and only what they are about changes.
    """
    changes.take_turn()
    rows = Advisory.objects.filter(source=row.source, pk__gt=row.reached).order_by("pk")
    chunk = list(rows.only("pk", "statements_digest", "parcel_id", "place")[:CHUNK_RECORDS])
    if not chunk:
        return False
    intake = _intake_of(row)
    restated = _otherwise(chunk, Format(row.source))
    outcome = records.restate(restated)
    changes.note_changes(intake, outcome.vulnerabilities)
    row.reached = chunk[-1].pk
    row.save(update_fields=["reached"])
    intake.read_count += len(chunk)
    intake.changed_count += len(restated)
    intake.unchanged_count += len(chunk) - len(restated)
    intake.save(update_fields=["read_count", "changed_count", "unchanged_count"])
    return True


def _otherwise(chunk: Sequence[Advisory], found: Format) -> list[Received]:
    """Return the records that state otherwise now; one that cannot be read now stays as it is."""
    parcels = Parcel.objects.filter(pk__in={one.parcel_id for one in chunk})
    contents = {parcel.pk: unpacked(parcel) for parcel in parcels}
    restated = []
    for one in chunk:
        reading = batches.read_one(contents[one.parcel_id][one.place], found)
        if reading.record and reading.statements_digest != one.statements_digest:
            restated.append(Received(reading, reading.record, one.pk, is_new=False))
    return restated


def end(row: Rereading, *, actor: Actor, now: datetime) -> Intake:
    """Note that a source has been read again to its end; what follows from it follows."""
    return intakes.ended(_intake_of(row), actor=actor, now=now)


def _intake_of(row: Rereading) -> Intake:
    assert row.intake is not None, "a rereading that is asked for has its intake"
    return row.intake
