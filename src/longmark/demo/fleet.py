"""The history of the fleet: lists from month to month, and single bookings of late."""

import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from longmark.core.life.events import Evidence, Kind, Occupant, Precision, sorted_values
from longmark.demo import company, lists
from longmark.demo.lives import Desk, Fact, Market, Works
from longmark.demo.parties import Customer, distributors_by_country
from longmark.demo.service import Field
from longmark.demo.stage import Stage
from longmark.fleet.services import booking, imports
from longmark.fleet.services.statements import Statement
from longmark.fleet.services.workspace import Identity

PERIODS = ((90, 30), (365, 90), (10_000, 180))  # up to an age, lists come every so many days
SINGLY_BELOW = 12  # days: what happened lately was booked by hand, one by one
LISTED_AGAIN = timedelta(hours=2)
CLERK = "lena"


def plan(stage: Stage, customers: Sequence[Customer]) -> Works:
    """Plan the lists and bookings of six years, and return the works that built it all."""
    works = Works(stage, Market(customers, distributors_by_country(), stage.rng))
    built = list(works.facts())
    in_field = Field(stage, works).facts()
    singly = [fact for fact in in_field if _is_singly_booked(fact)]
    listed = [*built, *(fact for fact in in_field if not _is_singly_booked(fact))]
    for (end, desk), facts in sorted(_periods(listed).items(), reverse=True):
        stage.plan(_booking_time(stage, end), partial(_drop, stage, desk, facts))
    for fact in singly:
        stage.plan(stage.instant(fact.booked, 14), partial(_book, stage, fact))
    return works


def _is_singly_booked(fact: Fact) -> bool:
    return fact.age < SINGLY_BELOW and fact.kind in {
        Kind.SOFTWARE_CHANGED,
        Kind.PARAMETERS_CHANGED,
    }


def _periods(facts: Sequence[Fact]) -> Mapping[tuple[int, Desk], list[Fact]]:
    """Return facts by the age at which their list is dropped, and by desk."""
    found: dict[tuple[int, Desk], list[Fact]] = defaultdict(list)
    for fact in facts:
        days = next(days for limit, days in PERIODS if fact.booked < limit)
        found[fact.booked // days * days, fact.desk].append(fact)
    return found


def _booking_time(stage: Stage, age: int) -> datetime:
    return stage.instant(age, 16) if age else stage.now - LISTED_AGAIN


def _drop(stage: Stage, desk: Desk, facts: Sequence[Fact], at: datetime) -> None:
    content = lists.written(facts, stage, lists.MANNERS[desk])
    filename = f"{desk.value}-{at:%Y-%m-%d}.csv"
    sender = stage.actor(CLERK)
    imports.take_list(io.BytesIO(content), filename=filename, actor=sender, now=at)


def _book(stage: Stage, fact: Fact, at: datetime) -> None:
    booking.book_event(statement(stage, fact), actor=stage.actor(CLERK), now=at)


def statement(stage: Stage, fact: Fact) -> Statement:
    """Return a change of software or parameters as a booking."""
    item = stage.items[fact.item]
    return Statement(
        unit=Identity(item.pk, item.name, fact.serial, ""),
        kind=fact.kind,
        occurred_at=stage.instant(fact.age, 13),
        slots=_changed(stage, fact),
        precision=Precision.INSTANT,
        evidence=fact.evidence or Evidence.DECLARED,
        source=fact.source,
    )


def _changed(stage: Stage, fact: Fact) -> Mapping[str, Occupant | None]:
    version = fact.cells.get(company.MAIN_FIRMWARE)
    if version is None:
        params = stage.items["tg-params"]
        occupant = Occupant(item=params.pk, values=sorted_values(fact.cells))
        return {company.PARAMETERS: occupant}
    firmware = "tg200-fw" if fact.item == "TG-200" else "tg700-fw"
    release = stage.releases[firmware, version]
    path = f"{company.CONTROL_BOARD}/{company.MAIN_FIRMWARE}"
    return {path: Occupant(item=release.item_id, release=release.pk)}
