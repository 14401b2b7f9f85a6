"""A list that contradicts what is believed: both claims are kept, and a person decides."""

from datetime import timedelta

import pytest

from longmark.core.actors import SYSTEM, Actor
from longmark.core.errors import Invalid, NotAllowed, NotFound, Refused
from longmark.core.life.events import Kind
from longmark.core.vocabulary import ConflictState
from longmark.fleet.models import Conflict, Event, Unit
from longmark.fleet.queries import conflicts as queries
from longmark.fleet.queries import imports as import_queries
from longmark.fleet.services import conflicts
from longmark.ledger import queries as ledger
from tests.fleet.test_booking import inside
from tests.fleet.test_census import counted, tallied
from tests.fleet.test_imports import counts
from tests.fleet.world import BOARD, Drives, booked, drives, staged, taken, unit_named
from tests.world import NINE

pytestmark = pytest.mark.django_db

LATER = NINE + timedelta(hours=1)
HEAD = "item,serial,event,date,customer,country,evidence,source\n"
ERP = HEAD + "TG-200,1001,shipped,2026-02-01,Wasserverband Nordheide,DE,declared,4711\n"
DEALER = HEAD + "TG-200,1001,shipped,2026-02-09,Stadtwerke Brenntal,AT,confirmed,sell-out\n"


@pytest.fixture
def world() -> Drives:
    return drives()


@pytest.fixture
def contested(world: Drives) -> Conflict:
    taken(ERP)
    taken(DEALER)
    return Conflict.objects.select_related("unit").get()


def decided(conflict: Conflict, decision: ConflictState, reason: str = "asked") -> Unit:
    conflicts.decide_conflict(
        conflict.unit_id,
        conflict.number,
        decision=decision,
        reason=reason,
        actor=SYSTEM,
        now=LATER,
    )
    return Unit.objects.select_related("operator").get(pk=conflict.unit_id)


def test_a_list_of_a_distributor_does_not_overrule_the_erp_system(world: Drives):
    taken(ERP)
    source = taken(DEALER)

    assert (counts(source), source.contested_count) == ((0, 0, 0, 0), 1)
    assert str(unit_named(world.drive, "1001").operator) == "Wasserverband Nordheide"
    (conflict,) = queries.conflicts_page().items
    assert (conflict.about, conflict.evidence, conflict.source, conflict.row) == (
        "operator",
        4,
        "sell-out",
        2,
    )
    believed = queries.believed_events([conflict])[conflict.unit_id, conflict.seq]
    assert (believed.source, believed.evidence) == ("4711", 2)


def test_the_preview_names_who_is_contested_and_writes_nothing(world: Drives):
    taken(ERP)
    source = staged(DEALER)

    assert source.contested_count == 1
    assert source.preview["contested"][0]["why"] == (
        "1001 is known as shipped on 2026-02-01, with another operator than here. "
    )
    assert not Conflict.objects.exists()


def test_the_same_claim_again_is_not_asked_about_again(contested: Conflict):
    again = taken(DEALER)
    assert (again.contested_count, counts(again)) == (0, (0, 0, 1, 0))

    decided(contested, ConflictState.KEPT)
    assert taken(DEALER).contested_count == 0
    assert queries.open_count() == 0


def test_the_claim_may_be_true_instead(contested: Conflict):
    unit = decided(contested, ConflictState.REPLACED, "The customer confirms it.")

    assert (str(unit.operator), unit.country) == ("Stadtwerke Brenntal", "AT")
    correction = Event.objects.get(unit=unit, kind=Kind.CORRECTED)
    assert correction.corrects == contested.seq
    actions = [entry.action for entry in ledger.entries_page().items][:2]
    assert actions == ["fleet.conflict-decided", "fleet.event-corrected"]
    assert tallied() == counted()


def test_what_is_believed_may_stay(contested: Conflict):
    unit = decided(contested, ConflictState.KEPT)

    assert str(unit.operator) == "Wasserverband Nordheide"
    assert not Event.objects.filter(kind=Kind.CORRECTED).exists()
    found = queries.conflict(unit.pk, contested.number)
    assert (found.state, found.reason, found.decided_by) == ("kept", "asked", SYSTEM.name)


def test_both_may_have_happened_one_after_the_other(contested: Conflict):
    unit = decided(contested, ConflictState.BOTH)

    assert str(unit.operator) == "Stadtwerke Brenntal"
    kinds = Event.objects.filter(unit=unit).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["shipped", "transferred"]


def test_a_conflict_is_decided_once_with_a_reason_by_who_may(contested: Conflict, otto: Actor):
    with pytest.raises(Invalid, match="Say why"):
        decided(contested, ConflictState.KEPT, " ")
    with pytest.raises(Invalid, match="Say which claim"):
        decided(contested, ConflictState.OPEN)
    with pytest.raises(NotAllowed):
        conflicts.decide_conflict(
            contested.unit_id, 1, decision=ConflictState.KEPT, reason="x", actor=otto, now=LATER
        )
    decided(contested, ConflictState.KEPT)
    with pytest.raises(Refused, match="decided already"):
        decided(contested, ConflictState.REPLACED)
    with pytest.raises(NotFound):
        queries.conflict(contested.unit_id, 9)


def test_what_only_adds_to_what_is_known_is_no_conflict(world: Drives):
    taken(HEAD + "TG-200,1001,shipped,2026-02-01,,DE,,4711\n")
    source = taken(HEAD + "TG-200,1001,shipped,2026-02-09,Wasserverband Nordheide,DE,,so\n")

    assert source.contested_count == 0
    assert str(unit_named(world.drive, "1001").operator) == "Wasserverband Nordheide"


@pytest.mark.parametrize("between", [Kind.RETURNED, Kind.TRANSFERRED])
def test_a_unit_that_came_back_or_was_passed_on_may_go_elsewhere(world: Drives, between: Kind):
    taken(ERP)
    booked(world.unit("1001"), between, 35)

    assert taken(DEALER).contested_count == 0


def test_a_unit_that_was_built_otherwise_is_contested(world: Drives):
    head = "item,serial,date,control-board,source\n"
    taken(head + "TG-200,1001,2026-01-01,C,mes\n")
    source = taken(head + "TG-200,1001,2026-01-01,D,erp\n")

    assert source.contested_count == 1
    (conflict,) = queries.conflicts_page().items
    with pytest.raises(Refused, match="built once"):
        decided(conflict, ConflictState.BOTH)
    assert queries.open_count() == 1, "nothing is decided by a refusal"
    unit = decided(conflict, ConflictState.REPLACED)
    assert inside(unit)[BOARD] == "D"


def test_claims_about_units_that_the_list_itself_brings_are_refused(world: Drives):
    source = taken(ERP + DEALER.splitlines()[1] + "\n")

    assert (source.contested_count, source.refused_count) == (0, 1)
    (row,) = import_queries.refusals_page(source).items
    assert 'book it as "transferred"' in row.what_to_do


def test_pages_of_conflicts_go_by_state(contested: Conflict):
    assert len(queries.conflicts_page(state=None).items) == 1
    decided(contested, ConflictState.KEPT)

    assert queries.conflicts_page().items == []
    assert len(queries.conflicts_page(state=ConflictState.KEPT).items) == 1
