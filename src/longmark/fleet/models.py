"""Units, what happened to them, what is inside them, who keeps them, and how many there are.

What distribution by unit asks (architecture, section 5): every key of a unit table contains the
unit, and nothing points to a unit under a database constraint. A pointer to a unit is a plain
column or a relation without a constraint.
"""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from longmark.core.life.events import Kind, State
from longmark.foundation.fields import KeyField


class UnitState(models.TextChoices):
    """Where a unit is in its life."""

    REGISTERED = State.REGISTERED.value, _("registered")
    BUILT = State.BUILT.value, _("built")
    SHIPPED = State.SHIPPED.value, _("shipped")
    COMMISSIONED = State.COMMISSIONED.value, _("commissioned")
    RETURNED = State.RETURNED.value, _("returned")
    SCRAPPED = State.SCRAPPED.value, _("scrapped")


class EventKind(models.TextChoices):
    """What happened to a unit."""

    BUILT = Kind.BUILT.value, _("built")
    SHIPPED = Kind.SHIPPED.value, _("shipped")
    COMMISSIONED = Kind.COMMISSIONED.value, _("commissioned")
    INSTALLED = Kind.INSTALLED.value, _("installed")
    REMOVED = Kind.REMOVED.value, _("removed")
    SWAPPED = Kind.SWAPPED.value, _("swapped")
    SOFTWARE_CHANGED = Kind.SOFTWARE_CHANGED.value, _("software changed")
    PARAMETERS_CHANGED = Kind.PARAMETERS_CHANGED.value, _("parameters changed")
    TRANSFERRED = Kind.TRANSFERRED.value, _("transferred")
    RETURNED = Kind.RETURNED.value, _("returned")
    REPAIRED = Kind.REPAIRED.value, _("repaired")
    SCRAPPED = Kind.SCRAPPED.value, _("scrapped")
    CORRECTED = Kind.CORRECTED.value, _("corrected")


class EvidenceLevel(models.IntegerChoices):
    """How well a claim is supported. The numbers are those of ``core.life.events.Evidence``."""

    ASSUMED = 1, _("assumed")
    DECLARED = 2, _("declared")
    REPORTED = 3, _("reported")
    CONFIRMED = 4, _("confirmed")
    VERIFIED = 5, _("verified")


class AliasKind(models.TextChoices):
    """In whose words an alias names a unit."""

    SERIAL = "serial", _("former serial number")
    EQUIPMENT = "equipment", _("equipment number")
    MAC = "mac", _("MAC address")
    IDEVID = "idevid", _("device identity (IEEE 802.1AR)")
    CUSTOMER_TAG = "customer-tag", _("customer's tag")
    LINK = "link", _("identification link (IEC 61406)")


class ImportState(models.TextChoices):
    """How far an import has come."""

    STAGED = "staged", _("staged, nothing written yet")
    APPLYING = "applying", _("being taken")
    APPLIED = "applied", _("taken")
    DISCARDED = "discarded", _("thrown away")


class Bitemporal(models.Model):
    """A half-open interval of the world, believed during a half-open interval of knowledge.

    Rows are inserted; the only change ever made to one is to close ``known_to``.
    """

    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    known_from = models.DateTimeField()
    known_to = models.DateTimeField(null=True)
    evidence = models.PositiveSmallIntegerField(choices=EvidenceLevel.choices)

    class Meta:
        abstract = True


def believed(*, at: datetime | None = None, known_at: datetime | None = None) -> Q:
    """Return what holds at an instant as believed at another; ``None`` is now."""
    valid = Q(valid_to=None)
    if at is not None:
        valid = Q(valid_from__lte=at) & (valid | Q(valid_to__gt=at))
    known = Q(known_to=None)
    if known_at is not None:
        known = Q(known_from__lte=known_at) & (known | Q(known_to__gt=known_at))
    return valid & known


class ParameterSet(models.Model):
    """Parameter values under the digest of their content."""

    digest = models.CharField(primary_key=True, max_length=64)
    values = models.JSONField()

    def __str__(self) -> str:
        return self.digest[:12]


