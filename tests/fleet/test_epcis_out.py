"""EPCIS out: what is told is told truly, in pages, and changes nothing when it comes back."""

import json
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TransactionTestCase

from longmark.catalog.models import ItemNumber
from longmark.core.actors import SYSTEM, Role
from longmark.core.errors import LongmarkError
from longmark.core.formats.epcis.writing import document
from longmark.core.life.events import CustodyRole, Event, Kind, Precision
from longmark.fleet.models import Census, CensusTotal, Custody, Installation, Unit, UnitAlias
from longmark.fleet.models import Event as EventRow
from longmark.fleet.queries.epcis import EVERY_EVENT, Asked, epcis_page, unit_ids_of
from longmark.fleet.services import booking
from longmark.fleet.services.spoken import Said
from longmark.parties.models import Party
from tests.fleet.test_epcis import made, taken
from tests.fleet.world import (
    BOARD,
    FIRMWARE,
    Drives,
    a,
    a_drive_with_board,
    booked,
    built,
    day,
    drives,
    kept_by,
    unit_named,
)
from tests.fleet.world import (
    taken as taken_file,
)
from tests.world import NINE, a_party

ROOT = "/api/v1/epcis"
GTIN = "4012345000016"


@pytest.fixture
def world(transactional_db: None) -> Drives:
    return drives()


def told(asked: Asked = EVERY_EVENT) -> list[dict[str, Any]]:
    return epcis_page(asked, limit=500).items


def taken_back(events: list[dict[str, Any]]) -> Any:
    return taken_file(json.dumps(document(events, now=NINE)), filename="back.jsonld")


def short(event: dict[str, Any]) -> tuple[str, ...]:
    return event["type"], event["action"], event["bizStep"]


def test_a_drive_is_told_with_its_board(world: Drives):
    ItemNumber.objects.create(item=world.drive, system="GTIN", number=GTIN)
    unit = a_drive_with_board(world)

    whole, part = told(Asked((unit.pk,)))
    assert short(whole) == ("ObjectEvent", "ADD", "commissioning")
    assert whole["epcList"] == [f"https://id.gs1.org/01/0{GTIN}/21/1001"]
    assert short(part) == ("AssociationEvent", "ADD", "assembling")
    assert part["childEPCs"] == ["urn:longmark:unit:CB-21:B-1"]
    assert part["longmark:partOf"] == whole["eventID"]


def test_a_swap_is_told_as_one_part_out_and_another_in(world: Drives):
    unit = a_drive_with_board(world)
    parts = {"slots": {BOARD: a(world.rev_d)}, "children": {BOARD: world.board_unit("B-2")}}
    booked(world.unit("1001"), Kind.SWAPPED, 20, **parts)

    out, put_in = (each for each in told(Asked((unit.pk,))) if each["eventTime"] > "2026-01-20")
    assert (short(out), out["childEPCs"]) == (
        ("AssociationEvent", "DELETE", "removing"), ["urn:longmark:unit:CB-21:B-1"],
    )  # fmt: skip
    assert (short(put_in), put_in["childEPCs"]) == (
        ("AssociationEvent", "ADD", "installing"), ["urn:longmark:unit:CB-21:B-2"],
    )  # fmt: skip


def test_a_shipment_names_its_new_owner(world: Drives):
    party = a_party("Nordsee Wasser")
    built(world.unit("1001"))
    custody = {CustodyRole.OPERATOR: kept_by(party)}
    unit = booked(world.unit("1001"), Kind.SHIPPED, 5, custody=custody)

    shipped = told(Asked((unit.pk,)))[-1]
    assert shipped["disposition"] == "in_transit"
    assert shipped["destinationList"] == [
        {"type": "owning_party", "destination": "urn:longmark:party:Nordsee%20Wasser"}
    ]


