"""Deriving coordinates anew: of the components concerned by a name, or of all after an update.

What comes out is what an upload would have stored, in the same order. Components whose coordinates
stay as they are are not touched.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import SYSTEM, Action, Actor
from longmark.core.identity import ALIASES_VERSION, NAMES_VERSION
from longmark.core.identity import Coordinate as Place
from longmark.core.versions import KEYS_VERSION
from longmark.foundation.bulk import insert_missing_rows, insert_rows
from longmark.jobs import services as jobs
from longmark.ledger import services as ledger
from longmark.names import queries as names
from longmark.sboms import entries
from longmark.sboms.models import Component, Coordinate, Derivation, StatedName
from longmark.sboms.services.components import (
    COORDINATE_COLUMNS,
    STATED_COLUMNS,
    Named,
    coordinate_rows,
)
from longmark.sboms.services.ends import renew_ends

if TYPE_CHECKING:
    from longmark.jobs.models import Job

DERIVE_ANEW_JOB: Final = "sboms.derive-anew"
CHUNK_COMPONENTS: Final = 2_000
VERSIONS: Final = {
    "keys_version": KEYS_VERSION,
    "aliases_version": ALIASES_VERSION,
    "names_version": NAMES_VERSION,
}
"""What stored coordinates depend on besides the rules in the database."""


@dataclass(frozen=True)
class Further:
    """Some components that were derived anew, ids rising."""

    component_ids: tuple[UUID, ...]
    changed_count: int


@transaction.atomic(durable=True)
def derive_components(ids: Iterable[UUID], *, actor: Actor, now: datetime) -> frozenset[UUID]:
    """Derive the coordinates of components anew; return which of them changed.

    Raises:
        NotAllowed: the actor may not match.
    """
    accounts.require(actor, Action.MATCH)
    wanted = sorted(set(ids))
    if not wanted:
        return frozenset()
    changed: set[UUID] = set()
    for start in range(0, len(wanted), CHUNK_COMPONENTS):
        changed |= _derive(_components(wanted[start : start + CHUNK_COMPONENTS]))
    row = Derivation.objects.create(
        **VERSIONS,
        looked_at_count=len(wanted),
        changed_count=len(changed),
        started_at=now,
        ended_at=now,
    )
    _tell(row, actor=actor, now=now)
    return frozenset(changed)


def _components(ids: Collection[UUID]) -> list[Named]:
    """Return components, held until the transaction ends; ids rising, so nobody waits in a ring."""
    rows = Component.objects.filter(pk__in=ids).select_for_update().order_by("id")
    listed = rows.values_list("id", "purl", "cpes", "group", "name", "version")
    return [
        Named(pk, purl or None, tuple(cpes), group, name, version or None)
        for pk, purl, cpes, group, name, version in listed
    ]


def _derive(components: Sequence[Named]) -> set[UUID]:
    names.hold_rules_still()
    rulebook = names.rulebook(name for each in components for name in each.stated_names)
    stored = _stored([each.id for each in components])
    changed = {
        each.id: found
        for each in components
        if (found := each.coordinates_by(rulebook)) != stored.get(each.id, ())
    }
    Coordinate.objects.filter(component_id__in=changed).delete()
    rows = (row for pk, found in changed.items() for row in coordinate_rows(pk, found))
    insert_rows(Coordinate, COORDINATE_COLUMNS, rows)
    renew_ends(list(changed.items()))
    return set(changed)


def _stored(ids: Collection[UUID]) -> dict[UUID, tuple[Place, ...]]:
    found: dict[UUID, list[Place]] = defaultdict(list)
    rows = Coordinate.objects.filter(component_id__in=ids).order_by("id")
    for pk, *values in rows.values_list(*COORDINATE_COLUMNS):
        found[pk].append(Place(*values))
    return {pk: tuple(places) for pk, places in found.items()}


def _tell(row: Derivation, *, actor: Actor, now: datetime) -> None:
    derived = entries.ComponentsDerived(
        is_whole=row.is_whole,
        looked_at_count=row.looked_at_count,
        changed_count=row.changed_count,
        keys_version=row.keys_version,
        aliases_version=row.aliases_version,
        names_version=row.names_version,
    )
    ledger.append(derived, subject=row, actor=actor, now=now)


@transaction.atomic(durable=True)
def ask_for_derivation(*, now: datetime) -> "Job | None":
    """Enqueue the work of deriving everything if the core has changed since that was last done.

    Asked again, by however many workers that start together, it enqueues nothing. Where there is
    no component yet, there is nothing to do, and that is noted.
    """
    if _is_asked_for():
        return None
    names.take_turn()
    if _is_asked_for():
        return None
    is_empty = not Component.objects.exists()
    row = Derivation.objects.create(
        **VERSIONS, is_whole=True, started_at=now, ended_at=now if is_empty else None
    )
    if is_empty:
        return None
    return jobs.enqueue(DERIVE_ANEW_JOB, {"derivation_id": row.pk}, actor=SYSTEM, now=now)


def _is_asked_for() -> bool:
    newest = Derivation.objects.filter(is_whole=True).order_by("-id").first()
    return newest is not None and all(
        getattr(newest, name) == value for name, value in VERSIONS.items()
    )


@transaction.atomic(durable=True)
def derive_further(row: Derivation, *, actor: Actor) -> Further:
    """Derive the next components of a derivation of everything, empty at its end.

    That they are done is noted apart, by :func:`note_derived`, when what follows from it is done
    too: work that is cut off in between is done again.

    Raises:
        NotAllowed: the actor may not match.
    """
    accounts.require(actor, Action.MATCH)
    rows = Component.objects.order_by("id")
    if row.reached:
        rows = rows.filter(pk__gt=row.reached)
    components = _components(list(rows.values_list("id", flat=True)[:CHUNK_COMPONENTS]))
    named = sorted((name, each.id) for each in components for name in each.stated_names)
    insert_missing_rows(StatedName, STATED_COLUMNS, ((pk, name) for name, pk in named))
    changed = _derive(components)
    return Further(tuple(each.id for each in components), len(changed))


@transaction.atomic(durable=True)
def note_derived(row: Derivation, further: Further, *, actor: Actor, now: datetime) -> None:
    """Note how far a derivation of everything is; without components it has ended."""
    if further.component_ids:
        row.reached = further.component_ids[-1]
        row.changed_count += further.changed_count
        row.looked_at_count += len(further.component_ids)
    else:
        row.ended_at = now
        _tell(row, actor=actor, now=now)
    row.save(update_fields=["reached", "changed_count", "looked_at_count", "ended_at"])
