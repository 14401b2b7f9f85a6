"""How values are said: texts cut between words, places that stay lit, what is unknown."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from longmark.web.templatetags.longmark import action_words, clipped, payload_words
from tests.web.world import World


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("short", "short"),
        ("a neighbour in the same network can", "a neighbour in the same…"),
        ("Only where it is switched on. Fixed.", "Only where it is switched on…"),
        ("x" * 60, "x" * 29 + "…"),
    ],
)
def test_a_text_is_cut_between_words(text: str, said: str) -> None:
    assert clipped(text, 30) == said


@given(st.text(), st.integers(min_value=2, max_value=80))
def test_a_clipped_text_is_never_longer_than_asked(text: str, limit: int) -> None:
    assert len(clipped(text, limit)) <= limit


def test_details_of_an_entry_read_as_one_line() -> None:
    said = payload_words({"outcome": "0 units are composed anew.", "state": "done"})

    assert said == "outcome 0 units are composed anew, state done"


def test_instants_in_the_details_are_read_by_people() -> None:
    said = payload_words({"occurred_at": "2026-11-26T08:30:00+00:00", "kind": "shipped"})

    assert said == "occurred at 2026-11-26 08:30 UTC, kind shipped"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("fleet.rma-closed", "RMA closed"),
        ("sboms.sbom-superseded", "SBOM superseded"),
        ("catalog.support-period-decided", "Support period decided"),
    ],
)
def test_codes_of_the_ledger_are_read_as_words(code: str, said: str) -> None:
    assert action_words(code) == said


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/rmas/", "Units"),
        ("/drift/", "Units"),
        ("/conflicts/", "Imports"),
        ("/precision/", "Desk"),
        ("/lifespans/", "Releases"),
        ("/explain/", "Vulnerabilities"),
    ],
)
def test_a_page_lights_the_place_that_it_belongs_to(
    path: str, place: str, signed_in: Client
) -> None:
    page = signed_in.get(path).content.decode()

    nav = page.partition('<nav class="nav"')[2].partition("</nav>")[0]
    assert [each.partition("<")[0] for each in nav.split('aria-current="true">')[1:]] == [place]


def test_findings_of_a_release_without_sbom_are_unknown(world: World, signed_in: Client) -> None:
    page = signed_in.get(f"/releases/{world.drives.fw_24.pk}/").content.decode()

    facts = page.partition('<dl class="facts">')[2].partition("</dl>")[0]
    assert facts.count('<span class="unknown">unknown</span>') == 2