def test_what_was_corrected_is_declared_in_error_and_told_as_it_is_believed(world: Drives):
    unit = built(world.unit("1001"))
    booked(world.unit("1001"), Kind.SHIPPED, 5)
    right = Event(0, Kind.SHIPPED, day(7), source="list")
    booking.correct_event(unit, 2, replacement=right, reason="Typo.", actor=SYSTEM, now=NINE)

    events = told(Asked((unit.pk,)))
    assert [(each["bizStep"], each["eventTime"][:10]) for each in events] == [
        ("commissioning", "2026-01-01"), ("shipping", "2026-01-06"), ("shipping", "2026-01-06"),
        ("shipping", "2026-01-08"),
    ]  # fmt: skip
    _, wrong, again, true = events
    assert again["errorDeclaration"] == {
        "declarationTime": again["recordTime"], "reason": "incorrect_data",
        "correctiveEventIDs": [true["eventID"]],
    }  # fmt: skip
    assert (again["eventID"], "errorDeclaration" in wrong) == (wrong["eventID"], False)
    assert taken_back(events).event_count == 0


def test_what_was_withdrawn_is_declared_with_all_its_parts(world: Drives):
    unit = a_drive_with_board(world)
    booking.correct_event(unit, 1, replacement=None, reason="Never was.", actor=SYSTEM, now=NINE)

    events = told(Asked((unit.pk,)))

    declared = [each for each in events if "errorDeclaration" in each]
    assert {each["errorDeclaration"]["reason"] for each in declared} == {"did_not_occur"}
    assert len(events) == 2 * len(declared)
    assert {each["eventID"] for each in declared} == {each["eventID"] for each in events}


def test_who_asks_for_what_is_new_learns_what_was_wrong(world: Drives):
    unit = built(world.unit("1001"))
    booked(world.unit("1001"), Kind.SHIPPED, 5)
    later = NINE + timedelta(hours=1)
    booking.correct_event(unit, 2, replacement=None, reason="Typo.", actor=SYSTEM, now=later)

    (declared,) = told(Asked(recorded_since=later))
    assert declared["errorDeclaration"]["reason"] == "did_not_occur"


def test_a_document_with_corrections_fills_an_empty_fleet_alike(world: Drives):
    unit = a_drive_with_board(world)
    booked(world.unit("1001"), Kind.SHIPPED, 9, source="list")
    booked(world.unit("1001"), Kind.COMMISSIONED, 12, source="list")
    right = Event(0, Kind.SHIPPED, day(10), source="list")
    booking.correct_event(unit, 2, replacement=right, reason="Typo.", actor=SYSTEM, now=NINE)
    booking.correct_event(unit, 3, replacement=None, reason="Never.", actor=SYSTEM, now=NINE)
    events = told()
    columns = ("serial", "state", "built_at", "host_id", "configuration_id", "operator_id")
    before = list(Unit.objects.order_by("pk").values(*columns))
    for model in (EventRow, Installation, Custody, Census, CensusTotal, UnitAlias, Unit):
        model.objects.all().delete()

    assert taken(*events).refused_count == 0
    assert list(Unit.objects.order_by("pk").values(*columns)) == before


def test_each_kind_of_event_comes_back_unchanged(world: Drives):
    unit = a_drive_with_board(world)
    other = built(world.unit("1002"))
    said = [
        ("shipped", "2026-02", {"customer": "Müller AG", "site": "Werk 2", "country": "DE"}),
        ("commissioned", "2026-03-01T10:00+01:00", {}),
        ("updated", "2026-03-02", {"main-firmware": "2.4.0"}),
        ("tested", "2026-03-03", {"result": "failed", "reason": "No sound."}),
        ("returned", "2026-03-04", {"RMA number": "R:7"}),
        ("removed", "2026-03-05", {"control-board": "empty"}),
        ("installed", "2026-03-06", {"control-board": "D", "control-board serial": "B-3"}),
        ("rma-closed", "2026-03-07", {}),
        ("warranty-extended", "2026-03-08", {"warranty until": "2028-01-01"}),
        ("identity-changed", "2026-03-09", {"new serial": "1001-A"}),
        ("transferred", "unknown", {"customer": "unknown", "country": "AT"}),
        ("replaced-by", "2026-03-10", {"replaced by": f"TG-200 {other.serial}"}),
        ("scrapped", "2026-03-11", {}),
    ]
    for event, date, words in said:
        booking.book_words(unit, Said(event, date, words=words), actor=SYSTEM, now=NINE)
        unit = Unit.objects.select_related("item").get(pk=unit.pk)
    before = EventRow.objects.count()

    back = taken_back(told())
    assert (back.refused_count, back.event_count) == (0, 0)
    assert EventRow.objects.count() == before


