"""Pulls: asked for, taken page by page, and made one list that the fleet takes as any other.

A page is kept together with the cursor behind it, in one transaction; so a pull that was cut off
goes on behind its last page. When no stream has more to say, or one failed, the rows of all pages
become one list, which is imported as if a person had dropped it: what cannot be taken is refused
row by row, and shown there. Pages of a pull that never came to that are taken over by the next.
"""

import heapq
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import islice
from typing import Final

import orjson
from django.db import IntegrityError, transaction
from django.db.models import F

from longmark.accounts import queries as accounts
from longmark.connections import entries
from longmark.connections.models import Connection, Pull, PulledPage, SourceUnit
from longmark.connections.queries import connections as queries
from longmark.core.actors import SYSTEM, Action, Actor
from longmark.core.errors import Refused, Unavailable
from longmark.core.formats.connectors.asking import (
    KNOWN,
    UNITS,
    CellRow,
    CustomerRow,
    Page,
    SourceRecord,
    known,
)
from longmark.core.formats.connectors.keysets import PASSES_LIMIT
from longmark.core.formats.connectors.systems import SYSTEMS
from longmark.core.formats.sheets.mapping import guessed_map
from longmark.core.life.identity import folded_serial
from longmark.core.vocabulary import ConnectedSystem, ImportState, PartyKind, RunState
from longmark.fleet.services import imports, plans
from longmark.fleet.services.looks import Advance, unwatched
from longmark.fleet.services.plans import Plan
from longmark.jobs import queries as jobs
from longmark.jobs import services as jobs_services
from longmark.ledger import queries as blobs
from longmark.ledger import services as ledger
from longmark.parties import services as parties
from longmark.parties.services import PartyName

PULL_JOB: Final = "connections.pull"
TRY_JOB: Final = "connections.try"
WHOLE_EVERY: Final = timedelta(days=7)
"""How often all is read again: only so it is seen what a system has no more."""
RETRY_FIRST: Final = timedelta(minutes=5)
MAX_ERROR: Final = 2_000  # characters
MAX_REMARKS: Final = 200
COMPARED_LIMIT_ROWS: Final = 200_000
SORTED_ROWS: Final = 100_000  # in memory at a time
_ON_ONE_DAY: Final = ("built", "shipped", "returned")
_BRING_NO_UNIT: Final = frozenset({"returned", "scrapped", "lost"})
COLUMNS: Final = (
    "item", "serial", "event", "date", "source", "customer", "country", "RMA number",
)  # fmt: skip
_WIDTHS: Final = {"item": 200, "serial": 200, "record_id": 140, "name": 200}


@transaction.atomic(durable=True)
def ask_for_pull(name: str, *, is_whole: bool = False, actor: Actor, now: datetime) -> Pull:
    """Have a connection pulled now: what is new, or all there is.

    Raises:
        NotAllowed: `actor` may not import units.
        NotFound: there is no connection of this name.
        Refused: it is being pulled already.
    """
    accounts.require(actor, Action.IMPORT_UNITS)
    connection = queries.connection(name)
    _close_forsaken(connection, now=now)
    is_due_whole = connection.whole_at is None or now - connection.whole_at >= WHOLE_EVERY
    job = jobs_services.enqueue(PULL_JOB, {"connection": name}, actor=actor, now=now)
    pull = Pull(
        connection=connection,
        job_id=job.pk,
        is_whole=is_whole or is_due_whole,
        actor_name=actor.name,
        asked_at=now,
    )
    try:
        with transaction.atomic():
            pull.save(force_insert=True)
    except IntegrityError:
        raise Refused("{name} is being pulled already.", name=name) from None
    _take_over(pull)
    # Should the pull never come to its end, the next is due all the same.
    Connection.objects.filter(pk=connection.pk, is_enabled=True).update(
        due_at=now + connection.period
    )
    return pull


@transaction.atomic(durable=True)
def ask_for_trial(name: str, *, actor: Actor, now: datetime) -> int:
    """Have a job find out what answers there, and return its number; nothing is taken.

    Raises:
        NotAllowed: `actor` may not manage connections.
        NotFound: there is no connection of this name.
    """
    accounts.require(actor, Action.MANAGE_CONNECTIONS)
    connection = queries.connection(name)
    job = jobs_services.enqueue(TRY_JOB, {"connection": connection.name}, actor=actor, now=now)
    return job.pk


def ask_for_due(*, now: datetime) -> list[Pull]:
    """Ask for a pull of every connection that is due; return them. One query if none is."""
    pulls = []
    for connection in queries.due(now):
        try:
            pulls.append(ask_for_pull(connection.name, actor=SYSTEM, now=now))
        except Refused:  # a person was faster; its end says when the next is due
            continue
    return pulls


