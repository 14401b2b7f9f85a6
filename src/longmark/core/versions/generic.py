"""The order for everything without a scheme of its own: CPE versions, firmware, the Linux kernel.

Numbers compare as numbers and trailing zeros are equal. Pre-release words lie below the release;
every other word or letter above it (``8.9p1``, ``10.2.9-h1``, ``1.0a``, ``SP1``): a hotfix comes
after what it fixes. Case is folded.

Before that a version is cleaned: a leading ``v``, ``version``, ``release``, ``FW`` or ``R`` goes,
and so do build metadata after ``+`` and marks of a build that say nothing about order.
"""

import re
from typing import Final

from longmark.core.versions.blocks import Unkeyable, descending, number, text

_LEADING_WORDS: Final = re.compile(
    r"^(?:(?:version|ver|v|release|rel|firmware|fw|r)[\s._:-]*)+(?=\d)", re.IGNORECASE | re.ASCII
)
_BUILD_MARK: Final = re.compile(
    r"(?:[-.](?:fips|yocto-\w+|generic|amd64|x86_64|arm64|armhf|i386|dirty|pristine)"
    r"|-g[0-9a-f]{7,40})$",
    re.IGNORECASE | re.ASCII,
)
_TOKEN: Final = re.compile(r"\d+|[A-Za-z]+", re.ASCII)
_PHASES: Final = {
    "dev": "1", "snapshot": "1", "alpha": "2", "beta": "3",
    "pre": "4", "preview": "4", "test": "4", "rc": "5", "cr": "5",
}  # fmt: skip
_PRE_RELEASE, _END, _WORD, _DIGITS = "!", '"', "#", "$"


def generic_key(version: str) -> str:
    """Return the key of a version that starts with a number once it is clean."""
    tokens = _TOKEN.findall(clean(version).lower())
    if not tokens or not tokens[0].isdigit() or not version.isascii():
        raise Unkeyable(version)
    return _coded(tokens)


def clean(version: str) -> str:
    """Return the version without words and marks that say nothing about order.

    >>> clean("FW V2.4.1-yocto-standard"), clean("5.6.1+really5.4.5"), clean("1.2.3+build.7")
    ('2.4.1', '5.4.5', '1.2.3')
    """
    plain = _LEADING_WORDS.sub("", version.strip(), count=1)
    plain, _, build = plain.partition("+")
    if build.startswith("really"):
        plain = build.removeprefix("really")
    while (shorter := _BUILD_MARK.sub("", plain)) != plain:
        plain = shorter
    return plain


def _coded(tokens: list[str]) -> str:
    coded = []
    zeros = 0
    for token in tokens:
        if not token.strip("0"):
            zeros += 1
            continue
        coded.append(
            _DIGITS + descending(zeros) + number(token) if token[0].isdigit() else _word(token)
        )
        zeros = 0
    return "".join(coded) + _END


def _word(word: str) -> str:
    phase = _PHASES.get(word)
    return _PRE_RELEASE + phase if phase else _WORD + text(word)
