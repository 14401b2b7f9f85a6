"""What all tests share: the cast, the day, the corpus."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.test import Client

from longmark.accounts import services as accounts
from longmark.core.actors import SYSTEM, Action, Actor, Role

# A busy machine is no fault, and the same suite says the same twice; LONGMARK_FUZZ looks further.
hypothesis.settings.register_profile("same", deadline=None, derandomize=True)
hypothesis.settings.register_profile("further", deadline=None)
hypothesis.settings.load_profile("further" if os.environ.get("LONGMARK_FUZZ") else "same")

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[1]


@pytest.fixture
def now() -> datetime:
    """Nine o'clock on the day of the drill."""
    return datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def petra() -> Actor:
    """Product security engineer."""
    return Actor("person", "-1", "Petra", frozenset({Role.SECURITY}))


@pytest.fixture
def finn() -> Actor:
    """Firmware engineer."""
    return Actor("person", "-2", "Finn", frozenset({Role.ENGINEER}))


@pytest.fixture
def lena() -> Actor:
    """Logistics clerk."""
    return Actor("person", "-3", "Lena", frozenset({Role.SERVICE}))


@pytest.fixture
def otto() -> Actor:
    """Outsider: holds no role, may do nothing."""
    return Actor("person", "-9", "Otto")


@pytest.fixture
def system() -> Actor:
    """Longmark itself."""
    return SYSTEM


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real public records."""
    folder = Path(os.environ.get("LONGMARK_CORPUS") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        # The records belong to their publishers and are not shipped; whoever has them names them.
        pytest.skip("No corpus of real records here; name its folder in LONGMARK_CORPUS.")
    return folder


@pytest.fixture(autouse=True)
def _blob_folder(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    settings.BLOB_FOLDER = tmp_path / "blobs"  # type: ignore[attr-defined]
    settings.CONNECTION_FOLDER = tmp_path / "connections"  # type: ignore[attr-defined]
    settings.BUNDLE_FOLDER = tmp_path / "bundles"  # type: ignore[attr-defined]
    settings.BUNDLE_KEY_FILE = tmp_path / "bundle-key"  # type: ignore[attr-defined]


@pytest.fixture
def caller(db: None) -> Callable[..., Client]:
    """Return a client that calls with a token of someone who holds the given roles."""

    def make(*roles: Role, scopes: list[Action] | None = None) -> Client:
        name = f"caller-{'-'.join(roles)}"
        person = accounts.register_person(name, password=None, roles=roles, actor=SYSTEM, now=NINE)
        _, secret = accounts.issue_token(
            person, name="tests", scopes=scopes or list(Action), actor=SYSTEM, now=NINE
        )
        headers: dict[str, Any] = {"Authorization": f"Bearer {secret}"}
        return Client(headers=headers)

    return make
