"""Records into the database, a batch at a time, each batch one transaction.

A record whose bytes are known already is left alone, and so is one older than what is stored, so
the outcome does not depend on the order in which files come. Statements are rewritten only if
their normal form differs: most changes touch texts and links.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from longmark.core.formats.advisories.batches import Reading
from longmark.core.formats.advisories.records import AdvisoryRecord, Statement
from longmark.foundation.bulk import insert_rows, reserve_ids, update_rows
from longmark.intel import models
from longmark.intel.models import Advisory, Intake, Link, Parcel
from longmark.intel.services import groups

PARCEL_RECORDS = 32  # together they compress to 40 % of what each alone would need
COMPRESSION_LEVEL = 1
MOST_DEFECTS = 20  # kept with a record; one that has more is told by these

_ADVISORY_COLUMNS = (
    "state", "is_disputed", "analysis", "marking", "title", "description", "severities",
    "weaknesses", "defects", "published_at", "modified_at", "exploited_on", "replaced_by", "digest",
    "statements_digest", "parcel_id", "place", "intake_id",
)  # fmt: skip
_STATEMENT_COLUMNS = (
    "id", "advisory_id", "number", "package", "scheme", "pointer", "wording", "default", "tier",
    "cap", "part", "condition", "condition_kind", "needs", "filters", "subject", "files",
)  # fmt: skip
_RANGE_COLUMNS = (
    "statement_id", "advisory_id", "package", "low", "high", "status", "low_text", "high_text",
)  # fmt: skip


@dataclass(slots=True)
class Received:
    """A record as read, on its way into the database."""

    reading: Reading
    record: AdvisoryRecord
    advisory_id: int = 0
    is_new: bool = True
    are_statements_new: bool = True


@dataclass
class Outcome:
    """What a batch changed."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    vulnerabilities: dict[int, bool] = field(default_factory=dict)
    """Ids of changed vulnerabilities, true where what they affect may differ."""

    kept_apart: list[tuple[str, str]] = field(default_factory=list)


def apply(batch: Sequence[Received], *, intake: Intake) -> Outcome:
    """Write a batch of records and bring their groups up to date, inside one transaction."""
    fresh, outcome = _sorted_out(batch)
    if not fresh:
        return outcome
    _store_parcels_and_advisories(fresh, intake)
    old_links = _replace_links(fresh)
    _replace_statements([one for one in fresh if one.are_statements_new])
    regrouped = groups.regroup(
        [(one.advisory_id, one.record) for one in fresh],
        dropped=old_links,
        restated={one.advisory_id for one in fresh if one.are_statements_new},
    )
    outcome.vulnerabilities = regrouped.changed
    outcome.kept_apart = regrouped.kept_apart
    return outcome


def restate(batch: Sequence[Received]) -> Outcome:
    """Write what records that are stored state now; their bytes and links stay as they are."""
    if not batch:
        return Outcome()
    update_rows(
        Advisory,
        ("defects", "statements_digest"),
        [
            (one.record.defects[:MOST_DEFECTS], one.reading.statements_digest, one.advisory_id)
            for one in batch
        ],
    )
    _replace_statements(batch)
    regrouped = groups.regroup(
        [(one.advisory_id, one.record) for one in batch],
        dropped={},
        restated={one.advisory_id for one in batch},
    )
    return Outcome(changed=len(batch), vulnerabilities=regrouped.changed)


def _sorted_out(batch: Sequence[Received]) -> tuple[list[Received], Outcome]:
    """Return the records that are news, knowing their stored rows, and count the others."""
    newest: dict[tuple[str, str], Received] = {}
    for one in batch:
        identified = (one.record.source.value, one.record.id)
        known = newest.get(identified)
        if known is None or one.record.modified >= known.record.modified:
            newest[identified] = one
    outcome = Outcome(unchanged=len(batch) - len(newest))
    stored = _stored(newest)
    fresh = []
    for identified, one in newest.items():
        row = stored.get(identified)
        if row is None:
            outcome.added += 1
        elif row.digest == one.reading.digest or row.modified_at > one.record.modified:
            outcome.unchanged += 1
            continue
        else:
            outcome.changed += 1
            one.is_new, one.advisory_id = False, row.pk
        stated = one.reading.statements_digest
        one.are_statements_new = row is None or row.statements_digest != stated
        fresh.append(one)
    return fresh, outcome


def _stored(identified: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Advisory]:
    ids = {record_id for _, record_id in identified}
    rows = Advisory.objects.filter(record_id__among=ids).only(
        "source", "record_id", "digest", "statements_digest", "modified_at"
    )
    return {(row.source, row.record_id): row for row in rows}


