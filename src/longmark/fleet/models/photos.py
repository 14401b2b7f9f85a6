"""Photos of units, kept as evidence."""

from django.db import models

from longmark.fleet.models.lives import Unit


class Photo(models.Model):
    """A photo of a unit: its plate, a board that came out, a display. The picture is a blob."""

    pk = models.CompositePrimaryKey("unit_id", "digest")
    unit = models.ForeignKey(
        Unit, models.DO_NOTHING, related_name="photos", db_constraint=False, db_index=False
    )
    digest = models.CharField(max_length=64)
    media_type = models.CharField(max_length=20)
    size_bytes = models.PositiveIntegerField()
    taken_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    actor_name = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(fields=["unit", "-recorded_at", "-digest"], name="photos_of_a_unit_newest")
        ]

    def __str__(self) -> str:
        return self.note or self.digest[:12]
