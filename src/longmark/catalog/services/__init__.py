"""Changes to items, releases, composition and support periods."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction

from longmark.accounts import queries as accounts
from longmark.catalog import entries, queries
from longmark.catalog.models import (
    Fit,
    Item,
    ItemNumber,
    Passport,
    Profile,
    Release,
    Slot,
    SupportPeriod,
)
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid, Refused
from longmark.core.law import support
from longmark.core.vocabulary import IdentifiedBy, ItemKind, ReleaseStatus
from longmark.ledger import services as ledger

if TYPE_CHECKING:
    from longmark.parties.models import Party

ADDRESS_LIMIT_CHARACTERS = 500
SLOT_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True)
class ItemDetails:
    """What may be said of an item beyond its name and kind."""

    title: str = ""
    description: str = ""
    identified_by: IdentifiedBy = IdentifiedBy.NOTHING
    serial_pattern: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic(durable=True)
def register_item(
    name: str,
    *,
    kind: ItemKind,
    details: ItemDetails = ItemDetails(),
    supplier: "Party | None" = None,
    actor: Actor,
    now: datetime,
) -> Item:
    """Register an item under a name that is unique in the whole company.

    Raises:
        Invalid: no name, or a serial pattern that is not a regular expression.
        Refused: the name, or one of its external numbers, is taken.
    """
    accounts.require(actor, Action.CHANGE_CATALOG)
    item = Item(
        kind=kind,
        name=_stated(name, "name"),
        title=details.title,
        description=details.description,
        supplier=supplier,
        identified_by=details.identified_by,
        serial_pattern=_pattern(details.serial_pattern),
        recorded_at=now,
    )
    try:
        with transaction.atomic():
            item.save(force_insert=True)
            ItemNumber.objects.bulk_create(
                ItemNumber(item=item, system=system, number=number)
                for system, number in sorted(details.numbers.items())
            )
    except IntegrityError:
        raise Refused(
            'An item named "{name}", or with one of these numbers, is registered already.',
            name=item.name,
        ) from None
    registered = entries.ItemRegistered(item.kind, item.name, item.title, dict(details.numbers))
    ledger.append(registered, subject=item, actor=actor, now=now)
    return item


@transaction.atomic(durable=True)
def register_release(
    item: Item,
    version: str,
    *,
    released_on: date | None = None,
    status: ReleaseStatus = ReleaseStatus.RELEASED,
    notes: str = "",
    actor: Actor,
    now: datetime,
) -> Release:
    """Register one version of an item.

    Raises:
        Invalid: no version, or a release day in the future for what is released already.
        Refused: the item has that version.
    """
    accounts.require(actor, Action.CHANGE_CATALOG)
    if released_on and released_on > now.date() and status == ReleaseStatus.RELEASED:
        raise Invalid("Must not lie in the future.", field="released_on")
    release = Release(
        item=item,
        version=_stated(version, "version"),
        version_key=queries.version_key(version),
        status=status,
        released_on=released_on,
        notes=notes,
        recorded_at=now,
    )
    try:
        with transaction.atomic():
            release.save(force_insert=True)
    except IntegrityError:
        raise Refused("{item} has a release {version}.", item=item, version=version) from None
    registered = entries.ReleaseRegistered(
        item.pk,
        release.version,
        release.status,
        released_on.isoformat() if released_on else None,
    )
    ledger.append(registered, subject=release, actor=actor, now=now)
    return release


@transaction.atomic(durable=True)
def change_release_status(
    release: Release, status: ReleaseStatus, *, actor: Actor, now: datetime
) -> None:
    """Say where a release stands now.

    Raises:
        Refused: it stands there already, or a released version would become a draft again.
    """
    accounts.require(actor, Action.CHANGE_CATALOG)
    before = release.status
    if status == before or status == ReleaseStatus.DRAFT:
        raise Refused(
            "{release} is {before} and cannot become {after}.",
            release=release,
            before=before,
            after=status.value,
        )
    if not Release.objects.filter(pk=release.pk, status=before).update(status=status):
        raise Refused("Someone changed {release} meanwhile. Load it again.", release=release)
    release.status = status
    changed = entries.ReleaseStatusChanged(before, status.value)
    ledger.append(changed, subject=release, actor=actor, now=now)


@dataclass(frozen=True)
class ProfileChanges:
    """What is said anew of a release's profile; ``None`` leaves a thing as it is."""

    parent: "Release | None" = None
    classifier: str | None = None
    group: str | None = None
    description: str | None = None
    swid_tag: str | None = None
    collection: str | None = None
    tags: tuple[str, ...] | None = None
    is_latest: bool | None = None
    is_active: bool | None = None


