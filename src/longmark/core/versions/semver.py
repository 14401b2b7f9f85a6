"""Semantic Versioning 2.0.0, with what npm, Go and Cargo write in practice; NuGet's variant.

Missing minor and patch numbers count as zero, one leading ``v`` or ``=`` is ignored, and so is
build metadata (Go's ``+incompatible`` among it). Go toolchain names (``go1.16rc1``) are read as
the releases that they are. A pre-release sorts below its release.
"""

import re
from typing import Final

from longmark.core.versions.blocks import Unkeyable, number, text

_VERSION: Final = re.compile(
    r"[vV=]{0,2}(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?"
    r"(?:-([0-9A-Za-z.\-]+))?(?:\+[0-9A-Za-z.\-+]*)?",
    re.ASCII,
)
_TOOLCHAIN: Final = re.compile(r"go(\d+(?:\.\d+)*)(?:(rc|beta)(\d+))?", re.ASCII)


def semver_key(version: str) -> str:
    """Return the key of a version with up to three numbers."""
    major, minor, patch, fourth, pre = _parts(_plain_toolchain(version))
    if fourth is not None:
        raise Unkeyable(version)
    return _key((major, minor, patch), pre)


def nuget_key(version: str) -> str:
    """Return the key of a version with up to four numbers; pre-release labels ignore case."""
    major, minor, patch, fourth, pre = _parts(version)
    return _key((major, minor, patch, fourth), pre and pre.lower())


def _parts(version: str) -> tuple[str | None, ...]:
    matched = _VERSION.fullmatch(version)
    if not matched:
        raise Unkeyable(version)
    return matched.groups()


def _plain_toolchain(version: str) -> str:
    matched = _TOOLCHAIN.fullmatch(version)
    if not matched:
        return version
    numbers, word, count = matched.groups()
    if word is None:
        return numbers
    padded = [*numbers.split("."), "0", "0"][:3]
    return f"{'.'.join(padded)}-{word}.{count}"


def _key(numbers: tuple[str | None, ...], pre: str | None) -> str:
    core = "".join(number(part or "0") for part in numbers)
    if pre is None:
        return f"{core}~"
    return f"{core}.{identifiers(pre)}"


def identifiers(dotted: str) -> str:
    """Encode dotted identifiers: numbers below words, fewer below more."""
    return "".join(map(_identifier, dotted.split("."))) + "0"


def _identifier(part: str) -> str:
    return f"1{number(part)}" if part.isdigit() else f"2{text(part)}"
