"""Units, what happened to them, what is inside them, who keeps them, and how many there are.

What distribution by unit asks (architecture, section 5): every key of a unit table contains the
unit, and nothing points to a unit under a database constraint. A pointer to a unit is a plain
column or a relation without a constraint.
"""

from datetime import datetime

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from longmark.core.life.course import STATE_AFTER
from longmark.core.life.events import NOT_IN_USE, OUT_OF_USE, CustodyRole, Evidence, Kind, State
from longmark.core.vocabulary import AliasKind, choices
from longmark.foundation.fields import KeyField

LINK_KEY_BYTES = 32
EVIDENCE = [(level.value, level.word) for level in Evidence]

ENDING_KINDS = sorted(
    [
        Kind.CORRECTED.value,
        *(kind.value for kind, state in STATE_AFTER.items() if state in NOT_IN_USE),
    ]
)
"""Kinds of events by which a unit may come out of use; a correction may stand for one."""


class Bitemporal(models.Model):
    """A half-open interval of the world, believed during a half-open interval of knowledge.

    Rows are inserted; the only change ever made to one is to close ``known_to``.
    """

    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    known_from = models.DateTimeField()
    known_to = models.DateTimeField(null=True)
    evidence = models.PositiveSmallIntegerField(choices=EVIDENCE)

    class Meta:
        abstract = True


def known(at: datetime | None = None) -> Q:
    """Return what is believed now, or was believed at an instant."""
    if at is None:
        return Q(known_to=None)
    return Q(known_from__lte=at) & (Q(known_to=None) | Q(known_to__gt=at))


def believed(*, at: datetime | None = None, known_at: datetime | None = None) -> Q:
    """Return what holds at an instant as believed at another; ``None`` is now."""
    valid = Q(valid_to=None)
    if at is not None:
        valid = Q(valid_from__lte=at) & (valid | Q(valid_to__gt=at))
    return valid & known(known_at)


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
    evidence = models.PositiveSmallIntegerField(choices=EVIDENCE)
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
    state = models.CharField(max_length=16, choices=choices(State))
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

    @property
    def is_out_of_use(self) -> bool:
        """Whether it exists, but not where it was in use."""
        return self.state in OUT_OF_USE


class Event(models.Model):
    """One fact in a unit's life, never edited; ``corrects`` names the event that it replaces."""

    pk = models.CompositePrimaryKey("unit_id", "seq")
    unit = models.ForeignKey(
        Unit, models.DO_NOTHING, related_name="events", db_constraint=False, db_index=False
    )
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=choices(Kind))
    occurred_at = models.DateTimeField()
    precision = models.CharField(max_length=8)
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=120, blank=True)
    evidence = models.PositiveSmallIntegerField(choices=EVIDENCE)
    payload = models.JSONField()
    corrects = models.PositiveIntegerField(null=True)
    actor_name = models.CharField(max_length=200)

    class Meta:
        indexes = [
            # Few beside all other events: the precision board asks which wait for a confirmation.
            models.Index(
                fields=["occurred_at", "unit"],
                condition=Q(kind=Kind.SOFTWARE_CHANGED.value, evidence__lt=Evidence.REPORTED.value),
                name="changes_on_someones_word",
            ),
            models.Index(
                fields=["unit"], condition=Q(kind__in=ENDING_KINDS), name="units_whose_use_ended"
            ),
            # What others ask for who follow the events of all units. Events are written as time
            # goes by, so that on PostgreSQL a few megabytes of ranges do for ten million units.
            BrinIndex(fields=["recorded_at"], name="events_by_record_time"),
            BrinIndex(fields=["occurred_at"], name="events_by_time"),
        ]

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
    quantity = models.PositiveIntegerField(default=1, db_default=1)
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
            models.Index(
                fields=["item", "unit"],
                condition=Q(release__isnull=True, child_id__isnull=True, item__isnull=False),
                name="units_with_an_unknown_release",
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
    role = models.CharField(max_length=12, choices=choices(CustodyRole))
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
    kind = models.CharField(max_length=20, choices=choices(AliasKind))
    value = models.CharField(max_length=200)
    value_folded = KeyField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "value_folded"],
                condition=Q(valid_to=None),
                name="unit_bears_a_name_once",
            )
        ]
        indexes = [models.Index(fields=["value_folded"], name="units_by_alias")]

    def __str__(self) -> str:
        return self.value


class LinkKey(models.Model):
    """A secret key of identification links; ``number`` stands in each token made with it.

    It is kept in the database, since the labels of every unit depend on it: who has a copy of
    the database can read all links that were ever printed.
    """

    number = models.PositiveSmallIntegerField(primary_key=True)
    secret = models.BinaryField(max_length=LINK_KEY_BYTES)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"link key {self.number}"


class Census(models.Model):
    """How many units that sit in no other share a configuration, keepers, country and state.

    The key is derived from what is counted, since a unique constraint takes unknowns for
    different. Kept in the transaction that changes the units.
    """

    id = models.UUIDField(primary_key=True)
    configuration = models.ForeignKey(
        Configuration, models.PROTECT, related_name="census", db_index=False
    )
    operator = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, related_name="+", db_index=False
    )
    distributor = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, related_name="+", db_index=False
    )
    country = models.CharField(max_length=2, blank=True)
    state = models.CharField(max_length=16, choices=choices(State))
    count = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(count__gte=0), name="census_counts_no_less_than_none"
            )
        ]
        indexes = [
            # Sums are made from the index alone.
            models.Index(
                fields=["configuration", "state", "operator", "distributor", "country", "count"],
                name="census_of_a_configuration",
            ),
            models.Index(
                fields=["operator"],
                condition=Q(operator__isnull=False),
                name="census_of_an_operator",
            ),
            models.Index(
                fields=["distributor"],
                condition=Q(distributor__isnull=False),
                name="census_of_a_distributor",
            ),
        ]

    def __str__(self) -> str:
        return str(self.count)
