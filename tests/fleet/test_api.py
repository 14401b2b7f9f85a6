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
from tests.fleet.world import (
    BOARD,
    FIRMWARE,
    Drives,
    a_drive_with_board,
    built,
    drives,
    staged,
    taken,
)
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
    monkeypatch.setattr("longmark.fleet.api.imports.AT_ONCE_LIMIT_ROWS", 1)
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


PLANT = "Nr;Typ;Wann\n1001;drive;2026-07-01\n"
COLUMNS = {"Nr": "serial", "Typ": "item", "Wann": "date"}
PLANT_MAP = {"columns": COLUMNS, "words": {"item": {"drive": "TG-200"}}}


def test_a_list_is_mapped_and_its_profile_remembered(world: Drives, clerk: Client):
    source = staged("item;serial;date\nTG-200;1;2026-01-01\n")
    answer = post(clerk, f"/imports/{source.pk}/columns", {"column_map": {"columns": {}}})
    assert answer.status_code == 422
    assert 'No column "item"' in answer.json()["detail"]

    saved = post(clerk, "/import-profiles", {"name": "plant", "column_map": PLANT_MAP})
    assert (saved.status_code, saved.json()["headers"]) == (201, ["nr", "typ", "wann"])
    file = SimpleUploadedFile("plant.csv", PLANT.encode())
    dropped = clerk.post(f"{ROOT}/imports", {"file": file}).json()
    assert (dropped["profile"], dropped["created_count"]) == ("plant", 1)
    sampled = clerk.get(f"{ROOT}/imports/{dropped['id']}/columns").json()
    assert sampled["sheet"]["columns"][0]["samples"] == ["1001"]


def test_a_file_is_read_as_it_is_said(world: Drives, clerk: Client):
    content = "item#serial#date#Größe\nTG-200#1#2026-01-01#\n".encode("cp850")
    file = SimpleUploadedFile("x.csv", content)

    path = f"{ROOT}/imports?encoding=cp850&delimiter=%23"
    answer = clerk.post(path, {"file": file}).json()
    assert answer["sheet"]["columns"][3]["stated"] == "Größe"
    assert answer["how"] == {"encoding": "cp850", "delimiter": "#"}


def test_profiles_are_listed_and_forgotten(world: Drives, clerk: Client):
    saved = post(clerk, "/import-profiles", {"name": "plant", "column_map": PLANT_MAP}).json()
    listed = clerk.get(f"{ROOT}/import-profiles").json()["items"]
    assert [each["name"] for each in listed] == ["plant"]

    assert clerk.delete(f"{ROOT}/import-profiles/{saved['id']}").status_code == 204
    assert clerk.get(f"{ROOT}/import-profiles").json()["items"] == []


def test_a_list_is_taken_back_and_reported(world: Drives, clerk: Client):
    source = staged(LIST)
    post(clerk, f"/imports/{source.pk}/apply", {})

    effect = clerk.get(f"{ROOT}/imports/{source.pk}/undo").json()
    assert effect == {"row_count": 3, "event_count": 5, "unit_count": 5, "kept_count": 0}
    done = post(clerk, f"/imports/{source.pk}/undo", {"reason": "another plant"}).json()
    assert (done["state"], done["undone_count"]) == ("undone", 3)
    assert clerk.get(f"{ROOT}/imports/{source.pk}/kept").json()["items"] == []
    lines = b"".join(clerk.get(f"{ROOT}/imports/{source.pk}/report.csv").streaming_content)
    assert lines.count(b"created, taken back") == 3


def test_a_conflict_is_listed_and_decided(world: Drives, clerk: Client):
    head = "item,serial,event,date,country,source\n"
    taken(head + "TG-200,1001,shipped,2026-02-01,DE,erp\n")
    taken(head + "TG-200,1001,shipped,2026-02-03,AT,dealer\n")

    (one,) = clerk.get(f"{ROOT}/conflicts?state=open").json()["items"]
    assert (one["about"], one["believed"]["source"], one["claim"]["source"]) == (
        "operator",
        "erp",
        "dealer",
    )
    path = f"/units/{one['unit_id']}/conflicts/{one['number']}/decision"
    decided = post(clerk, path, {"decision": "replaced", "reason": "asked"}).json()
    assert decided["state"] == "replaced"
    assert clerk.get(f"{ROOT}/units/{one['unit_id']}").json()["country"] == "AT"


ROWS = [{"item": "TG-200", "serial": "7001", "date": "2026-07-01", "main-firmware": "2.3.1"}]


def test_rows_are_taken_in_one_call_and_the_same_key_answers_alike(world: Drives, clerk: Client):
    path, key = f"{ROOT}/imports/take", {"headers": {"Idempotency-Key": "rows-1"}}

    first = clerk.post(path, ROWS, "application/json", **key)
    again = clerk.post(path, ROWS, "application/json", **key)
    assert (first.status_code, first.json()["created_count"]) == (200, 1)
    assert again.json() == first.json()
    assert clerk.post(path, ROWS, "application/json").json()["unchanged_count"] == 1


def test_a_file_is_taken_in_one_call_under_a_profile(world: Drives, clerk: Client):
    post(clerk, "/import-profiles", {"name": "plant", "column_map": PLANT_MAP})
    file = SimpleUploadedFile("plant.csv", PLANT.encode())

    taken_list = clerk.post(f"{ROOT}/imports/take?profile=plant", {"file": file}).json()
    assert (taken_list["state"], taken_list["created_count"]) == ("applied", 1)
    unknown = clerk.post(f"{ROOT}/imports/take?profile=other", {"file": file})
    assert unknown.status_code == 422


def test_a_long_list_is_taken_in_one_call_by_a_job(
    world: Drives, clerk: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("longmark.fleet.services.mapping.AT_ONCE_LIMIT_BYTES", 10)

    answer = clerk.post(f"{ROOT}/imports/take", ROWS, "application/json")
    assert answer.status_code == 202
    job = jobs.job(answer.json()["job_id"])
    assert job.kind == "fleet.apply-import"


def test_rows_that_are_none_are_refused(world: Drives, clerk: Client):
    answer = clerk.post(f"{ROOT}/imports/take", [{"a": 1}], "application/json")

    assert answer.status_code == 422
    assert "No column" in answer.json()["detail"]
