"""PEP 440, the version scheme of Python packages.

Trailing zeros of the release drop; ``.dev`` < ``a`` < ``b`` < ``rc`` < release < local < ``.post``.
Legacy strings are not versions and have no key; compared, they lie below every version, in the
order that setuptools gave them.
"""

import re
from typing import Final

from longmark.core.versions.blocks import Unkeyable, number, text

_VERSION: Final = re.compile(
    r"""v?(?:(?P<epoch>\d+)!)?(?P<release>\d+(?:\.\d+)*)
    (?:[-_.]?(?P<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?P<pre_number>\d+)?)?
    (?:(?:-(?P<dash_post>\d+))|(?:[-_.]?(?P<post>post|rev|r)[-_.]?(?P<post_number>\d+)?))?
    (?:[-_.]?(?P<dev>dev)[-_.]?(?P<dev_number>\d+)?)?
    (?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_PHASES: Final = {
    "a": "1", "alpha": "1",
    "b": "2", "beta": "2",
    "c": "3", "rc": "3", "pre": "3", "preview": "3",
}  # fmt: skip
_SPELLINGS: Final = {"1": "a", "2": "b", "3": "rc"}
_LEGACY_PART: Final = re.compile(r"\d+|[a-z]+|-|[^.\da-z-]+", re.ASCII)
_LEGACY_WORDS: Final = {"pre": "c", "preview": "c", "rc": "c", "dev": "@", "-": "final-"}
_FINAL, _FINAL_DASH, _LEGACY_ZERO = "*final", "*final-", "00000000"
_DEV_ONLY: Final = "0"
_RELEASE: Final = "9"


def pep440_key(version: str) -> str:
    """Return the key of a PEP 440 version."""
    part = _matched(version).groupdict()
    is_post = bool(part["dash_post"] or part["post"])
    post = f"1{number(part['dash_post'] or part['post_number'] or '0')}" if is_post else "0"
    dev = f"1{number(part['dev_number'] or '0')}" if part["dev"] else _RELEASE
    return (
        number(part["epoch"] or "0")
        + _release(part["release"])
        + _phase(part, is_post=is_post)
        + post
        + dev
        + _local(part["local"])
    )


def pep440_compare(left: str, right: str) -> int:
    """Return -1, 0 or 1 for any two versions, legacy ones too."""
    places = _place(left), _place(right)
    return (places[0] > places[1]) - (places[0] < places[1])


def normalised(version: str) -> str:
    """Return a version as PEP 440 spells it; the zeros of its release stay.

    >>> normalised("1.7.b1"), normalised("V2.0-alpha"), normalised("1.0")
    ('1.7b1', '2.0a0', '1.0')
    """
    part = _matched(version).groupdict()
    spelled = f"{int(part['epoch'])}!" if part["epoch"] and int(part["epoch"]) else ""
    spelled += ".".join(release_of(version))
    if part["pre"]:
        spelled += f"{_SPELLINGS[_PHASES[part['pre'].lower()]]}{int(part['pre_number'] or '0')}"
    if part["dash_post"] or part["post"]:
        spelled += f".post{int(part['dash_post'] or part['post_number'] or '0')}"
    if part["dev"]:
        spelled += f".dev{int(part['dev_number'] or '0')}"
    return spelled + (f"+{re.sub('[-_]', '.', part['local'].lower())}" if part["local"] else "")


def release_of(version: str) -> list[str]:
    """Return the numbers of the release of a version."""
    return [str(int(each)) for each in _matched(version)["release"].split(".")]


def _matched(version: str) -> "re.Match[str]":
    matched = _VERSION.fullmatch(version)
    if not matched:
        raise Unkeyable(version)
    return matched


def _place(version: str) -> tuple[int, str, list[str]]:
    try:
        return 1, pep440_key(version), []
    except Unkeyable:
        return 0, "", _legacy_parts(version.lower())


def _legacy_parts(version: str) -> list[str]:
    """Return words and padded numbers; zeros before a word that is no later one drop."""
    parts: list[str] = []
    for found in [*_LEGACY_PART.findall(version), "final"]:
        part = found.zfill(8) if found.isdigit() else f"*{_LEGACY_WORDS.get(found, found)}"
        if part.startswith("*"):
            while part < _FINAL and parts[-1:] == [_FINAL_DASH]:
                parts.pop()
            while parts[-1:] == [_LEGACY_ZERO]:
                parts.pop()
        parts.append(part)
    return parts


def _release(release: str) -> str:
    first, *others = release.split(".")
    while others and not others[-1].strip("0"):
        others.pop()
    return "".join(f"1{number(part)}" for part in (first, *others)) + "0"


def _phase(part: dict[str, str], *, is_post: bool) -> str:
    if part["pre"]:
        return _PHASES[part["pre"].lower()] + number(part["pre_number"] or "0")
    return _DEV_ONLY if part["dev"] and not is_post else _RELEASE


def _local(local: str | None) -> str:
    if local is None:
        return "0"
    segments = re.split(r"[-_.]", local.lower())
    coded = (f"2{number(part)}" if part.isdigit() else f"1{text(part)}" for part in segments)
    return f"1{''.join(coded)}0"
