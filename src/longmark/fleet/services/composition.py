"""Composition: when the catalog learns of a slot, units that lack what fits there are unknown.

Configurations are composed from lives and from the catalog. A life that changes settles its own;
a catalog that changes has to be followed here, for every unit that holds an item concerned.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.catalog import queries as catalog
from longmark.core.actors import Action, Actor
from longmark.fleet import entries
from longmark.fleet.queries import units as queries
from longmark.fleet.services.catalogue import whole_catalogue
from longmark.fleet.services.settlement import Settlement
from longmark.fleet.services.workspace import Workspace
from longmark.ledger import services as ledger

COMPOSE_ANEW = "fleet.compose-anew"  # the kind of job that does this
CHUNK_UNITS = 2_000


def compose_anew(item_ids: Collection[int], *, actor: Actor, now: datetime) -> int:
    """Compose the configurations of all units that hold these items; return how many changed.

    Each chunk is a transaction of its own. Doing it again changes nothing.
    """
    accounts.require(actor, Action.CHANGE_CATALOG)
    if not queries.roots_composed_of(item_ids, behind=None, limit=1):
        return 0
    catalogue = whole_catalogue()
    settlement = Settlement(actor_name=actor.name, now=now)
    changed = 0
    for roots in _chunks(item_ids):
        with transaction.atomic(durable=True):
            workspace = Workspace(catalogue, now=now)
            workspace.open_ids(roots)
            changed += settlement.compose_anew(workspace)
    if changed:
        with transaction.atomic(durable=True):
            composed = entries.ConfigurationsComposed(sorted(item_ids), changed)
            subject = catalog.item(min(item_ids))
            ledger.append(composed, subject=subject, actor=actor, now=now)
    return changed


def _chunks(item_ids: Collection[int]) -> Iterator[list[UUID]]:
    last: UUID | None = None
    while roots := queries.roots_composed_of(item_ids, behind=last, limit=CHUNK_UNITS):
        yield roots
        last = roots[-1]
