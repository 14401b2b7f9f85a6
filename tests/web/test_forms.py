"""What people hand in: lists, SBOMs, tokens, people. Refused forms come back with 422."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from longmark.accounts.models import Person, Token
from longmark.fleet.models import Import, Unit
from longmark.jobs.models import Job
from longmark.sboms.models import Document
from longmark.web.views import imports
from tests.findings.world import sbom_bytes
from tests.web.world import World

LIST = "item,serial,event,date\nTG-200,3001,built,2026-03-01\nTG-999,3002,built,2026-03-01\n"


def a_file(text: str | bytes, name: str = "list.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def test_list_is_looked_at_before_anything_is_written(world: World, as_admin: Client) -> None:
    response = as_admin.post("/imports/", {"file": a_file(LIST)}, follow=True)

    assert "Staged, nothing written yet" in response.content.decode()
    assert not Unit.objects.filter(serial="3001").exists()


def test_refused_rows_are_shown_with_their_reason(world: World, as_admin: Client) -> None:
    page = as_admin.post("/imports/", {"file": a_file(LIST)}, follow=True).content.decode()

    assert "There is no item &quot;TG-999&quot;" in page


def test_good_rows_are_taken_and_the_others_handed_back(world: World, as_admin: Client) -> None:
    as_admin.post("/imports/", {"file": a_file(LIST)})
    pk = Import.objects.get().pk

    as_admin.post(f"/imports/{pk}/take/", {"way": "good"})

    assert Unit.objects.filter(serial="3001").exists()
    refused = as_admin.get(f"/imports/{pk}/refused.csv").getvalue().decode()
    assert "3002" in refused
    assert "3001" not in refused


def test_all_or_nothing_takes_nothing_while_a_row_is_refused(
    world: World, as_admin: Client
) -> None:
    as_admin.post("/imports/", {"file": a_file(LIST)})
    response = as_admin.post(f"/imports/{Import.objects.get().pk}/take/", {"way": "all"})

    assert response.status_code == 409
    assert not Unit.objects.filter(serial="3001").exists()


def test_list_can_be_thrown_away(world: World, as_admin: Client) -> None:
    as_admin.post("/imports/", {"file": a_file(LIST)})
    as_admin.post(f"/imports/{Import.objects.get().pk}/discard/")

    assert Import.objects.get().state == "discarded"


def test_what_is_no_list_comes_back_with_the_reason(world: World, as_admin: Client) -> None:
    response = as_admin.post("/imports/", {"file": a_file("no list at all")})

    assert response.status_code == 422
    assert "The file was not read" in response.content.decode()


def test_sbom_is_taken(world: World, as_admin: Client) -> None:
    sbom = a_file(sbom_bytes("pkg:generic/zlib@1.2.11"), "zlib.cdx.json")
    response = as_admin.post(f"/releases/{world.drives.fw_24.pk}/", {"file": sbom}, follow=True)

    assert "zlib" in response.content.decode()
    assert Document.objects.filter(release=world.drives.fw_24).count() == 1


def test_what_is_no_sbom_comes_back_with_the_reason(world: World, as_admin: Client) -> None:
    response = as_admin.post(f"/releases/{world.drives.fw_24.pk}/", {"file": a_file("{}")})

    assert response.status_code == 422
    assert "The file was not taken" in response.content.decode()


def test_sbom_is_handed_out_as_it_came(world: World, as_admin: Client) -> None:
    response = as_admin.get(f"/sboms/{world.document.pk}/")

    assert b"libmodbus" in response.getvalue()


def test_token_is_shown_once(as_admin: Client) -> None:
    page = as_admin.post("/settings/tokens/", {"name": "CI", "scopes": ["read"]}).content.decode()

    assert "lm_" in page
    assert Token.objects.get().name == "CI"
    assert 'class="secret"' not in as_admin.get("/settings/").content.decode()


def test_token_without_rights_is_refused(as_admin: Client) -> None:
    response = as_admin.post("/settings/tokens/", {"name": "CI"})

    assert response.status_code == 422
    assert not Token.objects.exists()


def test_token_can_be_revoked(as_admin: Client) -> None:
    as_admin.post("/settings/tokens/", {"name": "CI", "scopes": ["read"]})
    as_admin.post(f"/settings/tokens/{Token.objects.get().pk}/revoke/")

    assert Token.objects.get().revoked_at is not None


def test_person_is_registered_by_an_administrator(as_admin: Client) -> None:
    stated = {"username": "finn", "full_name": "Finn Weber", "password": "a-long-firmware-word"}
    as_admin.post("/settings/people/", {**stated, "roles": ["engineer"]})

    assert Person.objects.get(username="finn").grants.get().role == "engineer"


def test_weak_password_is_refused_at_its_field(as_admin: Client) -> None:
    stated = {"username": "finn", "full_name": "Finn Weber", "password": "short"}
    response = as_admin.post("/settings/people/", {**stated, "roles": ["engineer"]})

    assert response.status_code == 422
    assert response.context["form"].errors["password"]


def test_others_may_not_manage_people(signed_in: Client) -> None:
    assert signed_in.get("/settings/people/").status_code == 403


def test_advisories_are_taken_in_by_a_job(as_admin: Client) -> None:
    response = as_admin.post("/settings/feeds/", {"file": a_file("{}", "nvd.json")})

    job = Job.objects.get()
    assert job.kind == "intel.import-advisory-file"
    assert response["Location"] == f"/jobs/{job.pk}/"


def test_job_can_be_stopped(as_admin: Client) -> None:
    as_admin.post("/settings/feeds/", {"file": a_file("{}", "nvd.json")})
    as_admin.post(f"/jobs/{Job.objects.get().pk}/stop/")

    assert Job.objects.get().state == "cancelled"


def test_long_list_is_taken_by_a_job(
    world: World, as_admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "ROWS_WHILE_WAITING", 1)
    as_admin.post("/imports/", {"file": a_file(LIST)})

    as_admin.post(f"/imports/{Import.objects.get().pk}/take/", {"way": "good"})

    assert Job.objects.filter(kind="fleet.apply-import").exists()


def test_an_administrator_changes_roles_password_and_closes_an_account(
    as_admin: Client, as_viewer: Client
) -> None:
    address = "/settings/people/vera/"
    assert re.search('value="viewer"[^>]* checked', as_admin.get(address).content.decode())
    as_admin.post(address, {"act": "roles", "roles": ["engineer", "viewer"]})
    weak = as_admin.post(address, {"act": "password", "password": "short"})
    as_admin.post(address, {"act": "password", "password": "long enough to keep"})

    vera = Person.objects.get(username="vera")
    assert {grant.role for grant in vera.grants.all()} == {"engineer", "viewer"}
    assert (weak.status_code, vera.check_password("long enough to keep")) == (422, True)
    closed = as_admin.post(address, {"act": "close"}, follow=True).content.decode()
    assert "This account is closed." in closed
    assert not Person.objects.get(username="vera").is_active


def test_the_last_administrator_stays_one(as_admin: Client) -> None:
    for act in ("roles", "close"):
        refused = as_admin.post("/settings/people/ada/", {"act": act})
        assert refused.status_code == 422
        assert "One administrator must be left" in refused.content.decode()


def test_the_missing_right_is_named_in_words(as_viewer: Client) -> None:
    page = as_viewer.get("/settings/people/vera/")

    assert page.status_code == 403
    assert "Manage people, their roles and tokens" in page.content.decode()


@pytest.mark.parametrize("path", ["/imports/", "/settings/feeds/", "/releases/{release}/"])
def test_who_may_only_look_is_offered_no_upload(
    path: str, world: World, as_viewer: Client, signed_in: Client
) -> None:
    address = path.format(release=world.drives.fw_24.pk)

    assert 'type="file"' not in as_viewer.get(address).content.decode()
    assert 'type="file"' in signed_in.get(address).content.decode()
