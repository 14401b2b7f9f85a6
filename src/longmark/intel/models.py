"""What is known from outside: advisories as received, what they state, how they hang together.

`Vulnerability` is a group of advisories that are aliases of each other. `AffectedRange` is what
matching joins with the coordinates of components: see `longmark.core.formats.advisories.records`
for its normal form. Rows of statements and ranges are derived and rewritten when a record changes;
records as received are kept for good, in parcels.
"""

from django.db import models

from longmark.core.formats.advisories.records import Source, State, Status
from longmark.core.formats.cvss import Rating
from longmark.core.vocabulary import (
    BundleDirection,
    FeedKind,
    IntakeState,
    RefusalKind,
    RunState,
    SignalKind,
    choices,
)
from longmark.foundation.fields import KeyField


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
        indexes = [models.Index(fields=["source", "-modified_at"], name="newest_of_a_source")]

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


class Signal(models.Model):
    """Exploitation as a catalogue knows it. What leaves the catalogue is ended, not deleted."""

    kind = models.CharField(max_length=10, choices=choices(SignalKind))
    identifier = KeyField()
    noted_on = models.DateField()
    due_on = models.DateField(null=True)
    name = models.CharField(max_length=500, blank=True)
    action = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    is_used_by_ransomware = models.BooleanField(default=False)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identifier", "kind"], name="signal_on_an_id_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.identifier}"


class EuvdId(models.Model):
    """Under which id the European vulnerability database has a CVE, known here or not."""

    identifier = KeyField()
    euvd = KeyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identifier", "euvd"], name="euvd_id_of_a_cve_once")
        ]
        indexes = [models.Index(fields=["euvd"], name="cve_of_an_euvd_id")]

    def __str__(self) -> str:
        return f"{self.euvd} = {self.identifier}"


class EpssScore(models.Model):
    """The EPSS of a CVE from one day on, until the next row; unchanged days add none."""

    identifier = KeyField()
    scored_on = models.DateField()
    model = models.CharField(max_length=40)
    epss = models.FloatField()
    percentile = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identifier", "scored_on"], name="epss_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.identifier} {self.epss:.5f}"
