"""``longmark rma`` as somebody with a token types it."""

import json
from pathlib import Path

import pytest

from longmark.intel.models import Vulnerability
from tests.findings.world import an_sbom
from tests.fleet.world import built
from tests.web.world import CVE, World, a_world
from tests.world import NINE

DAY = ("--on", "2026-03-01")


@pytest.fixture
def world(db, tmp_path: Path) -> World:
    world = a_world(tmp_path)
    Vulnerability.objects.filter(name=CVE).update(exploited_on=NINE.date())
    an_sbom(world.drives.fw_24, "pkg:generic/other@1.0")
    return world


def said(capsys) -> str:
    told = capsys.readouterr()
    return " ".join((told.out + told.err).split())


def test_an_rma_is_led_on_held_and_closed_with_a_reason(command, world, capsys):
    assert command("rma", "open", "1001", "--number", "R-1", *DAY) == 0
    assert command("rma", "receive", "1001", "--worker", "Sven", *DAY) == 0
    found = ("--found", "Burnt.", "--decision", "repair")
    assert command("rma", "diagnose", "1001", *found, *DAY) == 0
    assert command("rma", "repair", "1001", *DAY) == 0
    assert "RMA R-1, TG-200 1001: in-repair" in said(capsys)

    assert command("rma", "show", "1001") == 0
    told = said(capsys)
    assert "It is held" in told
    assert "tg200-fw 2.4.0" in told
    assert command("rma", "close", "1001", "repaired", *DAY) == 3
    assert "is exploited" in said(capsys)
    assert command("rma", "close", "1001", "repaired", "--override", "Declined.", *DAY) == 0
    assert "It was held, and went out all the same: Declined." in said(capsys)


def test_rmas_are_listed(command, world, capsys):
    command("rma", "open", "1001", "--number", "R-1", *DAY)
    command("rma", "open", "1002", "--number", "R-2", *DAY)
    command("rma", "close", "1002", "unrepaired", *DAY)
    said(capsys)

    command("rma", "list")
    assert "R-2" not in (told := said(capsys))
    assert "R-1 1001 TG-200 opened" in told
    command("rma", "list", "--closed", "--json")
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["number"], row["outcome"]) == ("R-2", "unrepaired")


def test_a_unit_is_replaced_by_its_serial_number(command, world, capsys):
    built(world.drives.unit("9"))
    for words in (("open", "1001", "--number", "R-1"), ("receive", "1001")):
        command("rma", *words, *DAY)
    command("rma", "diagnose", "1001", "--found", "Burnt.", "--decision", "replace", *DAY)
    why = ("--replacement", "9", "--override", "Read on site.")

    assert command("rma", "close", "1001", "replaced", *why, *DAY) == 0
    assert "RMA R-1, TG-200 1001: replaced" in said(capsys)


def test_what_is_not_there_is_told(command, world, capsys):
    with pytest.raises(SystemExit, match="3"):
        command("rma", "receive", "1001")
    assert "1001 has no open RMA" in said(capsys)
    with pytest.raises(SystemExit, match="3"):
        command("rma", "open", "nobody")
    assert "There is no unit nobody." in said(capsys)
    assert command("rma", "show", "1001", "--number", "R-9") == 3
    assert "has no RMA R-9" in said(capsys)
