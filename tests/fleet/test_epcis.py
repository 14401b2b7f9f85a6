"""EPCIS documents are staged and taken as lists are: with preview, refusals and no effect twice."""

import json
from typing import Any

import pytest

from longmark.catalog.models import ItemNumber
from longmark.core.actors import SYSTEM
from longmark.core.life.events import Event as LifeEvent
from longmark.core.life.events import Evidence, Kind
from longmark.fleet.models import Event, Import, Unit
from longmark.fleet.queries import contents
from longmark.fleet.queries import imports as queries
from longmark.fleet.services import booking, undoing
from longmark.parties.models import Party
from tests.fleet.world import BOARD, Drives, a, a_drive_with_board, booked, day, drives, unit_named
from tests.fleet.world import staged as staged_file
from tests.fleet.world import taken as taken_file
from tests.world import NINE

pytestmark = pytest.mark.django_db

DRIVE, CARD = "4012345000016", "4012345000023"  # GTINs of the drive and of its board
DRIVE_LINK = f"https://id.gs1.org/01/0{DRIVE}/21/"
BOARD_URN = "urn:epc:id:sgtin:4012345.000002."


@pytest.fixture
def world(db: None) -> Drives:
    made = drives()
    ItemNumber.objects.create(item=made.drive, system="GTIN", number=DRIVE)
    ItemNumber.objects.create(item=made.board, system="GTIN", number=CARD)
    return made


def event(kind: str, action: str, step: str, at: str, **others: Any) -> dict[str, Any]:
    return {"type": kind, "action": action, "bizStep": step, "eventTime": at, **others}


def document(*events: dict[str, Any]) -> str:
    head = {"@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"}
    body = {"epcisBody": {"eventList": list(events)}}
    told = {**head, "type": "EPCISDocument", "schemaVersion": "2.0", **body}
    return json.dumps(told)


def made(serial: str, at: str = "2026-01-05T08:00:00Z") -> dict[str, Any]:
    return event("ObjectEvent", "ADD", "commissioning", at, epcList=[f"{DRIVE_LINK}{serial}"])


def joined(serial: str, board: str, at: str, **others: Any) -> dict[str, Any]:
    parts = {"parentID": f"{DRIVE_LINK}{serial}", "childEPCs": [f"{BOARD_URN}{board}"]}
    return event("AssociationEvent", "ADD", "installing", at, **parts, **others)


def parted(serial: str, board: str, at: str) -> dict[str, Any]:
    return {**joined(serial, board, at), "action": "DELETE", "bizStep": "removing"}


def shipped(serial: str, at: str, owner: str) -> dict[str, Any]:
    destination = [{"type": "owning_party", "destination": owner}]
    epcs = {"epcList": [f"{DRIVE_LINK}{serial}"], "destinationList": destination}
    return event("ObjectEvent", "OBSERVE", "shipping", at, **epcs)


def wrong(event: dict[str, Any], *instead: str, reason: str = "did_not_occur") -> dict[str, Any]:
    """The same event, declared in error."""
    declared = {
        "declarationTime": "2026-04-01T10:00:00Z",
        "reason": reason,
        "correctiveEventIDs": list(instead),
    }
    return {**event, "errorDeclaration": declared}


def staged(*events: dict[str, Any]) -> Import:
    return staged_file(document(*events), "events.jsonld")


def taken(*events: dict[str, Any]) -> Import:
    return taken_file(document(*events), filename="events.jsonld")


def reasons(source: Import) -> list[str]:
    return [row.why for row in queries.refusals_page(source).items]


def inside(unit: Unit) -> dict[str, str]:
    return {each.path: each.child.serial for each in contents.contents(unit) if each.child}


def test_a_life_is_taken_in_whatever_the_order_of_its_events(world: Drives):
    Party.objects.create(
        name="Nordsee Wasser", name_key="nordsee wasser", number="4012345000030",
        recorded_at="2026-01-01T00:00Z", kind="customer",
    )  # fmt: skip
    owner = "urn:epc:id:pgln:4012345.00003"
    source = taken(
        shipped("1001", "2026-02-01T10:00:00+01:00", owner),
        joined("1001", "B-1", "2026-01-06T08:00:00Z"),
        made("1001"),
    )

    assert (source.created_count, source.changed_count, source.refused_count) == (1, 2, 0)
    unit = unit_named(world.drive, "1001")
    assert (unit.state, unit.operator and unit.operator.name) == ("shipped", "Nordsee Wasser")
    assert inside(unit) == {BOARD: "B-1"}
    latest = Event.objects.filter(unit_id=unit.pk).order_by("-seq")[0]
    assert latest.occurred_at.isoformat() == "2026-02-01T09:00:00+00:00"


def test_the_same_document_again_changes_nothing(world: Drives):
    events = [made("1001"), joined("1001", "B-1", "2026-01-06T08:00:00Z")]
    taken(*events)
    before = Event.objects.count()

    again = taken(*events)
    assert (again.unchanged_count, again.event_count) == (2, 0)
    assert Event.objects.count() == before


