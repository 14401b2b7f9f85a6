"""A large document is waited for, and its verdict is that of a small one."""

import json
from pathlib import Path
from typing import Any

import pytest

from longmark.core.actors import SYSTEM
from longmark.core.formats.sboms import read_sbom
from longmark.sboms.models import Document
from longmark.sboms.services.documents import add_document
from tests.cli.conftest import Command
from tests.sboms.samples import a_bom, a_library, the_drive
from tests.world import NINE, a_release

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[100, 1 << 20], ids=["large", "small"])
def release(request: Any, settings: Any) -> list[str]:
    settings.READ_AT_ONCE_BYTES = request.param
    found = a_release()
    return ["--item", found.item.name, "--version", found.version]


def test_an_added_document_is_told_when_it_was_read(
    command: Command, release: list[str], tmp_path: Path, capsys: Any
):
    (file := tmp_path / "drive.json").write_bytes(the_drive())

    assert command("sbom", "add", file, *release) == 0
    assert "4 components from drive.json (cyclonedx 1.6)" in capsys.readouterr().out
    assert Document.objects.get().filename == "drive.json"


def test_a_refused_document_names_its_places_and_ends_with_three(
    command: Command, release: list[str], tmp_path: Path, capsys: Any
):
    (file := tmp_path / "drive.json").write_bytes(a_bom({"type": "library"}, a_library("a")))

    assert command("sbom", "add", file, *release) == 3
    told = capsys.readouterr().err
    assert "does not follow its format" in told
    assert "components[0]" in told


def test_facts_are_told_when_they_were_read(
    command: Command, release: list[str], tmp_path: Path, capsys: Any
):
    package = {
        "name": "zlib",
        "version": "1.2",
        "issue": [{"id": "CVE-2022-1", "status": "Patched"}],
    }
    (file := tmp_path / "cve.json").write_text(json.dumps({"version": "1", "package": [package]}))

    assert command("facts", "add", file, *release) == 0
    assert "cve.json: cve-check" in capsys.readouterr().out


@pytest.mark.usefixtures("release")
def test_a_check_is_told_when_it_was_made(command: Command, tmp_path: Path, capsys: Any):
    (file := tmp_path / "drive.json").write_bytes(the_drive())

    assert command("sbom", "check", file) == 0
    assert "drive.json: 4 components" in capsys.readouterr().out


@pytest.mark.usefixtures("release")
def test_a_check_of_a_broken_document_names_its_places(
    command: Command, tmp_path: Path, capsys: Any
):
    (file := tmp_path / "drive.json").write_bytes(a_bom({"type": "library"}, a_library("a")))

    assert command("sbom", "check", file) == 3
    assert "components[0]" in capsys.readouterr().err


@pytest.mark.parametrize("at_once", [0, 5_000])
def test_an_export_is_there_when_the_command_ends(
    command: Command, settings: Any, tmp_path: Path, capsys: Any, at_once: int
):
    settings.EXPORT_AT_ONCE_COMPONENTS = at_once
    settings.EXPORT_FOLDER = tmp_path / "exports"
    release = a_release()
    add_document(release, the_drive(), actor=SYSTEM, now=NINE)
    words = ("sbom", "export", release.item.name, release.version, "-o")

    assert command(*words, target := tmp_path / "drive.json") == 0
    capsys.readouterr()
    assert command(*words, "-") == 0

    assert capsys.readouterr().out == target.read_text()
    assert "drive-firmware" in {each.name for each in read_sbom(target.read_bytes()).components}


def test_the_quality_of_a_stored_one_is_waited_for(command: Command, settings: Any, capsys: Any):
    document = add_document(a_release(), the_drive(), actor=SYSTEM, now=NINE)
    settings.READ_AT_ONCE_BYTES = 10

    assert command("sbom", "quality", "--id", document.pk) == 0
    assert "BSI" in capsys.readouterr().out
