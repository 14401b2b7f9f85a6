"""What advisories mean for the components and releases of the company.

A match says how one component stands to one vulnerability, and why; a finding says the same of a
release. Both are derived: the matcher rewrites them whenever a component or an advisory changes.
"""

from django.db import models

from longmark.core.formats.advisories.records import Confidence
from longmark.core.matching import ClosingReason, Verdict
from longmark.core.vocabulary import choices


class Evidence(models.Model):
    """Why components match: a trail (`longmark.core.matching.trails`) that many of them share."""

    digest = models.CharField(max_length=32, unique=True)
    trail = models.JSONField()

    def __str__(self) -> str:
        return self.digest


class Match(models.Model):
    """A component and a vulnerability that some advisory joins, with the trail of why.

    ``not_affected`` is kept only where another source calls the component affected.
    """

    component = models.ForeignKey("sboms.Component", models.CASCADE, related_name="matches")
    vulnerability = models.ForeignKey(
        "intel.Vulnerability", models.CASCADE, db_index=False, related_name="matches"
    )
    verdict = models.CharField(max_length=20, choices=choices(Verdict))
    confidence = models.CharField(max_length=10, choices=choices(Confidence))
    evidence = models.ForeignKey(Evidence, models.PROTECT, db_index=False, related_name="+")
    matched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vulnerability", "component"], name="component_meets_a_vulnerability_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.component_id} × {self.vulnerability_id}: {self.verdict}"


class Finding(models.Model):
    """A release and a vulnerability: what the team works on.

    It is closed when no component of the current SBOMs matches any more, and opened again under
    the same ``first_seen_at`` when one does.
    """

    release = models.ForeignKey("catalog.Release", models.CASCADE, related_name="findings")
    vulnerability = models.ForeignKey(
        "intel.Vulnerability", models.CASCADE, db_index=False, related_name="findings"
    )
    verdict = models.CharField(max_length=20, choices=choices(Verdict))
    confidence = models.CharField(max_length=10, choices=choices(Confidence))
    component_count = models.PositiveIntegerField()
    first_seen_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, choices=choices(ClosingReason), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vulnerability", "release"], name="release_has_a_finding_once"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None, reason="")
                | models.Q(closed_at__isnull=False) & ~models.Q(reason=""),
                name="finding_is_closed_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="findings_changed_last"),
            models.Index(fields=["release", "closed_at", "verdict"], name="findings_of_a_release"),
        ]

    def __str__(self) -> str:
        return f"{self.vulnerability_id} in {self.release_id}"

    @property
    def is_open(self) -> bool:
        """Whether there is something to do about it."""
        return self.closed_at is None


class Run(models.Model):
    """One run of the matcher: what it looked at, and what it changed."""

    subject = models.CharField(max_length=20)
    looked_at_count = models.PositiveIntegerField()
    added_count = models.PositiveIntegerField()
    changed_count = models.PositiveIntegerField()
    removed_count = models.PositiveIntegerField()
    ran_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-ran_at", "-id"], name="runs_newest_first")]

    def __str__(self) -> str:
        return f"{self.subject} at {self.ran_at:%Y-%m-%d %H:%M}"
