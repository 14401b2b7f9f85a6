"""SBOMs as they came, and the distinct components of the whole portfolio that they name."""

from datetime import date

from django.db import models

from longmark.core.identity import Provenance
from longmark.core.licences import Category
from longmark.core.lifespans import Line, Origin, last_day
from longmark.core.versions import Scheme
from longmark.core.vocabulary import choices
from longmark.foundation.fields import KeyField, OptionalKeyField

STEP = "\x1f"
"""Parts the steps of a path; no name holds it, since it is a control character."""


class Document(models.Model):
    """One SBOM of a release; its bytes lie in the blob store under ``digest``.

    Never changed: a newer one supersedes it, and both stay. ``is_current`` says which count.
    """

    release = models.ForeignKey("catalog.Release", models.PROTECT, related_name="+", db_index=False)
    digest = models.CharField(max_length=64)
    sha512 = models.CharField(max_length=128)
    size_bytes = models.BigIntegerField()
    format = models.CharField(max_length=20)
    spec_version = models.CharField(max_length=10)
    encoding = models.CharField(max_length=20)
    media_type = models.CharField(max_length=80)
    filename = models.CharField(max_length=250, blank=True)
    label = models.CharField(max_length=100, blank=True)
    serial = models.TextField(blank=True)
    name = models.TextField(blank=True)
    version = models.TextField(blank=True)
    created_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    component_count = models.PositiveIntegerField()
    dependency_count = models.PositiveIntegerField()
    defects = models.JSONField(default=list)
    is_current = models.BooleanField(default=True)
    withdrawn_at = models.DateTimeField(null=True)
    superseded_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="supersedes")
    licences_version = models.PositiveSmallIntegerField(default=0)
    hardware_version = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "digest"], name="release_has_an_sbom_once"),
            models.CheckConstraint(
                condition=models.Q(is_current=False)
                | models.Q(withdrawn_at=None, superseded_by=None),
                name="current_sbom_is_neither_withdrawn_nor_superseded",
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.filename or self.name or f"sha256:{self.digest[:12]}"


class Component(models.Model):
    """One distinct piece of software or hardware, however many SBOMs name it.

    ``id`` is derived from the normalised identity, so that the same component has the same
    id without a look-up. An empty ``version`` is a version that no SBOM states.
    """

    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    folded_name = KeyField()
    version = models.TextField(blank=True)
    is_version_known = models.BooleanField()
    group = models.TextField(blank=True)
    supplier = models.TextField(blank=True)
    purl = KeyField(blank=True)
    cpes = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["folded_name", "id"], name="components_by_name"),
            models.Index(fields=["purl"], name="components_by_purl"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}".rstrip()

    @property
    def cpe(self) -> str:
        """The first CPE, empty if there is none."""
        return self.cpes[0] if self.cpes else ""


class StatedName(models.Model):
    """What the SBOMs call a component, without its version: what name rules are kept under."""

    component = models.ForeignKey(Component, models.CASCADE, related_name="+", db_index=False)
    name = KeyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "component"], name="component_has_a_stated_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Derivation(models.Model):
    """One time that coordinates were derived anew, and by which versions of the rules.

    ``is_whole`` is about every component there is; ``reached`` is the last of them so far.
    """

    is_whole = models.BooleanField(default=False)
    keys_version = models.PositiveIntegerField()
    aliases_version = models.PositiveIntegerField()
    names_version = models.PositiveIntegerField()
    looked_at_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    reached = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["-id"], condition=models.Q(is_whole=True), name="derivations_of_everything"
            )
        ]

    def __str__(self) -> str:
        return f"Derivation {self.pk}"


class Coordinate(models.Model):
    """A package and version under which a component is matched.

    An empty ``version`` is unstated; ``key`` is null when the version has no order.
    """

    component = models.ForeignKey(
        Component, models.CASCADE, related_name="coordinates", db_index=False
    )
    package = KeyField()
    scheme = models.CharField(max_length=20, choices=choices(Scheme))
    version = models.TextField(blank=True)
    key = OptionalKeyField(null=True)
    provenance = models.CharField(max_length=10, choices=choices(Provenance))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["component", "package", "version"], name="component_has_a_coordinate_once"
            )
        ]
        indexes = [models.Index(fields=["package", "key"], name="coordinates_in_a_range")]

    def __str__(self) -> str:
        return f"{self.package} {self.version}".rstrip()


class Occurrence(models.Model):
    """A component at its place in one SBOM, with what that SBOM says of it there.

    ``number`` is its place in the document, 0 for the subject. ``path`` names what it sits
    in, outermost first. ``licences`` and ``hashes`` hold one per line, as stated; ``licence``
    is what the former come to as one SPDX expression.
    """

    document = models.ForeignKey(
        Document, models.CASCADE, related_name="occurrences", db_index=False
    )
    component = models.ForeignKey(
        Component, models.PROTECT, related_name="occurrences", db_index=False
    )
    number = models.PositiveIntegerField()
    ref = models.TextField(blank=True)
    path = KeyField(blank=True)
    kind = models.TextField(blank=True)
    scope = models.CharField(max_length=20, blank=True)
    supplier = models.TextField(blank=True)
    licences = models.TextField(blank=True)
    licence = KeyField(blank=True, default="")
    hashes = models.TextField(blank=True)
    patches = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="place_holds_one_component")
        ]
        indexes = [
            models.Index(fields=["component", "document"], name="occurrences_of_a_component"),
            models.Index(fields=["licence", "id"], name="occurrences_of_a_licence"),
        ]

    def __str__(self) -> str:
        return f"{self.component} in {self.document}"

    @property
    def steps(self) -> tuple[str, ...]:
        """The names of what the component sits in, outermost first."""
        return tuple(self.path.split(STEP)) if self.path else ()

    @property
    def is_subject(self) -> bool:
        """Whether the SBOM is about this component, rather than listing it."""
        return self.number == 0


