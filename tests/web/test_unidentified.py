"""Names that nothing is looked up for: seen, and identified by one click."""

import pytest
from django.test import Client

from longmark.names.models import NameRule
from tests.sboms.samples import a_library
from tests.sboms.test_unidentified import bare, with_components

pytestmark = pytest.mark.django_db
LIST, ACCEPT = "/names/unidentified/", "/names/unidentified/accept/"
SUGGESTED = {"stated": "bare::acme-net", "code": "corrected pkg:generic/acme-net"}


@pytest.fixture(autouse=True)
def _components(db: None) -> None:
    with_components(a_library("acme-net"), item="other")
    with_components(bare("acme-net", "2.0"), bare("acme-hal"))


def text_of(client: Client) -> str:
    return client.get(LIST).content.decode()


def test_a_suggestion_tells_why_and_a_name_without_one_is_listed_too(signed_in: Client) -> None:
    page = text_of(signed_in)

    assert "SBOMs state this name as pkg:generic/acme-net elsewhere" in page
    assert "nothing is suggested" in page
    assert "/names/say/corrected/?stated=bare%3A%3Aacme-hal" in page


def test_an_accepted_suggestion_is_a_rule_with_its_reason(signed_in: Client) -> None:
    response = signed_in.post(ACCEPT, SUGGESTED)

    rule = NameRule.objects.get()
    assert response["Location"] == f"/names/{rule.pk}/"
    assert (rule.stated, rule.purl) == ("bare::acme-net", "pkg:generic/acme-net")
    assert rule.reason.startswith("A suggestion that was accepted: SBOMs state this name")
    assert "acme-net" not in text_of(signed_in)


def test_looking_makes_no_rule(signed_in: Client) -> None:
    text_of(signed_in)

    assert not NameRule.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"code": "known-as cpe:evil:net"}, {"stated": "bare::acme-hal"}, {"stated": "pkg:npm/nx"}],
)
def test_what_is_not_suggested_is_not_accepted(signed_in: Client, wrong: dict[str, str]) -> None:
    response = signed_in.post(ACCEPT, SUGGESTED | wrong)

    assert response.status_code == 409
    assert "not suggested any more" in response.content.decode()
    assert not NameRule.objects.exists()


def test_a_viewer_sees_suggestions_and_accepts_none(as_viewer: Client) -> None:
    assert "pkg:generic/acme-net" in text_of(as_viewer)
    assert "Accept" not in text_of(as_viewer)
    assert as_viewer.post(ACCEPT, SUGGESTED).status_code == 403
