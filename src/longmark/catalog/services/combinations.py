"""Changes to what may go together in units of an item."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from longmark.accounts import queries as accounts
from longmark.catalog import entries, queries
from longmark.catalog.models import Combination
from longmark.catalog.queries import combinations as reads
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid, Refused
from longmark.ledger import services as ledger

if TYPE_CHECKING:
    from longmark.catalog.models import Item
    from longmark.catalog.queries.combinations import PlacedSpan

NAME_LIMIT_CHARACTERS = 120
PIECES_LIMIT = 40


@dataclass(frozen=True)
class Effective:
    """For which units a combination is in force; what is not stated is open."""

    built_from: date | None = None
    built_until: date | None = None
    serial_from: str = ""
    serial_until: str = ""


@transaction.atomic(durable=True)
def state_combination(
    item: "Item",
    name: str,
    pieces: "Sequence[PlacedSpan]",
    *,
    effective: Effective = Effective(),
    reason: str,
    actor: Actor,
    now: datetime,
) -> Combination:
    """State releases that may go together in units of an item.

    From the first one on, every unit for which any is in force must be as one of them says.

    Raises:
        Invalid: no name or reason, no pieces, a place that does not exist or is named twice, or
            an end that lies before its beginning.
        Refused: the item is software, or has a combination of this name.
    """
    accounts.require(actor, Action.CHANGE_CATALOG)
    if not queries.is_hardware(item):
        raise Refused("{item} is a {kind} and has no units.", item=item, kind=item.kind)
    _check_pieces(item, pieces)
    _check_effective(effective)
    stated = Combination(
        item=item,
        name=_stated(name, "name")[:NAME_LIMIT_CHARACTERS],
        pieces=[
            {"path": each.path, "item_id": each.item.pk, "span": str(each.span)} for each in pieces
        ],
        built_from=effective.built_from,
        built_until=effective.built_until,
        serial_from=effective.serial_from.strip(),
        serial_until=effective.serial_until.strip(),
        reason=_stated(reason, "reason"),
        author_name=actor.name,
        recorded_at=now,
    )
    try:
        with transaction.atomic():
            stated.save(force_insert=True)
    except IntegrityError:
        raise Refused(
            '{item} has a combination "{name}". Withdraw it first.', item=item, name=stated.name
        ) from None
    ledger.append(_entry(stated), subject=stated, actor=actor, now=now)
    return stated


@transaction.atomic(durable=True)
def withdraw_combination(stated: Combination, *, reason: str, actor: Actor, now: datetime) -> None:
    """Say that a combination holds no longer; it stays on record.

    Raises:
        Invalid: no reason was given.
        Refused: it is withdrawn already.
    """
    accounts.require(actor, Action.CHANGE_CATALOG)
    why = _stated(reason, "reason")
    if not Combination.objects.filter(pk=stated.pk, withdrawn_at=None).update(withdrawn_at=now):
        raise Refused("{combination} is withdrawn already.", combination=stated)
    stated.withdrawn_at = now
    withdrawn = entries.CombinationWithdrawn(stated.item_id, stated.name, why)
    ledger.append(withdrawn, subject=stated, actor=actor, now=now)


def _check_pieces(item: "Item", pieces: "Sequence[PlacedSpan]") -> None:
    if not 0 < len(pieces) <= PIECES_LIMIT:
        raise Invalid(
            "Name one to {limit} places, and what may be there.", field="pieces", limit=PIECES_LIMIT
        )
    paths = [each.path for each in pieces]
    if len(set(paths)) < len(paths):
        twice = next(path for path in paths if paths.count(path) > 1)
        raise Invalid('"{path}" is named twice.', field="pieces", path=twice or item.name)
    for each in pieces:
        reads.check_place(item, each.path, each.item)


def _check_effective(effective: Effective) -> None:
    days = effective.built_from, effective.built_until
    if days[0] and days[1] and days[0] > days[1]:
        raise Invalid("Ends before it begins.", field="built_until")
    if effective.serial_until and effective.serial_until < effective.serial_from:
        raise Invalid("Ends before it begins.", field="serial_until")


def _entry(stated: Combination) -> entries.CombinationStated:
    return entries.CombinationStated(
        stated.item_id,
        stated.name,
        stated.pieces,
        stated.built_from.isoformat() if stated.built_from else None,
        stated.built_until.isoformat() if stated.built_until else None,
        stated.serial_from,
        stated.serial_until,
        stated.reason,
    )


def _stated(text: str, field_name: str) -> str:
    stated = text.strip()
    if not stated:
        raise Invalid("Must not be empty.", field=field_name)
    return stated
