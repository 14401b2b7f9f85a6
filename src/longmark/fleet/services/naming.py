"""Naming: other names of units that a list states, recorded with the rows that state them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from longmark.core.life.identity import folded_serial
from longmark.fleet.models import UnitAlias
from longmark.fleet.services.rows import Reading
from longmark.fleet.services.statements import Told

_Name = tuple[str, str, datetime]  # kind, value, since


def record_names(told: Iterable[tuple[Reading, Told]]) -> int:
    """Record names that the units do not have yet; return how many. Two queries if there are any.

    Part of the transaction that takes the rows.
    """
    stated: dict[UUID, list[_Name]] = defaultdict(list)
    for reading, each in told:
        since = min(said.occurred_at for said in reading.statements)
        stated[each.dossier.id] += [(kind, value, since) for kind, value in reading.names]
    wanted = {unit: names for unit, names in stated.items() if names}
    if not wanted:
        return 0
    borne: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
    highest: dict[UUID, int] = defaultdict(int)
    rows = UnitAlias.objects.filter(unit_id__in=list(wanted)).order_by("unit_id", "number")
    for row in rows:
        borne[row.unit_id].add((row.kind, row.value_folded))
        highest[row.unit_id] = row.number
    fresh = []
    for unit, names in wanted.items():
        for kind, value, since in names:
            folded = folded_serial(value)
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
    UnitAlias.objects.bulk_create(fresh, batch_size=1_000)
    return len(fresh)
