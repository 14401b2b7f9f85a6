"""``longmark units name`` and ``find`` as somebody with a token types them."""

import pytest

from tests.fleet.world import built, drives

pytestmark = pytest.mark.django_db


def said(capsys) -> str:
    told = capsys.readouterr()
    return " ".join((told.out + told.err).split())


def test_a_name_is_recorded_found_and_ended(command, db, capsys):
    built(drives().unit("1001"))
    name = ("units", "name", "1001", "mac", "001b638445e6")

    assert command(*name, "--since", "2026-01-05") == 0
    assert "1001 is 00:1B:63:84:45:E6 since 2026-01-05" in said(capsys)
    assert command("units", "find", "00-1b-63-84-45-e6") == 0
    assert "1001 TG-200 00:1B:63:84:45:E6 mac 2026-01-05" in said(capsys)
    ended = ("units", "name", "1001", "mac", "00:1B:63:84:45:E6", "--until", "2026-02-01")
    assert command(*ended) == 0
    assert "since 2026-01-05 until 2026-02-01" in said(capsys)
    assert command("units", "find", "001b638445e6") == 3
    assert command("units", "find", "001b638445e6", "--on", "2026-01-10") == 0
