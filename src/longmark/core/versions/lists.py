"""Plain lists of numbers: R's packages, Hackage, nginx.

R takes ``.`` and ``-`` for the same; R and Hackage put ``1.0`` below ``1.0.0``, nginx not.
"""

import re
from typing import Final

from longmark.core.versions.blocks import Unkeyable, number

_CRAN: Final = re.compile(r"\d+(?:[.-]\d+)*", re.ASCII)
_DOTTED: Final = re.compile(r"\d+(?:\.\d+)*", re.ASCII)
_TAGGED: Final = re.compile(r"(\d+(?:\.\d+)*)(?:-[0-9A-Za-z]+)*", re.ASCII)
_NGINX: Final = re.compile(r"(?:nginx[-/ ]|v)?(\d+(?:\.\d+)*)", re.ASCII | re.IGNORECASE)


def cran_key(version: str) -> str:
    """Return the key of an R package's version.

    >>> cran_key("0.9") < cran_key("0.75"), cran_key("0.01.0") == cran_key("0.1-0")
    (True, True)
    """
    if not _CRAN.fullmatch(version):
        raise Unkeyable(version)
    return _list_key(re.split(r"[.-]", version))


def hackage_key(version: str) -> str:
    """Return the key of a Haskell package's version; tags after ``-`` say nothing.

    >>> hackage_key("1.2") < hackage_key("1.2.0") < hackage_key("1.10")
    True
    """
    matched = _TAGGED.fullmatch(version)
    if not matched:
        raise Unkeyable(version)
    return _list_key(matched.group(1).split("."))


def nginx_key(version: str) -> str:
    """Return the key of an nginx release; missing numbers are zeros.

    >>> nginx_key("1.5") == nginx_key("1.5.0") < nginx_key("1.5.10")
    True
    """
    matched = _NGINX.fullmatch(version)
    if not matched:
        raise Unkeyable(version)
    first, *others = matched.group(1).split(".")
    while others and not others[-1].strip("0"):
        others.pop()
    return _list_key([first, *others])


def _list_key(parts: list[str]) -> str:
    return "".join(f"1{number(part)}" for part in parts) + "0"
