"""Conflicts: what someone claims of a unit that contradicts what is believed of it."""

from django.db import models
from django.db.models import Q

from longmark.core.life.events import Kind
from longmark.core.vocabulary import ConflictState, choices
from longmark.fleet.models.lives import EVIDENCE, Unit


class Conflict(models.Model):
    """A claim that contradicts an event; both are kept until a person decides.

    ``seq`` is the event that is believed; the claim stands here as an event would, and counts for
    nothing before it is decided that it is true.
    """

    pk = models.CompositePrimaryKey("unit_id", "number")
    unit = models.ForeignKey(
        Unit, models.DO_NOTHING, related_name="conflicts", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    seq = models.PositiveIntegerField()
    about = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=choices(Kind))
    occurred_at = models.DateTimeField()
    precision = models.CharField(max_length=8)
    source = models.CharField(max_length=120, blank=True)
    evidence = models.PositiveSmallIntegerField(choices=EVIDENCE)
    payload = models.JSONField()
    digest = models.CharField(max_length=64)
    import_id = models.PositiveBigIntegerField(null=True)
    filename = models.CharField(max_length=200, blank=True)
    row = models.PositiveIntegerField(default=0)
    actor_name = models.CharField(max_length=200)
    raised_at = models.DateTimeField()
    state = models.CharField(
        max_length=12, choices=choices(ConflictState), default=ConflictState.OPEN.value
    )
    reason = models.TextField(blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "digest"], name="claim_is_contested_once")
        ]
        indexes = [
            models.Index(
                fields=["-raised_at", "unit", "number"],
                condition=Q(state=ConflictState.OPEN.value),
                name="open_conflicts_newest_first",
            ),
            models.Index(
                fields=["state", "-raised_at", "unit", "number"], name="conflicts_by_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.number}"
