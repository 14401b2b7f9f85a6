"""The drill's first line, three ways that agree: three clicks, one call, one command."""

import json
import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Installation

DRILL = "CVE-2020-11899"


def _number(text: str) -> int:
    found = re.search(r"[\d,]+", text)
    assert found, text
    return int(found.group().replace(",", ""))


def _fact(page: Page, label: str) -> int:
    return _number(page.locator(f".facts div:has(dt:text-is('{label}')) dd").first.inner_text())


@pytest.fixture(scope="module")
def answer(installation: Installation) -> dict[str, object]:
    """What the one API call says."""
    token = installation.run("user", "token", "petra").stdout.strip()
    called = httpx.get(
        f"{installation.url}/api/v1/impact",
        params={"subject": DRILL},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert called.status_code == 200, called.text
    found: dict[str, object] = called.json()
    return found


def test_three_clicks_lead_from_the_desk_to_a_unit_of_a_customer(petra_at: Page) -> None:
    petra_at.get_by_role("link", name=DRILL, exact=True).first.click()
    expect(petra_at.get_by_role("heading", level=1)).to_contain_text(DRILL)
    customers = petra_at.get_by_role("table").filter(has_text="Operator").get_by_role("row")
    customers.filter(has_not_text="distributor").get_by_role("link").nth(1).click()
    expect(petra_at.locator("main")).to_contain_text(DRILL)
    petra_at.locator("main a.mono[href*='/units/']").first.click()
    expect(petra_at.get_by_role("heading", name="What is inside")).to_be_visible()


def test_the_page_the_call_and_the_command_agree(
    petra_at: Page, installation: Installation, answer: dict[str, object]
) -> None:
    petra_at.goto(f"{installation.url}/vulnerabilities/{DRILL}/")
    command = json.loads(installation.run("affected", DRILL, "--json").stdout)

    shown = {
        "units": _fact(petra_at, "Units"),
        "customers": _fact(petra_at, "Customers"),
        "countries": _fact(petra_at, "Countries"),
        "releases": _fact(petra_at, "Releases"),
    }
    called = {name: answer[name] for name in ("units", "customers", "countries")}
    affected = [row for row in answer["releases"] if row["verdict"] == "affected"]  # type: ignore[attr-defined]
    assert shown == called | {"releases": len(affected)}
    assert {name: command[name] for name in answer} == answer
    assert sum(row["units"] for row in command["country_list"]) == command["units"]
    assert sum(row["units"] for row in command["party_list"]) == command["units"]


def test_the_command_says_the_same_over_the_network(
    installation: Installation, answer: dict[str, object]
) -> None:
    token = installation.run("user", "token", "finn").stdout.strip()
    told = installation.run(
        "affected", DRILL, "--json", LONGMARK_URL=installation.url, LONGMARK_TOKEN=token
    )

    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["units"] == answer["units"]


def test_a_past_day_has_an_answer_of_its_own(
    installation: Installation, answer: dict[str, object]
) -> None:
    told = installation.run("affected", DRILL, "--on", "2022-06-30", "--json")

    past = json.loads(told.stdout)
    assert 0 < past["units"] < answer["units"]  # type: ignore[operator]
    assert sum(row["units"] for row in past["country_list"]) == past["units"]