def _close_forsaken(connection: Connection, *, now: datetime) -> None:
    """End a pull whose job is over: it broke down, or someone stopped it before it began."""
    for pull in Pull.objects.filter(connection=connection, ended_at=None).order_by("id"):
        job = jobs.job(pull.job_id)
        if job.is_over:
            Pull.objects.filter(pk=pull.pk).update(
                state=RunState.FAILED, ended_at=now, error=job.outcome or job.state
            )


def _take_over(pull: Pull) -> None:
    """Take over pages that came in a pull whose list was never begun."""
    left = PulledPage.objects.filter(
        pull__connection=pull.connection_id, pull__source=None
    ).order_by("pull_id", "number")
    for number, page in enumerate(left.select_for_update(of=("self",)), start=1):
        PulledPage.objects.filter(pk=page.pk).update(pull=pull, number=number)
        pull.page_count = number
    pull.save(update_fields=["page_count"])


@transaction.atomic(durable=True)
def begin(pull: Pull, *, now: datetime) -> None:
    """Record that a pull is under way, for the first time or again after it was cut off.

    Streams that stand at their end begin at their mark; all of them begin anew in a whole pull.
    """
    connection = pull.connection
    if pull.started_at is None:
        for stream in SYSTEMS[ConnectedSystem(connection.system)].connector.streams:
            standing = connection.cursors.get(stream)
            if standing is None or (pull.is_whole and not standing.get("is_whole")):
                since = "" if pull.is_whole else connection.marks.get(stream, "")
                connection.cursors[stream] = {
                    "since": since, "is_whole": not since, "began_in": pull.pk,
                }  # fmt: skip
        connection.save(update_fields=["cursors"])
    pull.state = RunState.RUNNING
    pull.started_at = pull.started_at or now
    pull.save(update_fields=["state", "started_at"])


@transaction.atomic(durable=True)
def keep_page(pull: Pull, stream: str, page: Page, *, actor: Actor, now: datetime) -> bool:
    """Keep a page and the cursor behind it; return whether the stream is at its end.

    Raises:
        Unavailable: records are missing at the end of the stream, each time it is read.
    """
    connection, standing = pull.connection, pull.connection.cursors[stream]
    kept = {name: standing[name] for name in ("is_whole", "began_in", "passes") if name in standing}
    cursor = {**kept, **page.cursor}
    pull.page_count += 1
    pull.record_count += page.record_count
    pull.customer_count += _register(connection, page.customers, actor=actor, now=now)
    pull.remarks = list(dict.fromkeys([*pull.remarks, *page.remarks]))[:MAX_REMARKS]
    digest = ""
    if page.rows:
        lines = b"".join(orjson.dumps(dict(row)) + b"\n" for row in page.rows)
        digest = ledger.store_blob(lines, media_type="application/x-ndjson", now=now)
    PulledPage.objects.create(
        pull=pull, number=pull.page_count, stream=stream, digest=digest, row_count=len(page.rows)
    )
    _see(pull, page.records)
    is_over = page.is_last and _is_complete(connection, cursor)
    if is_over:
        connection.marks[stream] = cursor.get("mark", "")
        del connection.cursors[stream]
        if stream == UNITS and cursor["is_whole"]:
            connection.whole_at = now
            pull.gone_count = _miss(connection, cursor["began_in"], now=now)
    elif page.is_last:
        connection.cursors[stream] = _anew(connection, stream, cursor)
    else:
        connection.cursors[stream] = cursor
    connection.save(update_fields=["marks", "cursors", "whole_at"])
    pull.save(
        update_fields=["page_count", "record_count", "customer_count", "remarks", "gone_count"]
    )
    return is_over


def _is_complete(connection: Connection, cursor: dict[str, object]) -> bool:
    """Tell whether as many records were seen as the system says that it has."""
    expected = cursor.get("expected")
    if not isinstance(expected, int):
        return True
    seen = SourceUnit.objects.filter(connection=connection, seen_in__gte=cursor["began_in"])
    return seen.count() >= expected


def _anew(connection: Connection, stream: str, cursor: dict[str, object]) -> dict[str, object]:
    passes = int(str(cursor.get("passes", 0))) + 1
    if passes >= PASSES_LIMIT:
        # Not to be raised with the transaction: what came is kept, and the next pull begins anew.
        return {**_beginning(cursor), "failed": cursor.get("expected")}
    return {**_beginning(cursor), "passes": passes}


