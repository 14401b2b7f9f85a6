"""A real installation: the demo world, served by the real process tree, seen in a real browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from longmark.demo.people import PASSWORD

UNITS = "400"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
STARTS_WITHIN_SECONDS = 60


@dataclass(frozen=True)
class Installation:
    """Where it answers, and how to run a command on its data folder."""

    url: str
    environment: dict[str, str]

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the command as a user would."""
        return subprocess.run(
            [sys.executable, "-m", "longmark", *words],
            env=self.environment | variables,
            capture_output=True,
            text=True,
            check=False,
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.enable_socket)
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The demo world in a folder of its own, served until the tests are over."""
    environment = os.environ | {"LONGMARK_DATA": str(tmp_path_factory.mktemp("installation"))}
    environment |= _database_of_its_own()
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    port = _free_port()
    made = Installation(f"http://127.0.0.1:{port}", environment)
    demo = made.run("demo", "--units", UNITS)
    assert demo.returncode == 0, demo.stderr
    command = [sys.executable, "-m", "longmark", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_for(made.url)
        yield made
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    if CHROMIUM is None:
        # A browser is no Python package; CI installs it, so there the journeys always run.
        pytest.skip("No Chromium here; install the system's package to run the journeys.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile."""
    fresh = browser.new_context(viewport={"width": 1440, "height": 900})
    yield fresh
    fresh.close()


@pytest.fixture
def petra_at(context: BrowserContext, installation: Installation) -> Page:
    """Petra, signed in, at her desk."""
    return sign_in(context, installation, "petra")


def sign_in(context: BrowserContext, installation: Installation, username: str) -> Page:
    """Sign someone in, and fail the test on any script error or blocked content."""
    page = context.new_page()
    page.on("console", _complain_about)
    page.goto(f"{installation.url}/accounts/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{installation.url}/")
    return page


def _complain_about(message: object) -> None:
    kind, text = getattr(message, "type", ""), getattr(message, "text", "")
    if kind == "error" and "Content Security Policy" in text:
        pytest.fail(text)


def _database_of_its_own() -> dict[str, str]:
    """Return a fresh database on the server that the tests run on; nothing with SQLite."""
    if connection.vendor != "postgresql":
        return {"DATABASE_URL": ""}
    url = os.environ["DATABASE_URL"]
    name = f"journeys_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    return {"DATABASE_URL": url.rpartition("/")[0] + f"/{name}"}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(url: str) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{url}/accounts/login/", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("The server did not start.")