def test_pages_follow_each_other_and_cost_the_same(
    world: Drives, caller, django_assert_max_num_queries
):
    for number in range(9):
        a_drive_with_board(world, f"100{number}", f"B-{number}")
    with django_assert_max_num_queries(14):
        few = epcis_page(limit=2)
    with django_assert_max_num_queries(14):
        epcis_page(limit=200)

    found, after = list(few.items), few.next
    while after:
        page = epcis_page(after=after, limit=2)
        found, after = found + page.items, page.next
    assert found == told()
    assert len({each["eventID"] for each in found}) == len(found) == 27


def test_units_are_found_by_any_of_their_names(world: Drives):
    ItemNumber.objects.create(item=world.drive, system="GTIN", number=GTIN)
    unit = built(world.unit("1001"))

    for uri in (
        f"https://example.com/shop/01/0{GTIN}/21/1001?x=1",
        "urn:epc:id:sgtin:4012345.000001.1001",
        "urn:longmark:unit:TG-200:1001",
    ):
        assert unit_ids_of([uri]) == (unit.pk,)
    assert unit_ids_of(["urn:longmark:unit:TG-200:9"]) == ()


def test_events_are_captured_and_asked_for_over_rest(world: Drives, caller):
    clerk: Client = caller(Role.SERVICE)
    ItemNumber.objects.create(item=world.drive, system="GTIN", number=GTIN)
    body = json.dumps(document([made("1001"), made("1002")], now=NINE))

    kept = clerk.post(f"{ROOT}/capture", body, "application/ld+json")
    assert (kept.status_code, kept["Location"]) == (
        202, f"{ROOT}/capture/{kept.json()['captureID']}",
    )  # fmt: skip
    job = clerk.get(kept["Location"]).json()
    assert (job["running"], job["success"], job["errors"]) == (False, True, [])

    first = clerk.get(f"{ROOT}/events?perPage=1")
    assert first.json()["type"] == "EPCISQueryDocument"
    following = first["Link"].partition(">")[0].removeprefix("<")
    (event,) = clerk.get(following).json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    uri = event["epcList"][0]
    asked = clerk.get(f"{ROOT}/events", {"MATCH_epc": [uri], "GE_eventTime": "2026-01-01T00:00Z"})
    assert asked.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"] == [event]
    unit = unit_named(world.drive, uri.rpartition("/")[2])
    own = clerk.get(f"/api/v1/units/{unit.pk}/epcis").json()
    assert own["epcisBody"]["queryResults"]["resultsBody"]["eventList"] == [event]


@pytest.mark.parametrize(("behaviour", "units"), [("rollback", 0), ("proceed", 1)])
def test_a_capture_is_all_or_nothing_unless_told_otherwise(
    world: Drives, caller, behaviour: str, units: int
):
    clerk: Client = caller(Role.SERVICE)
    ItemNumber.objects.create(item=world.drive, system="GTIN", number=GTIN)
    picked = {**made("1002"), "bizStep": "picking"}
    body = json.dumps(document([made("1001"), picked], now=NINE))

    headers = {"GS1-Capture-Error-Behaviour": behaviour}
    job = clerk.post(f"{ROOT}/capture", body, "application/json", headers=headers).json()
    assert (job["success"], job["captureErrorBehaviour"]) == (False, behaviour)
    assert "picking" in job["errors"][0]["detail"]
    assert Unit.objects.count() == units


def test_what_is_no_document_is_refused(world: Drives, caller):
    clerk: Client = caller(Role.SERVICE)
    answer = clerk.post(f"{ROOT}/capture", "item,serial,date\n", "text/csv")
    assert (answer.status_code, answer.json()["detail"]) == (
        422, "This is no EPCIS 2.0 document in JSON.",
    )  # fmt: skip


def test_asking_is_bounded(world: Drives, caller):
    clerk: Client = caller(Role.SERVICE)
    many = {"MATCH_epc": [f"urn:longmark:unit:TG-200:{n}" for n in range(51)]}
    assert clerk.get(f"{ROOT}/events", many).status_code == 422
    assert clerk.get(f"{ROOT}/events", {"MATCH_epc": "urn:x:y"}).status_code == 422


KINDS = [Kind.SHIPPED, Kind.SWAPPED, Kind.REMOVED, Kind.SOFTWARE_CHANGED, Kind.COMMISSIONED]


