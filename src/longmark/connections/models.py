"""Connections to systems of stock and customers: what was pulled, and what is told them."""

from uuid import UUID

from django.db import models

from longmark.core.vocabulary import ConnectedSystem, NoteState, RunState, choices


class Connection(models.Model):
    """A system that units, customers and movements are pulled from.

    ``marks`` say how far each stream is known by the system's own clock; ``cursors`` where the
    reading of a stream stands that is not at its end. The secret is in a file of its own, which
    ``secret_name`` names; it is nowhere in the database.
    """

    name = models.CharField(max_length=60, unique=True)
    system = models.CharField(max_length=12, choices=choices(ConnectedSystem))
    address = models.CharField(max_length=400)
    user = models.CharField(max_length=140, blank=True)
    database = models.CharField(max_length=140, blank=True)
    secret_name = models.CharField(max_length=40)
    zone = models.CharField(max_length=60, default="UTC")
    profile = models.CharField(max_length=120, blank=True)
    may_write = models.BooleanField(default=False)
    is_enabled = models.BooleanField(default=True)
    period = models.DurationField()
    due_at = models.DateTimeField(null=True)
    marks = models.JSONField(default=dict)
    cursors = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True)
    whole_at = models.DateTimeField(null=True)
    failure_count = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(is_enabled=True),
                name="connections_that_are_due",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Pull(models.Model):
    """One pull: what it asked, what it brought, what a person has to look at.

    ``rows_digest`` names the blob of all rows that were read; ``source`` is the list of those that
    the pull before had not read as well.
    """

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="pulls")
    job_id = models.BigIntegerField()
    state = models.CharField(
        max_length=10, choices=choices(RunState), default=RunState.WAITING.value
    )
    is_whole = models.BooleanField(default=False)
    actor_name = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    request_count = models.PositiveIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    page_count = models.PositiveIntegerField(default=0)
    record_count = models.BigIntegerField(default=0)
    customer_count = models.PositiveIntegerField(default=0)
    gone_count = models.PositiveIntegerField(default=0)
    row_count = models.BigIntegerField(default=0)
    rows_digest = models.CharField(max_length=64, blank=True)
    source = models.ForeignKey(
        "fleet.Import", models.SET_NULL, null=True, related_name="+", db_index=False
    )
    remarks = models.JSONField(default=list)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection"],
                condition=models.Q(ended_at=None),
                name="connection_has_one_pull_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["connection", "-id"], name="pulls_of_a_connection")]

    def __str__(self) -> str:
        return f"pull {self.pk} of {self.connection_id}"


class PulledPage(models.Model):
    """The rows of one page, kept until the list that they go into is taken."""

    pull = models.ForeignKey(Pull, models.CASCADE, related_name="pages", db_index=False)
    number = models.PositiveIntegerField()
    stream = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, blank=True)
    row_count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pull", "number"], name="pull_has_a_page_once")
        ]

    def __str__(self) -> str:
        return f"page {self.number} of pull {self.pull_id}"


class SourceUnit(models.Model):
    """A unit as a system knows it: by its own id, with item and serial number as it writes them.

    ``seen_in`` is the last pull that met it; ``gone_at`` is when a whole pull first missed it.
    """

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+", db_index=False)
    record_id = models.CharField(max_length=140)
    item = models.CharField(max_length=200)
    serial = models.CharField(max_length=200)
    serial_folded = models.CharField(max_length=200)
    seen_in = models.BigIntegerField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "record_id"], name="system_has_a_record_once"
            )
        ]
        indexes = [
            models.Index(fields=["serial_folded"], name="records_of_a_serial_number"),
            models.Index(fields=["connection", "seen_in"], name="records_not_seen_again"),
            models.Index(
                fields=["connection", "gone_at", "id"],
                condition=models.Q(gone_at__isnull=False),
                name="records_that_are_gone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.serial}"


class UnitNote(models.Model):
    """A note about a unit that is written into a system; its mark is written with it.

    It lies beside the connections, and not with the units, which may be spread over servers.
    """

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="notes")
    about_id = models.UUIDField()
    unit_name = models.CharField(max_length=300)
    record_id = models.CharField(max_length=140)
    mark = models.CharField(max_length=32)
    text = models.TextField()
    state = models.CharField(
        max_length=10, choices=choices(NoteState), default=NoteState.WAITING.value
    )
    actor_name = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    written_at = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "record_id", "mark"], name="note_is_written_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(state="waiting"),
                name="notes_that_wait",
            ),
            models.Index(fields=["connection", "-id"], name="notes_of_a_connection"),
        ]

    def __str__(self) -> str:
        return f"note {self.mark} on {self.unit_name}"

    @property
    def unit_id(self) -> UUID:
        """The unit that it is about."""
        return self.about_id
