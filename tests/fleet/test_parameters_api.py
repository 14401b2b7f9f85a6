"""Parameters of units over REST."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from longmark.core.actors import Role
from tests.fleet.parameter_world import a_drive, changed, found, with_parameters
from tests.fleet.world import Drives, drives

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> Drives:
    made = drives()
    with_parameters(made)
    return made


def a_file(text: str, name: str = "out.txt") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, text.encode())}


def test_a_set_is_handed_over_and_shown_against_what_was_booked(caller, world: Drives) -> None:
    client, unit = caller(Role.SERVICE), a_drive(world)
    path = f"/api/v1/units/{unit.pk}/parameters"

    kept = client.post(
        f"{path}/snapshots?date=2026-04-11&evidence=confirmed&source=tour",
        a_file("P10.07 = on\nP90.01 = 0000\nP2.01 = 5.00\n"),
    )
    (place,) = client.get(path).json()

    assert kept.status_code == 201
    assert (kept.json()["precision"], kept.json()["evidence"]) == ("day", "confirmed")
    assert kept.json()["secrets"] == ["P90.01"]
    told = {row["name"]: row for row in place["values"]}
    assert place["path"] == "parameters"
    assert (told["P10.07"]["is_drifting"], told["P10.07"]["title"]) == (True, "IPv6")
    assert told["P10.07"]["expected"] == {"value": "off", "basis": "released"}
    assert not told["P2.01"]["is_drifting"]
    assert told["P90.01"]["is_as_delivered"]
    file = client.get(f"{path}/snapshots/1/file").getvalue()
    assert b"0000" not in file


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("evidence=perhaps", "evidence"),
        ("date=yesterday", "date"),
        ("date=2099-01-01", "at"),
        ("slot=gateway", "slot"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(caller, world: Drives, query: str, field: str) -> None:
    unit = a_drive(world)

    answer = caller(Role.SERVICE).post(
        f"/api/v1/units/{unit.pk}/parameters/snapshots?{query}", a_file("P1 = 1\n")
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_snapshots_are_listed_and_compared(caller, world: Drives) -> None:
    client, unit = caller(Role.VIEWER), a_drive(world)
    found(unit, "P10.07 = on\nP2.01 = 5\n", 100)
    found(unit, "P10.07 = on\nP2.01 = 7\n", 110)
    path = f"/api/v1/units/{unit.pk}/parameters/snapshots"

    listed = client.get(path).json()["items"]
    between = client.get(f"{path}/2/difference", {"against": 1}).json()
    booked = client.get(f"{path}/2/difference").json()
    released = client.get(f"{path}/2/difference", {"is_released": True}).json()

    assert [row["number"] for row in listed] == [2, 1]
    assert [row["name"] for row in between] == ["P2.01"]
    assert {row["name"] for row in booked if row["change"] == "changed"} == {"P2.01", "P10.07"}
    assert booked == released
    assert client.get(f"{path}/7/difference").status_code == 404


def test_history_is_told_of_one_parameter_or_all(caller, world: Drives) -> None:
    client, unit = caller(Role.VIEWER), a_drive(world)
    changed(world, 50, **{"P10.07": "on"})
    path = f"/api/v1/units/{unit.pk}/parameters/history"

    (one,) = client.get(path, {"name": "P10.07"}).json()
    everything = client.get(path).json()

    assert [(held["value"], held["said_by"]) for held in one["values"]] == [
        ("off", "released"),
        ("on", "booked"),
    ]
    assert [row["name"] for row in everything] == ["P1.01", "P2.01", "P10.07", "P90.01"]
    assert client.get(path, {"name": "P77.01"}).status_code == 404


def test_drift_is_listed_counted_and_explained(caller, world: Drives) -> None:
    client, unit = caller(Role.SERVICE), a_drive(world)
    found(unit, "P10.07 = on\nP99.01 = 1\n", 100)
    found(unit, "P99.01 = 2\n", 110)

    (row,) = client.get("/api/v1/drift", {"text": "100"}).json()["items"]
    count = client.get("/api/v1/drift/count").json()
    said = {"date": "2026-03-01", "reason": "The integrator did."}
    done = client.post(
        f"/api/v1/units/{unit.pk}/parameters/explanation", said, content_type="application/json"
    )

    assert row["deviations"] == [
        {"name": "P10.07", "expected": "off", "basis": "released", "found": "on"}
    ]
    assert row["counter"] == {"name": "P99.01", "before": 1, "after": 2}
    assert count == {"count": 1}
    assert done.status_code == 204
    left = client.get("/api/v1/drift").json()["items"]
    assert [each["deviation_count"] for each in left] == [0]  # the counter moved later


def test_who_may_only_look_hands_over_nothing(caller, world: Drives) -> None:
    client, unit = caller(Role.VIEWER), a_drive(world)
    path = f"/api/v1/units/{unit.pk}/parameters"

    assert client.post(f"{path}/snapshots", a_file("P1 = 1\n")).status_code == 403
    said = {"date": "2026-03-01", "reason": "x"}
    answer = client.post(f"{path}/explanation", said, content_type="application/json")
    assert answer.status_code == 403
