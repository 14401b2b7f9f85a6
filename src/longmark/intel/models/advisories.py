"""Advisories as received, and what they state of packages.

Rows of statements and ranges are derived and rewritten when a record changes; records as received
are kept for good, in parcels. `AffectedRange` is what matching joins with the coordinates of
components: see `longmark.core.formats.advisories.records` for its normal form.
"""

from django.db import models

from longmark.core.formats.advisories.records import Source, State, Status
from longmark.core.vocabulary import choices
from longmark.foundation.fields import KeyField
from longmark.intel.models.intakes import Intake
from longmark.intel.models.vulnerabilities import Vulnerability


class Parcel(models.Model):
    """Some records as received, compressed together; those that were replaced stay in it."""

    content = models.BinaryField()
    record_count = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"parcel {self.pk}"


class Advisory(models.Model):
    """One record of one source, as last received."""

    source = models.CharField(max_length=10, choices=choices(Source))
    record_id = KeyField()
    state = models.CharField(max_length=10, choices=choices(State))
    is_disputed = models.BooleanField(default=False)
    analysis = models.CharField(max_length=60, blank=True)
    marking = models.CharField(max_length=30, blank=True)
    title = models.CharField(max_length=500, blank=True)
    description = models.TextField(blank=True)
    severities = models.JSONField(default=list)
    weaknesses = models.JSONField(default=list)
    defects = models.JSONField(default=list)
    published_at = models.DateTimeField(null=True)
    modified_at = models.DateTimeField()
    exploited_on = models.DateField(null=True)
    replaced_by = KeyField(blank=True)
    digest = models.CharField(max_length=32)
    statements_digest = models.CharField(max_length=32)
    parcel = models.ForeignKey(Parcel, models.PROTECT, db_index=False, related_name="+")
    place = models.PositiveSmallIntegerField()
    intake = models.ForeignKey(Intake, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_id", "source"], name="source_has_a_record_once")
        ]
        indexes = [
            models.Index(fields=["source", "-modified_at"], name="newest_of_a_source"),
            # Every join of matching asks whether a record counts, and no more: its texts are long.
            models.Index(
                fields=["id", "source"],
                condition=models.Q(state=State.PUBLISHED.value),
                name="published_advisories",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} ({self.source})"


class Link(models.Model):
    """Another id that an advisory names: an alias, or (a notice) something it speaks of.

    Aliases are the edges from which groups are computed.
    """

    advisory = models.ForeignKey(Advisory, models.CASCADE, related_name="links")
    identifier = KeyField()
    is_alias = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identifier", "advisory"], name="advisory_links_an_id_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.advisory_id} = {self.identifier}"


class Subject(models.Model):
    """A vulnerability that an advisory speaks of: one, or several if it is a notice."""

    advisory = models.ForeignKey(Advisory, models.CASCADE, db_index=False, related_name="subjects")
    vulnerability = models.ForeignKey(Vulnerability, models.CASCADE, related_name="subjects")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["advisory", "vulnerability"], name="advisory_speaks_of_one_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.advisory_id} on {self.vulnerability_id}"


class Statement(models.Model):
    """What an advisory says about one package.

    `cap` is the best confidence of a match through it, `part` the CPE part, `filters` the CPE
    attributes that a component must not contradict; `condition` says in words, `needs` in CPE
    names, what must be there besides. `subject` is the id of the vulnerability that it is about,
    where the advisory speaks of several and not all of them concern the package. `files` are the
    source files in which the weakness lies.
    """

    advisory = models.ForeignKey(
        Advisory, models.CASCADE, db_index=False, related_name="statements"
    )
    number = models.PositiveSmallIntegerField()
    package = KeyField()
    scheme = models.CharField(max_length=12)
    pointer = models.CharField(max_length=200)
    wording = models.CharField(max_length=300)
    default = models.CharField(max_length=20, choices=choices(Status))
    tier = models.PositiveSmallIntegerField()
    cap = models.CharField(max_length=10)
    part = models.CharField(max_length=1, blank=True)
    condition = models.TextField(blank=True)
    condition_kind = models.CharField(max_length=10, blank=True)
    needs = models.JSONField(null=True)
    filters = models.JSONField(null=True)
    subject = KeyField(blank=True)
    files = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["advisory", "number"], name="statement_in_its_place")
        ]
        indexes = [models.Index(fields=["package", "advisory"], name="statements_on_a_package")]

    def __str__(self) -> str:
        return f"{self.wording} in {self.advisory_id}"


class AffectedRange(models.Model):
    """Versions ``[low, high)`` of a package, by key, and what they are other than not affected.

    No index or constraint leads from a range to its statement: both are always written and deleted
    together, by advisory, and matching goes from range to statement only.
    """

    statement = models.ForeignKey(
        Statement, models.DO_NOTHING, db_index=False, db_constraint=False, related_name="ranges"
    )
    advisory = models.ForeignKey(
        Advisory, models.CASCADE, db_constraint=False, related_name="ranges"
    )
    package = KeyField()
    low = KeyField()
    high = KeyField()
    status = models.CharField(max_length=20, choices=choices(Status))
    low_text = models.CharField(max_length=300, blank=True)
    high_text = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(low__lt=models.F("high")), name="range_holds_something"
            )
        ]
        indexes = [models.Index(fields=["package", "low", "high"], name="ranges_that_hold_a_key")]

    def __str__(self) -> str:
        return f"{self.package} {self.low_text} {self.high_text}".strip()


class ExactVersion(models.Model):
    """A version without order that an advisory names: equal text only, folded to lower case."""

    statement = models.ForeignKey(
        Statement, models.DO_NOTHING, db_index=False, db_constraint=False, related_name="exact"
    )
    advisory = models.ForeignKey(
        Advisory, models.CASCADE, db_constraint=False, related_name="exact"
    )
    package = KeyField()
    text = KeyField()
    status = models.CharField(max_length=20, choices=choices(Status))

    class Meta:
        indexes = [models.Index(fields=["package", "text"], name="exact_versions_of_a_package")]

    def __str__(self) -> str:
        return f"{self.package} = {self.text}"
