"""The census of the past: on which day how many units began, or ceased, to look like what.

Rows are only ever added. A row says that by what was known from one day on, so many units more (or
less) looked so from another day on; all rows of both days or before add up to what is asked. What
is told late, or corrected, comes as rows of old days that are known since today.

Derived data, and very many rows at once in a bulk import, so that the database checks no
references here: looks and parties are never deleted.
"""

from django.db import models

from longmark.fleet.models.lives import EVIDENCE, Unit
from longmark.foundation.fields import KeyField


class PastLook(models.Model):
    """All that is in units that look alike, under a number that is the digest of its content.

    Unlike a configuration it has no places, and takes nothing from the catalog.
    """

    id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.id)


class PastLookMember(models.Model):
    """One thing in a look: a release; a kind of unit; or (``is_unknown``) an item of which nobody
    knows the release.
    """

    pk = models.CompositePrimaryKey("look_id", "number")
    look = models.ForeignKey(PastLook, models.CASCADE, related_name="members", db_index=False)
    number = models.PositiveSmallIntegerField()
    release = models.ForeignKey(
        "catalog.Release", models.PROTECT, null=True, related_name="+", db_index=False
    )
    item = models.ForeignKey(
        "catalog.Item", models.PROTECT, null=True, related_name="+", db_index=False
    )
    is_unknown = models.BooleanField()
    evidence = models.PositiveSmallIntegerField(choices=[(0, ""), *EVIDENCE])

    class Meta:
        indexes = [
            models.Index(fields=["release", "look"], name="looks_with_release"),
            models.Index(fields=["item", "look"], name="looks_with_item"),
        ]

    def __str__(self) -> str:
        return str(self.release or self.item)


class PastChange(models.Model):
    """So many units more or less from ``day`` on, as known from ``known_day`` on (UTC).

    ``state`` is empty while they are in use; ``distributor`` is who sold them where nobody knows
    the operator.
    """

    look = models.ForeignKey(
        PastLook, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    operator = models.ForeignKey(
        "parties.Party",
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    distributor = models.ForeignKey(
        "parties.Party",
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    country = models.CharField(max_length=2, blank=True)
    state = models.CharField(max_length=16, blank=True)
    day = models.DateField()
    known_day = models.DateField()
    delta = models.IntegerField()

    class Meta:
        indexes = [
            # Sums are made from the index alone.
            models.Index(
                fields=[
                    "look", "day", "known_day", "operator", "distributor", "country", "state",
                    "delta",
                ],
                name="past_changes_of_a_look",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.delta:+}"


class PastUnit(models.Model):
    """That a unit ever counted as one that looked so, on whatever day, as known on whatever day.

    For lists: the units of a look in order of serial number. Whether a unit looked so on the day
    that is asked about, the unit is asked.
    """

    pk = models.CompositePrimaryKey("look_id", "serial_folded", "unit_id")
    look = models.ForeignKey(
        PastLook, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    serial_folded = KeyField()
    unit = models.ForeignKey(
        Unit, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )

    def __str__(self) -> str:
        return self.serial_folded


class PastBuild(models.Model):
    """How far the census of the past is made of units that were there before it.

    There is none where it was kept from the first unit on. What was recorded until ``told_until``
    is added unit by unit, up to ``last_unit`` so far; what is booked since adds itself. Sums do not
    mind the order.
    """

    told_until = models.DateTimeField()
    last_unit = models.UUIDField(null=True)
    is_done = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.told_until:%Y-%m-%d}"
