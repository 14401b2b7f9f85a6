"""Vulnerabilities: groups of advisories that are aliases of each other, and what changed."""

from django.db import models

from longmark.core.formats.advisories.records import State
from longmark.core.formats.cvss import Rating
from longmark.core.vocabulary import choices
from longmark.foundation.fields import KeyField
from longmark.intel.models.intakes import Intake

HEADLINE_LENGTH = 160


class Vulnerability(models.Model):
    """One weakness: the group of all advisories that are aliases of each other.

    `name` is the CVE id if there is one, else the best known other id. A group that was joined to
    another keeps its row and points to it by `merged_into`. Severity and signals are copies of what
    `queries.severities_of` and the signals say, kept for sorting.
    """

    name = KeyField(unique=True)
    title = models.CharField(max_length=500, blank=True)
    description = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=choices(State), default=State.PUBLISHED.value)
    is_disputed = models.BooleanField(default=False)
    replaced_by = KeyField(blank=True)
    severity_score = models.FloatField(null=True)
    severity_vector = models.CharField(max_length=300, blank=True)
    severity_source = models.CharField(max_length=120, blank=True)
    severity_rating = models.CharField(max_length=10, choices=choices(Rating), blank=True)
    weaknesses = models.JSONField(default=list)
    published_at = models.DateTimeField(null=True)
    modified_at = models.DateTimeField()
    exploited_on = models.DateField(null=True)
    epss = models.FloatField(null=True)
    epss_percentile = models.FloatField(null=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, db_index=False, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["-modified_at", "-id"],
                condition=models.Q(merged_into=None),
                name="vulnerabilities_live_by_change",
            ),
            models.Index(
                fields=["-modified_at", "-id"],
                condition=models.Q(merged_into=None, exploited_on__isnull=False),
                name="vulnerabilities_exploited_now",
            ),
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="vulnerabilities_merged_into",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def headline(self) -> str:
        """What a list shows of it: its title, or how its description begins."""
        if self.title or len(self.description) <= HEADLINE_LENGTH:
            return self.title or self.description
        return self.description[:HEADLINE_LENGTH].rsplit(" ", 1)[0] + " …"

    @property
    def is_exploited(self) -> bool:
        """Whether exploitation is known (KEV)."""
        return self.exploited_on is not None


class Alias(models.Model):
    """An id under which a vulnerability is known; its own name is one of them."""

    vulnerability = models.ForeignKey(Vulnerability, models.CASCADE, related_name="aliases")
    identifier = KeyField(unique=True)

    def __str__(self) -> str:
        return self.identifier


class Change(models.Model):
    """A vulnerability that an intake changed; `is_applicability` if what it affects may differ."""

    intake = models.ForeignKey(Intake, models.CASCADE, db_index=False, related_name="changes")
    vulnerability = models.ForeignKey(Vulnerability, models.CASCADE, related_name="changes")
    is_applicability = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["intake", "vulnerability"], name="intake_changes_one_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.vulnerability_id} by {self.intake_id}"
