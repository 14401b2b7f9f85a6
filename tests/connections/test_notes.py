"""Notes: RMAs and what people say are told every system that knows the unit, once."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client as Browser

from longmark import reactions
from longmark.catalog.models import Item
from longmark.connections.models import UnitNote
from longmark.connections.services import connections, notes
from longmark.connections.services.connections import Settings
from longmark.connections.tasks import noting
from longmark.core.actors import SYSTEM, Role
from longmark.core.errors import Invalid, NotAllowed, Refused
from longmark.core.life.returns import RmaOutcome
from longmark.core.vocabulary import IdentifiedBy, ItemKind, NoteState
from longmark.fleet.models import Unit
from longmark.fleet.services import rmas
from longmark.fleet.services.endings import Ending
from longmark.foundation.client import Client
from longmark.jobs.models import Job
from tests.connections.conftest import Reporting, connected, pull
from tests.connections.players import (
    ERPNextPlayer,
    InvenTreePlayer,
    OdooPlayer,
    Player,
    status,
)
from tests.world import NINE, an_item

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalog")]


def known(player: Player) -> Unit:
    """A unit that was pulled from a system that may be written to."""
    connected(player, may_write=True)
    pull()
    return Unit.objects.select_related("item").get(serial="SN-1")


def write(now: datetime = NINE) -> None:
    noting.write_due(Reporting(now), Client(pause=lambda seconds: None))


def standing(player: Player) -> list[str]:
    """The notes that stand in a system."""
    if isinstance(player, InvenTreePlayer):
        text = player.items[0]["notes"] or ""
        return [part for part in text.split("\n\n") if "longmark:" in part]
    if isinstance(player, ERPNextPlayer):
        return [each["content"] for each in player.docs["Comment"]]
    assert isinstance(player, OdooPlayer)
    return [each["body"] for each in player.models["mail.message"]]


def test_rma_is_told_when_it_is_opened_and_when_it_is_closed(player: Player):
    unit = known(player)

    rmas.open_rma(unit, on=date(2026, 11, 20), number="R-1", reason="Dead.", actor=SYSTEM, now=NINE)
    reactions.follow(now=lambda: NINE)
    write()
    ending = Ending(on=date(2026, 11, 23), outcome=RmaOutcome.UNREPAIRED)
    rmas.close_rma(unit, "R-1", ending, holds=[], actor=SYSTEM, now=NINE)
    reactions.follow(now=lambda: NINE)
    write()

    opened, closed = standing(player)
    assert "RMA R-1 opened on 2026-11-20. Dead." in opened
    assert "RMA R-1 closed on 2026-11-23: unrepaired." in closed
    assert set(UnitNote.objects.values_list("state", flat=True)) == {"written"}


def test_note_whose_answer_was_lost_stands_once(player: Player):
    unit = known(player)
    notes.write_note(unit, "Do not ship.", actor=SYSTEM, now=NINE)
    for path in ("/api/stock/1/", "/api/method/frappe.desk.form", "/jsonrpc"):
        player.fail(path, *_lost_at_the_write(player))

    write()
    assert [each.state for each in UnitNote.objects.all()] == [NoteState.WAITING]
    write(NINE + timedelta(hours=1))

    assert len(standing(player)) == 1
    assert UnitNote.objects.get().state == NoteState.WRITTEN


def _lost_at_the_write(player: Player):
    """Let what is asked first pass; the write is done, and its answer says it was not."""
    passing = {InvenTreePlayer: 1, ERPNextPlayer: 1, OdooPlayer: 3}[type(player)]
    return [*[None] * passing, status(502)]


def test_the_same_said_twice_is_one_note(stock: InvenTreePlayer):
    unit = known(stock)

    for _ in range(2):
        notes.write_note(unit, "Do not ship.", actor=SYSTEM, now=NINE)
        write()

    assert UnitNote.objects.count() == 1
    assert len(standing(stock)) == 1


def test_what_stands_in_the_notes_stays(stock: InvenTreePlayer):
    unit = known(stock)
    stock.items[0]["notes"] = "Scratched housing."

    notes.write_note(unit, "Do not ship.", actor=SYSTEM, now=NINE)
    write()

    text = stock.items[0]["notes"]
    assert text.startswith("Scratched housing.\n\nDo not ship. (longmark:")


def test_nothing_is_told_where_nothing_may_be_written(stock: InvenTreePlayer):
    connected(stock)
    pull()
    unit = Unit.objects.select_related("item").get(serial="SN-1")

    rmas.open_rma(unit, on=date(2026, 11, 20), number="R-1", actor=SYSTEM, now=NINE)
    reactions.follow(now=lambda: NINE)

    assert not UnitNote.objects.exists()
    with pytest.raises(Refused, match="No system that may be written to knows"):
        notes.write_note(unit, "Do not ship.", actor=SYSTEM, now=NINE)


def test_note_waits_while_the_connection_may_not_write_any_more(stock: InvenTreePlayer):
    unit = known(stock)
    notes.write_note(unit, "Do not ship.", actor=SYSTEM, now=NINE)
    connections.change_connection("works", Settings(may_write=False), actor=SYSTEM, now=NINE)

    write()

    assert standing(stock) == []
    assert UnitNote.objects.get().state == NoteState.WAITING


def test_record_that_is_gone_there_is_given_up(player: Player):
    unit = known(player)
    notes.write_note(unit, "Do not ship.", actor=SYSTEM, now=NINE)
    if isinstance(player, InvenTreePlayer):
        player.items.pop(0)
    elif isinstance(player, ERPNextPlayer):
        player.docs["Serial No"].pop(0)
    elif isinstance(player, OdooPlayer):
        player.models["stock.lot"].pop(0)

    write()

    note = UnitNote.objects.get()
    assert note.state == NoteState.GIVEN_UP
    assert "any more" in note.last_error


def test_note_that_fails_is_tried_later_and_not_for_ever(stock: InvenTreePlayer):
    unit = known(stock)
    notes.write_note(unit, "Do not ship.", actor=SYSTEM, now=NINE)
    stock.secret, now = "another", NINE
    write(now)
    write(now + timedelta(minutes=1))
    assert UnitNote.objects.get().attempt == 1
    assert "does not let this account in" in UnitNote.objects.get().last_error

    for _ in range(notes.ATTEMPTS):
        now += timedelta(days=1)
        write(now)

    note = UnitNote.objects.get()
    assert (note.state, note.attempt) == (NoteState.GIVEN_UP, notes.ATTEMPTS)


def test_two_who_write_at_once_write_once(stock: InvenTreePlayer):
    unit = known(stock)
    (note,) = notes.write_note(unit, "Do not ship.", actor=SYSTEM, now=NINE)
    other = UnitNote.objects.get(pk=note.pk)

    assert notes.claim(note, now=NINE)
    assert not notes.claim(other, now=NINE)


def test_unit_is_known_by_the_number_of_its_item_there_too(stock: InvenTreePlayer):
    Item.objects.all().delete()
    an_item(
        "TG-201",
        kind=ItemKind.PRODUCT,
        identified_by=IdentifiedBy.SERIAL,
        numbers={"InvenTree": "TG-200"},
    )
    unit = known(stock)

    assert len(notes.write_note(unit, "Do not ship.", actor=SYSTEM, now=NINE)) == 1


def test_note_needs_a_text_and_the_right_to_book(stock: InvenTreePlayer, otto):
    unit = known(stock)

    with pytest.raises(Invalid):
        notes.write_note(unit, "  ", actor=SYSTEM, now=NINE)
    with pytest.raises(NotAllowed):
        notes.write_note(unit, "Do not ship.", actor=otto, now=NINE)


def test_writing_is_asked_for_once_while_it_waits(stock: InvenTreePlayer):
    unit = known(stock)
    notes.ask_for_due(now=NINE)
    assert not Job.objects.filter(kind=notes.WRITE_JOB).exists()
    notes.write_note(unit, "Do not ship.", actor=SYSTEM, now=NINE)

    notes.ask_for_due(now=NINE)
    notes.ask_for_due(now=NINE)

    assert Job.objects.filter(kind=notes.WRITE_JOB).count() == 1


def test_note_is_asked_for_over_the_api(caller, stock: InvenTreePlayer):
    unit = known(stock)
    client: Browser = caller(Role.SECURITY)
    path, body = f"/api/v1/units/{unit.pk}/notes", {"text": "Do not ship."}

    answer = client.post(path, body, content_type="application/json")
    listed = client.get("/api/v1/connections/works/notes").json()["items"]

    assert answer.status_code == 201
    assert [(each["unit_name"], each["state"]) for each in listed] == [("TG-200 SN-1", "waiting")]
