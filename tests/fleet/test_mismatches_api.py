"""What may go together, over REST."""

from typing import Any

import pytest

from longmark.core.actors import Role
from tests.fleet.test_api import ROOT, Caller, post
from tests.fleet.test_mismatches import a_drive, rules_of
from tests.fleet.world import FIRMWARE, Drives, drives


@pytest.fixture
def world(transactional_db: None) -> Drives:
    return drives()


def a_statement(**others: Any) -> dict[str, Any]:
    return {
        "name": "revision D from 2.4",
        "pieces": [
            {"path": "control-board", "item": "CB-21", "span": "D"},
            {"path": "control-board/main-firmware", "item": "tg200-fw", "span": "2.4.."},
        ],
        "reason": "It needs the driver of 2.4.",
        **others,
    }


def test_a_combination_is_stated_listed_and_withdrawn(world: Drives, caller: Caller):
    engineer = caller(Role.ENGINEER)
    path = f"/items/{world.drive.pk}/combinations"

    stated = post(engineer, path, a_statement(serial_from="1000"))
    assert stated.status_code == 201
    assert stated.json()["pieces"][1]["span"] == "2.4.."
    (listed,) = engineer.get(f"{ROOT}{path}").json()
    assert listed == stated.json()

    gone = post(engineer, f"/combinations/{listed['id']}/withdraw", {"reason": "Too wide."})
    assert gone.json()["withdrawn_at"]
    assert engineer.get(f"{ROOT}{path}").json() == []


def test_a_combination_with_an_unknown_slot_names_the_known_ones(world: Drives, caller: Caller):
    body = a_statement(pieces=[{"path": "control-bord", "item": "CB-21", "span": "D"}])

    refused = post(caller(Role.ENGINEER), f"/items/{world.drive.pk}/combinations", body)

    assert refused.status_code == 422
    assert "control-board" in refused.json()["detail"]


def test_mismatches_are_listed_accepted_and_taken_back(world: Drives, caller: Caller):
    clerk = caller(Role.SERVICE)
    rules_of(world)
    unit = a_drive(world, "1001", world.rev_d, world.fw_23)

    (row,) = clerk.get(f"{ROOT}/mismatches").json()["items"]
    (odd,) = row["mismatches"]
    assert (row["serial"], odd["nearest"]) == ("1001", "revision D")
    assert odd["present"] == [{"path": FIRMWARE, "item": "tg200-fw", "version": "2.3.1"}]

    body = {"key": odd["key"], "reason": "Test bench."}
    assert post(clerk, f"/units/{unit.pk}/waivers", body).status_code == 201
    assert clerk.get(f"{ROOT}/mismatches").json()["items"] == []
    (accepted,) = clerk.get(f"{ROOT}/units/{unit.pk}/mismatches").json()
    assert accepted["waiver"]["reason"] == "Test bench."

    path = f"/units/{unit.pk}/waivers/{odd['key']}/withdraw"
    assert post(clerk, path, {"reason": "Sold."}).status_code == 204
    assert len(clerk.get(f"{ROOT}/mismatches").json()["items"]) == 1
