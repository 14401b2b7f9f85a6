"""OpenSSL's letter releases: ``0.9.8zh``, ``1.0.2zg``, ``1.1.1n``; from 3.0 plain numbers.

The numbers decide first; then no letter < ``a`` < ``z`` < ``za``. ``-dev``, ``-alpha`` and
``-beta`` lie below their release; ``-fips`` says nothing about order.
"""

import re
from typing import Final

from longmark.core.versions.blocks import Unkeyable, number, text

_VERSION: Final = re.compile(
    r"(?:openssl[-_ ])?v?(\d+)(?:[._](\d+))?(?:[._](\d+))?([a-z]{0,2})"
    r"(?:[-_.]?(dev|alpha|beta|pre|rc)[-_.]?(\d*))?(?:[-+.](?:fips|stable|vms|quic|debian).*)?",
    re.IGNORECASE | re.ASCII,
)
_PHASES: Final = {"dev": "1", "alpha": "2", "beta": "3", "pre": "4", "rc": "5"}
_RELEASE: Final = "9"


def openssl_key(version: str) -> str:
    """Return the key of an OpenSSL version."""
    matched = _VERSION.fullmatch(version)
    if not matched:
        raise Unkeyable(version)
    major, minor, patch, letters, phase, count = matched.groups()
    numbers = number(major) + number(minor or "0") + number(patch or "0") + text(letters.lower())
    if phase is None:
        return numbers + _RELEASE
    return numbers + _PHASES[phase.lower()] + number(count or "0")
