"""The page that tells why an advisory concerns a component, or why not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.web.world import CVE, World


@pytest.fixture
def world(kept_world: World) -> World:
    return kept_world


def page(client: Client, **asked: str) -> str:
    return client.get("/explain/", asked).content.decode()


def test_the_page_asks_for_a_component_and_an_advisory(world: World, signed_in: Client) -> None:
    found = page(signed_in)

    assert 'name="component"' in found
    assert 'name="advisory"' in found
    assert 'id="answer"' not in found


def test_why_is_told_with_source_range_and_what_would_change_it(
    world: World, signed_in: Client
) -> None:
    found = page(signed_in, component="pkg:generic/libmodbus@3.1.6", advisory=CVE)

    assert "Affected" in found
    assert "3.1.6 lies in [0, 3.1.7), says NVD" in found
    assert "A version of 3.1.7 or later." in found
    assert "/cve/configurations/0/nodes/0" in found


def test_why_not_is_told_too(world: World, signed_in: Client) -> None:
    outside = page(signed_in, component="pkg:generic/libmodbus@3.1.7", advisory=CVE)
    another = page(signed_in, component="pkg:npm/nx@1.0.0", advisory=CVE)

    assert "3.1.7 lies outside of [0, 3.1.7)" in outside
    assert "names other packages, not pkg:npm/nx@1.0.0: libmodbus:libmodbus." in another


def test_what_is_unknown_here_is_said_with_what_was_asked(world: World, signed_in: Client) -> None:
    response = signed_in.get("/explain/", {"component": "zlib 1.2", "advisory": "CVE-2099-1"})

    assert response.status_code == 422
    assert "No advisory CVE-2099-1 is known here" in response.content.decode()
    assert 'value="zlib 1.2"' in response.content.decode()


def test_markup_in_a_question_is_only_text(world: World, signed_in: Client) -> None:
    assert "<script>alert" not in page(signed_in, component="<script>alert(1)", advisory=CVE)


def test_the_page_asks_a_bounded_number_of_queries(
    world: World, signed_in: Client, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with django_assert_max_num_queries(12):
        page(signed_in, component="pkg:generic/libmodbus@3.1.6", advisory=CVE)


def test_a_component_and_a_vulnerability_lead_there(world: World, signed_in: Client) -> None:
    found = signed_in.get(f"/vulnerabilities/{CVE}/").content.decode()

    assert f"/explain/?advisory={CVE}" in found


def test_a_component_of_an_sbom_is_named_not_numbered(world: World, signed_in: Client) -> None:
    component = world.document.occurrences.get().component
    found = page(signed_in, component=str(component.pk), advisory=CVE)

    assert f'href="/parts/{component.pk}/">libmodbus 3.1.4</a>' in found
    assert f'value="{component.pk}"' in found
    assert 'id="component"' not in found
