"""The fleet over REST: the same answers and refusals as everywhere."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from longmark.core.actors import SYSTEM, Role
from longmark.fleet import tasks
from longmark.jobs import queries as jobs
from tests.fleet.test_imports import LIST
from tests.fleet.world import BOARD, FIRMWARE, Drives, a_drive_with_board, built, drives, staged
from tests.world import NINE

ROOT = "/api/v1"
Caller = Callable[..., Client]


@pytest.fixture
def world(transactional_db: None) -> Drives:
    return drives()


@pytest.fixture
def clerk(caller: Caller) -> Client:
    return caller(Role.SERVICE)


def post(client: Client, path: str, body: object) -> Any:
    return client.post(f"{ROOT}{path}", body, "application/json")


def test_units_are_listed_in_pages(world: Drives, clerk: Client):
    for serial in ("1001", "1002", "1003"):
        built(world.unit(serial))

    first = clerk.get(f"{ROOT}/units?limit=2&text=100").json()
    rest = clerk.get(f"{ROOT}/units?limit=2&text=100&after={first['next']}").json()
    found = [unit["serial"] for unit in [*first["items"], *rest["items"]]]
    assert found == ["1001", "1002", "1003"]


def test_contents_are_nested_and_dated(world: Drives, clerk: Client):
    unit = a_drive_with_board(world)

    (board,) = clerk.get(f"{ROOT}/units/{unit.pk}/contents?on=2026-02-01").json()
    assert (board["path"], board["unit"]["serial"]) == (BOARD, "B-1")
    found = {each["path"]: each["release"]["version"] for each in board["inside"]}
    assert found == {BOARD: "C", FIRMWARE: "2.3.1"}
    assert clerk.get(f"{ROOT}/units/{unit.pk}/contents?on=2025-12-31").json() == []


def test_a_swap_is_booked_in_the_words_of_a_list(world: Drives, clerk: Client):
    unit = a_drive_with_board(world)
    says = {"control-board": "D", "control-board serial": "B-2", "main firmware": "2.4.0"}
    body = {"event": "getauscht", "date": "2026-06-01", "evidence": "confirmed", "says": says}

    assert post(clerk, f"/units/{unit.pk}/events", body).status_code == 201
    (board,) = clerk.get(f"{ROOT}/units/{unit.pk}/contents").json()
    assert (board["unit"]["serial"], board["evidence"]) == ("B-2", "confirmed")
    latest = clerk.get(f"{ROOT}/units/{unit.pk}/events").json()["items"][0]
    assert (latest["kind"], latest["corrects"]) == ("swapped", None)


def test_an_event_is_corrected_and_withdrawn(world: Drives, clerk: Client):
    unit = built(world.unit("1"))
    path = f"/units/{unit.pk}/events"
    post(clerk, path, {"event": "shipped", "date": "2026-06-01"})
    right = {"event": "shipped", "date": "2026-06-03", "says": {"customer": "Müller AG"}}
    body = {"reason": "Wrong day.", "replacement": right}

    corrected = post(clerk, f"{path}/2/correction", body).json()
    assert corrected["operator"]["name"] == "Müller AG"
    withdrawn = post(clerk, f"{path}/3/correction", {"reason": "Never left."}).json()
    assert (withdrawn["state"], withdrawn["operator"]) == ("built", None)


def test_a_refusal_names_the_word_and_the_mend(world: Drives, clerk: Client):
    unit = built(world.unit("1"))
    body = {"event": "updated", "date": "2026-06-01", "says": {"main-firmware": "9.9"}}

    answer = post(clerk, f"/units/{unit.pk}/events", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "main-firmware"


@pytest.mark.parametrize("part", ["file", "list"])
def test_a_list_is_dropped_and_taken(world: Drives, clerk: Client, part: str):
    upload = SimpleUploadedFile("units.csv", LIST.encode())
    dropped = clerk.post(f"{ROOT}/imports", {part: upload})
    assert (dropped.status_code, dropped.json()["created_count"]) == (201, 3)

    taken = clerk.post(f"{ROOT}/imports/{dropped.json()['id']}/apply")
    assert (taken.status_code, taken.json()["state"]) == (200, "applied")


def test_a_long_list_is_taken_as_a_job(
    world: Drives, clerk: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("longmark.fleet.api.units.AT_ONCE_LIMIT_ROWS", 1)
    source = staged(LIST)

    queued = clerk.post(f"{ROOT}/imports/{source.pk}/apply")
    assert queued.status_code == 202
    assert jobs.job(queued.json()["job_id"]).arguments == {"import_id": source.pk}


class Watched:
    """A job's progress, as a handler sees it."""

    actor, now = SYSTEM, NINE

    def __init__(self) -> None:
        self.done: list[int] = []

    def advance(self, done: int, total: int | None = None, note: str = "") -> None:
        self.done.append(done)


def test_the_job_says_what_it_did(world: Drives):
    progress = Watched()
    outcome = tasks.apply_import({"import_id": staged(LIST).pk}, progress)

    assert outcome == "list.csv: 3 created, 0 changed, 0 unchanged, 0 refused."
    assert progress.done == [3]


def test_refused_rows_are_handed_back(world: Drives, clerk: Client):
    body = LIST + "TG-999;1;2026-01-01;;;;;\n"
    number = clerk.post(
        f"{ROOT}/imports?filename=x.csv", body.encode(), "application/octet-stream"
    ).json()["id"]

    (row,) = clerk.get(f"{ROOT}/imports/{number}/refusals").json()["items"]
    assert (row["row"], row["column"]) == (5, "item")
    answer = clerk.get(f"{ROOT}/imports/{number}/refusals.csv")
    assert b"TG-999;1;2026-01-01" in b"".join(answer.streaming_content)
    assert clerk.post(f"{ROOT}/imports/{number}/discard").json()["state"] == "discarded"


def test_a_unit_is_found_by_item_and_serial_and_gets_another_name(world: Drives, clerk: Client):
    unit = built(world.unit("1"))
    body = {"kind": "mac", "value": "00:1b:63:84:45:e6", "since": "2026-01-01T00:00:00Z"}

    assert post(clerk, f"/units/{unit.pk}/aliases", body).status_code == 201
    assert clerk.get(f"{ROOT}/items/{world.drive.pk}/units/1").json()["id"] == str(unit.pk)
    assert [each["kind"] for each in clerk.get(f"{ROOT}/units/{unit.pk}/aliases").json()] == ["mac"]


def test_a_viewer_reads_and_books_nothing(world: Drives, caller: Caller):
    unit, viewer = built(world.unit("1")), caller(Role.VIEWER)
    body = {"event": "shipped", "date": "2026-06-01"}

    assert viewer.get(f"{ROOT}/units/{unit.pk}").status_code == 200
    assert post(viewer, f"/units/{unit.pk}/events", body).status_code == 403
    assert viewer.get(f"{ROOT}/units/{unit.pk}/lifelines").json() == []
