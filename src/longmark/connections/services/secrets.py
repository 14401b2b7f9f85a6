"""Secrets of connections: each in a file that its owner alone may read, and nowhere else.

As with the other keys of an installation, a copy of the database gives none of them away. A new
secret is a new file, so that whoever reads meanwhile finds the old one whole.
"""

import os
import re
import secrets
from pathlib import Path
from typing import Final

from django.conf import settings

from longmark.core.errors import Invalid, Refused

LIMIT_CHARACTERS: Final = 1_000
_NAME: Final = re.compile(r"[0-9a-f]{32}")


def checked(secret: str) -> str:
    """Return a secret that can be sent in a header.

    Raises:
        Invalid: it is empty, too long, or holds something that no header may hold.
    """
    stated = secret.strip()
    if not stated:
        raise Invalid("State the token or key.", field="secret")
    if len(stated) > LIMIT_CHARACTERS or not (stated.isascii() and stated.isprintable()):
        raise Invalid("This is no token or key: plain characters in one line.", field="secret")
    return stated


def keep(secret: str) -> str:
    """Write a secret into a file of its own, and return the name of it."""
    folder = Path(settings.CONNECTION_FOLDER)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = secrets.token_hex(16)
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return name


def read(name: str) -> str:
    """Return a secret.

    Raises:
        Refused: its file is gone, as after the database alone was restored.
    """
    assert _NAME.fullmatch(name), "names of secrets are made here"
    try:
        return (Path(settings.CONNECTION_FOLDER) / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Refused(
            "The token or key of this connection is not in the data folder any more: state it"
            " again."
        ) from None


def forget(name: str) -> None:
    """Remove a secret."""
    assert _NAME.fullmatch(name), "names of secrets are made here"
    (Path(settings.CONNECTION_FOLDER) / name).unlink(missing_ok=True)
