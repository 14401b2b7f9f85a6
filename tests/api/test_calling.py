"""Who may call, how errors look, and what a repeated call answers."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from longmark.core.actors import Action, Role
from tests.sboms.samples import the_drive
from tests.world import a_release, an_item

ITEM = {"kind": "firmware", "name": "tg200-fw"}


def post(client: Client, path: str, body: object, **headers: str):
    return client.post(f"/api/v1{path}", body, "application/json", headers=headers)


def test_a_stranger_is_told_how_to_sign_in(db):
    answer = Client().get("/api/v1/items")

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_forged_token_opens_nothing(db):
    answer = Client(headers={"Authorization": "Bearer lm_forged"}).get("/api/v1/items")

    assert answer.status_code == 401


def test_no_header_makes_a_caller_local(db):
    client = Client(headers={"longmark.local-caller": "root", "Longmark-Local-Caller": "root"})

    assert client.get("/api/v1/items").status_code == 401


def test_who_holds_no_role_may_not_read(caller):
    answer = caller().get("/api/v1/items")

    assert answer.status_code == 403
    assert "read" in answer.json()["detail"]


def test_a_viewer_reads_and_does_not_write(caller):
    viewer = caller(Role.VIEWER)

    assert viewer.get("/api/v1/items").json() == {"items": [], "next": None}
    assert post(viewer, "/items", ITEM).status_code == 403


def test_a_token_does_no_more_than_its_scopes(caller):
    engineer = caller(Role.ENGINEER, scopes=[Action.READ])

    assert post(engineer, "/items", ITEM).status_code == 403


def test_a_session_writes_only_with_its_csrf_token(caller, django_user_model):
    caller(Role.ENGINEER)
    person = Client(enforce_csrf_checks=True)
    person.force_login(django_user_model.objects.get())

    assert person.get("/api/v1/items").status_code == 200
    assert post(person, "/items", ITEM).status_code == 403


def test_a_wrong_shape_names_the_field(caller):
    answer = post(caller(Role.ENGINEER), "/items", {"kind": "gadget", "name": "x"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].endswith("kind")


def test_a_refusal_says_what_and_why(caller):
    an_item("tg200-fw")
    answer = post(caller(Role.ENGINEER), "/items", ITEM)

    assert (answer.status_code, answer.json()["title"]) == (409, "Refused")
    assert "registered already" in answer.json()["detail"]


def test_what_is_not_there_is_a_problem_too(caller):
    assert caller(Role.VIEWER).get("/api/v1/items/7").json()["status"] == 404


@pytest.mark.parametrize("path", ["/items", "/releases", "/parties", "/ledger", "/jobs"])
def test_a_forged_cursor_is_refused(caller, path: str):
    answer = caller(Role.VIEWER).get(f"/api/v1{path}?after=forged")

    assert answer.status_code == 422


def test_a_repeat_under_one_key_writes_once_and_answers_alike(caller):
    engineer = caller(Role.ENGINEER)
    first = post(engineer, "/items", ITEM, **{"Idempotency-Key": "k-1"})
    again = post(engineer, "/items", ITEM, **{"Idempotency-Key": "k-1"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"


def test_one_key_serves_one_request(caller):
    engineer = caller(Role.ENGINEER)
    post(engineer, "/items", ITEM, **{"Idempotency-Key": "k-1"})
    other = post(engineer, "/items", ITEM | {"name": "x"}, **{"Idempotency-Key": "k-1"})

    assert other.status_code == 422


def test_a_composition_is_built_and_read(caller):
    engineer = caller(Role.ENGINEER)
    firmware = post(engineer, "/items", ITEM).json()
    board = post(engineer, "/items", {"kind": "hardware", "name": "CB-21"}).json()
    release = post(engineer, f"/items/{firmware['id']}/releases", {"version": "2.3.1"}).json()
    slot = {"name": "main-firmware", "release_ids": [release["id"]]}
    post(engineer, f"/items/{board['id']}/slots", slot)

    slots = engineer.get(f"/api/v1/items/{board['id']}/slots").json()
    assert [(each["name"], each["fits"][0]["version"]) for each in slots] == [
        ("main-firmware", "2.3.1")
    ]


def test_the_ledger_tells_who_did_it_by_which_token(caller):
    post(caller(Role.ENGINEER), "/items", ITEM)

    entry = caller(Role.VIEWER).get("/api/v1/ledger?action=catalog.item-registered").json()
    assert entry["items"][0]["actor"] == "caller-engineer (tests)"


def test_a_file_sent_again_under_one_key_is_taken_once(caller):
    engineer = caller(Role.ENGINEER)
    path = f"/api/v1/releases/{a_release().pk}/sboms"
    document = b'{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": []}'

    answers = [
        engineer.post(
            path,
            {"sbom": SimpleUploadedFile("bom.json", document)},
            headers={"Idempotency-Key": "k-2"},
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1]["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k-3"}])
def test_a_file_may_be_the_body_however_long_it_is(caller, settings, headers):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    answer = caller(Role.ENGINEER).post(
        f"/api/v1/releases/{a_release().pk}/sboms",
        the_drive(),
        "application/octet-stream",
        headers=headers,
    )

    assert (answer.status_code, answer.json()["component_count"]) == (201, 4)


def test_json_that_is_too_large_is_told_so(caller, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    answer = caller(Role.ENGINEER).post(
        "/api/v1/items", {"name": "a-name-of-some-length"}, "application/json"
    )

    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
