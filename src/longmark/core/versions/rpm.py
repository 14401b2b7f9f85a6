"""RPM versions: ``[epoch:]version[-release]``, as ``rpmvercmp`` orders them.

Separators only separate; ``~`` < end < ``^`` < letters < digits. A missing release sorts below any.
"""

import re
from typing import Final

from longmark.core.versions.blocks import Unkeyable, number, text
from longmark.core.versions.dpkg import split

_TOKEN: Final = re.compile(r"\d+|[A-Za-z]+|[~^]", re.ASCII)
_SIGNS: Final = {"~": "!", "^": "#"}
_END, _LETTERS, _DIGITS = '"', "$", "%"


def rpm_key(version: str) -> str:
    """Return the key of an RPM version, epoch written inline."""
    if not version.isascii():
        raise Unkeyable(version)
    epoch, upstream, release = split(version)
    return number(epoch) + _part(upstream) + _part(release)


def _part(content: str) -> str:
    return "".join(map(_token, _TOKEN.findall(content))) + _END


def _token(token: str) -> str:
    if token in _SIGNS:
        return _SIGNS[token]
    return _DIGITS + number(token) if token.isdigit() else _LETTERS + text(token)
