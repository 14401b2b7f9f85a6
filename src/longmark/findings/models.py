"""What advisories mean for the components and releases of the company.

A match says how one component stands to one vulnerability, and why; a finding says the same of a
release. Both are derived: the matcher rewrites them whenever a component or an advisory changes.
"""

from django.db import models

from longmark.core.facts import Rule
from longmark.core.formats.advisories.records import Confidence
from longmark.core.formats.facts import FactKind
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

    ``not_affected`` is kept only where another source calls the component affected. The database
    is not asked whether what a match refers to is there: components, vulnerabilities and evidence
    are never deleted, and to look up three of them for each of millions of matches takes longer
    than all the rest.
    """

    component = models.ForeignKey(
        "sboms.Component",
        models.CASCADE,
        db_index=False,
        db_constraint=False,
        related_name="matches",
    )
    vulnerability = models.ForeignKey(
        "intel.Vulnerability", models.CASCADE, db_constraint=False, related_name="matches"
    )
    verdict = models.CharField(max_length=20, choices=choices(Verdict))
    confidence = models.CharField(max_length=10, choices=choices(Confidence))
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    matched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["component", "vulnerability"], name="component_meets_a_vulnerability_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.component_id} × {self.vulnerability_id}: {self.verdict}"


class Finding(models.Model):
    """A release and a vulnerability: what the team works on.

    It is closed when no component of the current SBOMs matches any more, or a fact of the release
    settles it, and opened again under the same ``first_seen_at`` when that is no longer so.
    ``rule`` is by which the facts settle it, empty if they do not; ``settlements`` hold what they
    say of each component, by its id.
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
    rule = models.CharField(max_length=30, choices=choices(Rule), blank=True)
    settlements = models.JSONField(null=True)

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


class FactDocument(models.Model):
    """Facts of one release as a file told them; its bytes lie in the blob store under ``digest``.

    Never changed: a newer one supersedes it, and both stay. Facts that an SBOM holds beside its
    components have that ``sbom``, and count as long as it does. ``content`` holds what was read,
    packed.
    """

    release = models.ForeignKey("catalog.Release", models.PROTECT, related_name="+", db_index=False)
    sbom = models.ForeignKey("sboms.Document", models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=choices(FactKind))
    filename = models.CharField(max_length=250, blank=True)
    tool = models.TextField(blank=True)
    made_at = models.DateTimeField(null=True)
    fact_count = models.PositiveIntegerField()
    defects = models.JSONField(default=list)
    content = models.BinaryField()
    recorded_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)
    withdrawn_at = models.DateTimeField(null=True)
    superseded_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="supersedes")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "digest"],
                condition=models.Q(sbom=None),
                name="release_has_a_file_of_facts_once",
            ),
            models.UniqueConstraint(
                fields=["sbom"],
                condition=models.Q(sbom__isnull=False),
                name="sbom_holds_its_facts_once",
            ),
            models.CheckConstraint(
                condition=models.Q(is_current=False)
                | models.Q(withdrawn_at=None, superseded_by=None),
                name="current_facts_are_neither_withdrawn_nor_superseded",
            ),
        ]
        indexes = [models.Index(fields=["release", "is_current"], name="facts_of_a_release")]

    def __str__(self) -> str:
        return self.filename or f"{self.kind} sha256:{self.digest[:12]}"


class SetAside(models.Model):
    """Somebody does not trust what facts settle: for this release and vulnerability they count not.

    Undone, it stays as history; ``vulnerability`` may have been merged into another since.
    """

    release = models.ForeignKey("catalog.Release", models.CASCADE, related_name="+")
    vulnerability = models.ForeignKey("intel.Vulnerability", models.CASCADE, related_name="+")
    reason = models.TextField()
    actor_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "vulnerability"],
                condition=models.Q(undone_at=None),
                name="facts_are_set_aside_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.vulnerability_id} in {self.release_id}: {self.reason}"


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
