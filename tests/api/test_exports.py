"""Releases as SBOMs over REST: formats, variants, what is refused, and the cost."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from longmark.catalog.models import Release
from longmark.config.schedule import HANDLERS
from longmark.config.worker import work_once
from longmark.core.actors import SYSTEM, Role
from longmark.core.formats.sboms import read_sbom
from longmark.core.formats.sboms.writing.formats import ExportFormat
from longmark.findings.services import exporting
from longmark.findings.services.following import follow_release
from longmark.sboms.services import quality
from longmark.sboms.services.documents import add_document, replace_document
from tests.findings.world import criterion, nvd, take_in
from tests.sboms.samples import a_bom, a_library, many, the_drive
from tests.world import NINE, a_board, a_product, a_release, a_slot, an_item

ZLIB = nvd("CVE-2022-37434", criterion("zlib:zlib", versionEndExcluding="1.2.13"))
OLD = a_library("zlib", "1.2.11", cpe="cpe:2.3:a:zlib:zlib:1.2.11:*:*:*:*:*:*:*")


@pytest.fixture
def viewer(caller: Callable[..., Client]) -> Client:
    return caller(Role.VIEWER)


def with_sbom(release: Release, content: bytes, label: str = "") -> Release:
    add_document(release, content, label=label, actor=SYSTEM, now=NINE)
    return release


@pytest.fixture
def by_job(settings: Any, tmp_path: Path) -> None:
    settings.EXPORT_AT_ONCE_COMPONENTS = 0
    settings.EXPORT_FOLDER = tmp_path / "exports"


def ask(client: Client, release: Release, **query: str) -> Any:
    return client.get(f"/api/v1/releases/{release.pk}/sbom", query)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("export_format", ExportFormat)
def test_a_release_is_exported_in_every_format(viewer: Client, export_format: ExportFormat):
    release = with_sbom(a_release("2.4.1"), the_drive())

    answer = ask(viewer, release, format=export_format)
    read = read_sbom(body(answer))
    assert answer.status_code == 200
    assert len(read.components) == 4
    assert answer["Content-Type"].startswith(read.media_type.split(";")[0])
    assert 'filename="tg200-fw-2.4.1.' in answer["Content-Disposition"]


def test_who_has_the_export_already_is_told_so(viewer: Client):
    release = with_sbom(a_release(), the_drive())
    etag = ask(viewer, release)["ETag"]

    again = viewer.get(f"/api/v1/releases/{release.pk}/sbom", headers={"If-None-Match": etag})
    assert (again.status_code, again["ETag"]) == (304, etag)


def test_another_document_is_another_export(viewer: Client):
    release = a_release()
    document = add_document(release, many(1), actor=SYSTEM, now=NINE)
    before = ask(viewer, release)["ETag"]
    replace_document(document, many(2), actor=SYSTEM, now=NINE)

    assert ask(viewer, release)["ETag"] != before


def test_the_same_state_gives_the_same_bytes(viewer: Client):
    release = with_sbom(a_release(), the_drive())

    assert body(ask(viewer, release)) == body(ask(viewer, release))


def test_a_release_of_which_nothing_is_known_is_not_exported(viewer: Client):
    answer = ask(viewer, a_release())

    assert answer.status_code == 409
    assert "has no SBOM" in answer.json()["detail"]


def test_an_unknown_format_is_refused_by_name(viewer: Client):
    answer = ask(viewer, a_release(), format="spdx-9")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "format"


def test_outsiders_get_nothing(caller: Callable[..., Client]):
    assert ask(caller(), with_sbom(a_release(), the_drive())).status_code == 403


def test_vulnerabilities_come_with_the_reason_of_the_match(viewer: Client, tmp_path: Path):
    release = with_sbom(a_release(), a_bom(OLD, a_library("musl")))
    take_in(tmp_path, ZLIB)
    follow_release(release, actor=SYSTEM, now=NINE)

    tree = json.loads(body(ask(viewer, release, variant="with-vulnerabilities")))
    (found,) = tree["vulnerabilities"]
    assert (found["id"], found["affects"][0]["ref"]) == ("CVE-2022-37434", "zlib")
    assert found["affects"][0]["versions"] == [{"version": "1.2.11", "status": "affected"}]
    assert "analysis" not in found  # a match is no decision
    vdr = json.loads(body(ask(viewer, release, variant="vdr")))
    assert [each["name"] for each in vdr["components"]] == ["zlib"]


def test_a_board_is_exported_with_the_firmware_that_fits(viewer: Client):
    firmware = a_release("2.4.1", item=an_item("vfd-fw"))
    with_sbom(firmware, the_drive())
    board = a_board()
    a_slot(board, "main-firmware", firmware)

    tree = json.loads(body(ask(viewer, a_release("C", item=board))))
    (fitted,) = tree["components"]
    assert (tree["metadata"]["component"]["type"], fitted["type"]) == ("device", "firmware")
    own = json.loads(body(ask(viewer, firmware)))
    link = f"urn:cdx:{own['serialNumber'].removeprefix('urn:uuid:')}/1"
    assert fitted["externalReferences"] == [{"url": link, "type": "bom"}]


CYCLONEDX = [each for each in ExportFormat if each.startswith("cyclonedx")]


@pytest.mark.parametrize("export_format", CYCLONEDX)
def test_a_product_lists_its_modules_with_their_revisions(
    viewer: Client, export_format: ExportFormat
):
    product, board = a_product(), a_board()
    a_slot(product, "control-board", a_release("C", item=board), a_release("D", item=board))

    content = body(ask(viewer, a_release("3", item=product), format=export_format))
    modules = read_sbom(content).components  # read_sbom holds it against the official schema
    assert [(each.kind, each.name, each.version) for each in modules] == [
        ("device", "CB-21", "C"),
        ("device", "CB-21", "D"),
    ]


def test_a_module_in_which_nothing_sits_is_linked_to_its_own_hbom(viewer: Client):
    product, module = a_product(), with_sbom(a_release("2", item=a_board("PM-22")), the_hbom())
    a_slot(product, "power-module", module)

    tree = json.loads(body(ask(viewer, a_release("3", item=product))))
    own = json.loads(body(ask(viewer, module)))
    link = f"urn:cdx:{own['serialNumber'].removeprefix('urn:uuid:')}/1"
    assert tree["components"][0]["externalReferences"] == [{"url": link, "type": "bom"}]
    (chip,) = own["components"]
    assert chip["properties"] == [{"name": "cdx:device:quantity", "value": "3"}]
    assert chip["components"][0]["type"] == "firmware"


def the_hbom() -> bytes:
    firmware = {"type": "firmware", "name": "gate-driver-rom", "version": "2"}
    quantity = {"name": "cdx:device:quantity", "value": "3"}
    chip = {"type": "device", "name": "1EDI60", "components": [firmware], "properties": [quantity]}
    return a_bom(chip)


@pytest.mark.parametrize("count", [3, 300])
def test_an_export_costs_the_same_queries_for_few_and_many(
    viewer: Client, count: int, django_assert_num_queries: Any
):
    release = with_sbom(a_release(), many(count))

    with django_assert_num_queries(6):
        assert len(read_sbom(body(ask(viewer, release))).components) == count


def test_a_large_release_is_written_by_a_job_as_a_small_one_is(
    viewer: Client, request: pytest.FixtureRequest
):
    release = with_sbom(a_release("2.4.1"), the_drive())
    at_once = ask(viewer, release, format="spdx-2.3-json")
    request.getfixturevalue("by_job")

    asked, again = (ask(viewer, release, format="spdx-2.3-json") for _ in range(2))
    work_once(HANDLERS)
    answer = ask(viewer, release, format="spdx-2.3-json")

    assert (asked.status_code, asked.json()) == (202, again.json())
    assert viewer.get(asked.json()["href"]).json()["state"] == "done"
    assert (answer.status_code, answer["ETag"]) == (200, at_once["ETag"])
    assert body(answer) == body(at_once)
    assert answer["Content-Disposition"] == at_once["Content-Disposition"]


@pytest.mark.usefixtures("by_job")
def test_what_changed_is_written_anew(viewer: Client):
    release = with_sbom(a_release(), the_drive())
    ask(viewer, release)
    work_once(HANDLERS)
    with_sbom(release, a_bom(a_library("curl", "8.1.0")), label="second")

    assert ask(viewer, release).status_code == 202


@pytest.mark.usefixtures("by_job")
def test_only_the_newest_files_are_kept(viewer: Client, settings: Any, monkeypatch: Any):
    monkeypatch.setattr(exporting, "KEPT_FILES", 2)
    release = with_sbom(a_release(), the_drive())
    for each in list(ExportFormat)[:4]:
        ask(viewer, release, format=each)
        work_once(HANDLERS)

    assert len(list(Path(settings.EXPORT_FOLDER).iterdir())) == 2
    assert body(ask(viewer, release, format=list(ExportFormat)[3]))


@pytest.mark.usefixtures("by_job")
def test_more_than_is_merged_is_refused_with_the_number(viewer: Client, monkeypatch: Any):
    monkeypatch.setattr(exporting, "LIMIT_COMPONENTS", 3)

    answer = ask(viewer, with_sbom(a_release(), the_drive()))

    assert answer.status_code == 409
    assert "name 4 components; at most 3" in answer.json()["detail"]


def test_a_very_large_one_is_not_judged(viewer: Client, monkeypatch: Any):
    document = add_document(a_release(), the_drive(), actor=SYSTEM, now=NINE)
    monkeypatch.setattr(quality, "JUDGED_LIMIT_COMPONENTS", 3)

    answer = viewer.get(f"/api/v1/sboms/{document.pk}/quality")

    assert (answer.status_code, "Split it by product part" in answer.text) == (409, True)
