"""The pages of connections: health, pulls, what is gone; made, changed and removed by forms."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from longmark.connections.models import Connection, Pull
from longmark.connections.services import notes
from longmark.connections.tasks import noting
from longmark.core.actors import SYSTEM
from longmark.fleet.models import Unit
from longmark.precision import queries
from tests.connections.conftest import Reporting, connected, inventree, pull
from tests.connections.players import InvenTreePlayer, played
from tests.world import a_product

pytestmark = pytest.mark.django_db

FORM = {
    "name": "works",
    "system": "inventree",
    "address": "https://stock.example.com",
    "secret": "s3cret",
    "zone": "UTC",
    "period_minutes": "30",
    "is_enabled": "on",
}


@pytest.fixture
def stock():
    with played(inventree()) as one:
        yield one


def test_system_is_connected_by_a_form(as_admin: Client):
    response = as_admin.post("/settings/connections/new/", FORM)

    assert response["Location"] == "/settings/connections/works/"
    page = as_admin.get(response["Location"]).content.decode()
    assert "https://stock.example.com" in page and "Pull now" in page
    assert "s3cret" not in page


@pytest.mark.parametrize("wrong", [{"secret": ""}, {"address": "ftp://x"}, {"zone": "Mars"}])
def test_nonsense_comes_back_with_its_text_and_without_the_key(as_admin: Client, wrong):
    response = as_admin.post("/settings/connections/new/", FORM | wrong)

    assert response.status_code == 422
    assert "s3cret" not in response.content.decode()
    assert not Connection.objects.exists()


def test_change_without_a_key_keeps_the_key(as_admin: Client, stock: InvenTreePlayer):
    connected(stock)
    before = Connection.objects.get().secret_name
    form = {name: text for name, text in FORM.items() if name not in ("name", "system")}

    response = as_admin.post("/settings/connections/works/change/", form | {"secret": ""})

    assert response.status_code == 302
    changed = Connection.objects.get()
    assert (changed.secret_name, changed.address) == (before, "https://stock.example.com")


def test_pull_is_asked_for_and_watched(signed_in: Client, stock: InvenTreePlayer):
    connected(stock)

    response = signed_in.post("/settings/connections/works/pull/")

    assert response["Location"] == f"/jobs/{Pull.objects.get().job_id}/"
    assert "Watch" in signed_in.get("/settings/connections/works/").content.decode()
    assert signed_in.post("/settings/connections/works/pull/").status_code == 409


def test_health_list_and_what_is_gone_are_shown(signed_in: Client, stock: InvenTreePlayer):
    a_product("TG-200")
    connected(stock)
    pull(now=timezone.now())
    stock.items.pop(0)
    pull(is_whole=True, now=timezone.now())

    page = signed_in.get("/settings/connections/").content.decode()
    one = signed_in.get("/settings/connections/works/").content.decode()
    gone = signed_in.get("/settings/connections/works/gone/").content.decode()

    assert "Fresh" in page and "/settings/connections/works/gone/" in page
    assert ".jsonl" in one and "TG-200" not in one
    assert "SN-1" in gone
    assert signed_in.get("/settings/connections/works/notes/").status_code == 200


def test_numbers_on_the_precision_board_open_lists_of_as_many(
    signed_in: Client, stock: InvenTreePlayer
):
    a_product("TG-200")
    now = timezone.now()
    connected(stock, may_write=True)
    connected(stock, "fine")
    pull(now=now)
    pull("fine", now=now)
    unit = Unit.objects.select_related("item").get(serial="SN-2")
    notes.write_note(unit, "Do not ship.", actor=SYSTEM, now=now)
    stock.items.pop(0)
    pull(is_whole=True, now=now)
    stock.secret = "another"
    noting.write_due(Reporting(now))
    pull(now=now)

    rules = [each for each in queries.board(now) if each.rule.route.startswith("web:connections")]
    rules += [each for each in queries.board(now) if each.rule.key in ("gone", "notes")]

    assert [(each.rule.key, each.count) for each in rules] == [
        ("connections", 1),
        ("gone", 1),
        ("notes", 1),
    ]
    for each in rules:
        listed = signed_in.get(reverse(each.rule.route), each.rule.filters)
        assert len(listed.context["page"].items) == each.count


def test_viewer_sees_them_and_no_buttons(as_viewer: Client, stock: InvenTreePlayer):
    connected(stock)

    page = as_viewer.get("/settings/connections/works/").content.decode()

    assert "Pull now" not in page and "Remove" not in page
    assert as_viewer.post("/settings/connections/works/pull/").status_code == 403
    assert as_viewer.get("/settings/connections/new/").status_code == 403


def test_unknown_connection_and_act_are_told_in_a_page(as_admin: Client, stock: InvenTreePlayer):
    connected(stock)

    assert as_admin.get("/settings/connections/nowhere/").status_code == 404
    assert as_admin.post("/settings/connections/works/paint/").status_code == 404


def test_connection_is_removed_by_a_form(as_admin: Client, stock: InvenTreePlayer):
    connected(stock)

    assert "stays" in as_admin.get("/settings/connections/works/remove/").content.decode()
    assert as_admin.post("/settings/connections/works/remove/").status_code == 302
    assert not Connection.objects.exists()
