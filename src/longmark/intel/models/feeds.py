"""Upstreams that are followed, their runs, and bundles carried between sites."""

from django.db import models

from longmark.core.vocabulary import BundleDirection, FeedKind, IntakeState, RunState, choices


class Feed(models.Model):
    """An upstream that is followed: where it is, how often, and how far it is known here.

    `marks` say up to where its records were taken, in the terms of its kind; `validators` hold what
    HTTP needs to ask for news only (by URL: ETag and Last-Modified). `is_whole` tells that all that
    upstream had was here once. No secret is kept here: keys come from the settings.
    """

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=choices(FeedKind))
    address = models.CharField(max_length=500)
    options = models.JSONField(default=dict)
    is_enabled = models.BooleanField(default=False)
    period = models.DurationField()
    stale_after = models.DurationField()
    due_at = models.DateTimeField(null=True)
    marks = models.JSONField(default=dict)
    validators = models.JSONField(default=dict)
    is_whole = models.BooleanField(default=False)
    upstream_count = models.BigIntegerField(null=True)
    known_count = models.BigIntegerField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    failure_count = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(is_enabled=True), name="feeds_that_are_due"
            )
        ]

    def __str__(self) -> str:
        return self.name


class FeedRun(models.Model):
    """One run of a feed: its steps, what it brought, what it left open."""

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="runs")
    job_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=choices(RunState), default=RunState.WAITING)
    actor_name = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    steps = models.JSONField(default=list)
    request_count = models.PositiveIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    known_before = models.BigIntegerField(null=True)
    known_after = models.BigIntegerField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["feed"],
                condition=models.Q(ended_at=None),
                name="feed_has_one_run_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["feed", "-id"], name="runs_of_a_feed")]

    def __str__(self) -> str:
        return f"run {self.pk} of {self.feed_id}"


class Bundle(models.Model):
    """What is known here, packed to be carried elsewhere, or what was carried here.

    `certificate` must have made the signature; `sources` say how far each source is known by it.
    """

    direction = models.CharField(max_length=4, choices=choices(BundleDirection))
    state = models.CharField(max_length=10, choices=choices(IntakeState))
    filename = models.CharField(max_length=300, blank=True)
    job_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    since = models.DateTimeField(null=True)
    certificate = models.TextField(blank=True)
    signer = models.CharField(max_length=64, blank=True)
    manifest_digest = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    member_count = models.PositiveIntegerField(default=0)
    record_count = models.BigIntegerField(default=0)
    left_out_count = models.PositiveIntegerField(default=0)
    sources = models.JSONField(default=list)
    note = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["direction", "state", "-made_at"], name="newest_bundle")]

    def __str__(self) -> str:
        return self.filename or f"bundle {self.pk}"
