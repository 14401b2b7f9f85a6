"""``longmark lists`` as somebody with a token types it."""

import csv
import io
import json

import pytest

from tests.fleet.world import a_drive_with_board, drives
from tests.world import a_party


@pytest.fixture
def fleet(db):
    world = drives()
    a_drive_with_board(world, "1001", "B-1")
    a_drive_with_board(world, "1002", "B-2")
    return world


def test_lists_are_named_with_what_narrows_them(command, fleet, capsys):
    assert command("lists", "--json") == 0

    known = {row["name"]: row["filters"] for row in json.loads(capsys.readouterr().out)}
    assert {"units", "items", "ledger", "releases/{pk}/components"} <= known.keys()
    assert "country" in known["units"]
    assert len(known) > 50


def test_a_list_is_written_as_csv_with_columns_of_its_own(command, fleet, capsys, tmp_path):
    file = tmp_path / "units.csv"

    assert command("lists", "units", f"item_id={fleet.drive.pk}", "-o", file) == 0

    text = file.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["serial"], row["item.name"]) for row in rows] == [
        ("1001", "TG-200"), ("1002", "TG-200"),
    ]  # fmt: skip
    assert "is written" in capsys.readouterr().out


def test_an_empty_list_has_its_columns_all_the_same(command, db, capsys):
    assert command("lists", "units") == 0

    (head,) = capsys.readouterr().out.splitlines()
    assert "serial" in head


def test_a_list_is_written_as_json(command, fleet, tmp_path):
    file = tmp_path / "items.json"

    assert command("lists", "items", "-o", file) == 0
    assert {row["name"] for row in json.loads(file.read_text())} >= {"TG-200", "CB-21"}


def test_no_cell_becomes_a_formula(command, db, capsys):
    a_party("=Beta()")

    assert command("lists", "parties") == 0
    assert "'=Beta()" in capsys.readouterr().out


def test_part_of_an_address_names_what_it_is_about(command, fleet, capsys):
    assert command("lists", f"items/{fleet.drive.pk}/releases", "--json") == 0
    assert isinstance(json.loads(capsys.readouterr().out), list)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["unheard-of"], "There is no list unheard-of"),
        (["units", "-o", "units.docx"], "must end in .csv or .json"),
    ],
)
def test_wrong_use_says_what_to_do(command, fleet, capsys, words, said):
    assert command("lists", *words) == 2
    assert said in capsys.readouterr().err


def test_what_narrows_no_list_is_refused_with_what_does(command, fleet, capsys):
    with pytest.raises(SystemExit) as refused:
        command("lists", "units", "colour=red")

    assert refused.value.code == 2
    assert "state" in capsys.readouterr().err