def _beginning(cursor: dict[str, object]) -> dict[str, object]:
    kept = ("since", "mark", "is_whole", "began_in")
    return {name: cursor[name] for name in kept if name in cursor}


def check_complete(pull: Pull, stream: str) -> None:
    """Do nothing unless a stream came to its end each time with records missing.

    Raises:
        Unavailable: it did.
    """
    standing = pull.connection.cursors.get(stream) or {}
    if "failed" not in standing:
        return
    expected = standing.pop("failed")
    Connection.objects.filter(pk=pull.connection_id).update(cursors=pull.connection.cursors)
    raise Unavailable(
        "{stream}: the system says that it has {expected} records, and sends fewer, each time.",
        stream=stream,
        expected=expected,
    )


def _register(
    connection: Connection, customers: Sequence[CustomerRow], *, actor: Actor, now: datetime
) -> int:
    """Register customers that are new as parties; those that are known stay as they are."""
    names = [
        PartyName(each.name[: _WIDTHS["name"]], PartyKind.CUSTOMER, each.country.upper())
        for each in customers
    ]
    if names:
        parties.ensure_parties(names, actor=actor, now=now)
        told = entries.CustomersPulled(connection.name, len(names))
        ledger.append(told, subject=connection, actor=actor, now=now)
    return len(names)


def _see(pull: Pull, records: Sequence[SourceRecord]) -> None:
    """Note that the system has these records; one that was gone is there again."""
    unique = {each.id[: _WIDTHS["record_id"]]: each for each in records}
    seen = [
        SourceUnit(
            connection_id=pull.connection_id,
            record_id=record_id,
            item=each.item[: _WIDTHS["item"]],
            serial=each.serial[: _WIDTHS["serial"]],
            serial_folded=folded_serial(each.serial)[: _WIDTHS["serial"]],
            seen_in=pull.pk,
            gone_at=None,
        )
        for record_id, each in sorted(unique.items())
    ]
    SourceUnit.objects.bulk_create(
        seen,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["connection", "record_id"],
        update_fields=["item", "serial", "serial_folded", "seen_in", "gone_at"],
    )


def _miss(connection: Connection, began_in: int, *, now: datetime) -> int:
    """Mark what a whole reading has not met again, and return how many that are."""
    rows = SourceUnit.objects.filter(connection=connection, gone_at=None, seen_in__lt=began_in)
    return rows.update(gone_at=now)


def take(pull: Pull, *, advance: Advance = unwatched, actor: Actor, now: datetime) -> None:
    """Make one list of all pages, and take it; one that was begun is gone on with.

    Raises:
        Refused, Invalid: the list cannot be taken; it is kept, and shown among the lists.
    """
    if pull.source is None and not pull.rows_digest:
        _make_list(pull, actor=actor, now=now)
    if pull.source is not None and pull.source.state != ImportState.APPLIED:
        pull.source = imports.apply_import(pull.source, advance=advance, actor=actor, now=now)
    PulledPage.objects.filter(pull=pull).delete()


def _make_list(pull: Pull, *, actor: Actor, now: datetime) -> None:
    """Keep all rows that were read, and make a list of those that are news."""
    before = set() if pull.is_whole else _signs_of_rows_before(pull)
    with tempfile.TemporaryFile() as read, tempfile.TemporaryFile() as fresh:
        for line in _once(_lines(pull)):
            read.write(line)
            pull.row_count += 1
            if _sign(line) not in before:
                fresh.write(line)
        has_news = fresh.tell() > 0
        read.seek(0)
        fresh.seek(0)
        with transaction.atomic():
            if pull.row_count:
                pull.rows_digest = ledger.store_blob_file(
                    read, media_type="application/x-ndjson", now=now
                )
            if has_news:
                name = f"{pull.connection.name}-{pull.pk}.jsonl"
                pull.source = imports.keep_list(
                    fresh, filename=name, plan=_plan(pull.connection), actor=actor, now=now
                )
            pull.save(update_fields=["row_count", "rows_digest", "source"])