def test_a_document_is_looked_at_before_it_is_taken(world: Drives):
    source = staged(made("1001"), made("1002"))

    assert (source.sheet["kind"], source.created_count) == ("epcis", 2)
    assert source.preview["created"][0]["item"] == world.drive.name
    assert not Unit.objects.exists()


def test_a_swap_is_one_part_out_and_another_in_at_one_instant(world: Drives):
    at = "2026-03-01T08:00:00Z"
    taken(made("1001"), joined("1001", "B-1", "2026-01-06T08:00:00Z"))
    swap = [joined("1001", "B-2", at), parted("1001", "B-1", at)]

    assert taken(*swap).refused_count == 0
    assert inside(unit_named(world.drive, "1001")) == {BOARD: "B-2"}
    assert taken(*swap).event_count == 0


def test_a_part_that_did_not_sit_there_cannot_leave(world: Drives):
    taken(made("1001"), joined("1001", "B-1", "2026-01-06T08:00:00Z"))

    source = staged(parted("1001", "B-9", "2026-03-01T08:00:00Z"))
    assert reasons(source) == [
        "B-9 did not sit in 1001 (control-board) then, but another unit did."
    ]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (event("ObjectEvent", "OBSERVE", "picking", "2026-02-01T10:00:00Z",
               epcList=[f"{DRIVE_LINK}1001"]), "picking"),
        (event("ObjectEvent", "OBSERVE", "commissioning", "2026-02-01T10:00:00Z",
               epcList=[f"{DRIVE_LINK}1001"]), "action"),
        (event("AggregationEvent", "ADD", "packing", "2026-02-01T10:00:00Z",
               parentID=f"{DRIVE_LINK}1001", childEPCs=[f"{BOARD_URN}B-1"]), "packed"),
        (event("ObjectEvent", "ADD", "commissioning", "2026-02-01T10:00:00Z",
               epcList=["urn:epc:id:sscc:4012345.0000000001"]), "no single piece"),
        (event("ObjectEvent", "ADD", "commissioning", "2026-02-01T10:00:00",
               epcList=[f"{DRIVE_LINK}1001"]), "zone"),
        (event("ObjectEvent", "OBSERVE", "inspecting", "2026-02-01T10:00:00Z",
               epcList=[f"{DRIVE_LINK}1001"]), "inspection"),
        ({**made("1001"), "errorDeclaration": "yes"}, "no object"),
        (wrong(made("1001")), "No TG-200 with the serial number 1001 is known"),
        (wrong(made("2000", "2026-01-06T08:00:00Z")), "Of 2000 no event is known that says this"),
        (event("TransformationEvent", "", "", "2026-02-01T10:00:00Z"), "no counterpart"),
        (event("AssociationEvent", "DELETE", "", "2026-02-01T10:00:00Z",
               parentID=f"{DRIVE_LINK}2000"), "No unit is known to have been in 2000 then"),
        (event("AssociationEvent", "ADD", "", "2026-02-01T10:00:00Z",
               parentID=f"{DRIVE_LINK}2000"), "Name each part that was put in"),
        ({"type": "ObjectEvent"}, "eventTime"),
    ],
)  # fmt: skip
def test_what_has_no_counterpart_is_refused_with_its_reason(
    world: Drives, told: dict[str, Any], reason: str
):
    source = staged(made("2000"), told)

    assert (source.created_count, source.refused_count) == (1, 1)
    assert reason in reasons(source)[0]


def test_refused_events_come_back_as_rows_to_mend(world: Drives):
    picking = {**made("1001"), "bizStep": "picking", "action": "OBSERVE", "eventID": "urn:x:1"}
    source = staged(made("1000"), picking)

    lines = "".join(queries.refusals_csv(source)).splitlines()
    assert "event 2, urn:x:1" in lines[1]
    mended = "\n".join(lines).replace("picking", "built").replace(",,epcis", ",2026-01-05,epcis")
    assert ",1001,built," in mended


def test_a_batch_and_a_return_are_read(world: Drives):
    back = event(
        "ObjectEvent", "OBSERVE", "https://ref.gs1.org/cbv/BizStep-receiving",
        "2026-03-01T08:00:00Z", epcList=[f"{DRIVE_LINK}1001"],
        bizTransactionList=[{"type": "rma", "bizTransaction": "urn:epcglobal:cbv:bt:4012345:R-7"}],
    )  # fmt: skip
    assert taken(made("1001"), back).refused_count == 0

    unit = unit_named(world.drive, "1001")
    event_ = Event.objects.filter(unit_id=unit.pk).order_by("-seq")[0]
    assert (unit.state, event_.payload["details"]) == ("returned", {"rma": "R-7"})


def test_what_is_told_of_a_corrected_event_is_known_already(world: Drives):
    drive = world.unit("1001")
    a_drive_with_board(world)
    booked(drive, Kind.SWAPPED, 10, slots={BOARD: a(world.rev_d)}, evidence=Evidence.CONFIRMED)
    assert Event.objects.filter(unit_id=drive.id).count() == 2


