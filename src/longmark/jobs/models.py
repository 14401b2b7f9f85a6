"""Long work: what is to be done, who is at it, how far it is."""

from django.db import models

from longmark.core.vocabulary import JobState, choices


class Job(models.Model):
    """One piece of long work. Its state lives here, not in a queue, and survives a restart.

    A worker holds a job by ``holder`` until ``held_until``; when the worker dies the hold
    runs out and another takes the job up.
    """

    kind = models.CharField(max_length=80)
    arguments = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=choices(JobState), default=JobState.WAITING)
    enqueued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    done_count = models.BigIntegerField(default=0)
    total_count = models.BigIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)
    outcome = models.TextField(blank=True)
    result = models.JSONField(default=dict)  # what it made, and what it objected to, for programs
    holder = models.CharField(max_length=40, blank=True)
    held_until = models.DateTimeField(null=True)
    is_cancel_asked = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(state="waiting"),
                name="jobs_that_are_due",
            ),
            models.Index(
                fields=["held_until"],
                condition=models.Q(state="running"),
                name="jobs_whose_hold_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}

    @property
    def percent(self) -> int | None:
        """How far it is, if that is known."""
        if not self.total_count:
            return None
        return min(100, self.done_count * 100 // self.total_count)