def _once(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Pass over a line that is as the one before: pages overlap, and come twice."""
    before = b""
    for line in lines:
        if line != before:
            yield line
        before = line


def _signs_of_rows_before(pull: Pull) -> set[bytes]:
    """Return signs of the rows that the pull before had read, unless those are very many.

    The window before the mark is read each time; without this the same rows would become a list
    each time, and what is refused of them be refused again and again.
    """
    earlier = Pull.objects.filter(connection=pull.connection_id, ended_at__isnull=False)
    last = earlier.exclude(rows_digest="").order_by("-id").first()
    if last is None or last.row_count > COMPARED_LIMIT_ROWS:
        return set()
    with blobs.open_blob(last.rows_digest) as kept:
        return {_sign(line) for line in kept}


def _sign(line: bytes) -> bytes:
    return blake2b(line, digest_size=8).digest()


def _plan(connection: Connection) -> Plan:
    """Return how the list is understood: as lists of units are, or as a profile says."""
    if connection.profile:
        return plans.planned(connection.profile)
    return Plan(column_map=guessed_map(COLUMNS))


def _lines(pull: Pull) -> Iterator[bytes]:
    """Yield the rows of all pages: what happened in the order of time, then what is merely known.

    That there is a unit is no news once something is known to have happened to it; told first, it
    would stand in the way of what happened before. Only a unit whose first event brings none, since
    it was counted into the stock there, is told before that event. Rows are put in order some at a
    time, on disk.
    """
    strangers: set[bytes] = set()
    rows = (_met(row, strangers) for page in queries.pages_of(pull) for row in _rows(page))
    with ExitStack() as stack:
        files = []
        while chunk := sorted(_sortable(row) for row in islice(rows, SORTED_ROWS)):
            file = stack.enter_context(tempfile.TemporaryFile())
            file.writelines(chunk)
            file.seek(0)
            files.append(file)
        for line in heapq.merge(*files):
            yield from _introduced(line.partition(b"\t")[2], strangers)


def _met(row: CellRow, strangers: set[bytes]) -> CellRow:
    """Note the unit of a row that brings none; there are few of those beside all that was made."""
    if row.get("event") in _BRING_NO_UNIT:
        strangers.add(_unit_sign(row))
    return row


def _introduced(line: bytes, strangers: set[bytes]) -> Iterator[bytes]:
    """Yield a line, and before it that there is its unit, if nothing earlier says so."""
    row = orjson.loads(line) if strangers else {}
    sign = _unit_sign(row)
    if sign in strangers:
        strangers.remove(sign)
        if row["event"] in _BRING_NO_UNIT:
            yield _line(known(row["item"], row["serial"], row["source"]))
    yield line


def _unit_sign(row: CellRow) -> bytes:
    return _sign(f"{row.get('item')}\t{folded_serial(row.get('serial', ''))}".encode())


def _sortable(row: CellRow) -> bytes:
    """Return a row as a line that sorts: by day, then as things happen on one day."""
    event = row.get("event", "")
    place = _ON_ONE_DAY.index(event) if event in _ON_ONE_DAY else len(_ON_ONE_DAY)
    day = "" if event == KNOWN else row.get("date", "")[:10]
    return f"{event == KNOWN:d} {day:10} {place}\t".encode() + _line(row)


def _line(row: CellRow) -> bytes:
    return orjson.dumps({name: row.get(name, "") for name in COLUMNS}) + b"\n"


def _rows(page: PulledPage) -> Iterator[CellRow]:
    with blobs.open_blob(page.digest) as kept:
        for line in kept:
            yield orjson.loads(line)


@transaction.atomic(durable=True)
def note_traffic(pull: Pull, *, request_count: int, size_bytes: int) -> None:
    """Write how much was asked and answered so far."""
    pull.request_count, pull.size_bytes = request_count, size_bytes
    pull.save(update_fields=["request_count", "size_bytes"])


@transaction.atomic(durable=True)
def end(pull: Pull, *, error: str, actor: Actor, now: datetime) -> None:
    """Record how a pull ended, and when the next is due: after a failure soon, then later."""
    connection = pull.connection
    pull.state = RunState.FAILED if error else RunState.DONE
    pull.ended_at, pull.error = now, error[:MAX_ERROR]
    pull.save(update_fields=["state", "ended_at", "error"])
    if error:
        failures = connection.failure_count + 1
        delay = min(connection.period, RETRY_FIRST * 2 ** min(failures - 1, 10))
        changed: dict[str, object] = {"failure_count": F("failure_count") + 1}
    else:
        delay = connection.period
        changed = {"failure_count": 0, "succeeded_at": now}
    Connection.objects.filter(pk=connection.pk).update(last_error=pull.error, **changed)
    # It may have been switched off meanwhile; then nothing is due.
    Connection.objects.filter(pk=connection.pk, is_enabled=True).update(due_at=now + delay)
    ended = entries.PullEnded(
        name=connection.name,
        state=pull.state,
        is_whole=pull.is_whole,
        record_count=pull.record_count,
        customer_count=pull.customer_count,
        gone_count=pull.gone_count,
        source=pull.source_id or 0,
        error=pull.error,
    )
    ledger.append(ended, subject=pull, actor=actor, now=now)
