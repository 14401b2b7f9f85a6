"""What is in units and may not be, by what they look like; and what was accepted of it."""

from django.db import models

from longmark.fleet.models.lives import Configuration, Unit
from longmark.foundation.fields import KeyField


class Mismatch(models.Model):
    """Something in a configuration that its item's catalog does not allow.

    Derived from configuration and catalog, once for all units that look alike. ``nearest`` is the
    combination that nearly holds; without one, what is at ``path`` does not fit there. ``ruled``
    and ``allowed`` say for which units it is one, if not for all.
    """

    pk = models.CompositePrimaryKey("configuration_id", "number")
    configuration = models.ForeignKey(
        Configuration, models.CASCADE, related_name="mismatches", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    path = KeyField(blank=True)
    key = models.CharField(max_length=32)
    nearest = models.ForeignKey(
        "catalog.Combination", models.PROTECT, null=True, related_name="+", db_index=False
    )
    wrong = models.JSONField(default=list)
    ruled = models.JSONField(default=list)
    allowed = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["key"], name="configurations_with_mismatch")]

    def __str__(self) -> str:
        return self.path or "unit"

    @property
    def is_for_all(self) -> bool:
        """Whether it is one for every unit that looks so."""
        return not self.ruled and not self.allowed


class Waiver(models.Model):
    """A mismatch that was accepted for one unit, with a reason, for as long as it is the same."""

    pk = models.CompositePrimaryKey("unit_id", "number")
    unit = models.ForeignKey(
        Unit, models.DO_NOTHING, related_name="waivers", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=32)
    path = KeyField(blank=True)
    reason = models.TextField()
    author_name = models.CharField(max_length=200)
    waived_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "key"],
                condition=models.Q(withdrawn_at=None),
                name="mismatch_of_a_unit_is_waived_once",
            )
        ]

    def __str__(self) -> str:
        return self.reason
