"""Whatever order pages come in, and however often: the same units, and what happened to them."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longmark.connections.queries import connections as queries
from longmark.connections.services import pulls
from longmark.core.actors import SYSTEM
from longmark.core.formats.connectors.asking import CellRow, Page, known
from longmark.fleet.models import Unit
from tests.connections.conftest import connected
from tests.connections.players import InvenTreePlayer
from tests.world import NINE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalog")]

DAYS = (
    ("built", "2026-11-01", ""),
    ("shipped", "2026-11-05", "Stadtwerke Elz"),
    ("returned", "2026-11-12", ""),
    ("shipped", "2026-11-18", "Wasserverband Nordheide"),
)
NUMBERS = itertools.count()


def a_life(serial: str) -> list[CellRow]:
    """What a system states of one unit; the number of its return is that of the unit."""
    told = [
        {
            "item": "TG-200",
            "serial": serial,
            "event": event,
            "date": day,
            "source": "InvenTree",
            "customer": customer,
            "RMA number": f"R-{serial}" if event == "returned" else "",
        }
        for event, day, customer in DAYS
    ]
    return [*told, known("TG-200", serial, "InvenTree")]


def taken(name: str, pages: list[list[CellRow]]) -> None:
    """Take pages as they come."""
    pulls.ask_for_pull(name, actor=SYSTEM, now=NINE)
    pull = queries.open_pull(name)
    assert pull is not None
    pulls.begin(pull, now=NINE)
    for rows in pages:
        page = Page(pull.connection.cursors["movements"], is_last=False, rows=rows)
        pulls.keep_page(pull, "movements", page, actor=SYSTEM, now=NINE)
    pulls.take(pull, actor=SYSTEM, now=NINE)
    pulls.end(pull, error="", actor=SYSTEM, now=NINE)


def standing(serials: list[str]) -> list[tuple[object, ...]]:
    """What is known of units, without the numbers that tell in which order it came."""
    rows = Unit.objects.filter(serial__in=serials).select_related("operator")
    return [
        (
            serials.index(unit.serial),
            unit.state,
            unit.operator and unit.operator.name,
            sorted((e.kind, f"{e.occurred_at:%Y-%m-%d}") for e in unit.events.all()),
        )
        for unit in sorted(rows, key=lambda unit: serials.index(unit.serial))
    ]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_pages_in_any_order_and_number_come_to_the_same(
    stock: InvenTreePlayer, data: st.DataObject
):
    names = [f"works-{next(NUMBERS)}" for _ in range(2)]
    lives = [[f"{name}-{n}" for n in range(3)] for name in names]
    for name in names:
        connected(stock, name)
    rows = [row for serial in lives[1] for row in a_life(serial)]
    shuffled = data.draw(st.permutations(rows))
    again = data.draw(st.lists(st.sampled_from(rows), max_size=6))
    size = data.draw(st.integers(1, 6))
    whole = [*shuffled, *again]

    taken(names[0], [[row for serial in lives[0] for row in a_life(serial)]])
    taken(names[1], [whole[at : at + size] for at in range(0, len(whole), size)])

    assert standing(lives[0]) == standing(lives[1])
    assert len(standing(lives[1])) == 3


@pytest.mark.parametrize("event", ["scrapped", "returned"])
def test_a_unit_that_was_never_told_to_be_built_is_there_before_what_happened_to_it(
    stock: InvenTreePlayer, event: str
):
    """Stock that was counted in has no building; without its unit the event would be refused."""
    connected(stock, "works")
    row = {"item": "TG-200", "serial": "OLD-1", "event": event, "date": "2026-11-12"}
    before = {**row, "serial": "NEW-1", "event": "built", "date": "2026-11-01"}

    taken("works", [[row, {**row, "serial": "NEW-1"}], [known("TG-200", "OLD-1", "x"), before]])

    told = Unit.objects.filter(serial__in=["OLD-1", "NEW-1"]).order_by("serial")
    kinds = {unit.serial: [each.kind for each in unit.events.order_by("seq")] for unit in told}
    assert kinds == {"NEW-1": ["built", event], "OLD-1": ["serial-assigned", event]}
