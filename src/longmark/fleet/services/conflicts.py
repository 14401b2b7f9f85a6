"""Conflicts: a claim that contradicts what is believed is kept beside it until a person decides.

A list of a distributor says another customer than the ERP system did. Neither is thrown away: what
is believed stays believed, the claim waits with its evidence and its source. The same claim again
is not asked about again, decided or not.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from msgspec.structs import replace

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.canonical import canonical_json
from longmark.core.errors import Invalid, Refused
from longmark.core.life.events import Event, Kind, payload
from longmark.core.vocabulary import ConflictState
from longmark.fleet import entries
from longmark.fleet.models import Conflict, Import
from longmark.fleet.queries import conflicts as queries
from longmark.fleet.queries.lives import read_event
from longmark.fleet.services import booking
from longmark.fleet.services.rules import Contradicted
from longmark.ledger import services as ledger

_MOVES = (Kind.SHIPPED, Kind.COMMISSIONED)


@dataclass(frozen=True)
class ContestedRow:
    """A row whose claim contradicts an event of a unit that is known."""

    number: int
    unit: UUID
    serial: str
    error: Contradicted

    @property
    def digest(self) -> str:
        """What makes a claim the same, whenever and by whoever it is made again."""
        draft = self.error.draft
        said = [draft.kind.value, draft.occurred_at.isoformat(), draft.source, payload(draft)]
        return hashlib.sha256(canonical_json(said)).hexdigest()


def new_claims(
    contested: Sequence[ContestedRow],
) -> tuple[list[ContestedRow], list[ContestedRow]]:
    """Part claims that nobody made yet from those that were; one query if there are any."""
    if not contested:
        return [], []
    rows = Conflict.objects.filter(unit_id__in={each.unit for each in contested})
    made = set(rows.values_list("unit_id", "digest"))
    fresh: list[ContestedRow] = []
    known: list[ContestedRow] = []
    for each in contested:
        key = (each.unit, each.digest)
        (known if key in made else fresh).append(each)
        made.add(key)
    return fresh, known


def keep_claims(
    source: Import, contested: Sequence[ContestedRow], *, actor: Actor, now: datetime
) -> None:
    """Keep claims of a list; part of the transaction that takes it. Two queries, if any."""
    if not contested:
        return
    highest: dict[UUID, int] = defaultdict(int)
    rows = Conflict.objects.filter(unit_id__in={each.unit for each in contested})
    numbers = rows.values("unit_id").annotate(highest=Max("number")).order_by("unit_id")
    highest.update(numbers.values_list("unit_id", "highest"))
    fresh = []
    for each in contested:
        highest[each.unit] += 1
        fresh.append(_conflict(source, each, highest[each.unit], actor, now))
    Conflict.objects.bulk_create(fresh, batch_size=1_000)


def _conflict(
    source: Import, each: ContestedRow, number: int, actor: Actor, now: datetime
) -> Conflict:
    draft = each.error.draft
    return Conflict(
        unit_id=each.unit,
        number=number,
        seq=each.error.standing.seq,
        about=", ".join(each.error.about)[:200],
        kind=draft.kind,
        occurred_at=draft.occurred_at,
        precision=draft.precision,
        source=draft.source,
        evidence=int(draft.evidence),
        payload=payload(draft),
        digest=each.digest,
        import_id=source.pk,
        filename=source.filename,
        row=each.number,
        actor_name=actor.name,
        raised_at=now,
    )


@transaction.atomic(durable=True)
def decide_conflict(
    unit_id: UUID,
    number: int,
    *,
    decision: ConflictState,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Conflict:
    """Say which of two claims is true: what is believed stays, is replaced, or both happened.

    Replacing is a correction of the event that was believed; that both happened books the claim as
    a transfer, after the event or before it.

    Raises:
        NotFound: there is no such conflict.
        Invalid: no reason, or no decision.
        Refused: it is decided, the event was corrected meanwhile, or what is claimed contradicts
            other events as well.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    if not reason.strip():
        raise Invalid("Say why.", field="reason")
    if decision is ConflictState.OPEN:
        raise Invalid("Say which claim is true.", field="decision")
    conflict = queries.conflict(unit_id, number)
    claim = claimed(conflict)
    decided = Conflict.objects.filter(unit_id=unit_id, number=number, state=ConflictState.OPEN)
    if not decided.update(
        state=decision, reason=reason.strip(), decided_by=actor.name, decided_at=now
    ):
        raise Refused("This conflict was decided already.")
    if decision is ConflictState.REPLACED:
        believed = booking.event_of(conflict.unit, conflict.seq)
        put_right = replace(
            claim,
            slots={**believed.slots, **claim.slots},
            custody={**believed.custody, **claim.custody},
        )
        booking.put_right(
            conflict.unit, conflict.seq, put_right, reason.strip(), actor=actor, now=now
        )
    if decision is ConflictState.BOTH:
        _book_transfer(conflict, claim, actor=actor, now=now)
    entry = entries.ConflictDecided(
        number, decision.value, reason.strip(), conflict.seq, _as_json(conflict)
    )
    ledger.append(entry, subject=conflict.unit, actor=actor, now=now)
    return queries.conflict(unit_id, number)


def _book_transfer(conflict: Conflict, claim: Event, *, actor: Actor, now: datetime) -> None:
    if claim.kind not in _MOVES:
        raise Refused("A unit is built once: say which of the two is true.")
    booking.add_event(conflict.unit, replace(claim, kind=Kind.TRANSFERRED), actor=actor, now=now)


def claimed(conflict: Conflict) -> Event:
    """Return what is claimed, as an event."""
    return read_event(queries.claim(conflict))


def _as_json(conflict: Conflict) -> dict[str, Any]:
    return {
        "kind": conflict.kind,
        "occurred_at": conflict.occurred_at.isoformat(),
        "source": conflict.source,
        "evidence": conflict.evidence,
        "payload": conflict.payload,
        "filename": conflict.filename,
        "row": conflict.row,
    }
