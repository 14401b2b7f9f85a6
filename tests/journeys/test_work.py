"""People at their work: a clerk, a technician, an engineer, and whoever must not."""

import json
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import Installation, sign_in

LIST = """item,serial,event,date,evidence,customer
TG-200,TG2-9999-00001,built,2026-11-02,verified,Pumpwerk Probe GmbH
TG-200,TG2-9999-00002,built,2026-02-30,verified,Pumpwerk Probe GmbH
TG-2OO,TG2-9999-00003,built,2026-11-02,verified,Pumpwerk Probe GmbH
"""

SBOM = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
    "components": [
        {
            "type": "library",
            "name": "libmodbus",
            "version": "3.1.6",
            "purl": "pkg:generic/libmodbus@3.1.6",
            "cpe": "cpe:2.3:a:libmodbus:libmodbus:3.1.6:*:*:*:*:*:*:*",
        }
    ],
}


def test_a_clerk_drops_a_list_and_gets_the_bad_rows_back(
    context: BrowserContext, installation: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "probe.csv"
    file.write_text(LIST)
    page = sign_in(context, installation, "lena")
    page.goto(f"{installation.url}/imports/")
    page.locator("input[type=file]").set_input_files(file)
    page.locator("form:has(input[type=file]) button").first.click()

    expect(page.get_by_role("heading", name="Refused")).to_be_visible()
    expect(page.locator("#refused")).to_contain_text("TG2-9999-00002")
    page.get_by_role("button", name="Take 1 row").click()
    expect(page.locator("main")).to_contain_text("The list was taken.")
    with page.expect_download() as download:
        page.get_by_role("link", name="These rows with reasons").click()
    refused = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "TG2-9999-00003" in refused
    assert "TG2-9999-00001" not in refused


def test_a_technician_finds_a_unit_on_a_phone_and_asks_about_a_past_day(
    browser: Browser, installation: Installation
) -> None:
    phone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = sign_in(phone, installation, "lena")
    oldest = f"{installation.url}/api/v1/units?text=TG2-&state=commissioned&limit=1"
    serial = page.request.get(oldest).json()["items"][0]["serial"]
    page.get_by_role("searchbox").first.fill(serial)
    page.get_by_role("searchbox").first.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text(serial)
    page.locator("input[type=date]").first.fill("2023-01-15")
    page.locator("input[type=date]").first.press("Enter")
    expect(page.locator("#inside, main").first).to_contain_text("2023")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    phone.close()


def test_an_engineer_adds_the_sbom_of_a_build_and_the_build_fails(
    installation: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "app.cdx.json"
    file.write_text(json.dumps(SBOM))
    added = installation.run(
        "sbom", "add", str(file), "--item", "tg200-fw", "--version", "9.9.9",
        "--create-release", "--fail-on", "high",
    )  # fmt: skip

    assert added.returncode == 1, added.stderr
    assert "CVE-2022-0367" in added.stdout
    assert "lies in [0, 3.1.7)" in added.stdout


def test_a_check_stores_nothing(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "app.cdx.json"
    file.write_text(json.dumps(SBOM))
    before = installation.run("ledger", "--json", "--limit", "1").stdout
    checked = installation.run("sbom", "check", str(file), "--fail-on", "critical", "--json")

    assert checked.returncode == 0, checked.stderr
    assert any(
        row["vulnerability"] == "CVE-2022-0367" for row in json.loads(checked.stdout)["findings"]
    )
    assert installation.run("ledger", "--json", "--limit", "1").stdout == before


def test_wrong_use_and_refusals_have_exit_codes_and_say_what_to_do(
    installation: Installation, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{}]}')

    assert installation.run("sbom", "check", "no-such-file.json").returncode == 2
    assert installation.run("affected", "CVE-1900-0001").returncode == 3
    refused = installation.run("sbom", "check", str(broken))
    assert refused.returncode == 3
    assert "components[0]" in refused.stderr
    away = {"LONGMARK_URL": "http://127.0.0.1:9", "LONGMARK_TOKEN": "lm_x"}
    assert installation.run("jobs", **away).returncode == 4


def test_whoever_guesses_passwords_is_slowed_down(
    context: BrowserContext, installation: Installation
) -> None:
    page = context.new_page()
    for _ in range(7):
        page.goto(f"{installation.url}/accounts/login/")
        page.locator("input[name=login]").fill("vera")
        page.locator("input[name=password]").fill("wrong wrong wrong")
        page.get_by_role("button", name="Sign in").click()

    expect(page.locator("main")).to_contain_text("Too many")


def test_a_release_leaves_as_one_sbom(
    petra_at: Page, installation: Installation, tmp_path: Path
) -> None:
    target = tmp_path / "tg700.spdx.json"
    words = ("sbom", "export", "tg700-fw", "4.2", "--format", "spdx-2.3-json", "--output")
    written = installation.run(*words, str(target))
    nowhere = installation.run(*words, str(tmp_path / "no-such-folder" / "x.json"))
    named = f"{installation.url}/api/v1/releases/named?item=tg700-fw&version=4.2"
    release = petra_at.request.get(named).json()
    petra_at.goto(f"{installation.url}/releases/{release['id']}/")
    with petra_at.expect_download() as waiting:
        petra_at.get_by_role("link", name="SPDX 2.3, JSON").click()

    assert written.returncode == 0, written.stderr
    assert json.loads(target.read_bytes())["spdxVersion"] == "SPDX-2.3"
    assert waiting.value.path().read_bytes() == target.read_bytes()
    assert (nowhere.returncode, "No such file" in nowhere.stderr) == (2, True)
