"""Saying what a component is called: looked at first, then applied, and taken back."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from longmark.core.actors import SYSTEM
from longmark.core.identity.rules import NameRuleKind
from longmark.findings.models import Finding
from longmark.names.models import NameRule
from longmark.sboms.models import Component
from longmark.sboms.services import deriving
from tests.names.world import a_map, a_rule
from tests.web.world import CVE, World
from tests.world import NINE

BARRED = {
    "stated": "pkg:generic/libmodbus",
    "target": "product:libmodbus",
    "reason": "A fork of our own.",
}


def component(world: World) -> Component:
    return world.document.occurrences.get(number=1).component


def say(browser: Client, kind: str, act: str, **fields: str):
    return browser.post(reverse("web:name-say", args=[kind]), fields | {"act": act})


def test_a_component_shows_what_it_is_looked_up_as_and_who_says_so(world: World, signed_in: Client):
    rule = a_rule("pkg:generic/libmodbus", NameRuleKind.KNOWN_AS, "cpe:acme:modbus")
    one = component(world)

    deriving.derive_components([one.pk], actor=SYSTEM, now=NINE)
    text = signed_in.get(reverse("web:component", args=[one.pk])).content.decode()

    assert "cpe:acme:modbus" in text
    assert reverse("web:name", args=[rule.pk]) in text
    assert "stated=pkg%3Ageneric%2Flibmodbus&amp;target=product%3Alibmodbus" in text


def test_a_viewer_is_offered_nothing_to_mend(world: World, as_viewer: Client):
    text = as_viewer.get(reverse("web:component", args=[component(world).pk])).content.decode()

    assert "Not right?" not in text
    assert as_viewer.get(reverse("web:name-say", args=["is-not"])).status_code == 403


def test_beside_a_match_stands_that_it_is_not_that_product(world: World, signed_in: Client):
    text = signed_in.get(reverse("web:vulnerability", args=[CVE])).content.decode()

    assert "This is not that product" in text
    assert "names/say/is-not/?stated=pkg%3Ageneric%2Flibmodbus" in text


def test_the_effect_is_shown_before_anything_is_written(world: World, signed_in: Client):
    answer = say(signed_in, "is-not", "preview", **BARRED)
    text = answer.content.decode()

    assert answer.status_code == 200
    assert "What it would do" in text
    assert CVE in text
    assert "Apply it" in text
    assert not NameRule.objects.exists()


def test_applied_it_closes_the_finding_before_the_answer_goes_out(world: World, signed_in: Client):
    answer = say(signed_in, "is-not", "apply", **BARRED)

    rule = NameRule.objects.get()
    assert answer.url == reverse("web:name", args=[rule.pk])
    assert Finding.objects.get().reason == "renamed"
    page = signed_in.get(answer.url).content.decode()
    assert "A fork of our own." in page
    assert "libmodbus 3.1.4" in page

    withdrawn = reverse("web:name-withdraw", args=[rule.pk])
    assert CVE in signed_in.get(withdrawn).content.decode()
    assert signed_in.post(withdrawn, {"reason": ""}).status_code == 422
    signed_in.post(withdrawn, {"reason": "It is the original."})
    assert Finding.objects.get().closed_at is None


@pytest.mark.parametrize(
    ("kind", "fields", "text"),
    [
        ("known-as", {"stated": "libmodbus", "target": "cpe:a:b"}, "not what an SBOM says"),
        ("known-as", {"stated": "pkg:npm/a", "target": "pypi:a"}, "two ecosystems"),
        ("is-not", {"stated": "pkg:npm/a", "target": ""}, "required"),
        ("corrected", {"stated": "pkg:npm/a"}, "Give the right purl"),
        ("corrected", {"stated": "pkg:npm/a", "cpes": "cpe:/a:b:c\nnonsense"}, "nonsense"),
        ("known-as", {"stated": "pkg:npm/a", "target": "cpe:a:b", "versions": "1"}, "no line"),
    ],
)
@pytest.mark.parametrize("act", ["preview", "apply"])
def test_what_cannot_be_read_comes_back_with_its_text(
    signed_in: Client, kind: str, fields: dict[str, str], text: str, act: str
):
    answer = say(signed_in, kind, act, **fields | {"reason": "x"})

    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not NameRule.objects.exists()


def test_a_kind_that_is_none_is_not_there(signed_in: Client):
    assert signed_in.get(reverse("web:name-say", args=["renamed"])).status_code == 404


def test_rules_are_listed_sought_and_filtered(world: World, signed_in: Client):
    a_rule("pkg:generic/libmodbus")
    a_rule("pkg:npm/nx", NameRuleKind.IS_NOT, "cpe:siemens:nx")
    listed = reverse("web:names")

    assert signed_in.get(listed).content.decode().count("pkg:") == 2
    text = signed_in.get(listed, {"kind": "is-not"}).content.decode()
    assert "siemens" in text
    assert "libmodbus" not in text
    assert "No rule fits" in signed_in.get(listed, {"q": "nothing like it"}).content.decode()


def test_a_map_shows_its_rows_and_what_was_refused(signed_in: Client):
    text = signed_in.get(reverse("web:name-map", args=[a_map().pk])).content.decode()

    assert "git:github.com/acme/tls" in text
    assert "no purl" in text


@pytest.mark.parametrize("count", [1, 60])
def test_pages_cost_the_same_for_any_number(
    count: int, world: World, signed_in: Client, tmp_path: Path, django_assert_max_num_queries
):
    rules = [a_rule(f"pkg:generic/lib-{number}") for number in range(count)]
    for each in range(count):
        a_rule("pkg:generic/libmodbus", NameRuleKind.KNOWN_AS, f"cpe:acme:lib-{each}")

    with django_assert_max_num_queries(10):
        signed_in.get(reverse("web:names"))
    with django_assert_max_num_queries(10):
        signed_in.get(reverse("web:name", args=[rules[0].pk]))
    with django_assert_max_num_queries(36):
        signed_in.get(reverse("web:component", args=[component(world).pk]))