class Configuration(models.Model):
    """All that is inside units that look alike, under the digest of its content."""

    id = models.UUIDField(primary_key=True)
    item = models.ForeignKey("catalog.Item", models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.id)


class ConfigurationMember(models.Model):
    """One thing inside a configuration; without a release, it is not known which."""

    pk = models.CompositePrimaryKey("configuration_id", "number")
    configuration = models.ForeignKey(
        Configuration, models.CASCADE, related_name="members", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    path = KeyField()
    item = models.ForeignKey(
        "catalog.Item", models.PROTECT, null=True, related_name="+", db_index=False
    )
    release = models.ForeignKey(
        "catalog.Release", models.PROTECT, null=True, related_name="+", db_index=False
    )
    evidence = models.PositiveSmallIntegerField(choices=EvidenceLevel.choices)
    parameters = models.ForeignKey(
        ParameterSet, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        indexes = [
            models.Index(fields=["release", "configuration"], name="configurations_with_release"),
            models.Index(
                fields=["item", "configuration"],
                condition=Q(release=None),
                name="configurations_unknown_in_item",
            ),
        ]

    def __str__(self) -> str:
        return self.path or "unit"


class Unit(models.Model):
    """One physical piece of a hardware item, with a serial or batch number.

    What stands here beside the identity is derived from its events, for lists and counts.
    ``host_id`` is the unit it sits in now; a unit that sits in none has a configuration.
    """

    id = models.UUIDField(primary_key=True)
    item = models.ForeignKey("catalog.Item", models.PROTECT, related_name="+", db_index=False)
    serial = models.CharField(max_length=64)
    serial_folded = KeyField()
    discriminator = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=12, choices=UnitState.choices)
    built_at = models.DateTimeField(null=True)
    host_id = models.UUIDField(null=True)
    configuration = models.ForeignKey(
        Configuration, models.PROTECT, null=True, related_name="+", db_index=False
    )
    operator = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, related_name="+", db_index=False
    )
    site = models.ForeignKey(
        "parties.Site", models.PROTECT, null=True, related_name="+", db_index=False
    )
    distributor = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, related_name="+", db_index=False
    )
    country = models.CharField(max_length=2, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["serial_folded", "id"], name="units_by_serial"),
            models.Index(fields=["item", "serial_folded", "id"], name="units_of_an_item"),
            models.Index(
                fields=["configuration", "serial_folded", "id"], name="units_that_look_alike"
            ),
            models.Index(
                fields=["operator", "serial_folded", "id"],
                condition=Q(operator__isnull=False),
                name="units_of_an_operator",
            ),
            models.Index(
                fields=["distributor", "serial_folded", "id"],
                condition=Q(distributor__isnull=False),
                name="units_of_a_distributor",
            ),
            models.Index(
                fields=["host_id"], condition=Q(host_id__isnull=False), name="units_in_a_unit"
            ),
        ]

    def __str__(self) -> str:
        return self.serial


class Event(models.Model):
    """One fact in a unit's life, never edited; ``corrects`` names the event that it replaces."""

    pk = models.CompositePrimaryKey("unit_id", "seq")
    unit = models.ForeignKey(
        Unit, models.DO_NOTHING, related_name="events", db_constraint=False, db_index=False
    )
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    occurred_at = models.DateTimeField()
    precision = models.CharField(max_length=8)
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=120, blank=True)
    evidence = models.PositiveSmallIntegerField(choices=EvidenceLevel.choices)
    payload = models.JSONField()
    corrects = models.PositiveIntegerField(null=True)
    actor_name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%Y-%m-%d}"


