"""Reads of what was taken in: files, refusals, the state of each source."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max

from longmark.core.errors import NotFound
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.records import Source
from longmark.core.vocabulary import IntakeState, SignalKind
from longmark.foundation.pages import Page, keyset_page
from longmark.intel.models import (
    Advisory,
    Change,
    Intake,
    Refusal,
    Signal,
)

CHUNK_ROWS = 1_000
_SOURCES = ("cve", "nvd", "osv", "csaf", "kev", "epss")


@dataclass(frozen=True)
class SourceState:
    """How far a source is known here; ``age`` counts from its newest record."""

    source: str
    record_count: int
    newest_at: datetime | None
    last_intake: Intake | None
    age: timedelta | None


def intake(pk: int) -> Intake:
    """Return one intake.

    Raises:
        NotFound: there is none with this number.
    """
    found = Intake.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no intake {pk}.", pk=pk)
    return found


def intakes_page(*, after: str | None = None, limit: int = 50) -> Page[Intake]:
    """Return the files taken in, newest first. One query."""
    return keyset_page(Intake.objects.all(), order=("-id",), after=after, limit=limit)


def is_taken(digest: str, kind: Format) -> bool:
    """Tell whether a file with these bytes was taken in to its end. One query."""
    rows = Intake.objects.filter(digest=digest, format=kind.value, state=IntakeState.DONE)
    return rows.exists()


def refusals_page(intake: Intake, *, after: str | None = None, limit: int = 50) -> Page[Refusal]:
    """Return what an intake did not take, in the order of the file. One query."""
    rows = Refusal.objects.filter(intake=intake)
    return keyset_page(rows, order=("id",), after=after, limit=limit)


def vulnerabilities_changed_by(
    intake: Intake, *, only_applicability: bool = False
) -> Iterator[list[int]]:
    """Yield the ids of the vulnerabilities that an intake changed, in chunks, rising.

    With `only_applicability` those alone whose affected versions or advisories may differ: the
    ones to match again.
    """
    rows = Change.objects.filter(intake=intake)
    if only_applicability:
        rows = rows.filter(is_applicability=True)
    last = 0
    while True:
        chunk = list(
            rows.filter(vulnerability__gt=last)
            .order_by("vulnerability_id")
            .values_list("vulnerability_id", flat=True)[:CHUNK_ROWS]
        )
        if not chunk:
            return
        yield chunk
        last = chunk[-1]


def changes_page(intake: Intake, *, after: str | None = None, limit: int = 50) -> Page[Change]:
    """Return what an intake changed, with the vulnerabilities. One query."""
    rows = Change.objects.filter(intake=intake).select_related("vulnerability")
    return keyset_page(rows, order=("vulnerability_id",), after=after, limit=limit)


def known_records(source: Source, record_ids: Iterable[str]) -> dict[str, datetime]:
    """Return when each of these records was changed last, for those that are here. One query."""
    rows = Advisory.objects.filter(source=source, record_id__among=list(record_ids))
    return dict(rows.values_list("record_id", "modified_at"))


def record_count(source: Source) -> int:
    """Return how many records of a source are here. Scans an index."""
    return Advisory.objects.filter(source=source).count()


def sources_state(now: datetime) -> list[SourceState]:
    """Return how complete and how old each source is here. Four queries.

    Counts scan an index; the page that shows them may be kept for a minute.
    """
    counts = dict(
        Advisory.objects.values_list("source").annotate(count=Count("id")).order_by("source")
    )
    counts["kev"] = Signal.objects.filter(kind=SignalKind.KEV, ended_at=None).count()
    done = Intake.objects.filter(state=IntakeState.DONE).exclude(digest="").order_by("format")
    newest = {
        source: (last, newest_at)
        for source, last, newest_at in done.values_list("format").annotate(
            last=Max("id"), newest=Max("newest_at")
        )
    }
    intakes = Intake.objects.in_bulk([last for last, _ in newest.values()])
    states = []
    for source in _SOURCES:
        last, newest_at = newest.get(source, (None, None))
        intake = intakes.get(last)
        count = counts.get(source, intake.read_count if intake else 0)
        age = now - newest_at if newest_at else None
        states.append(SourceState(source, count, newest_at, intake, age))
    return states