@transaction.atomic(durable=True)
def profile_release(
    release: Release, changes: ProfileChanges, *, actor: Actor, now: datetime
) -> bool:
    """Say what programs outside keep beside a release; tell whether anything changed.

    Of the releases of one item, one is the latest. Whoever may add SBOMs may say this, too.

    Raises:
        Invalid: a text is too long.
        Refused: the release would be above itself.
    """
    if not accounts.may(actor, Action.ADD_SBOM, release):
        accounts.require(actor, Action.CHANGE_CATALOG, release)
    if changes.parent and release.pk in queries.release_ids_above(changes.parent):
        raise Refused("{release} cannot be above itself.", release=release)
    Item.objects.select_for_update().get(pk=release.item_id)  # one is the latest
    known = Profile.objects.filter(release=release).first() or Profile(release=release)
    changed = _changed(known, changes)
    if not changed:
        return False
    if changes.is_latest:
        siblings = Profile.objects.filter(release__item=release.item_id, is_latest=True)
        siblings.exclude(pk=release.pk).update(is_latest=False)
    Profile.objects.update_or_create(release=release, defaults=changed)
    said = {name: ", ".join(v) if isinstance(v, list) else str(v) for name, v in changed.items()}
    ledger.append(entries.ReleaseProfiled(said), subject=release, actor=actor, now=now)
    return True


def _changed(known: Profile, changes: ProfileChanges) -> dict[str, object]:
    """Return what differs, by column."""
    changed: dict[str, object] = {}
    for name, value in vars(changes).items():
        stated = list(value) if isinstance(value, tuple) else value
        if stated is None or stated == getattr(known, name):
            continue
        limit = getattr(Profile._meta.get_field(name), "max_length", None)
        if limit and isinstance(stated, str) and len(stated) > limit:
            raise Invalid("At most {limit} characters.", field=name, limit=limit)
        changed[name] = stated
    return changed


@transaction.atomic(durable=True)
def define_slot(
    item: Item,
    name: str,
    *,
    position: int = 0,
    is_optional: bool = False,
    actor: Actor,
    now: datetime,
) -> Slot:
    """Define a named place in each unit of an item.

    Raises:
        Invalid: the name is not made of small letters, digits and hyphens.
        Refused: nothing physical can have slots, or the slot exists.
    """
    accounts.require(actor, Action.CHANGE_CATALOG)
    if not SLOT_NAME.fullmatch(name):
        raise Invalid(
            '"{name}" is not a slot name. Use small letters, digits and hyphens: control-board.',
            field="name",
            name=name,
        )
    if not queries.is_hardware(item):
        raise Refused("{item} is a {kind} and has no slots.", item=item, kind=item.kind)
    slot = Slot(item=item, name=name, position=position, is_optional=is_optional)
    try:
        with transaction.atomic():
            slot.save(force_insert=True)
    except IntegrityError:
        raise Refused('{item} has a slot "{name}" already.', item=item, name=name) from None
    defined = entries.SlotDefined(item.pk, name, is_optional)
    ledger.append(defined, subject=slot, actor=actor, now=now)
    return slot


@transaction.atomic(durable=True)
def allow_fits(slot: Slot, releases: Iterable[Release], *, actor: Actor, now: datetime) -> int:
    """Allow releases in a slot, and return how many were not allowed before."""
    accounts.require(actor, Action.CHANGE_CATALOG)
    known = set(Fit.objects.filter(slot=slot).values_list("release_id", flat=True))
    fresh = sorted({release.pk for release in releases} - known)
    if fresh:
        Fit.objects.bulk_create(Fit(slot=slot, release_id=pk) for pk in fresh)
        ledger.append(entries.FitsAllowed(fresh), subject=slot, actor=actor, now=now)
    return len(fresh)


