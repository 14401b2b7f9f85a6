"""Heads: the first units of very many that look one of several ways, in order of serial number.

``WHERE configuration IN (…) ORDER BY serial`` makes a database collect and sort all the units, a
million for one page, or walk through all that look otherwise. So a short stretch of serial numbers
is looked through first, which is enough where much is affected. Otherwise each configuration has
its units in order in an index already; the heads of these lists are taken and merged.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from longmark.foundation import pages

if TYPE_CHECKING:
    from longmark.fleet.models import Unit

STRETCH_UNITS = 1_000  # looked through one by one
LISTS_FEW = 4  # whose heads are had sooner than a stretch
LISTS_LIMIT = 100  # selects in one statement; SQLite takes 500, PostgreSQL plans each

ORDER = ("serial_folded", "id")
_ANY = UUID("00000000-0000-4000-8000-000000000000")  # stands for each configuration in turn

Head: TypeAlias = tuple[str, UUID]


def heads(
    rows: "QuerySet[Unit]", configurations: Sequence[UUID], *, after: str | None, limit: int
) -> list[UUID]:
    """Return the ids of the first units of ``rows`` that look one of these ways.

    Three queries, and one more for each further hundred configurations. ``after`` is the cursor of
    a page in ``ORDER``; one more than ``limit`` is returned, so that a page knows whether another
    follows.
    """
    wanted = min(limit, pages.LIMIT_ROWS) + 1
    if not configurations:
        return []
    if len(configurations) > LISTS_FEW:
        found, is_all = _stretch(rows, configurations, after, wanted)
        if is_all or len(found) == wanted:
            return found
    return [pk for _, pk in _merged(rows.filter(_behind(after)), configurations, wanted)]


def _stretch(
    rows: "QuerySet[Unit]", configurations: Sequence[UUID], after: str | None, wanted: int
) -> tuple[list[UUID], bool]:
    """Return those among the next units in order, and whether no unit lies behind these."""
    ahead = rows.model._default_manager.filter(_behind(after)).order_by(*ORDER)
    ends = ahead.values_list("serial_folded", flat=True)[STRETCH_UNITS : STRETCH_UNITS + 1]
    end = next(iter(ends), None)
    # An expression, so that no database takes the index of configurations.
    near = rows.filter(_behind(after)).alias(look=Coalesce(F("configuration_id"), F("id")))
    near = near.filter(look__in=list(configurations))
    if end is not None:
        near = near.filter(serial_folded__lt=end)
    return list(near.order_by(*ORDER).values_list("pk", flat=True)[:wanted]), end is None


def _merged(rows: "QuerySet[Unit]", configurations: Sequence[UUID], wanted: int) -> list[Head]:
    """Take the heads of all lists and merge them; what lies behind enough others is not read."""
    found: list[Head] = []
    for first in range(0, len(configurations), LISTS_LIMIT):
        some = configurations[first : first + LISTS_LIMIT]
        if len(found) == wanted:
            rows = rows.filter(serial_folded__lte=found[-1][0])
        found = sorted([*found, *_heads(rows, some, wanted)])[:wanted]
    return found


def _heads(rows: "QuerySet[Unit]", configurations: Sequence[UUID], wanted: int) -> list[Head]:
    """Take the head of each list, all by one statement that is compiled once."""
    head = rows.filter(configuration_id=_ANY).order_by(*ORDER).values_list(*ORDER)[:wanted]
    statement, values = head.query.sql_with_params()
    select = f"SELECT * FROM ({statement}) AS head"  # noqa: S608
    adapt = rows.model._meta.pk.get_db_prep_value
    place = values.index(adapt(_ANY, connection))
    parameters: list[Any] = []
    for configuration in configurations:
        parameters += [*values[:place], adapt(configuration, connection), *values[place + 1 :]]
    with connection.cursor() as cursor:
        lists = " UNION ALL ".join([select] * len(configurations))
        cursor.execute(f"{lists} ORDER BY 1, 2 LIMIT %s", [*parameters, wanted])
        return [(serial, _uuid(pk)) for serial, pk in cursor.fetchall()]


def _behind(after: str | None) -> Q:
    if not after:
        return Q()
    serial, pk = pages.decoded(after, len(ORDER))
    # The first condition says nothing new; it lets the index begin at the cursor.
    return Q(serial_folded__gte=serial) & (
        Q(serial_folded__gt=serial) | Q(serial_folded=serial, id__gt=pk)
    )


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
