"""Lists of units as files: all that a list shows, and what a vulnerability reaches."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from longmark.core.errors import Invalid
from longmark.core.parameters.secrets import is_digest
from longmark.fleet.queries import snapshots
from longmark.impact.queries.subjects import subject_of_one, subject_of_vulnerability
from longmark.intel.queries import vulnerabilities as intel
from longmark.sboms import queries as sboms
from longmark.web import countries, reached, words
from longmark.web.doors import PageRequest
from longmark.web.files.tables import ROWS_AT_ONCE, Column, Table, every
from longmark.web.filters import day_asked, unit_filter
from longmark.web.views import holdings, unit_parameters
from longmark.web.views.units import found_units
from longmark.web.words import evidence_code

if TYPE_CHECKING:
    from longmark.fleet.models import ParameterDrift, Unit
    from longmark.fleet.queries.reach import Kept, Place, UnitReached

UnitOf = Callable[[Any], "Unit"]
KeptOf = Callable[[Any], "Unit | Kept"]


def _itself(row: Any) -> Any:
    return row


def _unit(row: Any) -> "Unit":
    unit: Unit = row.unit
    return unit


def identity(unit: UnitOf) -> tuple[Column, ...]:
    """Return the columns that tell which unit it is."""
    return (
        Column("serial", _("serial number"), lambda row: unit(row).serial),
        Column("item", _("item"), lambda row: unit(row).item.name),
        Column("state", _("state"), lambda row: unit(row).state, words=words.UNIT_STATES),
    )


def keepers(kept: KeptOf) -> tuple[Column, ...]:
    """Return the columns that tell whose it is and where."""
    return (
        Column("customer", _("customer"), lambda row: _name(kept(row).operator), None, True),
        Column("site", _("site"), lambda row: _name(kept(row).site)),
        Column("distributor", _("distributor"), lambda row: _name(kept(row).distributor)),
        Column(
            "country",
            _("country"),
            lambda row: kept(row).country or None,
            words=countries.NAMES,
            is_unknown_said=True,
        ),
    )


def _name(named: Any) -> str | None:
    return str(named.name) if named else None


_REACHED = (
    *identity(_unit),
    *keepers(lambda row: row.keeper),
    Column(
        "verdict",
        _("affected or unknown"),
        lambda row: "unknown" if row.is_unknown else "affected",
        words={"unknown": _("unknown"), "affected": _("affected")},
    ),
    Column("parts", _("affected parts"), lambda row: ", ".join(map(_part, row.places))),
    Column("evidence", _("evidence"), lambda row: _evidence(row)),
)


def _part(place: "Place") -> str:
    if place.release is not None:
        return str(place.release)
    return gettext("%(item)s, version unknown") % {"item": place.item}


def _evidence(row: "UnitReached") -> str:
    levels = [place.evidence for place in row.places if place.release]
    return evidence_code(max(levels, default=None))


def _units(request: PageRequest) -> "Iterator[Unit]":
    asked = unit_filter(request)
    return every(lambda after: found_units(request, asked, after=after, limit=ROWS_AT_ONCE))


def _holding(request: PageRequest) -> "Iterator[UnitReached]":
    asked = holdings.asked_for(request)
    if asked is None:
        raise Invalid("Say what the units hold.", field="of")
    return every(
        lambda after: holdings.found_units(request, asked, after=after, limit=ROWS_AT_ONCE)
    )


def _weak(request: PageRequest, name: str) -> "Iterator[UnitReached]":
    subject, day = subject_of_vulnerability(intel.vulnerability(name)), day_asked(request)
    return every(
        lambda after: reached.units(request, subject, day, after=after, limit=ROWS_AT_ONCE)
    )


def _containing(request: PageRequest, pk: UUID) -> "Iterator[UnitReached]":
    subject = subject_of_one(sboms.component(pk))
    return every(lambda after: reached.units(request, subject, after=after, limit=ROWS_AT_ONCE))


def _drifting(request: PageRequest) -> "Iterator[ParameterDrift]":
    asked = unit_parameters.drift_asked(request)
    return every(lambda after: snapshots.drift_page(asked, after=after, limit=ROWS_AT_ONCE))


def _deviation(name: str, expected: str, _basis: str, found: str) -> str:
    if is_digest(found):
        return gettext("%(name)s: another secret") % {"name": name}
    return f"{name}: {expected} → {found}"


TABLES = (
    Table(
        "units",
        "units",
        (
            *identity(_itself),
            *keepers(_itself),
            Column("built_on", _("built"), lambda unit: unit.built_at and unit.built_at.date()),
        ),
        _units,
    ),
    Table("holdings", "units/holding", _REACHED, _holding, filename="units-holding"),
    Table(
        "vulnerability",
        "vulnerabilities/<str:name>/units",
        _REACHED,
        _weak,
        filename="{name}-units",
    ),
    Table("component", "parts/<uuid:pk>/units", _REACHED, _containing, filename="units"),
    Table(
        "drift",
        "drift",
        (
            *identity(_unit),
            *keepers(_unit),
            Column("found_on", _("found on"), lambda row: row.found_at.date()),
            Column("set", _("set"), lambda row: _name(row.item), None, True),
            Column("count", _("values that nobody booked"), lambda row: row.deviation_count),
            Column(
                "which",
                _("which"),
                lambda row: ", ".join(_deviation(*each) for each in row.deviations),
            ),
            Column("counter_before", _("counter before")),
            Column("counter_after", _("counter after")),
        ),
        _drifting,
    ),
)
