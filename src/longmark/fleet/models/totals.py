"""Totals: the census without names, so that very many units are counted from few rows."""

from django.db import models

from longmark.core.life.events import State
from longmark.core.vocabulary import choices
from longmark.fleet.models.lives import Configuration


class CensusTotal(models.Model):
    """How many units of the census share all but who keeps them: only whether that is known.

    The census has a row for every customer of a configuration, a hundred times as many. Kept with
    it, in the same transaction, and derived from the same units.
    """

    id = models.UUIDField(primary_key=True)
    configuration = models.ForeignKey(
        Configuration, models.PROTECT, related_name="totals", db_index=False
    )
    country = models.CharField(max_length=2, blank=True)
    state = models.CharField(max_length=16, choices=choices(State))
    is_operator_known = models.BooleanField()
    is_distributor_known = models.BooleanField()
    count = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(count__gte=0), name="census_totals_no_less_than_none"
            )
        ]
        indexes = [
            models.Index(fields=["configuration", "state"], name="totals_of_a_configuration")
        ]

    def __str__(self) -> str:
        return str(self.count)
