"""Parameters on the command line."""

import json
from pathlib import Path

import pytest

from longmark.fleet.models import Unit
from tests.cli.conftest import Command
from tests.fleet.parameter_world import a_drive, found, with_parameters
from tests.fleet.world import Drives, drives

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> Drives:
    made = drives()
    with_parameters(made)
    return made


@pytest.fixture
def unit(world: Drives) -> Unit:
    return a_drive(world)


def a_file(folder: Path, text: str, name: str = "set.txt") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_set_is_defined_listed_and_released(
    world: Drives, command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = a_file(tmp_path, "parameter,type,meaning\nP7.01,int,Poles\n", "table.csv")
    values = a_file(tmp_path, "P10.07 = on\nP2.01 = 5\nP90.01 = hunter2\n")
    of = ("--item", "tg-params")

    assert command("parameters", "define", table, *of, "--since", "v6") == 0
    assert command("parameters", "list", *of, "--text", "poles") == 0
    assert command("parameters", "release", values, *of, "--version", "v6") == 0
    assert command("parameters", "show", *of, "--version", "v6") == 0

    told = capsys.readouterr()
    assert "1 added" in told.out
    assert "P7.01" in told.out
    assert "Ramp time" in told.out
    assert "P90.01" in told.err
    assert "hunter2" not in told.out + told.err


def test_two_releases_are_compared(
    world: Drives, command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.world import a_release

    a_release("v7", item=world.params.item)
    values = a_file(tmp_path, "P10.07 = on\nP2.01 = 5\nP1.01 = 10.0.0.1\n")
    command("parameters", "release", values, "--item", "tg-params", "--version", "v7")

    assert command("parameters", "diff", "--item", "tg-params", "v6", "v7") == 0

    told = capsys.readouterr().out
    assert "P10.07" in told
    assert "P2.01" not in told


def test_a_set_is_found_shown_and_compared(
    unit: Unit, command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = a_file(tmp_path, "P10.07 = on\nP2.01 = 5\n")
    words = ("units", "parameters")

    assert command(*words, "add", "1001", values, "--date", "2026-04-11") == 0
    assert command(*words, "show", "1001", "--drifting") == 0
    assert command(*words, "list", "1001") == 0
    assert command(*words, "diff", "1001", "1", "--released") == 0
    assert command(*words, "history", "1001", "P10.07") == 0

    told = capsys.readouterr().out
    assert "1 values that nobody booked" in told
    assert "not booked" in told
    assert "released" in told


def test_drift_is_listed_fails_a_check_and_is_explained(
    unit: Unit, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    found(unit, "P10.07 = on\n", 100)

    assert command("units", "drift", "--fail") == 1
    assert "P10.07 off → on" in capsys.readouterr().out
    explain = ("units", "parameters", "explain", "1001", "--date", "2026-03-01")
    assert command(*explain, "--reason", "The integrator did.") == 0
    assert command("units", "drift", "--fail", "--json") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == []


def test_what_is_wrong_is_told_with_its_place(
    unit: Unit, command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = a_file(tmp_path, "P10.07 = on\nP10.07 = off\n")

    assert command("units", "parameters", "add", "1001", values) == 3
    assert "line 2" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        command("units", "parameters", "add", "1001", tmp_path / "none.txt")
    with pytest.raises(SystemExit, match="3"):
        command("units", "parameters", "show", "4711")
