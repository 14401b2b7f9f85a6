"""The demo world: one company, six years, made through the services that people use."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from longmark.catalog import queries as catalog
from longmark.core.errors import NotFound, Refused
from longmark.demo import (
    advisories,
    boards,
    care,
    combinations,
    company,
    contested,
    courses,
    facts,
    fleet,
    options,
    parameters,
    parties,
    people,
    photos,
    precision,
    quarrels,
    rmas,
    sboms,
    story,
    systems,
)
from longmark.demo.stage import Stage
from longmark.demo.story import Tour
from longmark.fleet.queries import units as fleet_units
from longmark.impact.queries import reaching, subjects
from longmark.parties import queries as party_queries
from longmark.reactions import follow

UNITS = 12_000
FEWEST_UNITS = 200
MAKER = parties.COMPANY[0].name
Report = Callable[[str], None]


def make(now: datetime, *, report: Report, units: int = UNITS) -> Tour:
    """Make the demo world in an empty data folder, and return the tour of it.

    ``units`` is the number of drives. Where the demo world is already, nothing is made.

    Raises:
        Refused: the folder holds another world, or a demo world that was not finished; or there
            would be too few drives for the story.
    """
    if units < FEWEST_UNITS:
        raise Refused("The story needs {fewest} drives at least.", fewest=FEWEST_UNITS)
    if _is_there():
        report(_("The demo world is here already; nothing was changed."))
        return story.tour(now, was_there=True)
    stage = Stage(now, units)
    _plan(stage)
    stage.play(report)
    return story.tour(now)


def _is_there() -> bool:
    """Tell whether the demo world is here, whole."""
    has_items = bool(catalog.items_page(limit=1).items)
    has_units = bool(fleet_units.units_page(limit=1).items)
    has_parties = bool(party_queries.parties_page(limit=1).items)
    if not (has_items or has_units or has_parties):
        return False
    if not party_queries.party_ids_by_name([MAKER]):
        raise Refused(
            "This data folder holds a world of its own; the demo would mix with it. Name an empty"
            " folder in LONGMARK_DATA."
        )
    if not _has_findings():
        raise Refused(
            "An earlier demo was interrupted in this data folder. Remove the folder, or name an"
            " empty one in LONGMARK_DATA."
        )
    return True


def _has_findings() -> bool:
    """Tell whether the last deed of the demo was done: the drill reaches units."""
    try:
        subject = subjects.subject_of(story.DRILL)
    except NotFound:
        return False
    return reaching.impact_of(subject).unit_count > 0


def _plan(stage: Stage) -> None:
    people.plan(stage)
    customers = parties.plan(stage)
    company.plan(stage)
    sboms.plan(stage)
    boards.plan(stage, {design.name: design.ages for design in company.DESIGNS})
    facts.plan(stage)
    care.plan(stage)
    advisories.plan(stage)
    works = fleet.plan(stage, customers)
    quarrels.plan(stage, works, customers)
    contested.plan(stage, works, customers)
    parameters.plan(stage, works)
    combinations.plan(stage)
    courses.plan(stage, works)
    options.plan(stage, works)
    photos.plan(stage)
    systems.plan(stage)
    precision.plan(stage)
    stage.plan(stage.instant(advisories.FIRST_READ, 7), _react)
    stage.plan(stage.now, _react)
    rmas.plan(stage, works)


def _react(at: datetime) -> None:
    follow(now=lambda: at)
