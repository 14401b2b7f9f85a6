"""Files taken in, and what of them was refused."""

from django.db import models

from longmark.core.vocabulary import IntakeState, RefusalKind, choices
from longmark.intel.models.feeds import FeedRun


class Intake(models.Model):
    """One file taken in, and what came of it."""

    filename = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    format = models.CharField(max_length=20)
    edition = models.CharField(max_length=60, blank=True)
    state = models.CharField(
        max_length=10, choices=choices(IntakeState), default=IntakeState.RUNNING
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    actor_name = models.CharField(max_length=200)
    run = models.ForeignKey(FeedRun, models.SET_NULL, null=True, related_name="intakes")
    read_count = models.PositiveIntegerField(default=0)
    added_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    vulnerability_count = models.PositiveIntegerField(default=0)
    newest_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["digest", "state"], name="intakes_of_a_file"),
            models.Index(fields=["format", "-id"], name="last_intake_of_a_format"),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def accepted_count(self) -> int:
        """Records that are in the database now, whether this file brought them or not."""
        return self.added_count + self.changed_count + self.unchanged_count


class Rereading(models.Model):
    """One time that the records of a source, as kept here, were read by other readers."""

    readers_version = models.PositiveIntegerField()
    source = models.CharField(max_length=10)
    reached = models.BigIntegerField(default=0)
    """The last advisory that was read again."""

    intake = models.ForeignKey(Intake, models.PROTECT, null=True, related_name="+")
    """What it changed; none where the source had no record."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["readers_version", "source"], name="readers_read_a_source_again_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} by readers {self.readers_version}"


class Refusal(models.Model):
    """A record of a file that was not taken, or a link between records that was not made."""

    intake = models.ForeignKey(Intake, models.CASCADE, related_name="refusals")
    kind = models.CharField(
        max_length=10, choices=choices(RefusalKind), default=RefusalKind.RECORD.value
    )
    place = models.CharField(max_length=300)
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["intake", "id"], name="refusals_of_an_intake")]

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"
