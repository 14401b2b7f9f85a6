"""Lists of units: as they came, as they are understood, what became of each row."""

from django.db import models
from django.utils.translation import gettext

from longmark.core.vocabulary import ImportState, WatchedState, choices


class ImportProfile(models.Model):
    """How lists with certain headers are to be understood, remembered under a name."""

    name = models.CharField(max_length=120, unique=True)
    headers = models.JSONField()  # as they are compared, sorted
    how = models.JSONField()
    column_map = models.JSONField()
    is_taken_unasked = models.BooleanField(default=False)
    actor_name = models.CharField(max_length=200)
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Import(models.Model):
    """A list of units that someone dropped: looked at first, then taken."""

    filename = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    sheet = models.JSONField()
    how = models.JSONField(default=dict)
    column_map = models.JSONField(default=dict)
    profile = models.CharField(max_length=120, blank=True)
    state = models.CharField(
        max_length=12, choices=choices(ImportState), default=ImportState.STAGED.value
    )
    is_all_or_nothing = models.BooleanField(default=False)
    row_count = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    contested_count = models.PositiveIntegerField(default=0)
    event_count = models.PositiveIntegerField(default=0)
    late_count = models.PositiveIntegerField(default=0)
    preview = models.JSONField(default=dict)
    last_row = models.PositiveIntegerField(default=0)
    manifest = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(max_length=200)
    staged_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_count = models.PositiveIntegerField(default=0)
    undone_event_count = models.PositiveIntegerField(default=0)
    kept_count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["-staged_at", "-id"], name="imports_newest_first")]

    def __str__(self) -> str:
        return self.filename


class WatchedFile(models.Model):
    """A file that lay in the watched folder, and what became of it."""

    name = models.CharField(max_length=200)
    size_bytes = models.BigIntegerField()
    modified_ns = models.BigIntegerField()
    state = models.CharField(
        max_length=8, choices=choices(WatchedState), default=WatchedState.SEEN.value
    )
    source = models.ForeignKey(Import, models.SET_NULL, null=True, related_name="+", db_index=False)
    reason = models.TextField(blank=True)
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "size_bytes", "modified_ns"], name="file_is_watched_once"
            )
        ]
        indexes = [models.Index(fields=["-seen_at", "-id"], name="watched_files_newest_first")]

    def __str__(self) -> str:
        return self.name


class Transcript(models.Model):
    """What became of some thousand rows of an import, compressed."""

    source = models.ForeignKey(Import, models.CASCADE, related_name="transcripts", db_index=False)
    first_row = models.PositiveIntegerField()
    last_row = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "first_row"], name="rows_are_told_of_once")
        ]

    def __str__(self) -> str:
        return f"{self.first_row} to {self.last_row}"


class Refusal(models.Model):
    """One row of an import that cannot be taken, or taken back; why, and what to do about it.

    Sentences are templates with values, so that they can be told in the reader's language.
    """

    source = models.ForeignKey(Import, models.CASCADE, related_name="refusals", db_index=False)
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=60, blank=True)
    serial = models.CharField(max_length=80, blank=True)
    reason = models.TextField()
    mend = models.TextField(blank=True)
    values = models.JSONField(default=dict)
    is_of_undo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "row"], name="row_is_refused_once")
        ]

    def __str__(self) -> str:
        return f"{self.row}: {self.why}"

    @property
    def why(self) -> str:
        """The reason in the reader's language."""
        return _filled(self.reason, self.values)

    @property
    def what_to_do(self) -> str:
        """The mend in the reader's language."""
        return _filled(self.mend, self.values)


def _filled(template: str, values: dict[str, str]) -> str:
    if not template:
        return ""
    return gettext(template).format(**values) if values else gettext(template)
