"""``longmark precision`` as somebody with a token types it."""

import json

import pytest

from tests.fleet.world import drives

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_not_right_is_counted(command, capsys):
    drives()

    assert command("precision") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "2 Releases without an SBOM nobody" in told

    assert command("precision", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert next(row for row in rows if row["key"] == "no-sbom")["count"] == 2
