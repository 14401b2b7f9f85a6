"""Connections over REST: a secret goes in and never out."""

import json

import pytest
from django.utils import timezone

from longmark.connections.models import Connection
from longmark.core.actors import Role
from longmark.ledger.models import Entry
from tests.connections.conftest import account_of, connected, pull, system_of
from tests.connections.players import Player
from tests.world import a_product

pytestmark = pytest.mark.django_db


def made(client, player: Player, **said: object):
    body = {
        "name": "works",
        "system": system_of(player).value,
        "address": player.url,
        "secret": player.secret,
        **account_of(player),
        **said,
    }
    return client.post("/api/v1/connections", body, content_type="application/json")


def test_connection_is_made_and_its_secret_is_nowhere(caller, player: Player, settings):
    answer = made(caller(Role.ADMIN), player)

    assert answer.status_code == 201
    assert answer.json()["health"] == "waiting"
    row = Connection.objects.values().get()
    told = [answer.content.decode(), str(row), *Entry.objects.values_list("body", flat=True)]
    assert [text for text in told if player.secret in text] == []
    (file,) = settings.CONNECTION_FOLDER.iterdir()
    assert (file.read_text(), file.stat().st_mode & 0o777) == (player.secret, 0o600)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SERVICE, Role.SECURITY])
def test_only_administrators_connect_change_try_and_remove(caller, stock: Player, role: Role):
    connected(stock)
    client = caller(role)

    assert made(client, stock, name="other").status_code == 403
    for act in ("change", "try"):
        path = f"/api/v1/connections/works/{act}"
        assert client.post(path, {}, content_type="application/json").status_code == 403
    assert client.delete("/api/v1/connections/works").status_code == 403


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": "Works ERP"}, "name"),
        ({"address": "file:///etc/passwd"}, "address"),
        ({"address": "https://ada:pw@erp.example.com"}, "address"),
        ({"secret": "two\nlines"}, "secret"),
        ({"secret": ""}, "secret"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"profile": "nobody's"}, "profile"),
        ({"period_minutes": 1}, "period"),
        ({"system": "erpnext", "user": ""}, "user"),
        ({"system": "odoo", "user": "a@b.example"}, "database"),
    ],
)
def test_nonsense_is_refused_with_the_field(caller, stock: Player, settings, said, field):
    answer = made(caller(Role.ADMIN), stock, **said)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    folder = settings.CONNECTION_FOLDER
    assert not folder.exists() or list(folder.iterdir()) == []


def test_another_secret_replaces_the_file(
    caller, stock: Player, settings, django_capture_on_commit_callbacks
):
    connected(stock)
    body = {"secret": "an0ther"}

    with django_capture_on_commit_callbacks(execute=True):
        answer = caller(Role.ADMIN).post(
            "/api/v1/connections/works/change", body, content_type="application/json"
        )

    assert answer.status_code == 200
    assert [file.read_text() for file in settings.CONNECTION_FOLDER.iterdir()] == ["an0ther"]


def test_another_address_is_pulled_from_the_beginning(caller, stock: Player):
    a_product("TG-200")
    connected(stock)
    pull()
    assert Connection.objects.get().marks != {}

    body = {"address": f"{stock.url}/sub"}
    caller(Role.ADMIN).post(
        "/api/v1/connections/works/change", body, content_type="application/json"
    )

    assert Connection.objects.get().marks == {}


def test_pulls_and_what_is_gone_are_listed(caller, stock: Player):
    a_product("TG-200")
    connected(stock)
    pull(now=timezone.now())
    stock.items.pop(0)  # type: ignore[attr-defined]
    pull(is_whole=True, now=timezone.now())
    client = caller(Role.VIEWER)

    one = client.get("/api/v1/connections/works").json()
    pulls = client.get("/api/v1/connections/works/pulls?limit=1").json()
    gone = client.get("/api/v1/connections/works/gone").json()

    assert (one["health"], one["gone_count"], one["last_pull"]["gone_count"]) == ("fresh", 1, 1)
    assert len(pulls["items"]) == 1 and pulls["next"]
    assert [each["serial"] for each in gone["items"]] == ["SN-1"]


def test_list_costs_the_same_for_one_and_for_many(caller, stock: Player, django_assert_num_queries):
    client = caller(Role.VIEWER)
    connected(stock)
    client.get("/api/v1/connections")
    with django_assert_num_queries(6):
        client.get("/api/v1/connections")
    for number in range(12):
        connected(stock, f"works-{number}")

    with django_assert_num_queries(6):
        answer = client.get("/api/v1/connections?limit=5").json()

    assert len(answer["items"]) == 5 and answer["next"]


def test_removed_connection_takes_its_secret_along(
    caller, stock: Player, settings, django_capture_on_commit_callbacks
):
    connected(stock)

    with django_capture_on_commit_callbacks(execute=True):
        answer = caller(Role.ADMIN).delete("/api/v1/connections/works")

    assert answer.status_code == 204
    assert list(settings.CONNECTION_FOLDER.iterdir()) == []
    assert not Connection.objects.exists()
    assert json.loads(Entry.objects.latest("id").body)["action"] == "connections.connection-removed"
