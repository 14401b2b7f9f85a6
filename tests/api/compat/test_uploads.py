"""What Dependency-Track's clients upload is taken as they send it."""

import base64
import gzip
import hashlib
import json
import textwrap
from typing import Any

import pytest

from longmark.catalog import queries as catalog
from longmark.catalog.models import Item, Release
from longmark.config.schedule import HANDLERS
from longmark.config.worker import work_once
from longmark.core.actors import Action, Role
from longmark.core.vocabulary import ItemKind, JobState
from longmark.jobs.models import Job
from longmark.ledger.models import Cursor, Entry
from longmark.sboms import queries as sboms
from longmark.sboms.models import Document
from tests.api.compat.clients import (
    Caller,
    Sent,
    a_caller,
    curl,
    github_action,
    jenkins,
    older_action,
    sbom_scanner,
)
from tests.sboms.samples import a_bom, a_library, many, the_drive

pytestmark = pytest.mark.django_db

NEW: dict[str, Any] = {"projectName": "vfd-fw", "projectVersion": "2.4.1", "autoCreate": "true"}
SCANNER = NEW | {"autoCreate": True, "isLatest": True}
NOWHERE = "4c6d7244-0001-8000-8000-0000000f4240"


@pytest.fixture
def ci() -> Caller:
    return a_caller(Role.ENGINEER)


@pytest.mark.parametrize(
    ("method", "sent"),
    [
        ("POST", jenkins(the_drive(), **NEW, isLatest="true")),
        ("POST", github_action(the_drive(), **NEW, projectTags="a,b")),
        ("POST", sbom_scanner(the_drive(), **SCANNER)),
        ("POST", curl(the_drive("drive.cdx.xml"), media_type="application/xml", **NEW)),
        ("POST", curl(gzip.compress(the_drive()), media_type="application/gzip", **NEW)),
        ("PUT", older_action(the_drive(), **NEW | {"autoCreate": True}, unknown={"a": [1]})),
        ("PUT", older_action(b"\xef\xbb\xbf" + the_drive(), **NEW, isLatestProjectVersion="true")),
        ("POST", older_action(the_drive(), **NEW)),
    ],
    ids=["jenkins", "action", "scanner", "xml", "gzip", "put", "byte-order-mark", "post-json"],
)
def test_every_client_is_understood(ci: Caller, method: str, sent: Sent):
    answer = ci.upload(sent, method)

    release = Release.objects.get()
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert set(answer.json()) == {"token", "projectUuid"}
    assert (release.item.name, release.version) == ("vfd-fw", "2.4.1")
    assert sboms.documents_of(release)[0].component_count == 4


def test_the_kind_of_a_new_item_is_that_of_what_the_bom_is_about(ci: Caller):
    ci.upload(curl(the_drive(), **NEW))

    assert Item.objects.get().kind == ItemKind.FIRMWARE


def test_findings_are_there_when_the_token_is_done(ci: Caller):
    token = ci.upload(curl(the_drive(), **NEW)).json()["token"]

    for path in ("event", "bom"):
        assert ci.get(f"/v1/{path}/token/{token}").json() == {"processing": False}
    Cursor.objects.filter(pk="reactions").update(position=0)  # as if nobody had matched it yet
    assert ci.get(f"/v1/event/token/{token}").json() == {"processing": True}


@pytest.mark.parametrize("token", [NOWHERE, "00000000-0000-0000-0000-000000000000", "nonsense"])
def test_a_token_that_nobody_knows_is_done(ci: Caller, token: str):
    assert ci.get(f"/v1/event/token/{token}").json() == {"processing": False}


def test_an_upload_that_is_repeated_changes_nothing(ci: Caller):
    first = ci.upload(jenkins(the_drive(), **NEW)).json()
    written = Entry.objects.count()

    assert ci.upload(jenkins(the_drive(), **NEW)).json() == first
    assert (Entry.objects.count(), Document.objects.count()) == (written, 1)


def test_the_next_bom_takes_the_place_of_the_last(ci: Caller):
    uuid = ci.upload(curl(the_drive(), **NEW)).json()["projectUuid"]
    ci.upload(curl(many(2), project=uuid))

    (current,) = sboms.documents_of(Release.objects.get())
    assert (current.component_count, Document.objects.count()) == (2, 2)


def test_an_sbom_that_came_another_way_stays(ci: Caller):
    ci.upload(curl(the_drive(), **NEW))
    Document.objects.update(label="bootloader")
    ci.upload(curl(many(2), **NEW))

    assert len(sboms.documents_of(Release.objects.get())) == 2


