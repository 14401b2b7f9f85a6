"""Exploitation signals: which CVEs are exploited (KEV), which probably will be (EPSS).

Signals belong to CVE ids, known to us or not, so they may come before the advisories. What leaves
the KEV catalogue is ended, not deleted, and an older edition never ends what a newer one has.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import BinaryIO, Final

from django.db import transaction

from longmark.core.errors import Invalid
from longmark.core.formats.advisories import archives, epss, kev
from longmark.core.formats.advisories.epss import EpssHead, Score
from longmark.core.formats.advisories.epss import Refusal as EpssRefusal
from longmark.core.formats.advisories.kev import KevCatalogue, KevEntry
from longmark.core.vocabulary import SignalKind
from longmark.foundation.bulk import insert_rows, update_rows
from longmark.intel.models import Alias, EpssScore, Intake, Refusal, Signal, Vulnerability
from longmark.intel.services import changes
from longmark.jobs.services import Progress

BATCH_SCORES: Final = 5_000
NOTICEABLE: Final = 0.1  # an EPSS that moves by this much is a change of the vulnerability

_TEXTS: Final = ("noted_on", "due_on", "name", "action", "notes", "is_used_by_ransomware")


def take_kev(file: BinaryIO, intake: Intake, progress: Progress | None, *, now: datetime) -> None:
    """Take in one edition of the KEV catalogue, in one transaction.

    Raises:
        Invalid: it is not a KEV catalogue.
    """
    member = next(archives.members(file))
    if member.problem:
        raise Invalid("{problem}", problem=member.problem)
    catalogue = kev.read(member.content)
    released_at = catalogue.released_at or now
    with transaction.atomic(durable=True):
        changes.take_turn()
        is_newest = not Intake.objects.filter(
            format=intake.format, newest_at__gt=released_at
        ).exists()
        changed = _note_kev(catalogue, intake, released_at, is_newest=is_newest)
        changes.note_changes(intake, dict.fromkeys(_show_kev(changed), False))
        Refusal.objects.bulk_create(
            Refusal(intake=intake, place=place, reason=reason)
            for place, reason in catalogue.refusals
        )
        intake.edition = catalogue.version
        intake.newest_at = released_at
        intake.refused_count = len(catalogue.refusals)
        intake.read_count = len(catalogue.entries) + len(catalogue.refusals)
        intake.save()
    if progress:
        progress.advance(intake.read_count, intake.read_count, intake.filename)


def _note_kev(
    catalogue: KevCatalogue, intake: Intake, released_at: datetime, *, is_newest: bool
) -> set[str]:
    """Write signals and count what is new; return the ids whose exploitation differs now."""
    listed = {entry.identifier: entry for entry in catalogue.entries}
    stored = {row.identifier: row for row in Signal.objects.filter(kind=SignalKind.KEV)}
    new = [_signal(entry, released_at) for one, entry in listed.items() if one not in stored]
    Signal.objects.bulk_create(new, batch_size=500)
    changed, updated = {row.identifier for row in new}, []
    for identifier, row in stored.items():
        entry = listed.get(identifier)
        before = (row.ended_at, *(getattr(row, name) for name in _TEXTS))
        if entry is None:
            if is_newest and row.ended_at is None:
                row.ended_at = released_at
        elif is_newest:
            _renew(row, entry, released_at)
        if (row.ended_at, *(getattr(row, name) for name in _TEXTS)) != before:
            changed.add(identifier)
        updated.append(row)
    Signal.objects.bulk_update(
        updated, [*_TEXTS, "first_seen_at", "last_seen_at", "ended_at"], batch_size=100
    )
    intake.added_count = len(new)
    intake.changed_count = len(changed) - len(new)
    intake.unchanged_count = len(listed.keys() - changed)
    return changed


def _signal(entry: KevEntry, seen_at: datetime) -> Signal:
    return Signal(
        kind=SignalKind.KEV,
        identifier=entry.identifier,
        noted_on=entry.added_on,
        due_on=entry.due_on,
        name=entry.name,
        action=entry.action,
        notes=entry.notes,
        is_used_by_ransomware=entry.is_used_by_ransomware,
        first_seen_at=seen_at,
        last_seen_at=seen_at,
    )


def _renew(row: Signal, entry: KevEntry, seen_at: datetime) -> None:
    row.noted_on, row.due_on, row.name = entry.added_on, entry.due_on, entry.name
    row.action, row.notes = entry.action, entry.notes
    row.is_used_by_ransomware = entry.is_used_by_ransomware
    row.first_seen_at = min(row.first_seen_at, seen_at)
    row.last_seen_at = max(row.last_seen_at, seen_at)
    row.ended_at = None


def _show_kev(changed: set[str]) -> list[int]:
    """Copy the day of exploitation to the vulnerabilities; return those that differ."""
    days = dict(
        Signal.objects.filter(identifier__among=changed, ended_at=None)
        .order_by("-noted_on")
        .values_list("identifier", "noted_on")
    )
    rows = []
    for identifier, vulnerability in _by_identifier(changed).items():
        day: date | None = days.get(identifier)
        if vulnerability.exploited_on != day:
            rows.append((day, vulnerability.pk))
    update_rows(Vulnerability, ("exploited_on",), rows)
    return [pk for _, pk in rows]


def take_epss(file: BinaryIO, intake: Intake, progress: Progress | None) -> None:
    """Take in the EPSS scores of one day, batch by batch.

    Raises:
        Invalid: it is not an EPSS file.
    """
    lines = archives.lines(file)
    head = epss.read_head(lines)
    intake.edition = f"{head.model} {head.scored_on}"
    is_newest = not EpssScore.objects.filter(scored_on__gt=head.scored_on).exists()
    scores = islice(epss.read_scores(lines), intake.read_count, None)
    while batch := list(islice(scores, BATCH_SCORES)):
        _take_scores(intake, head, batch, is_newest=is_newest)
        if progress:
            progress.advance(intake.read_count, note=intake.filename)


@transaction.atomic(durable=True)
def _take_scores(
    intake: Intake,
    head: EpssHead,
    batch: Sequence[Score | EpssRefusal],
    *,
    is_newest: bool,
) -> None:
    changes.take_turn()
    refused = [one for one in batch if isinstance(one, EpssRefusal)]
    scores = {one.identifier: one for one in batch if isinstance(one, Score)}
    known = _scores_before(scores, head.scored_on)
    new = [one for one in scores.values() if known.get(one.identifier) != (head.model, one.epss)]
    again = [one.identifier for one in new if one.identifier in known]
    EpssScore.objects.filter(identifier__among=again, scored_on=head.scored_on).delete()
    insert_rows(
        EpssScore,
        ("identifier", "scored_on", "model", "epss", "percentile"),
        [(one.identifier, head.scored_on, head.model, one.epss, one.percentile) for one in new],
    )
    if is_newest:
        changes.note_changes(intake, dict.fromkeys(_show_epss(scores), False))
    Refusal.objects.bulk_create(
        Refusal(intake=intake, place=f"line {one.line}", reason=one.reason) for one in refused
    )
    added = sum(1 for one in new if one.identifier not in known)
    intake.newest_at = datetime.combine(head.scored_on, time(), UTC)
    intake.read_count += len(batch)
    intake.refused_count += len(refused)
    intake.added_count += added
    intake.changed_count += len(new) - added
    intake.unchanged_count += len(scores) - len(new)
    intake.save()


def _scores_before(scores: Mapping[str, Score], day: date) -> dict[str, tuple[str, float]]:
    """Return model and score of each id on that day, as known."""
    rows = EpssScore.objects.filter(identifier__among=scores.keys(), scored_on__lte=day)
    return {
        identifier: (model, value)
        for identifier, model, value in rows.order_by("scored_on").values_list(
            "identifier", "model", "epss"
        )
    }


def _show_epss(scores: Mapping[str, Score]) -> Iterator[int]:
    """Copy scores to the vulnerabilities; yield those whose score moved noticeably."""
    rows, moved = [], []
    for identifier, vulnerability in _by_identifier(scores.keys()).items():
        score = scores[identifier]
        if (vulnerability.epss, vulnerability.epss_percentile) != (score.epss, score.percentile):
            rows.append((score.epss, score.percentile, vulnerability.pk))
            if abs((vulnerability.epss or 0.0) - score.epss) >= NOTICEABLE:
                moved.append(vulnerability.pk)
    update_rows(Vulnerability, ("epss", "epss_percentile"), rows)
    return iter(moved)


def _by_identifier(identifiers: Iterable[str]) -> dict[str, Vulnerability]:
    rows = Alias.objects.filter(identifier__among=identifiers).select_related("vulnerability")
    return {row.identifier: row.vulnerability for row in rows.defer("vulnerability__description")}
