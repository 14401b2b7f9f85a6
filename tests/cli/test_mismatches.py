"""``longmark mismatches`` as somebody with a token types it."""

import json

import pytest

from tests.fleet.test_mismatches import a_drive, rules_of
from tests.fleet.world import Drives, drives


@pytest.fixture
def world(transactional_db: None) -> Drives:
    return drives()


def said(capsys) -> str:
    told = capsys.readouterr()
    return " ".join((told.out + told.err).split())


def test_what_may_not_be_is_told_with_what_would_be_allowed(world, command, capsys):
    rules_of(world)
    a_drive(world, "1001", world.rev_d, world.fw_23)

    assert command("mismatches", "--item", "TG-200") == 0
    assert "1001 TG-200 unknown control-board/main-firmware tg200-fw 2.3.1 revision D" in said(
        capsys
    )

    assert command("mismatches", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["mismatches"][0]["waiver"] is None


def test_an_item_that_is_not_known_is_told(world, command, capsys):
    assert command("mismatches", "--item", "TG-999") == 3
    assert "TG-999" in said(capsys)
