"""Pages never call clean what was only looked up in part of the sources."""

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from tests.findings.world import an_sbom
from tests.intel.covering import all_followed, followed
from tests.web.world import CVE, World
from tests.world import a_release

MORE = "more may match than is shown"
EXPLOITED = "more may be exploited than is shown"


def addresses(world: World) -> list[str]:
    component = world.document.occurrences.get(number=1).component_id
    return [
        "/",
        "/vulnerabilities/",
        f"/vulnerabilities/{CVE}/",
        f"/releases/{world.drives.fw_23.pk}/",
        f"/units/{world.affected.pk}/",
        f"/parts/{component}/",
    ]


def test_every_page_of_a_decision_names_what_is_missing(world: World, signed_in: Client) -> None:
    all_followed(timezone.now())
    followed("nvd", timezone.now(), is_whole=False)

    for address in addresses(world):
        page = signed_in.get(address).content.decode()
        assert MORE in page, address
        assert "it was never taken in whole" in page, address
        assert '<a class="strong" href="/settings/feeds/nvd/">NVD</a>' in page, address


def test_no_page_says_so_where_all_is_known(world: World, signed_in: Client) -> None:
    all_followed(timezone.now())

    for address in addresses(world):
        assert "Not every source" not in signed_in.get(address).content.decode(), address


def test_missing_exploitation_is_told_as_what_it_is(world: World, signed_in: Client) -> None:
    all_followed(timezone.now())
    followed("kev", timezone.now(), last_error="it answers <503>")

    page = signed_in.get("/").content.decode()

    assert EXPLOITED in page
    assert escape("it answers <503>") in page


@pytest.mark.parametrize("is_whole", [True, False])
def test_release_is_clean_only_if_its_sources_are_whole(signed_in: Client, is_whole: bool) -> None:
    release = a_release()
    an_sbom(release, "pkg:npm/left-pad@1.3.0")
    all_followed(timezone.now())
    followed("osv", timezone.now(), is_whole=is_whole)
    followed("nvd", timezone.now(), is_whole=False)

    page = signed_in.get(f"/releases/{release.pk}/").content.decode()

    assert ("<strong>Nothing matches</strong>" in page) is is_whole
    assert ("<strong>Nothing that is known here matches</strong>" in page) is not is_whole
    assert "settings/feeds/nvd" not in page


@pytest.mark.parametrize("is_whole", [True, False])
def test_unit_is_green_only_if_all_sources_are_whole(
    world: World, signed_in: Client, is_whole: bool
) -> None:
    all_followed(timezone.now())
    followed("cve", timezone.now(), is_whole=is_whole)

    page = signed_in.get(f"/units/{world.unknown.pk}/").content.decode()

    assert ('<p class="note" data-tone="settled">' in page) is is_whole
    assert ("that is known here" in page) is not is_whole
