"""SBOMs over REST: upload, lists, the original bytes."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from longmark.core.actors import Role
from longmark.sboms.models import Component
from tests.sboms.samples import a_bom, a_library, many, the_drive
from tests.world import a_release

JSON = "application/vnd.cyclonedx+json"


@pytest.fixture
def engineer(caller) -> Client:
    return caller(Role.ENGINEER)


def upload(client: Client, path: str, content: bytes, **query: str):
    return client.post(f"/api/v1{path}", content, JSON, query_params=query)


def test_a_body_is_an_sbom(engineer: Client):
    release = a_release()
    answer = upload(
        engineer, f"/releases/{release.pk}/sboms", the_drive(), filename="d.json", label="main"
    )

    document = answer.json()
    assert answer.status_code == 201
    assert (document["component_count"], document["format"]) == (4, "cyclonedx")
    assert (document["filename"], document["label"]) == ("d.json", "main")
    assert {"path": "components[2]", "message": "unity has no version."} in document["defects"]


def test_a_part_of_a_form_is_an_sbom(engineer: Client):
    part = SimpleUploadedFile("drive.spdx", the_drive("drive.spdx"), "text/spdx")
    answer = engineer.post(f"/api/v1/releases/{a_release().pk}/sboms", {"sbom": part})

    assert answer.status_code == 201
    assert (answer.json()["filename"], answer.json()["encoding"]) == ("drive.spdx", "tag-value")


def test_a_form_without_a_file_is_refused(engineer: Client):
    answer = engineer.post(f"/api/v1/releases/{a_release().pk}/sboms", {"label": "x"})

    assert answer.status_code == 422
    assert "no part with a file" in answer.json()["detail"]


def test_a_file_above_the_bar_is_refused_before_it_is_held(engineer: Client, monkeypatch):
    monkeypatch.setattr("longmark.sboms.services.handing_in.FILE_BYTES", 1 << 20)
    part = SimpleUploadedFile("drive.json", b" " * (3 << 20), "application/json")

    answer = engineer.post(f"/api/v1/releases/{a_release().pk}/sboms", {"file": part})

    assert answer.status_code == 422
    assert answer.json()["detail"] == "The file has 3 MB; at most 1 MB are read. Split it."


def test_the_same_bytes_again_answer_200(engineer: Client):
    path = f"/releases/{a_release().pk}/sboms"

    first, second = upload(engineer, path, the_drive()), upload(engineer, path, the_drive())
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


def test_a_refusal_lists_the_places(engineer: Client):
    broken = a_bom(a_library("a", purl=1), a_library("b", purl=2))
    answer = upload(engineer, f"/releases/{a_release().pk}/sboms", broken)

    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [
        "components[0].purl",
        "components[1].purl",
    ]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"PK\x03\x04", b"<a/>"])
def test_no_sbom_is_a_problem(engineer: Client, content: bytes):
    answer = upload(engineer, f"/releases/{a_release().pk}/sboms", content)

    assert answer.status_code == 422


def test_a_viewer_adds_nothing(caller):
    release = a_release()

    answer = upload(caller(Role.VIEWER), f"/releases/{release.pk}/sboms", the_drive())
    assert answer.status_code == 403


def test_the_original_comes_back_byte_for_byte(engineer: Client):
    path = f"/releases/{a_release().pk}/sboms"
    document = upload(engineer, path, the_drive("drive.cdx.xml"), filename="d.xml").json()
    answer = engineer.get(f"/api/v1/sboms/{document['id']}/original")

    assert b"".join(answer.streaming_content) == the_drive("drive.cdx.xml")
    assert answer["Content-Type"] == "application/vnd.cyclonedx+xml; version=1.6"
    assert answer["Content-Disposition"] == 'attachment; filename="d.xml"'


def test_a_newer_sbom_takes_the_place_of_one(engineer: Client):
    release = a_release()
    older = upload(engineer, f"/releases/{release.pk}/sboms", the_drive()).json()
    newer = upload(engineer, f"/sboms/{older['id']}/replacement", many(2)).json()

    listed = engineer.get(f"/api/v1/releases/{release.pk}/sboms").json()["items"]
    assert [(each["id"], each["is_current"]) for each in listed] == [
        (newer["id"], True),
        (older["id"], False),
    ]
    assert listed[1]["superseded_by_id"] == newer["id"]


def test_an_sbom_is_withdrawn_with_a_reason(engineer: Client):
    document = upload(engineer, f"/releases/{a_release().pk}/sboms", the_drive()).json()
    path = f"/api/v1/sboms/{document['id']}/withdrawal"

    assert engineer.post(path, {"reason": ""}, "application/json").status_code == 422
    answer = engineer.post(path, {"reason": "Wrong build."}, "application/json")
    assert answer.json()["is_current"] is False
    assert engineer.post(path, {"reason": "Again."}, "application/json").status_code == 409


def test_components_come_in_pages(engineer: Client):
    release = a_release()
    upload(engineer, f"/releases/{release.pk}/sboms", many(3))
    path = f"/api/v1/releases/{release.pk}/components"

    first = engineer.get(path, {"limit": 2}).json()
    second = engineer.get(path, {"limit": 2, "after": first["next"]}).json()
    listed = [each["component"]["name"] for each in first["items"] + second["items"]]
    assert listed == ["lib-00000", "lib-00001", "lib-00002"]


def test_an_occurrence_is_told_whole(engineer: Client):
    document = upload(engineer, f"/releases/{a_release().pk}/sboms", the_drive()).json()
    path = f"/api/v1/sboms/{document['id']}/components"

    occurrence = engineer.get(path, {"text": "libmodbus"}).json()["items"][0]
    assert occurrence["licences"] == ["LGPL-2.1-or-later"]
    assert occurrence["hashes"][0].startswith("SHA-256:")
    assert occurrence["patches"] == [{"kind": "unofficial", "resolves": ["CVE-2022-0367"]}]
    assert occurrence["path"] == []


def test_a_component_says_where_it_is_and_how_it_is_matched(engineer: Client):
    release = a_release()
    upload(engineer, f"/releases/{release.pk}/sboms", the_drive())
    pk = Component.objects.get(name="p256-m").pk

    component = engineer.get(f"/api/v1/components/{pk}").json()
    places = engineer.get(f"/api/v1/components/{pk}/occurrences").json()["items"]
    assert component["coordinates"][0]["package"] == "generic:p256-m"
    assert [(each["release_id"], each["path"]) for each in places] == [(release.pk, ["mbedtls"])]


def test_components_are_found_and_quality_counted(engineer: Client):
    release = a_release()
    upload(engineer, f"/releases/{release.pk}/sboms", the_drive())

    found = engineer.get("/api/v1/components", {"text": "modbus"}).json()
    quality = engineer.get(f"/api/v1/releases/{release.pk}/sbom-quality").json()
    assert [each["name"] for each in found] == ["libmodbus"]
    assert (quality["component_count"], quality["version_known_count"]) == (4, 3)


@pytest.mark.parametrize("path", ["sboms/7", "sboms/7/original", "releases/7/sboms"])
def test_what_is_not_there_is_404(engineer: Client, path: str):
    assert engineer.get(f"/api/v1/{path}").status_code == 404


def test_nul_characters_do_no_harm(engineer: Client):
    release = a_release()
    path = f"/releases/{release.pk}/sboms"

    added = upload(engineer, path, the_drive(), filename="a\0.json", label="\0main").json()
    assert (added["filename"], added["label"]) == ("a.json", "main")
    assert engineer.get("/api/v1/components", {"text": "\0"}).json() == []
    listed = engineer.get(f"/api/v1/releases/{release.pk}/components", {"text": "\0zlib"})
    assert listed.json()["items"] == []
