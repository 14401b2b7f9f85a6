"""The camera of a technician's phone: what a code leads to, and what to do where none is read."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import CHROMIUM, FLAGS, Installation, sign_in

CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
READS = """
window.BarcodeDetector = class {
    static async getSupportedFormats() { return ["aztec", "qr_code"]; }
    constructor({ formats }) { if (formats.join() !== "qr_code") throw new TypeError(formats); }
    async detect(view) { return view.videoWidth ? [{ rawValue: CODE }] : []; }
};
"""


@pytest.fixture(scope="module")
def with_camera(browser: Browser) -> Iterator[Browser]:
    """A browser whose camera shows a moving picture, and is allowed without asking."""
    made = browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *CAMERA])
    yield made
    made.close()


def a_phone(browser: Browser, installation: Installation) -> tuple[BrowserContext, Page]:
    made = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    return made, sign_in(made, installation, "lena")


def scan(browser: Browser, installation: Installation, code: str) -> Page:
    """Hold a code before the camera of a phone that reads codes."""
    phone, page = a_phone(browser, installation)
    phone.add_init_script(READS.replace("CODE", json.dumps(code)))
    page.goto(f"{installation.url}/phone/")
    page.get_by_role("button", name="Scan the plate").click()
    page.wait_for_url(re.compile(r"/phone/(units/|\?text=)"))
    return page


@pytest.fixture
def a_drive(with_camera: Browser, installation: Installation) -> dict[str, str]:
    """A unit with the link that our labels carry."""
    context, page = a_phone(with_camera, installation)
    asked = f"{installation.url}/api/v1/units?text=TG7-&limit=1"
    unit: dict[str, str] = page.request.get(asked).json()["items"][0]
    page.goto(f"{installation.url}/units/{unit['id']}/")
    link = page.locator("p.mono", has_text="/u/").inner_text()
    context.close()
    return {"id": unit["id"], "serial": unit["serial"], "link": link}


def test_the_code_of_our_label_leads_to_its_unit(
    with_camera: Browser, installation: Installation, a_drive: dict[str, str]
) -> None:
    page = scan(with_camera, installation, a_drive["link"])

    expect(page.get_by_role("heading", level=1)).to_have_text(a_drive["serial"])
    assert page.url.endswith(f"/phone/units/{a_drive['id']}/")


def test_a_bare_serial_number_leads_to_its_unit(
    with_camera: Browser, installation: Installation, a_drive: dict[str, str]
) -> None:
    page = scan(with_camera, installation, f" {a_drive['serial'].lower()} ")

    expect(page.get_by_role("heading", level=1)).to_have_text(a_drive["serial"])


def test_a_foreign_code_is_told_as_one(with_camera: Browser, installation: Installation) -> None:
    page = scan(with_camera, installation, "https://id.pumps.example/x/4711")

    expect(page.locator("main")).to_contain_text("This is not one of our plates")
    expect(page.locator("main")).to_contain_text("The code is a link to id.pumps.example")
    expect(page.get_by_label("Serial number, other name, or link")).to_have_value(
        "https://id.pumps.example/x/4711"
    )


def test_a_code_that_nobody_knows_is_told(with_camera: Browser, installation: Installation) -> None:
    page = scan(with_camera, installation, "0000-NOT-A-SERIAL")

    expect(page.locator("main")).to_contain_text("No unit has this number")


def test_the_camera_can_be_stopped(with_camera: Browser, installation: Installation) -> None:
    phone, page = a_phone(with_camera, installation)
    phone.add_init_script(READS.replace("[{ rawValue: CODE }]", "[]"))
    page.goto(f"{installation.url}/phone/")
    page.get_by_role("button", name="Scan the plate").click()
    expect(page.get_by_text("Hold the code of the plate")).to_be_visible()
    expect(page.locator("video")).to_have_js_property("paused", False)

    page.get_by_role("button", name="Stop the camera").click()
    expect(page.locator("video")).to_be_hidden()
    expect(page.get_by_role("button", name="Scan the plate")).to_be_visible()


def test_a_camera_that_is_not_allowed_is_told(browser: Browser, installation: Installation) -> None:
    phone, page = a_phone(browser, installation)
    phone.add_init_script(READS.replace("CODE", "''"))
    page.goto(f"{installation.url}/phone/")
    page.get_by_role("button", name="Scan the plate").click()

    expect(page.get_by_text("The camera cannot be used")).to_be_visible()
    expect(page.get_by_role("button", name="Open the unit")).to_be_visible()
    phone.close()


def test_a_browser_that_reads_no_codes_says_what_to_do(
    with_camera: Browser, installation: Installation
) -> None:
    phone, page = a_phone(with_camera, installation)
    phone.add_init_script("delete window.BarcodeDetector")
    page.goto(f"{installation.url}/phone/")

    expect(page.get_by_text("This browser reads no codes.")).to_be_visible()
    expect(page.get_by_role("button", name="Scan the plate")).to_be_hidden()
    phone.close()
