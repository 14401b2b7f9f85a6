"""Everyone can use it: axe finds nothing serious on any page, light and dark, wide and narrow."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as Elapsed

from tests.journeys.conftest import Installation, sign_in

PATHS = [
    "/",
    "/vulnerabilities/",
    "/vulnerabilities/CVE-2020-11899/",
    "/vulnerabilities/CVE-2024-10918/",
    "/items/",
    "/items/1/",
    "/releases/",
    "/releases/1/",
    "/units/",
    "/parties/",
    "/parties/3/",
    "/phone/",
    "/imports/",
    "/imports/1/",
    "/ledger/",
    "/ledger/1/",
    "/jobs/",
    "/settings/",
    "/settings/people/",
    "/settings/feeds/",
    "/search/?q=libmodbus",
    "/components/",
]
SERIOUS = {"serious", "critical"}
FITS = "width => document.documentElement.scrollWidth <= width"
WIDEST = """() => [...document.querySelectorAll('body *')]
    .map(each => [Math.round(each.getBoundingClientRect().right), each.outerHTML.slice(0, 120)])
    .sort((left, right) => right[0] - left[0]).slice(0, 5).map(each => each.join(' px: '))"""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def _violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:160]}"
        for each in found
        if each["impact"] in SERIOUS
    ]


def _overflowing(page: Page, width: int) -> list[str]:
    """Return what reaches past the window once the page has settled, none if it fits."""
    try:
        page.wait_for_function(FITS, arg=width, timeout=5_000)
    except Elapsed:
        return [str(page.evaluate(WIDEST))]
    return []


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="Pages look the same on every database; once is enough."
)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_nothing_serious(
    browser: Browser, installation: Installation, scheme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = sign_in(context, installation, "ada")
    unit = page.request.get(f"{installation.url}/api/v1/units?limit=1").json()["items"][0]["id"]
    wrong = []
    for path in [*PATHS, f"/units/{unit}/"]:
        answer = page.goto(installation.url + path)
        assert answer is not None
        assert answer.status == 200, path
        wrong += [f"{path} {violation}" for violation in _violations(page)]
        wrong += [f"{path} is wider than the window: {each}" for each in _overflowing(page, width)]
    context.close()
    assert wrong == []
