"""Facts in the browser: dropped on a release, what they settle, and how that is undone."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from longmark.config.schedule import HANDLERS
from longmark.config.worker import work_once
from longmark.core.actors import SYSTEM
from longmark.findings.models import FactDocument, Finding
from longmark.findings.services import facts
from longmark.findings.services.matching import match_components
from longmark.reactions import follow
from longmark.sboms import queries as sboms
from tests.findings.world import criterion, match_advisories, nvd, refresh, take_in
from tests.web.world import CVE, World
from tests.world import NINE


def cve_check(*cves: str, status: str = "Patched") -> bytes:
    issues = [{"id": cve, "status": status} for cve in cves or (CVE,)]
    package = {"name": "libmodbus", "version": "3.1.4", "issue": issues, "products": []}
    return json.dumps({"version": "1", "package": [package]}).encode()


@pytest.fixture
def settled(world: World) -> Finding:
    """The finding of the vulnerable release, settled by a file of facts."""
    facts.add_facts(world.drives.fw_23, cve_check(), filename="cve.json", actor=SYSTEM, now=NINE)
    refresh(world.drives.fw_23)
    return Finding.objects.get(release=world.drives.fw_23)


def test_what_is_dropped_on_a_release_is_told_by_its_content(
    world: World, signed_in: Client
) -> None:
    file = SimpleUploadedFile("cve.json", cve_check())
    release = world.drives.fw_23

    page = signed_in.post(f"/releases/{release.pk}/", {"file": file}, follow=True)

    assert "cve.json is taken: Yocto cve-check, 1 facts" in page.content.decode()
    assert FactDocument.objects.get().release == release


def test_what_is_large_is_read_by_a_job_whose_page_leads_back(
    world: World, signed_in: Client, settings: Any
) -> None:
    settings.READ_AT_ONCE_BYTES = 10
    release = world.drives.fw_23
    file = SimpleUploadedFile("cve.json", cve_check())

    waiting = signed_in.post(f"/releases/{release.pk}/", {"file": file}, follow=True)
    assert "cve.json" in signed_in.get(f"/releases/{release.pk}/").content.decode()
    while work_once(HANDLERS):
        pass
    ended = signed_in.get(waiting.redirect_chain[-1][0]).content.decode()

    assert f'href="/releases/{release.pk}/"' in ended
    assert "cve.json: 1 facts" in ended
    assert FactDocument.objects.get().release == release


def test_what_is_large_and_cannot_be_read_says_where_on_the_page_of_its_job(
    world: World, signed_in: Client, settings: Any
) -> None:
    settings.READ_AT_ONCE_BYTES = 10
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library"}]}
    file = SimpleUploadedFile("bom.json", json.dumps(bom).encode())

    address = f"/releases/{world.drives.fw_23.pk}/"
    waiting = signed_in.post(address, {"file": file}, follow=True)
    while work_once(HANDLERS):
        pass
    ended = signed_in.get(waiting.redirect_chain[-1][0]).content.decode()

    assert "does not follow its format" in ended
    assert '<span class="mono">components[0]</span>' in ended


def test_a_release_tells_how_much_its_facts_settle_and_by_which_rule(
    world: World, settled: Finding, signed_in: Client
) -> None:
    address = f"/releases/{world.drives.fw_23.pk}/"

    shown = signed_in.get(address).content.decode()
    listed = signed_in.get(address, {"view": "settled"}).content.decode()
    by_rule = signed_in.get(address, {"rule": "patched-in-build"}).content.decode()
    by_other = signed_in.get(address, {"rule": "not-compiled"}).content.decode()

    assert "1 in all, 1 settled by facts of the build" in shown
    assert "Nothing is left to do" in shown
    for page in (listed, by_rule):
        assert "The build reports it as patched (cve.json)." in page
        assert f'href="/findings/{settled.pk}/"' in page
    assert f'href="/findings/{settled.pk}/"' not in by_other


def test_an_exploited_one_that_facts_settle_is_announced_and_listed(
    world: World, settled: Finding, signed_in: Client
) -> None:
    settled.vulnerability.exploited_on = NINE.date()
    settled.vulnerability.save(update_fields=["exploited_on"])

    page = signed_in.get(f"/releases/{world.drives.fw_23.pk}/", {"view": "settled"})

    assert "1 of them is known to be exploited" in page.content.decode()
    assert CVE in page.content.decode()


def test_a_finding_shows_what_settles_it_and_why_it_matches(
    settled: Finding, signed_in: Client
) -> None:
    page = signed_in.get(f"/findings/{settled.pk}/").content.decode()

    assert "The build reports it as patched (cve.json)." in page
    assert "package[0].issue[0]" in page
    assert "lies in [0, 3.1.7)" in page


def test_the_page_of_a_vulnerability_names_the_releases_where_facts_settle_it(
    settled: Finding, signed_in: Client
) -> None:
    page = signed_in.get(f"/vulnerabilities/{CVE}/").content.decode()

    assert "Settled by facts of the build" in page
    assert f'href="/findings/{settled.pk}/"' in page


def test_what_facts_settle_is_set_aside_and_counts_again(
    settled: Finding, signed_in: Client
) -> None:
    aside = {"reason": "The patch is for the server only."}

    page = signed_in.post(f"/findings/{settled.pk}/aside/", aside, follow=True).content.decode()
    follow(now=lambda: NINE)

    assert "Petra Lindqvist set aside what facts settle" in page
    assert "The patch is for the server only." in page
    settled.refresh_from_db()
    assert settled.is_open

    signed_in.post(f"/findings/{settled.pk}/restore/", {"reason": "A mistake."}, follow=True)
    follow(now=lambda: NINE)

    settled.refresh_from_db()
    assert not settled.is_open


def test_facts_are_withdrawn_with_a_reason(settled: Finding, signed_in: Client) -> None:
    document = FactDocument.objects.get()
    address = f"/facts/{document.pk}/withdraw/"

    assert signed_in.post(address, {"reason": " "}).status_code == 422
    page = signed_in.post(address, {"reason": "Wrong build."}, follow=True).content.decode()

    assert "cve.json no longer counts." in page
    document.refresh_from_db()
    assert not document.is_current


def test_facts_are_handed_out_as_they_came(settled: Finding, signed_in: Client) -> None:
    response = signed_in.get(f"/facts/{FactDocument.objects.get().pk}/")

    assert response.getvalue() == cve_check()


def test_those_without_the_right_may_look_and_no_more(
    settled: Finding, as_viewer: Client, as_otto: Client
) -> None:
    document = FactDocument.objects.get()
    assert as_viewer.get(f"/findings/{settled.pk}/").status_code == 200
    for address in (
        f"/findings/{settled.pk}/aside/",
        f"/findings/{settled.pk}/restore/",
        f"/facts/{document.pk}/withdraw/",
    ):
        assert as_viewer.post(address, {"reason": "x"}).status_code == 403
    assert as_otto.get(f"/findings/{settled.pk}/").status_code == 403
    assert as_otto.get(f"/facts/{document.pk}/").status_code == 403


@pytest.mark.parametrize("view", ["", "settled"])
def test_a_release_costs_the_same_however_much_facts_settle(
    view: str,
    world: World,
    settled: Finding,
    signed_in: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    release, folder = world.drives.fw_23, tmp_path_factory.mktemp("more")
    address = f"/releases/{release.pk}/"
    bounds = criterion("libmodbus:libmodbus", versionEndExcluding="3.1.7")
    take_in(folder, nvd("CVE-2021-2000", bounds))
    match_advisories()
    refresh(release)
    with django_assert_max_num_queries(60) as few:
        signed_in.get(address, {"view": view})
    names = [f"CVE-2021-{number}" for number in range(1000, 1012)]
    take_in(folder, *(nvd(name, bounds) for name in names))
    match_advisories()
    match_components(sboms.component_ids_of(world.document), actor=SYSTEM, now=NINE)
    for half in (names[:6], names[3:9]):
        facts.add_facts(release, cve_check(*half), actor=SYSTEM, now=NINE)
    refresh(release)

    with django_assert_max_num_queries(len(few)):
        page = signed_in.get(address, {"view": view}).content.decode()
    assert (names[0] in page) is (view == "settled")
