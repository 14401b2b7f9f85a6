"""Components that nothing is looked up for, and what they may be."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from longmark.core.actors import SYSTEM, Role
from longmark.reactions import follow
from longmark.sboms.queries.unidentified import suggestions_of, unidentified_page
from longmark.sboms.services.documents import add_document, withdraw_document
from tests.names.world import a_rule
from tests.sboms.samples import a_bom, a_library
from tests.world import NINE, a_release, an_item

pytestmark = pytest.mark.django_db


def bare(name: str, version: str = "1.0", **members: Any) -> dict[str, Any]:
    return {"type": "library", "name": name, "version": version} | members


def with_components(*components: dict[str, Any], item: str = "tg200-fw"):
    content = a_bom(*components)
    return add_document(a_release(item=an_item(item)), content, actor=SYSTEM, now=NINE)


def listed(**asked: Any) -> dict[str, list[str]]:
    found = unidentified_page(**asked).items
    return {row.stated: [one.target or one.purl for one in row.suggestions] for row in found}


def test_what_nothing_is_looked_up_for_is_listed_and_nothing_else():
    with_components(
        bare("acme-hal"),
        bare("zlib", "1.2.11"),  # the built-in table knows it by name
        a_library("acme-net"),
        bare("board", type="device"),
    )

    assert listed() == {"bare::acme-hal": []}


def test_the_subject_of_an_sbom_is_not_listed():
    content = a_bom(bare("acme-hal"), metadata={"component": bare("my-firmware")})
    add_document(a_release(), content, actor=SYSTEM, now=NINE)

    assert listed() == {"bare::acme-hal": []}


def test_what_only_a_withdrawn_sbom_names_is_not_listed():
    document = with_components(bare("acme-hal"))
    withdraw_document(document, reason="Wrong build.", actor=SYSTEM, now=NINE)

    assert listed() == {}


def test_a_name_is_suggested_as_other_sboms_state_it():
    with_components(a_library("acme-net"), item="other")
    with_components(bare("acme-net", "2.0"), bare("Acme-Net", "3.0"))

    assert listed() == {"bare::acme-net": ["pkg:generic/acme-net"]}
    (row,) = unidentified_page().items
    assert (row.component_count, len(row.components)) == (2, 2)


def test_what_a_rule_says_of_the_plain_purl_is_suggested():
    a_rule("pkg:generic/acme-net", target="cpe:acme:net")
    with_components(bare("acme-net"))

    assert listed() == {"bare::acme-net": ["cpe:acme:net"]}


def test_what_a_rule_names_is_identified_from_then_on():
    with_components(bare("acme-net"))
    a_rule("bare::acme-net", target="cpe:acme:net")
    follow(now=lambda: NINE)

    assert listed() == {}
    assert suggestions_of("bare::acme-net") == ()


def test_names_are_sought_and_paged():
    with_components(*(bare(f"acme-{number}") for number in range(5)))

    first = unidentified_page(limit=3)
    rest = unidentified_page(after=first.next, limit=3)
    assert [row.stated[-1] for row in (*first.items, *rest.items)] == list("01234")
    assert list(listed(text="ME-4")) == ["bare::acme-4"]


@pytest.mark.parametrize("count", [2, 40])
def test_a_page_costs_the_same_for_few_and_many(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
):
    numbers = range(count)
    with_components(*(a_library(f"acme-{number}") for number in numbers), item="other")
    with_components(*(bare(f"acme-{number}") for number in numbers))

    with django_assert_num_queries(5):
        assert len(unidentified_page().items) == count


def test_the_api_lists_what_may_be_accepted(caller: Callable[..., Client]):
    with_components(a_library("acme-net"), item="other")
    with_components(bare("acme-net", "2.0"))

    (row,) = caller(Role.VIEWER).get("/api/v1/names/unidentified").json()["items"]
    assert row["suggestions"][0]["purl"] == "pkg:generic/acme-net"
    assert row["suggestions"][0]["because"] == "elsewhere"
    assert caller().get("/api/v1/names/unidentified").status_code == 403