@st.composite
def lives(draw: st.DrawFn) -> list[tuple[str, Kind, int, int, Precision]]:
    """What happens to two drives: which, what, when, with what, and how well it is known."""
    step = st.tuples(
        st.sampled_from(["1001", "1002"]), st.sampled_from(KINDS), st.integers(1, 200),
        st.integers(0, 5), st.sampled_from([Precision.INSTANT, Precision.DAY]),
    )  # fmt: skip
    return draw(st.lists(step, max_size=10))


class WhatIsToldComesBack(TransactionTestCase):
    """Any life that could be booked is told, taken in again, and stays as it was."""

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(lives())
    def test_nothing_changes(self, life: list[tuple[str, Kind, int, int, Precision]]) -> None:
        world = drives()
        for serial in ("1001", "1002"):
            a_drive_with_board(world, serial, f"B-{serial}")
        for serial, kind, on_day, what, precision in life:
            with suppress(LongmarkError):
                booked(
                    world.unit(serial), kind, on_day,
                    precision=precision, source="list", **_said(world, kind, what),
                )  # fmt: skip
        before = (EventRow.objects.count(), list(Unit.objects.order_by("pk").values()))

        back = taken_back(told())
        assert (back.refused_count, back.event_count) == (0, 0)
        assert before == (EventRow.objects.count(), list(Unit.objects.order_by("pk").values()))


def _said(world: Drives, kind: Kind, what: int) -> dict[str, Any]:
    if kind is Kind.SWAPPED:
        slots = {BOARD: a([world.rev_c, world.rev_d][what % 2])}
        children = {BOARD: world.board_unit(f"B-{what}")} if what < 4 else {}
        return {"slots": slots, "children": children}
    if kind is Kind.REMOVED:
        return {"slots": {BOARD: None}}
    if kind is Kind.SOFTWARE_CHANGED:
        return {"slots": {FIRMWARE: a([world.fw_23, world.fw_24][what % 2])}}
    if kind is Kind.SHIPPED and what:
        name = f"Customer {what}"
        party = Party.objects.filter(name=name).first() or a_party(name)
        return {"custody": {CustodyRole.OPERATOR: kept_by(party)}}
    return {}


def test_a_document_of_ours_fills_an_empty_fleet_alike(world: Drives):
    a_drive_with_board(world)
    booked(world.unit("1001"), Kind.SHIPPED, 9, source="list")
    events = told()
    columns = ("serial", "state", "built_at", "host_id", "configuration_id", "operator_id")
    before = list(Unit.objects.order_by("pk").values(*columns))
    for model in (EventRow, Installation, Custody, Census, CensusTotal, UnitAlias, Unit):
        model.objects.all().delete()

    assert taken(*events).refused_count == 0
    assert list(Unit.objects.order_by("pk").values(*columns)) == before


def test_events_of_a_unit_are_asked_for_by_its_uri(world: Drives, caller):
    clerk: Client = caller(Role.SERVICE)
    ItemNumber.objects.create(item=world.drive, system="GTIN", number=GTIN)
    a_drive_with_board(world)
    built(world.unit("1002"))

    uris = [f"https://id.gs1.org/01/0{GTIN}/21/1001", "urn:longmark:unit:TG-200:1001"]
    answers = [clerk.get(f"{ROOT}/epcs/{quote(uri, safe='')}/events") for uri in uris]

    for answer in answers:
        events = answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        assert [each.get("epcList", [each.get("parentID")]) for each in events] == [[uris[0]]] * 2
    narrowed = clerk.get(
        f"{ROOT}/epcs/{quote(uris[1])}/events", {"LT_eventTime": "2020-01-01T00:00Z"}
    )
    assert narrowed.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"] == []
    assert clerk.get(f"{ROOT}/epcs/urn:longmark:unit:TG-200:9/events").status_code == 404
    assert clerk.get(f"{ROOT}/epcs/urn:x:y/events").status_code == 422


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (Asked(recorded_since=NINE), "events_by_record_time"),
        (Asked(since=NINE, before=NINE + timedelta(days=1)), "events_by_time"),
    ],
)
def test_a_time_is_found_by_an_index(world: Drives, asked: Asked, index: str):
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # a table of few rows is read whole otherwise
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = EventRow.objects.filter(asked.condition()).explain()

    assert index in plan
