"""Every page, reached by the links of the demo world: it stands, is named, and fits a phone."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection
from django.urls import Resolver404, resolve
from playwright.sync_api import APIRequestContext, Browser, Page

from longmark.web.urls import urlpatterns
from tests.journeys.conftest import Installation, sign_in

WIDTH = 390
OF_EACH = 3
LINK = re.compile(r'(?:href|action)="([^"#]+)')
STYLED = "() => getComputedStyle(document.documentElement).getPropertyValue('--accent') !== ''"
FITS = "width => document.documentElement.scrollWidth <= width"
ONLY_SENT = {"theme", "token-issue", "token-revoke", "job-stop", "import-take", "import-discard"}
ONLY_SENT |= {
    "connection-act",
    "import-profile-forget",
    "provider-follow",
    "feed-act",
    "bundle-make",
}
ONLY_SENT |= {"suggestion-accept", "phone-book", "phone-photo"}
BY_HAND = {"import-columns", "alias-end", "bundle", "bundle-file", "bundle-key", "lifespan-list"}
BY_HAND |= {"name", "name-withdraw", "name-map", "name-map-withdraw", "combination-withdraw"}
BY_HAND |= {"document-difference", "finding-restore", "hardware", "passport-unit"}
BY_HAND |= {"supplier-request", "supplier-request-file", "waiver-withdraw"}
BY_HAND |= {"connection-gone", "connection-notes", "gone-units", "note-write", "notes-unwritten"}
BY_SCRIPT = {"phone-worker", "phone-unit"}
FILES = ("-file", "-refused", "-pdf", "-zpl", "-csv", "-xlsx")

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="Pages look the same on every database; once is enough."
)


@dataclass(frozen=True)
class Found:
    """Where the links lead: some addresses of each route, and what those that are pages said."""

    addresses: Mapping[str, list[str]]
    pages: dict[str, str]
    wrong: list[str]


@pytest.fixture(scope="module")
def page(browser: Browser, installation: Installation) -> Iterator[Page]:
    """A phone on which the administrator has signed in."""
    context = browser.new_context(viewport={"width": WIDTH, "height": 844}, has_touch=True)
    yield sign_in(context, installation, "ada")
    context.close()


@pytest.fixture(scope="module")
def found(page: Page, installation: Installation) -> Found:
    """Follow the links from the desk, and from the releases that show what few do."""
    begin = ["/"]
    for item, version, view in (("tg700-fw", "4.2", "settled"), ("tg-params", "v7", "")):
        named = f"{installation.url}/api/v1/releases/named?item={item}&version={version}"
        begin.append(f"/releases/{page.request.get(named).json()['id']}/?view={view}")
    drives = f"{installation.url}/api/v1/units?text=TG7-&limit=1"
    begin.append(f"/units/{page.request.get(drives).json()['items'][0]['id']}/")
    return _followed(page.request, installation.url, begin)


def test_every_page_stands(found: Found) -> None:
    assert found.wrong == []


def test_links_lead_to_every_page(found: Found) -> None:
    names = {each.name for each in urlpatterns if each.name and not _is_no_page(each.name)}

    reached = {name.removeprefix("web:") for name in found.addresses}
    assert " ".join(sorted(names - reached - BY_HAND - BY_SCRIPT)) == ""


def test_every_page_is_named_and_fits_a_phone(
    page: Page, installation: Installation, found: Found
) -> None:
    wrong = []
    page.goto(installation.url)
    for address, text in found.pages.items():
        # As it was answered before: it is laid out here, and need not be made twice.
        page.set_content(text, wait_until="domcontentloaded")
        page.wait_for_function(STYLED)
        if not page.evaluate(FITS, WIDTH):
            wrong.append(f"{address} is wider than the window")
        if page.locator("h1").count() != 1:
            wrong.append(f"{address} has not one first heading")
        if not re.fullmatch(r".+ · Longmark", page.title()):
            wrong.append(f"{address} is called {page.title()!r}")
    assert wrong == []


def _followed(request: APIRequestContext, url: str, begin: list[str]) -> Found:
    """Open some addresses of each route, breadth first."""
    addresses: dict[str, list[str]] = defaultdict(list)
    found = Found(addresses, {}, [])
    waiting, known = list(begin), set(begin)
    while waiting:
        address = waiting.pop(0)
        route = _route(address)
        if len(addresses[route]) >= OF_EACH or _is_no_page(route):
            continue
        addresses[route].append(address)
        answer = request.get(url + address, max_redirects=0)
        if answer.status not in (200, 302):
            found.wrong.append(f"{address} answers {answer.status}")
        if answer.status == 200 and "text/html" in answer.headers["content-type"]:
            found.pages[address] = answer.text()
            links = {_within(url, address, link) for link in LINK.findall(answer.text())}
            waiting += sorted(links - known - {""})
            known |= links
    return found


def _is_no_page(route: str) -> bool:
    """Tell whether a route takes what is sent, or hands out a file."""
    name = route.removeprefix("web:")
    return name in ONLY_SENT or name.endswith(FILES) or route.startswith("api:")


def _within(url: str, address: str, link: str) -> str:
    """Return where a link of a page leads in the installation, nothing if it leads elsewhere."""
    target = urljoin(url + address, unescape(link))
    path = target.removeprefix(url)
    return "" if path == target or path.startswith("/static/") else path


def _route(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return address