@transaction.atomic(durable=True)
def decide_support_period(
    item: Item,
    *,
    starts_on: date,
    years: int,
    expected_use_years: int,
    reasoning: str,
    actor: Actor,
    now: datetime,
) -> SupportPeriod:
    """Decide how long a product's vulnerabilities are handled: CRA Article 13(8).

    Raises:
        Invalid: shorter than the law allows, or without a reason (Article 13(8) asks for the
            information that was taken into account).
        Refused: the item is not a product.
    """
    accounts.require(actor, Action.CHANGE_CATALOG)
    if item.kind != ItemKind.PRODUCT:
        raise Refused("{item} is not a product: {kind}.", item=item, kind=item.kind)
    period = SupportPeriod.objects.create(
        item=item,
        starts_on=starts_on,
        years=years,
        ends_on=support.support_ends_on(starts_on, years, expected_use_years=expected_use_years),
        expected_use_years=expected_use_years,
        reasoning=_stated(reasoning, "reasoning"),
        decided_at=now,
    )
    decided = entries.SupportPeriodDecided(
        item.pk,
        starts_on.isoformat(),
        period.ends_on.isoformat(),
        years,
        expected_use_years,
        period.reasoning,
    )
    ledger.append(decided, subject=period, actor=actor, now=now)
    return period


@transaction.atomic(durable=True)
def open_passport(
    item: Item,
    *,
    declaration_url: str = "",
    instructions_url: str = "",
    actor: Actor,
    now: datetime,
) -> Passport:
    """Let whoever scans the plate of a unit of this item see its public page, with these links.

    Raises:
        Invalid: a link is no address that a browser opens.
        Refused: no physical pieces of the item exist.
    """
    accounts.require(actor, Action.CHANGE_CATALOG)
    if not queries.is_hardware(item):
        raise Refused("{item} has no units that could have a plate.", item=item)
    passport, _ = Passport.objects.update_or_create(
        item=item,
        defaults={
            "is_open": True,
            "declaration_url": _address(declaration_url, "declaration_url"),
            "instructions_url": _address(instructions_url, "instructions_url"),
            "changed_at": now,
        },
    )
    opened = entries.PassportOpened(passport.declaration_url, passport.instructions_url)
    ledger.append(opened, subject=item, actor=actor, now=now)
    return passport


@transaction.atomic(durable=True)
def close_passport(item: Item, *, actor: Actor, now: datetime) -> None:
    """Let the plates of an item's units show nothing in public any more; its links are kept.

    Raises:
        Refused: it is not open.
    """
    accounts.require(actor, Action.CHANGE_CATALOG)
    closed = Passport.objects.filter(item=item, is_open=True).update(is_open=False, changed_at=now)
    if not closed:
        raise Refused("The public page of {item} is closed already.", item=item)
    ledger.append(entries.PassportClosed(), subject=item, actor=actor, now=now)


def _address(text: str, field_name: str) -> str:
    stated = text.strip()
    if not stated:
        return ""
    try:
        parts = urlsplit(stated)
    except ValueError:
        parts = urlsplit("")
    is_whole = parts.scheme in {"http", "https"} and parts.hostname and stated.isprintable()
    if not is_whole or " " in stated or len(stated) > ADDRESS_LIMIT_CHARACTERS:
        raise Invalid(
            "Must be an address that begins with https:// or http://, of {limit} characters at"
            " most.",
            field=field_name,
            limit=ADDRESS_LIMIT_CHARACTERS,
        )
    return stated


def _stated(text: str, field_name: str) -> str:
    stated = text.strip()
    if not stated:
        raise Invalid("Must not be empty.", field=field_name)
    return stated


def _pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise Invalid(
            "Not a regular expression: {error}.", field="serial_pattern", error=error
        ) from None
    return pattern
