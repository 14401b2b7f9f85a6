"""What anybody who holds a unit may know: of its product, and nothing of this one unit.

Everything here is true of each unit of the item, but the serial number, which stands beside the
code that led here. Customers, sites, contents, findings and versions in use are not read at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from longmark.catalog import queries as catalog
from longmark.findings.queries import findings
from longmark.sboms import queries as sboms
from longmark.web.places import SOFTWARE_KINDS, places_of

if TYPE_CHECKING:
    from longmark.catalog.models import Passport, Release, SupportPeriod
    from longmark.fleet.models import Unit


@dataclass(frozen=True)
class Update:
    """The newest version of what can be installed in units of a product."""

    release: "Release"
    is_security: bool  # it is rid of something that is known to affect an earlier version


@dataclass(frozen=True)
class PublicFacts:
    """What the public page says."""

    unit: "Unit"
    passport: "Passport"
    period: "SupportPeriod | None"
    updates: tuple[Update, ...]
    company: str
    contact: str
    contact_href: str


def is_public(unit: "Unit") -> bool:
    """Tell whether strangers are shown a page of a unit. One query."""
    passport = catalog.passport(unit.item)
    return passport is not None and passport.is_open


def public_facts(unit: "Unit") -> PublicFacts | None:
    """Return what may be said of a unit in public; ``None`` where its item says nothing."""
    passport = catalog.passport(unit.item)
    if passport is None or not passport.is_open:
        return None
    contact = settings.SECURITY_CONTACT
    return PublicFacts(
        unit,
        passport,
        catalog.support_period(unit.item),
        _updates(unit),
        settings.COMPANY,
        contact,
        contact if contact.startswith("https://") else f"mailto:{contact}",
    )


def _updates(unit: "Unit") -> tuple[Update, ...]:
    """Return the newest version of each software that fits. Two queries a level, one for each."""
    fits = [
        release
        for place in places_of(unit).values()
        for release in place.fits
        if release.item.kind in SOFTWARE_KINDS
    ]
    newest = catalog.newest_released(fits)
    described = sboms.release_ids_with_sbom([release.pk for release in newest])
    return tuple(
        Update(release, release.pk in described and _is_security(release, fits))
        for release in newest
    )


def _is_security(newest: "Release", fits: Sequence["Release"]) -> bool:
    """Tell whether a release mends what affects an earlier one; a guess is no claim."""
    earlier = [
        each.pk
        for each in fits
        if each.item_id == newest.item_id and each.version_key < newest.version_key
    ]
    return bool(earlier) and findings.is_better_than(newest, earlier)