@pytest.mark.parametrize("field", [{"project": NOWHERE}, {"projectName": "x"}])
def test_a_project_that_is_not_there_is_not_found(ci: Caller, field: dict[str, str]):
    answer = ci.upload(curl(the_drive(), **field))

    assert (answer.status_code, answer.content) == (404, b"The project could not be found.")
    assert answer["Content-Type"].startswith("text/plain")


def test_a_parent_that_is_not_there_is_not_found_and_nothing_is_made(ci: Caller):
    answer = ci.upload(curl(the_drive(), **NEW, parentName="line", parentVersion="1"))

    assert (answer.status_code, answer.content) == (
        404,
        b"The parent component could not be found.",
    )
    assert not Item.objects.exists()


def test_a_uuid_of_a_parent_counts_before_a_name(ci: Caller):
    parent = ci.send("PUT", "/v1/project", {"name": "line", "version": "1"}).json()["uuid"]
    uuid = ci.upload(
        curl(the_drive(), **NEW, parentUUID=parent, parentName="none", parentVersion="9")
    ).json()["projectUuid"]

    assert ci.get(f"/v1/project/{uuid}").json()["parent"]["name"] == "line"


def test_who_may_not_create_is_told_so_with_401():
    uploader = a_caller(Role.ENGINEER, scopes=[Action.READ, Action.ADD_SBOM])
    answer = uploader.upload(curl(the_drive(), **NEW))

    assert (answer.status_code, answer.content.decode()) == (
        401,
        "The principal does not have permission to create project.",
    )
    assert not Item.objects.exists()


def test_who_may_only_read_is_forbidden():
    answer = a_caller(Role.VIEWER).upload(curl(the_drive(), **NEW))

    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


@pytest.mark.parametrize("key", ["", "lm_wrong", "odt_12345678_0123456789"])
def test_a_key_that_opens_nothing_is_answered_with_nothing(key: str):
    answer = Caller(key).upload(curl(the_drive(), **NEW))

    assert (answer.status_code, answer.content) == (401, b"")


def test_a_session_opens_nothing_here(ci: Caller, django_user_model: Any):
    browser = Caller("")
    browser.http.force_login(django_user_model.objects.get())

    assert browser.upload(curl(the_drive(), **NEW)).status_code == 401


