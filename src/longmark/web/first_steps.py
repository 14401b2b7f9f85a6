"""The first steps of an empty installation: shown on the desk until each has been taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from longmark.accounts import queries as accounts
from longmark.catalog import queries as catalog
from longmark.core.actors import Action, Actor
from longmark.core.vocabulary import ItemKind
from longmark.sboms import queries as sboms

if TYPE_CHECKING:
    from longmark.intel.queries.intakes import SourceState

RELEASES_LOOKED_AT = 500


@dataclass(frozen=True)
class Step:
    """One thing to do first; ``is_open`` says that the reader may do it."""

    title: str
    text: str
    href: str
    is_done: bool
    is_open: bool


def first_steps(
    actor: Actor, *, sources: "Sequence[SourceState]", finding_count: int, unit_count: int
) -> list[Step]:
    """Return what is to be done first; nothing once all is done. Three queries at most."""
    has_product = bool(catalog.items_page(kinds=[ItemKind.PRODUCT], limit=1).items)
    done = {
        Action.CHANGE_CATALOG: has_product,
        Action.ADD_SBOM: finding_count > 0 or _has_sbom(),
        Action.IMPORT_ADVISORIES: any(source.record_count for source in sources),
        Action.IMPORT_UNITS: unit_count > 0,
    }
    if all(done.values()):
        return []
    return [_step(action, is_done, actor) for action, is_done in done.items()]


def _has_sbom() -> bool:
    known = catalog.releases_page(limit=RELEASES_LOOKED_AT).items
    return bool(sboms.release_ids_with_sbom(release.pk for release in known))


def _step(action: Action, is_done: bool, actor: Actor) -> Step:
    title, text, href = {
        Action.CHANGE_CATALOG: (
            _("Register a product"),
            _("with its modules, its firmware, and the slots in which they sit"),
            reverse("web:item-register"),
        ),
        Action.ADD_SBOM: (
            _("Add an SBOM"),
            _("to a release of its firmware: CycloneDX or SPDX, by hand or from your build"),
            reverse("web:releases"),
        ),
        Action.IMPORT_ADVISORIES: (
            _("Import advisories"),
            _("as files of OSV, NVD, CVE, CISA KEV or EPSS"),
            reverse("web:feeds"),
        ),
        Action.IMPORT_UNITS: (
            _("Drop a list of units"),
            _("serial numbers from production or the warehouse: CSV or XLSX"),
            reverse("web:imports"),
        ),
    }[action]
    return Step(title, text, href, is_done, accounts.may(actor, action))