class Installation(Bitemporal):
    """What sat in a slot of a unit: a release, a child unit, an anonymous part, or nothing."""

    pk = models.CompositePrimaryKey("unit_id", "number")
    unit = models.ForeignKey(
        Unit, models.DO_NOTHING, related_name="installations", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    slot = KeyField(blank=True)
    item = models.ForeignKey(
        "catalog.Item", models.PROTECT, null=True, related_name="+", db_index=False
    )
    release = models.ForeignKey(
        "catalog.Release", models.PROTECT, null=True, related_name="+", db_index=False
    )
    child_id = models.UUIDField(null=True)
    part = models.CharField(max_length=200, blank=True)
    parameters = models.ForeignKey(
        ParameterSet, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="installation_lasts",
            )
        ]
        indexes = [
            models.Index(
                fields=["release", "unit"],
                condition=Q(release__isnull=False),
                name="units_that_had_a_release",
            ),
            models.Index(
                fields=["child_id"], condition=Q(child_id__isnull=False), name="hosts_of_a_unit"
            ),
        ]

    def __str__(self) -> str:
        return self.slot or "unit"

    @property
    def is_empty(self) -> bool:
        """Whether the slot is known to hold nothing."""
        return self.item_id is None and self.child_id is None and not self.part


class Custody(Bitemporal):
    """Who kept a unit, in which role, as far as known."""

    pk = models.CompositePrimaryKey("unit_id", "number")
    unit = models.ForeignKey(
        Unit, models.DO_NOTHING, related_name="custody", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    role = models.CharField(
        max_length=12,
        choices=[
            ("operator", _("operator")),
            ("distributor", _("distributor")),
            ("owner", _("owner")),
        ],
    )
    party = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, related_name="+", db_index=False
    )
    site = models.ForeignKey(
        "parties.Site", models.PROTECT, null=True, related_name="+", db_index=False
    )
    country = models.CharField(max_length=2, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="custody_lasts"
            )
        ]
        indexes = [
            models.Index(
                fields=["party", "unit"],
                condition=Q(party__isnull=False),
                name="units_that_a_party_kept",
            )
        ]

    def __str__(self) -> str:
        return self.role


class UnitAlias(models.Model):
    """Another name of a unit, with the time in which it holds."""

    pk = models.CompositePrimaryKey("unit_id", "number")
    unit = models.ForeignKey(
        Unit, models.DO_NOTHING, related_name="aliases", db_constraint=False, db_index=False
    )
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=AliasKind.choices)
    value = models.CharField(max_length=200)
    value_folded = KeyField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["value_folded"], name="units_by_alias")]

    def __str__(self) -> str:
        return self.value


class Census(models.Model):
    """How many units that sit in no other share a configuration, keepers, country and state.

    The key is derived from what is counted, since a unique constraint takes unknowns for
    different. Kept in the transaction that changes the units.
    """

    id = models.UUIDField(primary_key=True)
    configuration = models.ForeignKey(Configuration, models.PROTECT, related_name="census")
    operator = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, related_name="+", db_index=False
    )
    distributor = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, related_name="+", db_index=False
    )
    country = models.CharField(max_length=2, blank=True)
    state = models.CharField(max_length=12, choices=UnitState.choices)
    count = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(count__gte=0), name="census_counts_no_less_than_none")
        ]

    def __str__(self) -> str:
        return str(self.count)


class Import(models.Model):
    """A list of units that someone dropped: looked at first, then taken."""

    filename = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    sheet = models.JSONField()
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.STAGED)
    is_all_or_nothing = models.BooleanField(default=False)
    row_count = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    event_count = models.PositiveIntegerField(default=0)
    late_count = models.PositiveIntegerField(default=0)
    preview = models.JSONField(default=dict)
    last_row = models.PositiveIntegerField(default=0)
    manifest = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(max_length=200)
    staged_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-staged_at", "-id"], name="imports_newest_first")]

    def __str__(self) -> str:
        return self.filename


class Refusal(models.Model):
    """One row of an import that cannot be taken, why, and what to do about it.

    Sentences are templates with values, so that they can be told in the reader's language.
    """

    source = models.ForeignKey(Import, models.CASCADE, related_name="refusals", db_index=False)
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=60, blank=True)
    serial = models.CharField(max_length=80, blank=True)
    reason = models.TextField()
    mend = models.TextField(blank=True)
    values = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "row"], name="row_is_refused_once")
        ]

    def __str__(self) -> str:
        return f"{self.row}: {self.reason}"
