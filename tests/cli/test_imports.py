"""``longmark imports`` and ``longmark conflicts`` as a clerk types them."""

import json

import pytest

from tests.fleet.world import drives, taken

SAP = (
    "Equipment;Material;Serialnummer;Baujahr\n"
    "10004711;TG-200;000000000000001001;2025\n"
    "10004712;TG-200;000000000000001002;2025\n"
)
HEAD = "item,serial,event,date,country,source\n"


@pytest.fixture
def world(db):
    return drives()


@pytest.fixture
def export(world, tmp_path):
    file = tmp_path / "ih08.csv"
    file.write_text(SAP)
    return file


def said(capsys) -> str:
    told = capsys.readouterr()
    return " ".join((told.out + told.err).split())


def test_an_export_is_taken_reported_and_taken_back(command, export, capsys, tmp_path):
    assert command("units", "import", export, "--take", "--json") == 0
    number = json.loads(capsys.readouterr().out)["id"]

    assert command("imports", "report", number, tmp_path / "report.csv") == 0
    assert "created;1;" in (tmp_path / "report.csv").read_text()
    capsys.readouterr()
    assert command("imports", "undo", number) == 0
    assert "2 rows with 2 events of 2 units would be taken back, 0 rows stay" in said(capsys)
    assert command("imports", "undo", number, "--reason", "wrong client") == 0
    assert "2 rows taken back, 0 stay" in said(capsys)
    assert command("imports", "list") == 0
    assert "ih08.csv undone 2 2 0 0 0" in said(capsys)


def test_columns_are_shown_and_said(command, export, capsys, tmp_path):
    command("units", "import", export, "--json")
    number = json.loads(capsys.readouterr().out)["id"]

    assert command("imports", "columns", number) == 0
    assert "Serialnummer serial 000000000000001001, 000000000000001002" in said(capsys)
    map_file = tmp_path / "map.json"
    map_file.write_text('{"columns": {"Material": "item"}}')
    assert command("imports", "columns", number, "--map", map_file) == 3
    assert 'No column "serial"' in said(capsys)
    map_file.write_text("{")
    with pytest.raises(SystemExit, match="2"):
        command("imports", "columns", number, "--map", map_file)
    assert command("imports", "profiles") == 0


def test_a_conflict_is_listed_and_decided(command, world, capsys):
    taken(HEAD + "TG-200,1001,shipped,2026-02-01,DE,erp\n")
    taken(HEAD + "TG-200,1001,shipped,2026-02-03,AT,dealer\n")

    assert command("conflicts", "list") == 0
    assert "TG-200 1001 1 operator shipped 2026-02-01, declared, erp" in said(capsys)
    assert command("conflicts", "decide", "9999", "kept", "--reason", "x") == 3
    assert "9999 has no open conflict" in said(capsys)
    assert command("conflicts", "decide", "1001", "replaced", "--reason", "asked") == 0
    assert "1001: replaced" in said(capsys)
