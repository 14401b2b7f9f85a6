"""Naming: other names of units that a list states, recorded with the rows that state them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from longmark.core.errors import Refused
from longmark.core.life.aliases import folded_alias
from longmark.core.vocabulary import AliasKind
from longmark.fleet.models import UnitAlias
from longmark.fleet.services.rows import Reading
from longmark.fleet.services.rules import RowRefused
from longmark.fleet.services.statements import Told

_Name = tuple[str, str, datetime]  # kind, value, since


class NameGuard:
    """Who bears the names that some rows state; one unit at a time has a name.

    A customer's tag is only unique with that customer, and is not guarded in lists.
    """

    def __init__(self, readings: Iterable[Reading]) -> None:
        stated = {name for each in readings for name in each.names}
        folded = {folded_alias(AliasKind(kind), value) for kind, value in stated}
        self._bearers: dict[tuple[str, str], tuple[UUID, str]] = {}
        if folded:
            rows = UnitAlias.objects.filter(value_folded__in=folded, valid_to=None)
            named = rows.order_by("unit_id", "number").values_list(
                "kind", "value_folded", "unit_id", "unit__serial"
            )
            self._bearers = {(kind, name): (unit, serial) for kind, name, unit, serial in named}

    def check(self, reading: Reading, unit: UUID) -> None:
        """Let a unit have the names that its row states.

        Raises:
            RowRefused: another unit has one of them.
        """
        for kind, value in reading.names:
            key = kind, folded_alias(AliasKind(kind), value)
            bearer, serial = self._bearers.get(key, (unit, ""))
            if bearer != unit and kind != AliasKind.CUSTOMER_TAG:
                raise RowRefused(
                    "{value} is a name of {serial}.",
                    mend="End it there first, or check the value.",
                    field=kind,
                    value=value,
                    serial=serial,
                )

    def note(self, reading: Reading, unit: UUID) -> None:
        """Let the unit bear them, for the rows behind."""
        serial = reading.statement.unit.serial
        for kind, value in reading.names:
            self._bearers[kind, folded_alias(AliasKind(kind), value)] = unit, serial


def record_names(told: Iterable[tuple[Reading, Told]]) -> int:
    """Record names that the units do not have yet; return how many. Two queries if there are any.

    Part of the transaction that takes the rows.

    Raises:
        Refused: somebody gave one of them a name in the same moment.
    """
    stated: dict[UUID, list[_Name]] = defaultdict(list)
    for reading, each in told:
        if not reading.names:
            continue
        since = min(said.occurred_at for said in reading.statements)
        stated[each.dossier.id] += [(kind, value, since) for kind, value in reading.names]
    fresh = _fresh(stated) if stated else []
    try:
        UnitAlias.objects.bulk_create(fresh, batch_size=1_000)
    except IntegrityError:
        raise Refused("Someone named units of this list meanwhile. Go on with it.") from None
    return len(fresh)


def _fresh(stated: Mapping[UUID, Sequence[_Name]]) -> list[UnitAlias]:
    """Return the names that units do not have yet. One query."""
    borne: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
    highest: dict[UUID, int] = defaultdict(int)
    rows = UnitAlias.objects.filter(unit_id__in=list(stated)).order_by("unit_id", "number")
    for row in rows:
        borne[row.unit_id].add((row.kind, row.value_folded))
        highest[row.unit_id] = row.number
    fresh = []
    for unit, names in stated.items():
        for kind, value, since in names:
            folded = folded_alias(AliasKind(kind), value)
            if (kind, folded) in borne[unit]:
                continue
            borne[unit].add((kind, folded))
            highest[unit] += 1
            fresh.append(
                UnitAlias(
                    unit_id=unit,
                    number=highest[unit],
                    kind=kind,
                    value=value,
                    value_folded=folded,
                    valid_from=since,
                )
            )
    return fresh
