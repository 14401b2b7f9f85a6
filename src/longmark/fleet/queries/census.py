"""The census, and its totals: what is in use, and what is out of use."""

from typing import TYPE_CHECKING

from django.db import connection

from longmark.core.life.events import NOT_IN_USE, OUT_OF_USE
from longmark.fleet.models import Census, CensusTotal

if TYPE_CHECKING:
    from django.db.models import QuerySet


def in_use() -> "QuerySet[Census]":
    """Return the tallies of units that are not scrapped, and not out of use."""
    return Census.objects.filter(count__gt=0).exclude(state__in=NOT_IN_USE)


def totals_in_use() -> "QuerySet[CensusTotal]":
    """Return the same without names: a hundredth of the rows where there are many customers."""
    return CensusTotal.objects.filter(count__gt=0).exclude(state__in=NOT_IN_USE)


def totals_out_of_use() -> "QuerySet[CensusTotal]":
    """Return the totals of units that are decommissioned, replaced or lost."""
    return CensusTotal.objects.filter(count__gt=0, state__in=OUT_OF_USE)


def joined(name: str) -> str:
    """Return what joins the tallies ``c`` to configurations, each taken by the index; a WHERE.

    PostgreSQL cannot know how few of all they are, and might read all.
    """
    same = f"c.configuration_id = {name}.configuration_id AND c.count > 0"
    if connection.vendor != "postgresql":
        return f"{name} CROSS JOIN fleet_census c WHERE {same}"
    tallies = f"(SELECT * FROM fleet_census c WHERE {same} OFFSET 0)"  # noqa: S608
    return f"{name} CROSS JOIN LATERAL {tallies} c WHERE 1 = 1"
