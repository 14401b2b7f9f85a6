"""RMAs over REST: led from step to step, held by what is exploited, closed with a reason."""

from pathlib import Path

import pytest
from django.test import Client

from longmark.core.actors import Role
from longmark.fleet.models import Unit
from longmark.intel.models import Vulnerability
from tests.findings.world import an_sbom
from tests.fleet.world import built
from tests.web.world import CVE, World, a_world
from tests.world import NINE

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = a_world(tmp_path)
    Vulnerability.objects.filter(name=CVE).update(exploited_on=NINE.date())
    an_sbom(world.drives.fw_24, "pkg:generic/other@1.0")
    return world


@pytest.fixture
def service(caller) -> Client:
    client: Client = caller(Role.SERVICE)
    return client


def post(client: Client, unit: Unit, path: str, number: str = "A/7", **said: object):
    body = {"on": "2026-03-01", **said}
    url = f"/api/v1/units/{unit.pk}/{path}?number={number}"
    return client.post(url, body, content_type="application/json")


def led_into_repair(client: Client, unit: Unit) -> None:
    body = {"on": "2026-03-01", "number": "A/7"}
    client.post(f"/api/v1/units/{unit.pk}/rmas", body, content_type="application/json")
    post(client, unit, "rma/receipt", worker="Sven")
    post(client, unit, "rma/diagnosis", diagnosis="Burnt.", decision="repair")
    post(client, unit, "rma/repair")


def test_an_rma_is_opened_led_on_and_listed(service: Client, world: World):
    unit = world.affected
    body = {"on": "2026-03-01", "number": "A/7", "reason": "Hums."}
    url = f"/api/v1/units/{unit.pk}/rmas"
    opened = service.post(url, body, content_type="application/json")
    assert (opened.status_code, opened.json()["step"]) == (201, "opened")
    post(service, unit, "rma/receipt", worker="Sven")
    told = post(service, unit, "rma/diagnosis", diagnosis="Burnt.", decision="repair").json()

    assert (told["step"], told["worker"], told["decision"]) == ("diagnosed", "Sven", "repair")
    (row,) = service.get("/api/v1/rmas", {"is_open": "true", "step": "diagnosed"}).json()["items"]
    assert (row["number"], row["operator"]["name"]) == ("A/7", world.customer.name)
    assert service.get(url).json()[0]["number"] == "A/7"
    assert service.get(f"/api/v1/units/{unit.pk}/rma", {"number": "A/7"}).json() == row
    assert service.get("/api/v1/rmas", {"older_than_days": 99_999}).status_code == 422


def test_what_holds_a_unit_is_told_and_refuses_its_closing(service: Client, world: World):
    unit = world.affected
    led_into_repair(service, unit)
    gate = service.get(f"/api/v1/units/{unit.pk}/gate").json()
    assert (gate["is_held"], gate["holding"][0]["fixed_by"]) == (True, "tg200-fw 2.4.0")

    refused = post(service, unit, "rma/closing", outcome="repaired")
    assert refused.status_code == 409
    assert CVE in refused.json()["detail"]
    closed = post(service, unit, "rma/closing", outcome="repaired", override="Declined.").json()
    assert (closed["is_open"], closed["outcome"], closed["override"]) == (
        False,
        "repaired",
        "Declined.",
    )


def test_a_replacement_is_checked_itself_and_inherits(service: Client, world: World):
    unit, spare = world.affected, built(world.drives.unit("9"))
    led_into_repair(service, unit)
    held = post(service, unit, "rma/closing", outcome="replaced", replacement_id=str(spare.pk))
    assert held.status_code == 409
    assert "Nobody knows which release" in held.json()["detail"]
    post(
        service,
        unit,
        "rma/closing",
        outcome="replaced",
        replacement_id=str(spare.pk),
        override="Read on site.",
    )

    assert service.get(f"/api/v1/units/{spare.pk}").json()["operator"]["name"] == (
        world.customer.name
    )
    assert service.get(f"/api/v1/units/{spare.pk}/warranty").json() is None


@pytest.mark.parametrize(
    ("path", "said", "status"),
    [
        ("rma/receipt", {"on": "2099-01-01"}, 422),
        ("rma/receipt", {"on": "never"}, 422),
        ("rma/diagnosis", {"diagnosis": "x", "decision": "melt"}, 422),
        ("rma/closing", {"outcome": "repaired"}, 409),
        ("rma/closing", {"outcome": "vanished"}, 422),
    ],
)
def test_what_cannot_be_is_refused(service: Client, world: World, path, said, status):
    url = f"/api/v1/units/{world.affected.pk}/rmas"
    service.post(url, {"on": "2026-03-01", "number": "A/7"}, content_type="application/json")

    assert post(service, world.affected, path, **said).status_code == status


def test_unknown_rmas_and_callers_without_the_right_are_refused(caller, world: World):
    viewer = caller(Role.VIEWER)
    assert post(viewer, world.affected, "rma/receipt").status_code == 403
    service = caller(Role.SERVICE)
    assert post(service, world.affected, "rma/receipt", "R-9").status_code == 404
