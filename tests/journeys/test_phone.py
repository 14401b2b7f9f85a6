"""A technician in a cellar: no network while booking, and everything arrives once, later."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import Installation, sign_in

READY = """async () => {
    await navigator.serviceWorker.ready;
    const pages = await (await caches.open('longmark-phone-pages')).keys();
    return pages.length > 0 && document.styleSheets.length > 2;
}"""


@pytest.fixture
def phone(browser: Browser) -> BrowserContext:
    made = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    yield made
    made.close()


def opened(phone: BrowserContext, installation: Installation, number: int) -> Page:
    """Open a unit that can be booked on, and wait until the phone keeps its page."""
    page = sign_in(phone, installation, "lena")
    asked = f"{installation.url}/api/v1/units?text=TG2-&state=commissioned&limit=10"
    drives = [one["serial"] for one in page.request.get(asked).json()["items"]]
    page.goto(f"{installation.url}/phone/")
    page.get_by_label("Serial number, other name, or link").fill(drives[number])
    page.get_by_role("button", name="Open the unit").click()
    page.wait_for_url(re.compile("/phone/units/"))
    page.wait_for_function(READY)
    return page


def book_firmware(page: Page, version: int = 1) -> None:
    act = page.locator("details.act", has_text="Firmware").first
    act.locator("summary").first.click()
    act.locator("select").select_option(index=version)
    act.get_by_role("button", name="Book it").click()


def firmware_events(page: Page, installation: Installation) -> list[dict[str, object]]:
    """Return the changes of firmware of the unit and of what sits in it."""
    unit = page.url.rstrip("/").rpartition("/")[2]
    inside = page.request.get(f"{installation.url}/api/v1/units/{unit}/contents").json()
    units = [unit, *(row["unit"]["id"] for row in inside if row["unit"])]
    found = []
    for each in units:
        events = page.request.get(f"{installation.url}/api/v1/units/{each}/events?limit=200")
        found += [
            row
            for row in events.json()["items"]
            if row["kind"] == "software-changed" and row["source"] == "technician's page"
        ]
    return found


def test_what_is_booked_without_network_arrives_once(
    phone: BrowserContext, installation: Installation
) -> None:
    page = opened(phone, installation, 0)
    phone.set_offline(True)
    book_firmware(page)
    expect(page.locator("#outbox li")).to_contain_text("waits for a connection")

    page.reload()
    expect(page.locator("#outbox li")).to_have_count(1)
    expect(page.get_by_text("No connection.")).to_be_visible()

    phone.set_offline(False)
    expect(page.locator("#outbox li")).to_contain_text("booked", timeout=15_000)
    page.reload()
    assert len(firmware_events(page, installation)) == 1


def test_an_answer_that_is_lost_on_its_way_books_nothing_twice(
    phone: BrowserContext, installation: Installation
) -> None:
    page = opened(phone, installation, 1)
    lost: list[int] = []

    def lose_first(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    page.route("**/api/v1/units/*/events", lose_first)
    book_firmware(page)
    expect(page.get_by_role("button", name="Try now")).to_be_visible()
    page.get_by_role("button", name="Try now").click()

    expect(page.locator("#outbox li")).to_contain_text("booked", timeout=15_000)
    assert lost == [201]
    assert len(firmware_events(page, installation)) == 1


def test_a_refused_booking_stays_with_its_reason(
    phone: BrowserContext, installation: Installation
) -> None:
    page = opened(phone, installation, 2)
    act = page.locator("details.act", has_text="Firmware").first
    act.locator("summary").first.click()
    act.get_by_text("Another day, order number").click()
    act.locator("input[type=date]").fill("1999-01-01")
    act.locator("select").select_option(index=1)
    act.get_by_role("button", name="Book it").click()

    row = page.locator("#outbox li")
    expect(row).to_contain_text("refused")
    expect(row).to_contain_text("was built")
    row.get_by_role("button", name="Discard").click()
    expect(page.locator("#outbox")).to_be_hidden()


def test_nobody_sends_what_another_has_booked(
    phone: BrowserContext, installation: Installation
) -> None:
    page = opened(phone, installation, 3)
    phone.set_offline(True)
    book_firmware(page)
    expect(page.locator("#outbox li")).to_contain_text("waits for a connection")
    # The page sends as soon as it is connected: from here on, in vain.
    page.route("**/api/v1/units/*/events", lambda route: route.abort())
    phone.clear_cookies()
    phone.set_offline(False)

    other = sign_in(phone, installation, "ada")
    other.goto(page.url)
    expect(other.locator("#outbox li")).to_contain_text("the person who booked it")
    assert firmware_events(other, installation) == []


def test_signing_out_leaves_no_units_on_the_phone(
    phone: BrowserContext, installation: Installation
) -> None:
    page = opened(phone, installation, 4)
    page.locator("details.me summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/accounts/login/"))

    assert page.evaluate("caches.has('longmark-phone-pages')") is False


def test_a_photo_taken_without_network_arrives(
    phone: BrowserContext, installation: Installation, tmp_path: Path
) -> None:
    page = opened(phone, installation, 5)
    file = tmp_path / "plate.png"
    file.write_bytes(page.screenshot())
    phone.set_offline(True)
    act = page.locator("details.act", has_text="Photo")
    act.locator("summary").first.click()
    act.locator("input[type=file]").set_input_files(file)
    act.get_by_label("What it shows").fill("the plate")
    act.get_by_role("button", name="Keep it").click()
    expect(page.locator("#outbox li")).to_contain_text("waits for a connection")

    phone.set_offline(False)
    expect(page.locator("#outbox li")).to_contain_text("booked", timeout=15_000)
    page.get_by_role("link", name="Show the unit as it is now").click()
    picture = page.get_by_alt_text("the plate")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("each => each.naturalWidth") > 0