class HardwarePart(models.Model):
    """What an SBOM says of a piece of hardware at one place, beyond what an occurrence holds.

    Texts are as stated, empty where unstated. ``number`` is its place in the document, ``name``
    what it is called there.
    """

    document = models.ForeignKey(Document, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    name = models.TextField()
    needs = models.JSONField(default=list)  # numbers of what runs on it, not nested in it
    part_number = models.TextField(blank=True)
    description = models.TextField(blank=True)
    function = models.TextField(blank=True)
    location = models.TextField(blank=True)
    mounting = models.TextField(blank=True)
    quantity = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "number"], name="place_holds_one_hardware_part"
            )
        ]

    def __str__(self) -> str:
        return self.part_number or self.name


class LicenceTally(models.Model):
    """How many components of a document are under one licence; overviews sum these.

    An empty ``licence`` is one that is not stated.
    """

    document = models.ForeignKey(
        Document, models.CASCADE, related_name="licence_tallies", db_index=False
    )
    licence = KeyField(blank=True)
    category = models.CharField(max_length=20, choices=choices(Category))
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "licence"], name="document_tallies_a_licence_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.count} under {self.licence or 'no stated licence'}"


class KeptReport(models.Model):
    """How good a document is, as it was judged; derived from its bytes, made anew at will.

    ``data_version`` is that of the rules; ``content`` the whole report, packed.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    data_version = models.CharField(max_length=20)
    summary = models.JSONField(default=list)
    content = models.BinaryField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"sha256:{self.digest[:12]} by rules {self.data_version}"


class SupplierRequest(models.Model):
    """A request to a supplier to complete an SBOM, as it was sent.

    ``digest`` is that of the letter in the blob store, ``list_digest`` that of the list for
    programs. Answered by whatever supersedes the document.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="requests")
    number = models.CharField(max_length=30, unique=True)
    supplier = models.CharField(max_length=200)
    contact = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10)
    profile = models.CharField(max_length=40)
    score = models.PositiveSmallIntegerField()
    demand_count = models.PositiveIntegerField()
    due_on = models.DateField(null=True)
    digest = models.CharField(max_length=64)
    list_digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-sent_at", "-id"], name="requests_newest_first")]

    def __str__(self) -> str:
        return f"{self.number} to {self.supplier}"


class LifespanList(models.Model):
    """A file of lifespans as it was taken in, or an edition of the table that is shipped.

    ``digest`` is that of the file in the blob store, empty for the table.
    """

    filename = models.CharField(max_length=250)
    digest = models.CharField(max_length=64, blank=True)
    row_count = models.PositiveIntegerField()
    added_count = models.PositiveIntegerField()
    withdrawn_count = models.PositiveIntegerField()
    refused_count = models.PositiveIntegerField(default=0)
    refusals = models.JSONField(default=list)
    author_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.filename


class Lifespan(models.Model):
    """What someone says of how long a line of versions is supported, and when its life ends.

    Days are last days; without any, no end is announced. A package that ends with a colon is a
    release of a distribution. Nothing is changed or deleted: what no longer holds is withdrawn.
    """

    package = KeyField()
    versions = KeyField(blank=True)
    support_ends_on = models.DateField(null=True)
    end_of_life_on = models.DateField(null=True)
    said_by = models.CharField(max_length=200)
    source = models.TextField(blank=True)
    note = models.TextField(blank=True)
    origin = models.CharField(max_length=10, choices=choices(Origin))
    edition = models.ForeignKey(LifespanList, models.PROTECT, null=True, related_name="lifespans")
    author_name = models.CharField(max_length=200)
    noted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["package", "versions", "origin"],
                condition=models.Q(withdrawn_at=None),
                name="line_of_versions_has_a_lifespan_once",
            )
        ]
        indexes = [models.Index(fields=["package", "versions", "id"], name="lifespans_by_package")]

    def __str__(self) -> str:
        return str(self.line)

    @property
    def line(self) -> Line:
        """The package and versions it is about."""
        return Line(self.package, self.versions)

    @property
    def ends_on(self) -> date | None:
        """The last day on which anybody mends it, if that is announced."""
        return last_day(self.support_ends_on, self.end_of_life_on)

    @property
    def is_withdrawn(self) -> bool:
        """Whether it no longer holds."""
        return self.withdrawn_at is not None


class ComponentLifespan(models.Model):
    """The lifespan that is believed of a component, derived from its coordinates.

    ``ends_on`` is that of the lifespan, so that lists of what ends are served by an index.
    """

    component = models.OneToOneField(
        Component, models.CASCADE, primary_key=True, related_name="lifespan"
    )
    lifespan = models.ForeignKey(Lifespan, models.CASCADE, related_name="+")
    ends_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["ends_on", "component"], name="components_by_their_end")]

    def __str__(self) -> str:
        return f"{self.component} until {self.ends_on or 'nobody says when'}"