def _store_parcels_and_advisories(fresh: Sequence[Received], intake: Intake) -> None:
    parcels = [
        fresh[start : start + PARCEL_RECORDS] for start in range(0, len(fresh), PARCEL_RECORDS)
    ]
    parcel_ids = reserve_ids(Parcel, len(parcels))
    insert_rows(
        Parcel,
        ("id", "content", "record_count"),
        [
            (pk, _packed(parcel), len(parcel))
            for pk, parcel in zip(parcel_ids, parcels, strict=True)
        ],
    )
    new = [one for one in fresh if one.is_new]
    for one, pk in zip(new, reserve_ids(Advisory, len(new)), strict=True):
        one.advisory_id = pk
    inserted, updated = [], []
    for parcel_id, parcel in zip(parcel_ids, parcels, strict=True):
        for place, one in enumerate(parcel):
            row = _advisory_row(one, parcel_id, place, intake)
            if one.is_new:
                inserted.append((one.advisory_id, one.record.source.value, one.record.id, *row))
            else:
                updated.append((*row, one.advisory_id))
    insert_rows(Advisory, ("id", "source", "record_id", *_ADVISORY_COLUMNS), inserted)
    update_rows(Advisory, _ADVISORY_COLUMNS, updated)


def _advisory_row(one: Received, parcel_id: int, place: int, intake: Intake) -> tuple[Any, ...]:
    record = one.record
    return (
        record.state.value,
        record.disputed,
        record.analysis[:60],
        record.marking,
        record.title,
        record.description,
        record.severities,
        record.weaknesses,
        record.defects[:MOST_DEFECTS],
        record.published,
        record.modified,
        record.exploited_on,
        record.replaced_by,
        one.reading.digest,
        one.reading.statements_digest,
        parcel_id,
        place,
        intake.pk,
    )


def _replace_links(fresh: Sequence[Received]) -> dict[int, set[str]]:
    """Write the links of records and return those that changed ones had before."""
    changed = [one.advisory_id for one in fresh if not one.is_new]
    dropped: dict[int, set[str]] = {}
    if changed:
        old = Link.objects.filter(advisory_id__among=changed)
        for advisory_id, identifier in old.values_list("advisory_id", "identifier"):
            dropped.setdefault(advisory_id, set()).add(identifier)
        old.delete()
    rows = [
        (one.advisory_id, identifier, is_alias)
        for one in fresh
        for identifiers, is_alias in ((one.record.aliases, True), (one.record.subjects, False))
        for identifier in identifiers
    ]
    insert_rows(Link, ("advisory_id", "identifier", "is_alias"), rows)
    return dropped


def _replace_statements(restated: Sequence[Received]) -> None:
    known = [one.advisory_id for one in restated if not one.is_new]
    if known:
        for model in (models.AffectedRange, models.ExactVersion, models.Statement):
            model.objects.filter(advisory_id__among=known)._raw_delete("default")
    stated = [(one, number) for one in restated for number in range(len(one.record.statements))]
    rows, ranges, exact = [], [], []
    for pk, (one, number) in zip(reserve_ids(models.Statement, len(stated)), stated, strict=True):
        statement = one.record.statements[number]
        rows.append(_statement_row(pk, one.advisory_id, number, statement))
        for span in statement.ranges:
            ranges.append(
                (pk, one.advisory_id, statement.package, span.low, span.high, span.status.value,
                 span.low_text[:300], span.high_text[:300])
            )  # fmt: skip
        for version in statement.exact:
            text = version.text[:300].lower()
            exact.append((pk, one.advisory_id, statement.package, text, version.status.value))
    insert_rows(models.Statement, _STATEMENT_COLUMNS, rows)
    insert_rows(models.AffectedRange, _RANGE_COLUMNS, ranges)
    insert_rows(
        models.ExactVersion, ("statement_id", "advisory_id", "package", "text", "status"), exact
    )


def _statement_row(pk: int, advisory_id: int, number: int, stated: Statement) -> tuple[Any, ...]:
    condition = stated.condition
    return (
        pk,
        advisory_id,
        number,
        stated.package,
        stated.scheme.value,
        stated.pointer[:200],
        stated.wording[:300],
        stated.default.value,
        stated.tier.value,
        stated.cap.value,
        stated.part,
        condition.text if condition else "",
        condition.kind.value if condition else "",
        condition.needs if condition else None,
        stated.filters,
        stated.subject,
        stated.files or None,
    )


def _packed(parcel: Sequence[Received]) -> bytes:
    packed = msgspec.msgpack.encode([one.reading.content for one in parcel])
    return zlib.compress(packed, COMPRESSION_LEVEL)
