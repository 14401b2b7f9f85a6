"""Items, their releases, what a unit of an item is made of, and how long it is supported."""

from django.db import models

from longmark.core.parameters.definitions import ParameterType
from longmark.core.vocabulary import IdentifiedBy, ItemKind, ReleaseStatus, choices
from longmark.foundation.fields import KeyField


class Item(models.Model):
    """Anything with an identity of its own that is designed, bought or released."""

    kind = models.CharField(max_length=20, choices=choices(ItemKind))
    name = KeyField(unique=True)
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    supplier = models.ForeignKey("parties.Party", models.PROTECT, null=True, related_name="+")
    identified_by = models.CharField(
        max_length=10, choices=choices(IdentifiedBy), default=IdentifiedBy.NOTHING
    )
    serial_pattern = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "name"], name="items_of_a_kind")]

    def __str__(self) -> str:
        return self.name


class Passport(models.Model):
    """Whether units of an item show a public page to whoever scans their plate, and its links.

    Without a row, or closed, they show none.
    """

    item = models.OneToOneField(Item, models.CASCADE, primary_key=True, related_name="passport")
    is_open = models.BooleanField()
    declaration_url = models.CharField(max_length=500, blank=True)
    instructions_url = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"passport of {self.item_id}"


class ItemNumber(models.Model):
    """The number of an item in someone else's system: an ERP, a supplier's list."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="numbers")
    system = models.CharField(max_length=60)
    number = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["system", "number"], name="system_gives_a_number_to_one_item"
            )
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.number}"


class Release(models.Model):
    """One released version of an item. ``version_key`` orders the releases of an item."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="releases")
    version = models.CharField(max_length=100)
    version_key = KeyField()
    status = models.CharField(
        max_length=20, choices=choices(ReleaseStatus), default=ReleaseStatus.RELEASED
    )
    released_on = models.DateField(null=True)
    notes = models.TextField(blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "version"], name="item_has_a_version_once")
        ]
        indexes = [models.Index(fields=["item", "version_key", "id"], name="releases_in_order")]

    def __str__(self) -> str:
        return f"{self.item.name} {self.version}"


class Profile(models.Model):
    """What programs outside keep beside a release: tags, a parent, which one is the latest.

    Nothing here follows from composition, and nothing is derived from it.
    """

    release = models.OneToOneField(
        Release, models.CASCADE, primary_key=True, related_name="profile"
    )
    parent = models.ForeignKey(Release, models.PROTECT, null=True, related_name="profiled_children")
    classifier = models.CharField(max_length=40, blank=True)
    group = models.CharField(max_length=250, blank=True)
    description = models.TextField(blank=True)
    swid_tag = models.CharField(max_length=250, blank=True)
    collection = models.CharField(max_length=60, blank=True)
    tags = models.JSONField(default=list)
    is_latest = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"profile of {self.release_id}"


class Slot(models.Model):
    """A named place in each unit of an item: ``control-board``, ``main-firmware``."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="slots")
    name = KeyField()
    position = models.PositiveSmallIntegerField(default=0)
    is_optional = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "name"], name="item_has_a_slot_once")
        ]

    def __str__(self) -> str:
        return self.name


class Fit(models.Model):
    """A release that may sit in a slot. The same release fits slots of many items."""

    slot = models.ForeignKey(Slot, models.CASCADE, related_name="fits")
    release = models.ForeignKey(Release, models.PROTECT, related_name="fits")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slot", "release"], name="release_fits_a_slot_once")
        ]

    def __str__(self) -> str:
        return f"{self.release} in {self.slot}"


class SupportPeriod(models.Model):
    """How long vulnerabilities of a product are handled, and why so long: Article 13(8).

    Decisions are added, never changed; the newest of an item holds.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="support_periods")
    starts_on = models.DateField()
    years = models.PositiveSmallIntegerField()
    ends_on = models.DateField()
    expected_use_years = models.PositiveSmallIntegerField()
    reasoning = models.TextField()
    decided_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ends_on"], name="support_periods_that_end")]

    def __str__(self) -> str:
        return f"{self.item} until {self.ends_on}"


class ParameterDefinition(models.Model):
    """What a parameter of a set is, from a release of the set on.

    Rows are superseded, never changed. Of the rows of one name the one that begins last, at or
    before a release, holds for it; ``is_dropped`` says that the parameter is gone from there on.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="+", db_index=False)
    name = KeyField()
    order_key = KeyField()
    release = models.ForeignKey(Release, models.PROTECT, null=True, related_name="+")
    from_key = KeyField(blank=True)
    type = models.CharField(max_length=10, choices=choices(ParameterType))
    title = models.CharField(max_length=500, blank=True)
    measured_in = models.CharField(max_length=30, blank=True)
    minimum = models.CharField(max_length=30, blank=True)
    maximum = models.CharField(max_length=30, blank=True)
    default = models.TextField(blank=True)
    options = models.JSONField(default=list)
    is_secret = models.BooleanField(default=False)
    is_counter = models.BooleanField(default=False)
    is_individual = models.BooleanField(default=False)
    is_dropped = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "name", "from_key"],
                condition=models.Q(superseded_at=None),
                name="parameter_is_defined_once_from_a_release_on",
            )
        ]
        indexes = [
            models.Index(fields=["item", "order_key", "id"], name="parameters_of_an_item"),
        ]

    def __str__(self) -> str:
        return self.name


class ReleasedParameters(models.Model):
    """The values of a release of a parameter set, with the file that they came in.

    A file that holds secrets is not kept: ``blob`` is then the set written anew, with digests in
    their place. Another file for the same release supersedes this one.
    """

    release = models.ForeignKey(Release, models.PROTECT, related_name="parameter_sets")
    digest = models.CharField(max_length=64)
    blob = models.CharField(max_length=64)
    filename = models.CharField(max_length=250, blank=True)
    format = models.CharField(max_length=10)
    values = models.JSONField()
    secrets = models.JSONField(default=list)
    is_rewritten = models.BooleanField(default=False)
    count = models.PositiveIntegerField()
    actor_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release"],
                condition=models.Q(superseded_at=None),
                name="release_has_its_values_once",
            )
        ]

    def __str__(self) -> str:
        return self.filename or self.digest[:12]


class Combination(models.Model):
    """Releases that may go together in units of an item.

    ``pieces`` are places below the item with spans of versions: ``[{"path", "item_id", "span"}]``;
    the empty path is the item itself. It is in force for units built, and with serial numbers, in
    the spans that are stated. Combinations are stated and withdrawn, never changed.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="combinations")
    name = models.CharField(max_length=120)
    pieces = models.JSONField()
    built_from = models.DateField(null=True)
    built_until = models.DateField(null=True)
    serial_from = models.CharField(max_length=64, blank=True)
    serial_until = models.CharField(max_length=64, blank=True)
    reason = models.TextField()
    author_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "name"],
                condition=models.Q(withdrawn_at=None),
                name="item_has_a_combination_once",
            )
        ]

    def __str__(self) -> str:
        return self.name
