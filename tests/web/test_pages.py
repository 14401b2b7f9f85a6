"""Every page: who may see it, that it stands, and that it costs the same for one row and many."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, reverse

from longmark.ledger import queries as ledger
from longmark.names.models import NameMap, NameRule
from longmark.sboms.models import Lifespan, LifespanList
from longmark.web.urls import urlpatterns
from tests.names.world import a_map, a_rule
from tests.sboms.lifespans import a_lifespan, a_list_of_lifespans
from tests.web.world import CVE, World, costs, dearer

ONLY_POST = {
    "theme",
    "job-stop",
    "phone-book",
    "phone-photo",
    "token-issue",
    "token-revoke",
    "import-take",
    "import-discard",
    "import-profile-forget",
    "feed-act",
    "connection-act",
    "provider-follow",
    "bundle-make",
    "suggestion-accept",
}
LISTS = [
    "desk",
    "precision",
    "vulnerabilities",
    "items",
    "releases",
    "units",
    "parties",
    "imports",
    "ledger",
    "jobs",
    "names",
    "name-maps",
    "unidentified",
    "settings",
    "feeds",
    "bundles",
    "search",
    "phone",
    "supplier-requests",
    "licences",
    "licence",
    "lifespans",
    "lifespans-said",
    "lifespan-add",
    "lifespans-take",
    "drift",
    "mismatches",
    "refusals",
]


def first(model: type[Model], make: Callable[[], Model]) -> object:
    """Return the id of one that is there, or of one that is made."""
    return (model._default_manager.order_by("-pk").first() or make()).pk


DETAILS: dict[str, Callable[[World], list[object]]] = {
    "customers-reached": lambda world: [CVE],
    "vulnerability": lambda world: [CVE],
    "item": lambda world: [world.drives.drive.pk],
    "release": lambda world: [world.drives.fw_23.pk],
    "hardware": lambda world: [world.drives.rev_d.pk],
    "combinations": lambda world: [world.drives.drive.pk],
    "combination-state": lambda world: [world.drives.drive.pk],
    "duty-give": lambda world: ["no-sbom"],
    "unit": lambda world: [world.affected.pk],
    "unit-parameters": lambda world: [world.affected.pk],
    "unit-history": lambda world: [world.affected.pk],
    "parameters": lambda world: [world.drives.params.item_id],
    "released-parameters": lambda world: [world.drives.params.pk],
    "phone-unit": lambda world: [world.affected.pk],
    "party": lambda world: [world.customer.pk],
    "feed": lambda world: ["kev"],
    "name": lambda world: [first(NameRule, a_rule)],
    "name-say": lambda world: ["is-not"],
    "name-withdraw": lambda world: [first(NameRule, a_rule)],
    "name-map": lambda world: [first(NameMap, a_map)],
    "name-map-withdraw": lambda world: [first(NameMap, a_map)],
    "component": lambda world: [world.document.occurrences.get(number=1).component_id],
    "difference": lambda world: [world.drives.fw_23.pk],
    "document-difference": lambda world: [world.document.pk, world.document.pk],
    "sbom-quality": lambda world: [world.document.pk],
    "supplier-ask": lambda world: [world.document.pk],
    "lifespan": lambda world: [first(Lifespan, a_lifespan)],
    "lifespan-withdraw": lambda world: [first(Lifespan, a_lifespan)],
    "lifespan-list": lambda world: [first(LifespanList, a_list_of_lifespans)],
    "ledger-entry": lambda world: [ledger.entries_page(limit=1).items[0].pk],
}
PUBLIC = {"theme", "passport", "phone-worker"}
CLOSED = [pattern for pattern in urlpatterns if pattern.name not in PUBLIC]
"""Colours may be chosen before signing in, and a plate may be scanned; all else is closed."""
STATEMENTS_LIMIT = 60
INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son(?!ly=)[a-z]+=")


@pytest.fixture
def world(kept_world: World) -> World:
    return kept_world


def address(name: str, world: World) -> str:
    return reverse(f"web:{name}", args=DETAILS[name](world) if name in DETAILS else [])


@pytest.mark.parametrize("name", [*LISTS, *DETAILS])
def test_page_stands(name: str, world: World, signed_in: Client) -> None:
    response = signed_in.get(address(name, world))
    page = response.content.decode()

    assert response.status_code == 200
    assert page.count("<h1") == 1
    assert INLINE.findall(page) == []
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", [*LISTS, *DETAILS])
def test_outsider_sees_no_page(name: str, world: World, as_otto: Client) -> None:
    assert as_otto.get(address(name, world)).status_code == 403


@pytest.mark.parametrize("pattern", CLOSED, ids=lambda pattern: pattern.name)
def test_stranger_comes_no_further_than_the_sign_in_page(pattern: URLPattern, db: None) -> None:
    arguments = {"pk": 1, "name": CVE, "act": "swap", "seq": 1, "kind": "is-not", "against": 1}
    arguments["number"] = 1
    arguments |= {"ending": "csv", "username": "petra"}
    arguments |= {"token": "a" * 40, "key": "a"}
    wanted = {key: arguments[key] for key in pattern.pattern.converters}
    if "pk" in wanted and "uuid" in str(pattern.pattern):
        wanted["pk"] = "376e5a12-6384-58b3-a97c-6273b44111fa"
    path = reverse(f"web:{pattern.name}", kwargs=wanted)

    response = Client().post(path) if pattern.name in ONLY_POST else Client().get(path)

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_pages_cost_the_same_for_one_row_and_for_many(
    world: World, signed_in: Client, tmp_path: Path
) -> None:
    paths = {name: address(name, world) for name in [*LISTS, *DETAILS]}
    paths["search"] += "?q=10"
    asked = {name: (signed_in, path) for name, path in paths.items()}

    counted = costs(asked, tmp_path, world)

    assert dearer(counted) == {}
    assert max(few for few, _many in counted.values()) <= STATEMENTS_LIMIT


@pytest.mark.parametrize("path", ["/items/999/", "/releases/999/", "/parties/999/", "/jobs/999/"])
def test_what_does_not_exist_is_told_in_a_page(path: str, signed_in: Client) -> None:
    response = signed_in.get(path)

    assert response.status_code == 404
    assert "There is no" in response.content.decode()


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/items/?q=TG", "?q=TG&amp;kind=product"),
        ("/releases/?q=2.3", "?q=2.3&amp;kind=firmware"),
        ("/parties/?q=Wasser", "?q=Wasser&amp;kind=customer"),
        ("/vulnerabilities/?q=CVE", "?q=CVE&amp;only=exploited"),
        ("/units/?q=10&use=1", "?q=10"),
    ],
)
def test_tabs_and_chips_follow_what_is_typed(
    path: str, address: str, world: World, signed_in: Client
) -> None:
    fragment = signed_in.get(path, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in fragment
    assert f'href="{address}"' in fragment
