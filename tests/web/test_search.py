"""One box for everything."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from longmark.fleet.services.links import links
from tests.web.world import CVE, World

HTMX = {"HX-Request": "true"}


@pytest.fixture
def world(kept_world: World) -> World:
    return kept_world


def groups(client: Client, text: str) -> list[str]:
    page = client.get("/search/", {"q": text}, headers=HTMX).content.decode()
    return re.findall(r"<h3><span>(.*?)</span>", page)


def test_serial_number_finds_the_unit(world: World, signed_in: Client) -> None:
    assert groups(signed_in, "1001") == ["Units"]


def test_name_finds_vulnerability_component_and_customer(world: World, signed_in: Client) -> None:
    assert "Vulnerabilities" in groups(signed_in, CVE)
    assert "Components" in groups(signed_in, "libmod")
    assert "Customers and other parties" in groups(signed_in, "nordheide")


def test_single_result_is_opened_at_once(world: World, signed_in: Client) -> None:
    response = signed_in.get("/search/", {"q": "1001"})

    assert response["Location"] == f"/units/{world.affected.pk}/"


def test_palette_is_a_fragment(world: World, signed_in: Client) -> None:
    page = signed_in.get("/search/", {"q": "10"}, headers=HTMX).content.decode()

    assert 'class="palette"' in page
    assert "<h1" not in page


def test_nothing_found_is_said(world: World, signed_in: Client) -> None:
    assert "Nothing bears this name" in signed_in.get("/search/?q=zzzz").content.decode()


def test_formula_and_markup_are_only_text(world: World, signed_in: Client) -> None:
    page = signed_in.get("/search/", {"q": "<script>alert(1)</script>"}).content.decode()

    assert "<script>alert" not in page


def test_a_scanned_link_opens_its_unit(world: World, signed_in: Client) -> None:
    link = links(now=timezone.now()).of(world.affected.pk)
    response = signed_in.get("/search/", {"q": link})

    assert response["Location"] == f"/units/{world.affected.pk}/"
    assert groups(signed_in, "https://id.pumps.example/x/4711") == []
