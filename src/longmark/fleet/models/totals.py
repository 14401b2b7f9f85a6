"""Totals: the census without names, and by nothing but names, for counts of very many units."""

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


class CensusKeeper(models.Model):
    """How many units of the census an operator has, or a distributor has sold to whom nobody knows.

    What most of the fleet looks like is not read from the census, but is what all units of a keeper
    are beside the rest. Kept with the census, in the same transaction.
    """

    id = models.UUIDField(primary_key=True)
    operator = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, related_name="+", db_index=False
    )
    distributor = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, related_name="+", db_index=False
    )
    state = models.CharField(max_length=16, choices=choices(State))
    count = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(count__gte=0), name="census_keepers_no_less_than_none"
            )
        ]

    def __str__(self) -> str:
        return str(self.count)
