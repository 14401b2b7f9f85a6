"""What was found on units: snapshots of parameters, and where they differ from what was booked."""

from django.db import models

from longmark.fleet.models.lives import EVIDENCE, ParameterSet, Unit
from longmark.foundation.fields import KeyField


class ParameterSnapshot(models.Model):
    """A set of parameters as it was found in a slot of a unit, with the file that it came in.

    ``seq`` is the event that tells it: when that is withdrawn or corrected, so is the snapshot.
    A file that holds secrets is not kept: ``blob`` is then the set written anew without them.
    """

    pk = models.CompositePrimaryKey("unit_id", "number")
    unit = models.ForeignKey(
        Unit, models.DO_NOTHING, related_name="snapshots", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    slot = KeyField()
    seq = models.PositiveIntegerField()
    occurred_at = models.DateTimeField()
    precision = models.CharField(max_length=8)
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=120, blank=True)
    evidence = models.PositiveSmallIntegerField(choices=EVIDENCE)
    item = models.ForeignKey(
        "catalog.Item", models.PROTECT, null=True, related_name="+", db_index=False
    )
    parameters = models.ForeignKey(ParameterSet, models.PROTECT, related_name="+", db_index=False)
    count = models.PositiveIntegerField()
    secrets = models.JSONField(default=list)
    blob = models.CharField(max_length=64)
    file_digest = models.CharField(max_length=64)
    filename = models.CharField(max_length=250, blank=True)
    format = models.CharField(max_length=10)
    is_rewritten = models.BooleanField(default=False)
    actor_name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.number} of {self.occurred_at:%Y-%m-%d}"


class ParameterDrift(models.Model):
    """A slot in which something was found that nobody booked; gone when somebody has.

    Derived, and kept in the transaction that changes what it is derived from. ``seq`` is the event
    that tells what was found last. ``deviations`` are the first of ``deviation_count``: name,
    expected value, its basis, value found.
    """

    pk = models.CompositePrimaryKey("unit_id", "slot")
    unit = models.ForeignKey(
        Unit, models.DO_NOTHING, related_name="drifts", db_constraint=False, db_index=False
    )
    slot = KeyField()
    seq = models.PositiveIntegerField()
    found_at = models.DateTimeField()
    item = models.ForeignKey(
        "catalog.Item", models.PROTECT, null=True, related_name="+", db_index=False
    )
    deviation_count = models.PositiveIntegerField()
    deviations = models.JSONField(default=list)
    counter = models.CharField(max_length=120, blank=True)
    counter_before = models.BigIntegerField(null=True)
    counter_after = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-found_at", "unit", "slot"], name="drifts_latest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.deviation_count} in {self.slot}"
