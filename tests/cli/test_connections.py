"""``longmark connection`` as an administrator types it."""

import io
import json
import sys

import pytest

from longmark.cli import commands
from longmark.core.actors import Role
from tests.cli import serving
from tests.connections.conftest import inventree
from tests.connections.players import InvenTreePlayer, played
from tests.world import a_product


@pytest.fixture
def command(transactional_db, caller):
    serving.CALLERS.append(caller(Role.ADMIN))
    return lambda *words: commands.run([str(word) for word in words], local="tests.cli.serving")


@pytest.fixture
def stock():
    with played(inventree()) as one:
        yield one


@pytest.fixture
def works(command, stock: InvenTreePlayer, monkeypatch, capsys) -> str:
    """A connection that was added by the command."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(stock.secret + "\n"))
    assert command("connection", "add", "works", "inventree", stock.url, "--secret-stdin") == 0
    capsys.readouterr()
    return "works"


def said(capsys) -> str:
    told = capsys.readouterr()
    return " ".join((told.out + told.err).split())


def test_connection_is_tried_pulled_and_shown(command, works, capsys):
    a_product("TG-200")

    assert command("connection", "test", works) == 0
    assert "works works: InvenTree 1.0.1." in said(capsys)
    assert command("connection", "pull", works) == 0
    assert "3 created" in said(capsys)
    assert command("connection", "show", works) == 0
    assert "InvenTree at http://127.0.0.1" in said(capsys)
    assert command("connection", "list", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["health"], row["last_pull"]["created_count"]) == ("fresh", 3)


def test_wrong_token_is_told_with_what_to_look_at(command, works, stock, capsys):
    stock.secret = "another"

    assert command("connection", "test", works) == 3
    assert "does not let this account in (401: " in said(capsys)


def test_connection_is_changed_and_removed(command, works, capsys):
    assert command("connection", "change", works) == 2
    assert command("connection", "change", works, "--on", "--off") == 2
    assert command("connection", "change", works, "--off", "--may-write") == 0
    assert command("connection", "gone", works) == 0
    assert command("connection", "notes", works, "--json") == 0
    capsys.readouterr()
    assert command("connection", "show", works, "--json") == 0
    one = json.loads(capsys.readouterr().out)["connection"]
    assert (one["is_enabled"], one["may_write"], one["health"]) == (False, True, "off")

    assert command("connection", "remove", works) == 0
    assert command("connection", "show", works) == 3
    assert "There is no connection works." in said(capsys)
