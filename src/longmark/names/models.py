"""What components are called: rules that people make, and maps that come from files.

Both are kept under stated names, so they hold for every SBOM that says the same, before and after.
Nothing is changed or deleted: what no longer holds is withdrawn.
"""

from django.db import models

from longmark.core.identity.rules import NameRule as Rule
from longmark.core.identity.rules import NameRuleKind, VersionLine
from longmark.core.vocabulary import choices
from longmark.foundation.fields import KeyField


class NameRule(models.Model):
    """One thing that a person said of a stated name: a further name, one it is not, or its mend.

    ``target`` is empty for a correction, which has ``purl`` and ``cpes`` instead.
    """

    stated = KeyField()
    kind = models.CharField(max_length=12, choices=choices(NameRuleKind))
    target = KeyField(blank=True)
    versions = models.TextField(blank=True)
    is_declared = models.BooleanField(default=False)
    purl = models.TextField(blank=True)
    cpes = models.JSONField(default=list)
    reason = models.TextField()
    source = models.TextField(blank=True)
    author_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stated", "target", "versions"],
                condition=models.Q(withdrawn_at=None),
                name="stated_name_has_a_rule_on_a_target_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="corrected", target="")
                | ~models.Q(kind="corrected") & ~models.Q(target=""),
                name="name_rule_has_a_target_unless_it_corrects",
            ),
        ]
        indexes = [models.Index(fields=["-recorded_at", "-id"], name="name_rules_newest_first")]

    def __str__(self) -> str:
        if self.kind == NameRuleKind.CORRECTED:
            return f"{self.stated} = {self.purl or ', '.join(self.cpes)}"
        return f"{self.stated} {'=' if self.kind == NameRuleKind.KNOWN_AS else '≠'} {self.target}"

    @property
    def is_withdrawn(self) -> bool:
        """Whether it no longer holds."""
        return self.withdrawn_at is not None

    @property
    def rule(self) -> Rule:
        """The rule as the core reads it."""
        return Rule(
            stated=self.stated,
            kind=NameRuleKind(self.kind),
            target=self.target,
            versions=VersionLine.read(self.versions),
            is_declared=self.is_declared,
            purl=self.purl,
            cpes=tuple(self.cpes),
        )


class NameMap(models.Model):
    """A named edition of a table from purls to CPE names; its file lies in the blob store.

    ``is_for_ecosystems`` tells whether rows about packages that have an advisory source of their
    own are used too.
    """

    name = models.CharField(max_length=100)
    edition = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64)
    filename = models.CharField(max_length=250)
    source = models.TextField(blank=True)
    is_for_ecosystems = models.BooleanField(default=False)
    row_count = models.PositiveIntegerField()
    used_count = models.PositiveIntegerField()
    refused_count = models.PositiveIntegerField()
    refusals = models.JSONField(default=list)
    author_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(withdrawn_at=None), name="name_map_holds_once"
            )
        ]
        indexes = [models.Index(fields=["-recorded_at", "-id"], name="name_maps_newest_first")]

    def __str__(self) -> str:
        return f"{self.name} {self.edition}".rstrip()

    @property
    def is_withdrawn(self) -> bool:
        """Whether it no longer holds."""
        return self.withdrawn_at is not None


class NameMapRow(models.Model):
    """One row of a map: a stated name, and a package key that it can be looked up as."""

    map = models.ForeignKey(NameMap, models.CASCADE, db_index=False, related_name="rows")
    stated = KeyField()
    package = KeyField()
    is_used = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["map", "stated", "package"], name="name_map_says_a_thing_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["stated"],
                condition=models.Q(is_used=True),
                name="used_rows_of_a_stated_name",
            )
        ]

    def __str__(self) -> str:
        return f"{self.stated} = {self.package}"
