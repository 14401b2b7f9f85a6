"""Heads: the first units of very many that look one of several ways, in order of serial number.

``WHERE configuration IN (…) ORDER BY serial`` makes a database collect and sort all the units, a
million for one page. Each configuration has its units in order in an index already; so the heads of
these few lists are taken and merged. Where the configurations are very many, the index of serial
numbers is walked instead, which soon meets enough units.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from longmark.foundation import pages

if TYPE_CHECKING:
    from longmark.fleet.models import Unit

LISTS_LIMIT = 100  # selects in one statement; SQLite takes 500, PostgreSQL plans each

ORDER = ("serial_folded", "id")
_ANY = UUID("00000000-0000-4000-8000-000000000000")  # stands for each configuration in turn


def heads(
    rows: "QuerySet[Unit]", configurations: Sequence[UUID], *, after: str | None, limit: int
) -> list[UUID]:
    """Return the ids of the first units of ``rows`` that look one of these ways. One query.

    ``after`` is the cursor of a page in ``ORDER``; one more than ``limit`` is returned, so that a
    page knows whether another follows.
    """
    wanted = min(limit, pages.LIMIT_ROWS) + 1
    rows = rows.filter(_behind(after)).order_by(*ORDER)
    if not configurations:
        return []
    if len(configurations) > LISTS_LIMIT:
        # An expression, so that no database takes the index of configurations.
        walked = rows.alias(look=Coalesce(F("configuration_id"), F("id")))
        found = walked.filter(look__in=list(configurations)).values_list("pk", flat=True)
        return list(found[:wanted])
    return _merged(rows, configurations, wanted)


def _merged(rows: "QuerySet[Unit]", configurations: Sequence[UUID], wanted: int) -> list[UUID]:
    """Take the head of each list, all by one statement that is compiled once, and merge them."""
    head = rows.filter(configuration_id=_ANY).values_list(*ORDER)[:wanted]
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
        return [_uuid(pk) for _, pk in cursor.fetchall()]


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
