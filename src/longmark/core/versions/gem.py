"""RubyGems versions.

Any segment of letters makes a pre-release; trailing zeros drop on both sides of the first letter. A
platform suffix (``-x86_64-linux``, ``-java``) is not part of the version.
"""

import re
from itertools import takewhile
from typing import Final

from longmark.core.versions.blocks import Unkeyable, descending, number, text

_VERSION: Final = re.compile(
    r"(\d+[0-9A-Za-z]*(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?", re.ASCII
)
_PLATFORM: Final = re.compile(
    r"-(?:(?:x86_64|x86|x64|i[3-6]86|aarch64|arm64|arm|universal|powerpc|ppc64le|s390x|riscv64)"
    r"-[A-Za-z][\w.\-]*|java|jruby|mswin\d*|mingw\d*)$",
    re.ASCII,
)
_SEGMENT: Final = re.compile(r"[0-9]+|[A-Za-z]+", re.ASCII)
_LETTERS, _END, _DIGITS = "!", '"', "#"


def gem_key(version: str) -> str:
    """Return the key of a gem's version."""
    plain = _PLATFORM.sub("", version)
    if not _VERSION.fullmatch(plain):
        raise Unkeyable(version)
    segments = _SEGMENT.findall((plain or "0").replace("-", ".pre."))
    numeric = list(takewhile(str.isdigit, segments))
    others = segments[len(numeric) :]
    return _coded(_without_trailing_zeros(numeric) + _without_trailing_zeros(others))


def _without_trailing_zeros(segments: list[str]) -> list[str]:
    while segments and not segments[-1].strip("0"):
        segments = segments[:-1]
    return segments


def _coded(segments: list[str]) -> str:
    coded = []
    zeros = 0
    for segment in segments:
        if not segment.strip("0"):
            zeros += 1
            continue
        coded.append(_segment(segment, zeros))
        zeros = 0
    return "".join(coded) + _END


def _segment(segment: str, zeros: int) -> str:
    """Encode a segment after zeros: letters come nearer to the end, numbers lower, with each."""
    if segment.isdigit():
        return _DIGITS + descending(zeros) + number(segment)
    if zeros >= 70:
        raise Unkeyable(segment)
    return _LETTERS + chr(ord("0") + zeros) + text(segment)