def test_a_bom_that_breaks_its_schema_is_refused_place_by_place(ci: Caller):
    answer = ci.upload(curl(a_bom(a_library("zlib", type="nonsense")), **NEW))

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json() | {"errors": None} == {
        "status": 400,
        "title": "The uploaded BOM is invalid",
        "detail": "Schema validation failed",
        "errors": None,
    }
    assert answer.json()["errors"][0].startswith("$.components[0].type: ")
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    ("method", "sent", "words"),
    [
        ("POST", curl(b"", **NEW), "no SBOM"),
        ("POST", curl(b"\x28\xb5\x2f\xfd....", **NEW), "Zstandard"),
        ("POST", curl(gzip.compress(b"x" * 99)[:-9], **NEW), "torn gzip"),
        ("PUT", (b"{", "application/json"), "no JSON"),
        ("PUT", (b"[]", "application/json"), "JSON object"),
        ("PUT", (b'{"projectName": "x", "bom": "%%%"}', "application/json"), "Base64"),
        ("PUT", (b'{"projectName": "x"}', "application/json"), "no bom"),
        ("PUT", (b'{"bom": "e30="}', "application/json"), "Name the project"),
        ("PUT", curl(the_drive(), **NEW), "by POST"),
        ("POST", (b"--x", "multipart/form-data"), "form"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_mend(
    ci: Caller, method: str, sent: Sent, words: str
):
    answer = ci.upload(sent, method)

    assert answer.status_code == 400
    assert words in answer.content.decode()


def test_json_has_a_limit_beside_the_bom_in_it(ci: Caller, monkeypatch: Any):
    monkeypatch.setattr("longmark.api.compat.dependency_track.requests.JSON_LIMIT", 1 << 10)

    refused = ci.upload(older_action(the_drive(), **NEW, unknown=["x"] * 1_000), "PUT")
    assert (refused.status_code, b"file part of a form" in refused.content) == (400, True)


def test_a_form_whose_fields_are_too_large_is_told_how_to_come(ci: Caller, settings: Any):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    assert ci.upload(jenkins(the_drive(), **NEW)).status_code == 413


@pytest.mark.parametrize("blanks", ["", "\n"], ids=["plain", "in-lines"])
def test_a_long_bom_in_json_is_decoded_piece_by_piece(ci: Caller, blanks: str):
    bom = many(2_000)
    encoded = base64.b64encode(bom).decode()
    lines = blanks.join(textwrap.wrap(encoded, 76)) if blanks else encoded
    body = json.dumps({"projectName": "vfd-fw", "bom": lines, "autoCreate": True})
    ci.upload((body.replace("/", "\\/").encode(), "application/json"), "PUT")

    assert Document.objects.get().digest == hashlib.sha256(bom).hexdigest()


@pytest.fixture
def late(settings: Any) -> None:
    """Whatever is uploaded is too large to be read at once."""
    settings.READ_AT_ONCE_BYTES = 100


def worked_off() -> None:
    while work_once(HANDLERS):
        pass


@pytest.mark.usefixtures("late")
def test_a_large_bom_is_processed_until_its_findings_are_there(ci: Caller):
    answer = ci.upload(curl(the_drive(), **NEW)).json()

    assert ci.get(f"/v1/bom/token/{answer['token']}").json() == {"processing": True}
    worked_off()
    assert ci.get(f"/v1/bom/token/{answer['token']}").json() == {"processing": False}
    assert ci.get(f"/v1/project/{answer['projectUuid']}").json()["version"] == "2.4.1"
    assert Document.objects.get().component_count == 4


@pytest.mark.usefixtures("late")
def test_a_large_bom_takes_the_place_of_the_one_before_it_in_whatever_order_they_wait(ci: Caller):
    for name in ("a", "b"):
        ci.upload(curl(a_bom(a_library(name), a_library("c")), **NEW))
    worked_off()

    current = Document.objects.filter(is_current=True)
    assert [each.component_count for each in Document.objects.all()] == [2, 2]
    assert current.get() == Document.objects.order_by("-pk")[0]


@pytest.mark.usefixtures("late")
def test_a_large_bom_that_is_none_ends_with_its_verdict(ci: Caller):
    token = ci.upload(curl(b"x" * 200, **NEW)).json()["token"]
    worked_off()

    assert ci.get(f"/v1/bom/token/{token}").json() == {"processing": False}
    assert (job := Job.objects.get()).state == JobState.FAILED
    assert "of no known format" in job.outcome


def test_a_packed_bom_that_unfolds_without_end_is_refused(ci: Caller, monkeypatch: Any):
    monkeypatch.setattr("longmark.api.compat.dependency_track.packing.FILE_BYTES", 1 << 20)
    answer = ci.upload(curl(gzip.compress(b" " * (2 << 20)), **NEW))

    assert (answer.status_code, b"more than 1 MB" in answer.content) == (400, True)


def test_tags_and_the_latest_version_are_kept(ci: Caller):
    ci.upload(github_action(the_drive(), **NEW, projectTags="CI, edge", isLatest="true"))

    latest = ci.get("/v1/project/latest/vfd-fw").json()
    assert latest["tags"] == [{"name": "ci"}, {"name": "edge"}]
    assert (latest["version"], latest["isLatest"]) == ("2.4.1", True)


def test_one_version_is_the_latest(ci: Caller):
    for version in ("2.4.1", "2.4.0"):
        fields = NEW | {"projectVersion": version}
        ci.upload(curl(the_drive(), **fields, isLatest="true"))

    assert ci.get("/v1/project/latest/vfd-fw").json()["version"] == "2.4.0"
    listed = ci.get("/v1/project", name="vfd-fw").json()
    assert [each["isLatest"] for each in listed] == [True, False]


VEX = b'{"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "vulnerabilities": []}'


def test_a_vex_document_is_kept_and_applied_to_nothing(ci: Caller):
    ci.upload(curl(the_drive(), **NEW))
    body, media_type = curl(VEX, **NEW)
    answer = ci.send("POST", "/v1/vex", (body.replace(b'name="bom"', b'name="vex"'), media_type))

    assert ci.get(f"/v1/event/token/{answer.json()['token']}").json() == {"processing": False}
    entry = Entry.objects.get(action="sboms.statements-kept")
    assert catalog.release(int(entry.subject_id)).version == "2.4.1"


def test_a_vex_document_makes_no_project(ci: Caller):
    answer = ci.send("PUT", "/v1/vex", {"projectName": "new", "vex": "e30=", "autoCreate": True})

    assert (answer.status_code, Item.objects.exists()) == (404, False)


def test_a_vex_document_that_is_none_is_refused(ci: Caller):
    ci.upload(curl(the_drive(), **NEW))
    sent = {"projectName": "vfd-fw", "projectVersion": "2.4.1", "vex": "eyJhIjogMX0="}

    assert ci.send("PUT", "/v1/vex", sent).status_code == 400
