"""What the desk shows beside the worst: how well the fleet is known, and what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from longmark.catalog import queries as catalog
from longmark.fleet.queries import imports, snapshots, tallies
from longmark.jobs import queries as jobs
from longmark.sboms import queries as sboms
from longmark.sboms.queries import lifespans
from longmark.sboms.queries.lifespans import Asked, View
from longmark.web.charts import Part
from longmark.web.filters import SOFTWARE_KINDS
from longmark.web.templatetags.charts import evidence_parts
from longmark.web.words import evidence_code

if TYPE_CHECKING:
    from longmark.catalog.models import Item, Release

SLOTS_SHOWN = 7
NOTED_LIMIT = 4
OUTCOME_SHOWN = 120
SUPPORT_ENDS_WITHIN = timedelta(days=180)
RELEASES_LOOKED_AT = 500
REPORTED = 3
"""From this level on, a claim rests on more than someone's word."""


@dataclass(frozen=True)
class PrecisionRow:
    """How well one slot of an item's units is known."""

    item: "Item"
    path: str
    parts: Sequence[Part]
    reported_percent: int
    unknown_count: int
    unit_count: int

    @property
    def slot(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Note:
    """One thing that waits or changed, with where it leads."""

    href: str
    text: str
    value: str
    tone: str = ""


def precision_board() -> list[PrecisionRow]:
    """Return how well each slot of the products is known, most units first. Two queries."""
    products = {one.pk: one for one in catalog.items_by_name().values() if one.kind == "product"}
    known = tallies.precision_of(products)
    rows = [_precision_row(products[one.item_id], one) for one in known if one.path]
    return sorted(rows, key=lambda row: (-row.unit_count, row.path))[:SLOTS_SHOWN]


def _precision_row(item: "Item", known: tallies.Precision) -> PrecisionRow:
    counts = {evidence_code(level): n for level, n in known.by_evidence.items()}
    counts["unknown"] = known.unknown_count
    reported = sum(n for level, n in known.by_evidence.items() if level >= REPORTED)
    return PrecisionRow(
        item=item,
        path=known.path,
        parts=evidence_parts(counts),
        reported_percent=round(100 * reported / max(known.unit_count, 1)),
        unknown_count=known.unknown_count,
        unit_count=known.unit_count,
    )


def notes(now: datetime) -> list[Note]:
    """Return what waits for someone: lists, jobs, missing SBOMs, ended lives, ending support."""
    waiting = [*_lists(), *_failed_jobs(), *_missing_sboms(), *_drifting()]
    return [*waiting, *_ended(now), *_ending_support(now)]


def _drifting() -> list[Note]:
    """Tell of units on which something was found that nobody booked."""
    count = snapshots.drift_count()
    if not count:
        return []
    text = ngettext(
        "Parameters of one unit differ from what was booked",
        "Parameters of %(count)s units differ from what was booked",
        count,
    )
    said = text % {"count": f"{count:,}"}
    return [Note(reverse("web:drift"), said, _("not booked"), "attn")]


def _lists() -> list[Note]:
    found = imports.imports_page(limit=NOTED_LIMIT * 3).items
    waiting = [one for one in found if one.state == "staged"][:NOTED_LIMIT]
    said = _("%(name)s waits: %(good)s of %(all)s rows can be taken")
    return [
        Note(
            reverse("web:import", args=[one.pk]),
            said
            % {
                "name": one.filename,
                "good": f"{one.row_count - one.refused_count:,}",
                "all": f"{one.row_count:,}",
            },
            _("%(count)s refused") % {"count": one.refused_count} if one.refused_count else "",
            "attn",
        )
        for one in waiting
    ]


def _failed_jobs() -> list[Note]:
    failed = jobs.jobs_page(state="failed", limit=NOTED_LIMIT).items
    return [
        Note(
            reverse("web:job", args=[one.pk]),
            f"{one.kind}: {one.outcome[:120]}",
            _("failed"),
            "attn",
        )
        for one in failed
    ]


def _missing_sboms() -> list[Note]:
    """Tell of releases of software that nothing is known of."""
    released = catalog.releases_page(kinds=SOFTWARE_KINDS, limit=RELEASES_LOOKED_AT).items
    known = sboms.documents_by_release([one.pk for one in released])
    missing = [one for one in released if one.pk not in known]
    return [_missing(one) for one in missing[:NOTED_LIMIT]]


def _missing(release: "Release") -> Note:
    text = _("%(release)s has no SBOM: its units cannot be judged") % {"release": release}
    return Note(reverse("web:release", args=[release.pk]), text, _("unknown"), "attn")


def _ended(now: datetime) -> list[Note]:
    """Tell how many components nobody mends any more, or only until the product must be."""
    views = (View.PAST, View.SOON, View.SUPPORT)
    past, soon, before = (lifespans.due_count(Asked(view), today=now.date()) for view in views)
    said = [
        (
            past,
            ngettext("{n} component is past its end", "{n} components are past their end", past),
        ),
        (
            soon,
            ngettext("{n} component ends within a year", "{n} components end within a year", soon),
        ),
        (
            before,
            ngettext(
                "{n} component ends before the support of its product does",
                "{n} components end before the support of their product does",
                before,
            ),
        ),
    ]
    values = (_("mended by nobody"), _("end of life"), _("Art. 13(8)"))
    return [
        Note(
            f"{reverse('web:lifespans')}?view={view.value}",
            text.format(n=f"{count:,}"),
            value,
            "attn" if view is View.PAST else "",
        )
        for view, (count, text), value in zip(views, said, values, strict=True)
        if count
    ]


def _ending_support(now: datetime) -> list[Note]:
    today = now.date()
    ending = catalog.support_ending(after=today, before=today + SUPPORT_ENDS_WITHIN)
    found = []
    for period in ending[:NOTED_LIMIT]:
        days = (period.ends_on - today).days
        text = _("%(item)s: its support period ends, Art. 13(8)") % {"item": period.item}
        left = ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
        found.append(Note(reverse("web:item", args=[period.item_id]), text, left))
    return found
