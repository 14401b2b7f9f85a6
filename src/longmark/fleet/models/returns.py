"""RMAs: what the events of a unit say of its returns, and how far the work on each has come."""

from django.db import models
from django.db.models import Q

from longmark.core.life.returns import RmaDecision, RmaOutcome, RmaStep
from longmark.core.vocabulary import choices
from longmark.fleet.models.lives import Unit
from longmark.foundation.fields import KeyField


class Rma(models.Model):
    """A unit's stay with its maker, under its number; one without goes by the day it began.

    From ``opened_at`` to ``is_told`` all is derived from the unit's events and written with them;
    ``is_told`` is false once they tell of it no more. The rest is what events do not hold. Whether
    it is closed is the events' to say; ``step`` tells how far the work has come until then.
    """

    pk = models.CompositePrimaryKey("unit_id", "number")
    unit = models.ForeignKey(
        Unit, models.DO_NOTHING, related_name="rmas", db_constraint=False, db_index=False
    )
    number = models.CharField(max_length=60)
    number_folded = KeyField()
    item = models.ForeignKey("catalog.Item", models.PROTECT, related_name="+", db_index=False)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=choices(RmaOutcome), blank=True)
    replacement_id = models.UUIDField(null=True)
    is_told = models.BooleanField(default=True)
    step = models.CharField(max_length=12, choices=choices(RmaStep), default=RmaStep.OPENED.value)
    received_on = models.DateField(null=True)
    diagnosed_on = models.DateField(null=True)
    repair_began_on = models.DateField(null=True)
    diagnosis = models.TextField(blank=True)
    decision = models.CharField(max_length=12, choices=choices(RmaDecision), blank=True)
    worker_name = models.CharField(max_length=200, blank=True)
    override = models.TextField(blank=True)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["opened_at", "unit", "number"],
                condition=Q(closed_at=None, is_told=True),
                name="rmas_open_oldest_first",
            ),
            models.Index(fields=["-opened_at", "-unit", "-number"], name="rmas_newest_first"),
            models.Index(fields=["item", "-opened_at", "-unit", "-number"], name="rmas_of_an_item"),
            models.Index(fields=["number_folded"], name="rmas_by_number"),
            models.Index(
                fields=["replacement_id"],
                condition=Q(replacement_id__isnull=False),
                name="rmas_by_replacement",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether the unit is still to be dealt with."""
        return self.closed_at is None

    @property
    def standing(self) -> str:
        """The step of an open RMA; the outcome of a closed one."""
        return self.step if self.is_open else self.outcome

    @property
    def has_work(self) -> bool:
        """Whether anything was told of it that events do not hold."""
        return self.step != RmaStep.OPENED or bool(self.diagnosis)

    @property
    def is_closed_unchecked(self) -> bool:
        """Whether an event closed it, and nobody looked at what the unit was open to."""
        return not self.is_open and self.checked_at is None
