"""The tour: what there is to see in the demo world, with numbers that are computed, not typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from longmark.catalog import queries as catalog
from longmark.core.life.events import Kind
from longmark.core.vocabulary import PartyKind
from longmark.demo.options import CARD, serial_of
from longmark.demo.people import COLLEAGUES, PASSWORD, Colleague
from longmark.findings.queries import settled
from longmark.findings.queries.listing import Narrowing, concern_count
from longmark.fleet.queries import conflicts, contents, imports, reach, rmas, snapshots, units
from longmark.fleet.queries.units import UnitFilter
from longmark.fleet.services.links import links
from longmark.impact.queries import desk, reaching, subjects
from longmark.impact.queries.holds import gate_of
from longmark.sboms import queries as sboms
from longmark.sboms.queries import lifespans
from longmark.sboms.queries.lifespans import Asked, View

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.fleet.models import Unit
    from longmark.impact.queries.reaching import Impact

DRILL = "CVE-2020-11899"
DISPUTED = "CVE-2024-10918"
UNJUDGED = ("tgmb-fw", "1.3")
SETTLED = ("tg700-fw", "4.2")
SILENT = ("tg200-fw", "2.2.1")
REUSED = "MB-000001"
DAY = timedelta(days=1)
SOON = timedelta(days=120)
LOOKED_AT = 400  # units, to find one that was repaired


@dataclass(frozen=True, slots=True)
class Stop:
    """One thing to look at: where it is, and what to see there."""

    title: str
    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Tour:
    """What the demo prints. ``was_there`` tells that nothing was made this time."""

    stops: Sequence[Stop]
    people: Sequence[Colleague]
    password: str
    was_there: bool = False


def tour(now: datetime, *, was_there: bool = False) -> Tour:
    """Return the tour of the demo world as it stands."""
    impact = reaching.impact_of(subjects.subject_of(DRILL))
    stops = (
        _desk(now),
        _drill(impact),
        _customer(impact),
        _repaired(impact),
        _unjudged(),
        _silent(),
        _settled(),
        _disputed(),
        _refused(),
        _contested(),
        _drifting(),
        _returned(),
        _nested(),
        _reused(),
        _public(now),
        _ended(now),
        _support(now),
    )
    return Tour(stops, COLLEAGUES, PASSWORD, was_there)


def _desk(now: datetime) -> Stop:
    asked = Narrowing(changed_since=now - DAY)
    worst = desk.worst_first(asked, limit=1).items
    text = _("{count} vulnerabilities are new or changed since yesterday; {first} is first.")
    first = worst[0].concern.vulnerability.name if worst else _("none")
    return Stop(
        _("The desk"), text.format(count=concern_count(asked), first=first), reverse("web:desk")
    )


def _drill(impact: "Impact") -> Stop:
    text = _(
        "Exploited, and new this morning: {releases} releases, {units} units of {customers}"
        " customers in {countries} countries; {unknown} more that nobody can rule out."
    )
    told = text.format(
        releases=sum(1 for each in impact.releases if each.concerned.is_affected),
        units=f"{impact.unit_count:,}",
        customers=impact.customer_count,
        countries=impact.country_count,
        unknown=f"{impact.unknown_unit_count:,}",
    )
    return Stop(DRILL, told, reverse("web:vulnerability", args=[DRILL]))


def _customer(impact: "Impact") -> Stop:
    customers = (
        each for each in impact.parties if each.party and each.party.kind == PartyKind.CUSTOMER
    )
    first = next(customers)
    assert first.party is not None
    text = _("Has {units} of these units: which, and at which of its sites.")
    path = reverse("web:party", args=[first.party.pk])
    return Stop(str(first.party), text.format(units=f"{first.unit_count:,}"), path)


def _repaired(impact: "Impact") -> Stop:
    """Show a drive that the drill reaches, if there is one through a board swapped in a repair."""
    drives = UnitFilter(item_ids=(catalog.item_named("TG-200").pk,))
    reached = reaching.units_reached(impact.subject, narrowed=drives, limit=LOOKED_AT).items
    swapped = next((one.unit for one in reached if _was_swapped(one.unit)), None)
    unit = swapped or reached[0].unit
    history = _("its board came with a repair") if swapped else _("as it was built")
    text = _("{item}, {history}. See what is inside now, and on any past day.")
    path = reverse("web:unit", args=[unit.pk])
    return Stop(str(unit), text.format(item=unit.item, history=history), path)


def _was_swapped(unit: "Unit") -> bool:
    return any(event.kind == Kind.SWAPPED for event in units.events_page(unit).items)


def _unjudged() -> Stop:
    release = _release(*UNJUDGED)
    quality = sboms.quality(release)
    text = _("{missing} of {count} parts in the supplier's SBOM have no version: not judged.")
    told = text.format(
        missing=quality.component_count - quality.version_known_count,
        count=quality.component_count,
    )
    return Stop(str(release), told, reverse("web:release", args=[release.pk]))


def _silent() -> Stop:
    release = _release(*SILENT)
    held = reach.releases_in_use([release.item_id]).get(release.pk, 0)
    text = _("A quick release without any SBOM: nobody can say what {units} units run.")
    path = reverse("web:release", args=[release.pk])
    return Stop(str(release), text.format(units=held), path)


def _settled() -> Stop:
    release = _release(*SETTLED)
    counts = settled.settled_counts(release)
    text = _("{total} findings, {settled} of them settled by facts of its build: see by which.")
    told = text.format(total=counts.total, settled=counts.settled)
    return Stop(str(release), told, reverse("web:release", args=[release.pk]) + "?view=settled")


def _release(item: str, version: str) -> "Release":
    return catalog.release_named(catalog.item_named(item), version)


def _disputed() -> Stop:
    text = _("Its sources disagree: the finder names a range, NVD has not looked yet.")
    return Stop(DISPUTED, text, reverse("web:vulnerability", args=[DISPUTED]))


def _refused() -> Stop:
    taken = imports.imports_page(limit=50).items
    count = sum(each.refused_count for each in taken)
    text = _("{count} rows of {lists} lists are refused, each with its reason and its mend.")
    lists = sum(each.refused_count > 0 for each in taken)
    told = text.format(count=count, lists=lists)
    return Stop(_("Imports"), told, reverse("web:imports"))


def _contested() -> Stop:
    text = _("{count} claims of a distributor contradict the ERP system: both are kept.")
    told = text.format(count=conflicts.open_count())
    return Stop(_("Conflicts"), told, reverse("web:conflicts"))


def _returned() -> Stop:
    waiting = rmas.rmas_page(limit=100).items
    held = sum(bool(gate_of(each.unit).holding) for each in waiting)
    text = _("{count} units came back and are on the bench; {held} may not go out as they are.")
    return Stop(_("Returns"), text.format(count=len(waiting), held=held), reverse("web:rmas"))


def _nested() -> Stop:
    """Show a drive with a card in the board in it, and a photo of its plate."""
    card = units.unit_of(catalog.item_named(CARD), serial_of(1))
    *_between, drive = contents.host_path(card)
    text = _("{card} has firmware of its own, sits in a board in this drive, and was photographed.")
    path = reverse("web:unit", args=[drive.pk])
    return Stop(str(drive), text.format(card=f"{CARD} {card.serial}"), path)


def _reused() -> Stop:
    text = _("Two cards bear this number: the range was used again after the ERP migration.")
    return Stop(REUSED, text, f"{reverse('web:units')}?q={REUSED}")


def _public(now: datetime) -> Stop:
    """Show what a stranger sees who scans the plate of a large drive."""
    card = units.unit_of(catalog.item_named(CARD), serial_of(1))
    *_between, drive = contents.host_path(card)
    path = reverse("web:passport", args=[links(now=now).token_of(drive.pk)])
    return Stop(
        _("Its public page"),
        _("What a stranger sees who scans its plate: support, contact, papers."),
        path,
    )


def _drifting() -> Stop:
    count = snapshots.drift_count()
    text = _("{count} drives were found with other parameters than booked: IPv6 is on, say.")
    return Stop(_("Changed, and nobody booked it"), text.format(count=count), reverse("web:drift"))


def _support(now: datetime) -> Stop:
    ending = catalog.support_ending(after=now.date(), before=(now + SOON).date())
    text = _("Support ends on {day}, in {days} days.")
    first = ending[0]
    days = (first.ends_on - now.date()).days
    path = reverse("web:item", args=[first.item_id])
    return Stop(str(first.item), text.format(day=first.ends_on.isoformat(), days=days), path)


def _ended(now: datetime) -> Stop:
    past, before = (
        lifespans.due_count(Asked(view), today=now.date()) for view in (View.PAST, View.SUPPORT)
    )
    text = _(
        "{past} components are past the end of their life, {before} more end before the support"
        " of their product does: who says so, and where they are used."
    )
    return Stop(_("End of life"), text.format(past=past, before=before), reverse("web:lifespans"))