def test_an_event_declared_in_error_becomes_a_correction(world: Drives):
    taken(made("1001"), shipped("1001", "2026-02-01T10:00:00Z", "urn:longmark:party:Nordsee"))
    assert unit_named(world.drive, "1001").state == "shipped"

    source = taken(wrong(shipped("1001", "2026-02-01T10:00:00Z", "urn:longmark:party:Nordsee")))

    unit = unit_named(world.drive, "1001")
    kept, correction = Event.objects.filter(unit_id=unit.pk).order_by("seq")[1:]
    assert (source.event_count, source.refused_count) == (1, 0)
    assert (unit.state, unit.operator) == ("built", None)
    assert (kept.kind, correction.kind, correction.corrects) == ("shipped", "corrected", kept.seq)
    assert correction.payload["details"] == {"reason": "did not occur"}


def test_the_same_declaration_again_changes_nothing(world: Drives):
    sent = shipped("1001", "2026-02-01T10:00:00Z", "urn:longmark:party:Nordsee")
    taken(made("1001"), sent, wrong(sent))

    again = taken(made("1001"), sent, wrong(sent))

    assert (again.event_count, again.refused_count) == (0, 0)
    assert unit_named(world.drive, "1001").state == "built"


def test_what_is_true_instead_is_booked_after_what_was_wrong(world: Drives):
    late = {**made("1001", "2026-01-09T08:00:00Z"), "eventID": "urn:uuid:1"}
    early = {**made("1001", "2026-01-04T08:00:00Z"), "eventID": "urn:uuid:2"}

    source = taken(wrong(late, "urn:uuid:2", reason="incorrect_data"), early, late)

    unit = unit_named(world.drive, "1001")
    assert (source.refused_count, source.contested_count) == (0, 0)
    assert f"{unit.built_at:%Y-%m-%d}" == "2026-01-04"


def test_a_part_that_never_left_sits_where_it_sat(world: Drives):
    a_drive_with_board(world)
    out = parted("1001", "B-1", "2026-03-01T08:00:00Z")
    taken(out)
    assert inside(unit_named(world.drive, "1001")) == {}

    taken(wrong(out))

    assert inside(unit_named(world.drive, "1001")) == {BOARD: "B-1"}


def test_a_part_that_went_elsewhere_is_not_put_back(world: Drives):
    a_drive_with_board(world)
    out = parted("1001", "B-1", "2026-03-01T08:00:00Z")
    taken(made("1002"), out, joined("1002", "B-1", "2026-03-02T08:00:00Z"))

    source = staged(wrong(out))

    assert reasons(source) == ["B-1 sits in 1001 (control-board) since 2026-01-01."]


def test_what_a_person_corrected_meanwhile_stays_so(world: Drives):
    sent = shipped("1001", "2026-02-01T10:00:00Z", "urn:longmark:party:Nordsee")
    taken(made("1001"), sent)
    unit = unit_named(world.drive, "1001")
    right = LifeEvent(0, Kind.SHIPPED, day(40), source="epcis")
    booking.correct_event(unit, 2, replacement=right, reason="Typo.", actor=SYSTEM, now=NINE)

    source = taken(wrong(sent))

    assert (source.event_count, source.refused_count) == (0, 0)


def test_a_list_says_in_a_column_that_an_event_was_told_in_error(world: Drives):
    rows = "item;serial;event;date;source;storno\n"
    taken_file(f"{rows}TG-200;1001;built;2026-01-05;MES;\n")
    taken_file(f"{rows}TG-200;1001;commissioned;2026-02-05;CRM;\n")

    source = taken_file(f"{rows}TG-200;1001;commissioned;2026-02-05;CRM;wrong serial\n")

    unit = unit_named(world.drive, "1001")
    last = Event.objects.filter(unit_id=unit.pk).order_by("-seq")[0]
    assert (source.event_count, unit.state) == (1, "built")
    assert last.payload["details"] == {"reason": "wrong serial"}


def test_a_withdrawal_is_not_undone_with_its_list(world: Drives):
    sent = shipped("1001", "2026-02-01T10:00:00Z", "urn:longmark:party:Nordsee")
    taken(made("1001"), sent)
    source = taken(wrong(sent))

    undoing.undo_import(source, reason="A mistake.", actor=SYSTEM, now=NINE)

    (kept,) = queries.kept_page(source).items
    assert kept.why == "It took back an event that was told in error."
    assert unit_named(world.drive, "1001").state == "built"


def test_a_unit_is_emptied_of_all_its_parts_at_once(world: Drives):
    a_drive_with_board(world)
    emptied = event(
        "AssociationEvent", "DELETE", "disassembling", "2026-03-01T08:00:00Z",
        parentID=f"{DRIVE_LINK}1001",
    )  # fmt: skip

    source = taken(emptied)

    assert (source.event_count, inside(unit_named(world.drive, "1001"))) == (1, {})
    assert taken(emptied).event_count == 0
