"""``longmark epcis`` as somebody with a token types it."""

import json
from pathlib import Path

import pytest

from longmark.core.formats.epcis.writing import document
from tests.fleet.world import Drives, a_drive_with_board, drives
from tests.world import NINE


@pytest.fixture
def world(transactional_db: None) -> Drives:
    return drives()


def said(capsys) -> str:
    told = capsys.readouterr()
    return " ".join((told.out + told.err).split())


def test_events_go_into_a_file_and_come_back(world, command, capsys, tmp_path: Path):
    a_drive_with_board(world)
    file = tmp_path / "events.jsonld"

    assert command("epcis", "export", "-o", file) == 0
    assert "3 events" in said(capsys)
    assert len(json.loads(file.read_text())["epcisBody"]["eventList"]) == 3
    assert command("epcis", "import", file, "--json") == 0
    assert json.loads(capsys.readouterr().out)["unchanged_count"] == 2


def test_one_unit_is_printed(world, command, capsys):
    a_drive_with_board(world)

    assert command("epcis", "export", "1001") == 0
    (whole, part) = json.loads(capsys.readouterr().out)["epcisBody"]["eventList"]
    assert (whole["bizStep"], part["bizStep"]) == ("commissioning", "assembling")
    with pytest.raises(SystemExit, match="3"):
        command("epcis", "export", "4711")
    assert "4711" in said(capsys)


def test_a_file_that_is_no_document_is_refused(world, command, capsys, tmp_path: Path):
    file = tmp_path / "x.jsonld"
    file.write_text(json.dumps({**document([], now=NINE), "schemaVersion": "1.2"}))

    assert command("epcis", "import", file) == 3
    assert "EPCIS 1.2" in said(capsys)
