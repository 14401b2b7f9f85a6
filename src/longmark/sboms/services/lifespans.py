"""Lifespans: stated by people, taken in from lists, or shipped; withdrawn, never changed.

All changes take turns, and what they say of components is renewed in the same transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import SYSTEM, Action, Actor
from longmark.core.errors import Invalid, Refused
from longmark.core.formats.lifespans import LIMIT_BYTES, Said, read_lifespans
from longmark.core.lifespans import Line, Origin, Shipped, read_line, shipped
from longmark.ledger import services as ledger
from longmark.sboms import entries
from longmark.sboms.models import Lifespan, LifespanList
from longmark.sboms.queries import lifespans as queries
from longmark.sboms.services.ends import follow_packages

BY_LENGTH: Final = 200
SOURCE_LENGTH: Final = 500
NOTE_LENGTH: Final = 2_000
FILENAME_LENGTH: Final = 250
FILE_LIMIT_BYTES: Final = LIMIT_BYTES
REFUSALS_KEPT: Final = 1_000
TABLE: Final = "the table that Longmark brings along"


@dataclass(frozen=True)
class LifespanSaid:
    """What somebody says of the lifespan of a line of versions, as they write it."""

    product: str
    versions: str = ""
    support_ends_on: date | None = None
    end_of_life_on: date | None = None
    said_by: str = ""
    source: str = ""
    note: str = ""


@transaction.atomic(durable=True)
def add_lifespan(said: LifespanSaid, *, actor: Actor, now: datetime) -> Lifespan:
    """State how long a line of versions is supported, and when its life ends.

    Raises:
        Invalid: a part of it cannot be read, or nobody is named who says so.
        Refused: another statement on the same line holds.
        NotAllowed: the actor may not name components.
    """
    accounts.require(actor, Action.NAME_COMPONENTS)
    line, shown = read_line(said.product, said.versions), _checked(said)
    queries.take_turn()
    standing = _standing(Origin.STATED).get(line)
    if standing:
        raise Refused(
            "Lifespan {pk} says something of {line} since {day}, by {author}. Withdraw it first if"
            " that is wrong.",
            field="versions",
            pk=standing.pk,
            line=line,
            day=f"{standing.noted_at:%Y-%m-%d}",
            author=standing.author_name,
        )
    row = _row(line, shown, Origin.STATED, None, actor, now)
    row.save(force_insert=True)
    added = entries.LifespanAdded(
        package=row.package,
        versions=row.versions,
        support_ends_on=_iso(row.support_ends_on),
        end_of_life_on=_iso(row.end_of_life_on),
        said_by=row.said_by,
        source=row.source,
        note=row.note,
    )
    ledger.append(added, subject=row, actor=actor, now=now)
    follow_packages([row.package])
    return row


def _checked(said: LifespanSaid) -> LifespanSaid:
    by, source, note = (_text(each) for each in (said.said_by, said.source, said.note))
    if not by:
        raise Invalid("Say who says so: the maker, a supplier, a contract.", field="said_by")
    for field, text, limit in (
        ("said_by", by, BY_LENGTH),
        ("source", source, SOURCE_LENGTH),
        ("note", note, NOTE_LENGTH),
    ):
        if len(text) > limit:
            raise Invalid("At most {limit} characters.", field=field, limit=limit)
    support, end = said.support_ends_on, said.end_of_life_on
    if support and end and support > end:
        raise Invalid("Support cannot end after the end of life.", field="support_ends_on")
    return LifespanSaid(said.product, said.versions, support, end, by, source, note)


def _text(text: str) -> str:
    return text.replace("\0", "").strip()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _row(
    line: Line,
    said: "LifespanSaid | Said | Shipped",
    origin: Origin,
    edition: LifespanList | None,
    actor: Actor,
    now: datetime,
) -> Lifespan:
    return Lifespan(
        package=line.package,
        versions=line.versions,
        support_ends_on=said.support_ends_on,
        end_of_life_on=said.end_of_life_on,
        said_by=said.said_by,
        source=said.source,
        note=said.note,
        origin=origin,
        edition=edition,
        author_name=actor.name[:200],
        noted_at=now,
    )


def _standing(origin: Origin) -> dict[Line, Lifespan]:
    """Return what holds of one origin, by line. One query."""
    rows = Lifespan.objects.filter(origin=origin, withdrawn_at=None).order_by("id")
    return {each.line: each for each in rows}


@transaction.atomic(durable=True)
def withdraw_lifespan(row: Lifespan, *, reason: str, actor: Actor, now: datetime) -> None:
    """Let a statement no longer hold; it stays as history.

    Raises:
        Invalid: no reason is given.
        Refused: it was withdrawn already, or is shipped: then another is stated against it.
        NotAllowed: the actor may not name components.
    """
    accounts.require(actor, Action.NAME_COMPONENTS)
    reason = _text(reason)
    if not reason or len(reason) > NOTE_LENGTH:
        raise Invalid("Say why, in at most {limit} characters.", field="reason", limit=NOTE_LENGTH)
    if row.origin == Origin.SHIPPED:
        raise Refused(
            "Lifespan {pk} comes with Longmark and would come again. State what you know of {line}:"
            " what people state goes before it.",
            pk=row.pk,
            line=row,
        )
    queries.take_turn()
    if not _leave([row.pk], reason, actor, now):
        raise Refused("Lifespan {pk} was withdrawn already.", pk=row.pk)
    row.withdrawn_at, row.withdrawn_by, row.withdrawal_reason = now, actor.name, reason
    withdrawn = entries.LifespanWithdrawn(row.package, row.versions, reason)
    ledger.append(withdrawn, subject=row, actor=actor, now=now)
    follow_packages([row.package])


def _leave(ids: Sequence[int], reason: str, actor: Actor, now: datetime) -> int:
    return Lifespan.objects.filter(pk__in=ids, withdrawn_at=None).update(
        withdrawn_at=now, withdrawn_by=actor.name[:200], withdrawal_reason=reason
    )


def import_lifespans(
    content: bytes, *, filename: str, product: str = "", by: str = "", actor: Actor, now: datetime
) -> LifespanList:
    """Take in a list of lifespans, and say what of it could not be taken.

    What the list says goes before what an earlier list said of the same line; lines of which it
    says nothing stay. ``product`` and ``by`` count for rows that name none.

    Raises:
        Invalid: it is no such list, or no row of it can be taken; nothing is taken then.
        NotAllowed: the actor may not name components.
    """
    accounts.require(actor, Action.NAME_COMPONENTS)
    name = _text(filename)[-FILENAME_LENGTH:] or "a list"
    said: dict[Line, LifespanSaid] = {}
    refusals: list[dict[str, str]] = []
    for found in read_lifespans(content, product=_text(product)):
        try:
            if not isinstance(found, Said):
                raise Invalid("{reason}", reason=found.reason)
            said[found.line] = _read(found, by or name)
        except Invalid as invalid:
            refusals.append({"place": found.place, "reason": str(invalid)})
    if not said:
        why = f" {refusals[0]['place']}: {refusals[0]['reason']}" if refusals else ""
        raise Invalid("{filename} states no lifespan.{why}", filename=name, why=why, field="file")
    digest = ledger.store_blob(content, media_type="application/octet-stream", now=now)
    return _record(name, digest, said, refusals, actor=actor, now=now)


def _read(found: Said, by: str) -> LifespanSaid:
    return _checked(
        LifespanSaid(
            found.line.product,
            found.line.versions,
            found.support_ends_on,
            found.end_of_life_on,
            found.said_by or by[:BY_LENGTH],
            found.source,
            found.note,
        )
    )


@transaction.atomic(durable=True)
def _record(
    filename: str,
    digest: str,
    said: Mapping[Line, LifespanSaid],
    refusals: Sequence[dict[str, str]],
    *,
    actor: Actor,
    now: datetime,
) -> LifespanList:
    queries.take_turn()
    standing = _standing(Origin.IMPORTED)
    fresh = {line: each for line, each in said.items() if not _is_same(standing.get(line), each)}
    gone = [standing[line] for line in fresh if line in standing]
    edition = LifespanList(
        filename=filename,
        digest=digest,
        row_count=len(said) + len(refusals),
        refused_count=len(refusals),
        refusals=list(refusals[:REFUSALS_KEPT]),
        author_name=actor.name[:200],
        recorded_at=now,
    )
    _change(edition, fresh, gone, Origin.IMPORTED, actor=actor, now=now)
    return edition


def take_in_shipped(*, now: datetime) -> LifespanList | None:
    """Bring what is stored of the table up to date; where it is, nothing is written. One query."""
    if _differences() is None:
        return None
    return _take_in_shipped(now)


@transaction.atomic(durable=True)
def _take_in_shipped(now: datetime) -> LifespanList | None:
    queries.take_turn()
    differences = _differences()
    if differences is None:
        return None  # another process was faster
    fresh, gone = differences
    edition = LifespanList(
        filename=TABLE, row_count=len(shipped()), author_name=SYSTEM.name, recorded_at=now
    )
    _change(edition, fresh, gone, Origin.SHIPPED, actor=SYSTEM, now=now)
    return edition


def _differences() -> tuple[dict[Line, Shipped], list[Lifespan]] | None:
    standing = _standing(Origin.SHIPPED)
    table = {each.line: each for each in shipped()}
    fresh = {line: each for line, each in table.items() if not _is_same(standing.get(line), each)}
    gone = [row for line, row in standing.items() if line in fresh or line not in table]
    return (fresh, gone) if fresh or gone else None


def _is_same(row: Lifespan | None, said: "LifespanSaid | Shipped") -> bool:
    names = ("support_ends_on", "end_of_life_on", "said_by", "source", "note")
    return row is not None and all(getattr(row, each) == getattr(said, each) for each in names)


def _change(
    edition: LifespanList,
    fresh: "Mapping[Line, LifespanSaid] | Mapping[Line, Shipped]",
    gone: Iterable[Lifespan],
    origin: Origin,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Withdraw and add what a list changes, with one entry, and renew what it concerns."""
    left = list(gone)
    edition.added_count, edition.withdrawn_count = len(fresh), len(left)
    edition.save(force_insert=True)
    reason = f"{edition.filename} of {now:%Y-%m-%d} says otherwise."
    _leave([each.pk for each in left], reason, actor, now)
    rows = [_row(line, said, origin, edition, actor, now) for line, said in fresh.items()]
    Lifespan.objects.bulk_create(rows, batch_size=500)
    taken = entries.LifespansTaken(
        filename=edition.filename,
        digest=edition.digest,
        row_count=edition.row_count,
        added_count=edition.added_count,
        withdrawn_count=edition.withdrawn_count,
        refused_count=edition.refused_count,
    )
    blobs = [edition.digest] if edition.digest else []
    ledger.append(taken, subject=edition, actor=actor, now=now, blobs=blobs)
    follow_packages({*(line.package for line in fresh), *(each.package for each in left)})
