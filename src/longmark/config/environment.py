"""The three typed readers of the environment. Nothing else reads it."""

import os
import secrets
from pathlib import Path

PREFIX = "LONGMARK_"
SECRET_BYTES = 48


class Misconfigured(SystemExit):
    """A setting makes no sense; the message says which and what would."""


def text(name: str, default: str = "") -> str:
    """Return a setting as it stands."""
    return os.environ.get(PREFIX + name, default)


def flag(name: str, *, default: bool) -> bool:
    """Return a setting that is on or off."""
    raw = text(name).strip().lower()
    if raw in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return default if not raw else raw in {"1", "true", "yes", "on"}
    raise Misconfigured(f"{PREFIX}{name} must be on or off, not {raw!r}.")


def number(name: str, *, default: int) -> int:
    """Return a setting that is a whole number, 0 or more."""
    raw = text(name).strip()
    if raw and not raw.isdecimal():
        raise Misconfigured(f"{PREFIX}{name} must be a whole number, not {raw!r}.")
    return int(raw) if raw else default


def listed(name: str) -> list[str]:
    """Return a setting that is a list, separated by commas or blanks."""
    return text(name).replace(",", " ").split()


def stated_secret(name: str) -> str:
    """Return a secret from the environment, or from the file that ``…_FILE`` names; else none."""
    if stated := text(name):
        return stated
    path = text(f"{name}_FILE")
    return Path(path).read_text(encoding="utf-8").strip() if path else ""


def secret(name: str, *, kept_in: Path) -> str:
    """Return a secret: from the environment, from the file that ``…_FILE`` names, or one
    that is made at the first start and kept in the data folder for its owner alone."""
    if stated := stated_secret(name):
        return stated
    if not kept_in.exists():
        kept_in.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(kept_in, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES))
    return kept_in.read_text(encoding="utf-8").strip()
