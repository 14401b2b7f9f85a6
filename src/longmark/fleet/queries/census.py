"""The census, and its totals: what is in use, and what is out of use."""

from typing import TYPE_CHECKING

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
