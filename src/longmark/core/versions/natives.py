"""Ranges as npm, pip and nginx write them, in the notation of ``vers``.

npm: node-semver's grammar, alternatives parted by ``||``. A number that is missing stands for any
(``<=1.2`` ends below ``1.3.0``); commas between bounds, as advisories write them, are passed over.
pip: PEP 440 specifiers parted by commas, alternatives by ``||`` as GitLab writes them.
nginx: the lists of its security advisories: ``0.7.52-0.8.39``, ``1.4.1+``. A stable branch (even
second number) ends where the next begins, the main line (odd) does not.

A ``vers`` range is an interval of the order of versions and nothing else. So pre-releases that lie
in it belong to it, also where npm and pip would install them only if asked to.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from longmark.core.versions.blocks import Unkeyable
from longmark.core.versions.pep440 import normalised, release_of
from longmark.core.versions.schemes import Scheme
from longmark.core.versions.spans import EVERYTHING, Cut, Line, Span, Spans
from longmark.core.versions.vers import MAX_CONSTRAINTS, MAX_LENGTH, NotVers, Vers

_SEMVER: Final = Line(Scheme.SEMVER)
_PYTHON: Final = Line(Scheme.PEP440)
_NGINX: Final = Line(Scheme.NGINX)

_ALTERNATIVES: Final = re.compile(r"\s*\|\|\s*")
_GAP_AFTER_SIGN: Final = re.compile(r"(>=|<=|~>|[<>=~^])\s+")
_HYPHEN: Final = re.compile(r"(\S+)\s+-\s+(\S+)")
_NPM: Final = re.compile(
    r"(?P<sign>>=|<=|~>|[<>=~^]?)[v=]*(?P<major>\d+|[xX*])(?:\.(?P<minor>\d+|[xX*]))?"
    r"(?:\.(?P<patch>\d+|[xX*]))?(?:-(?P<pre>[0-9A-Za-z.\-]+))?(?:\+[0-9A-Za-z.\-]*)?",
    re.ASCII,
)
_PIP: Final = re.compile(r"(===|==|~=|!=|<=|>=|<|>)\s*([^\s,*]+?)(\.\*)?")
_NGINX_ITEM: Final = re.compile(r"(\d+(?:\.\d+)*)(?:\s*-\s*(\d+(?:\.\d+)*)|(\+))?", re.ASCII)


def vers_of_native(kind: str, native: str) -> Vers:
    """Return the range of a native text; ``kind`` is npm, pypi or nginx.

    >>> str(vers_of_native("npm", "^1.2.9 || >=2.0.1"))
    'vers:npm/>=1.2.9|<2.0.0|>=2.0.1'

    Raises:
        NotVers: the kind has no native ranges here, or the text is none; the message says where.
    """
    if kind not in _READERS:
        raise NotVers(f"Native ranges of '{kind[:20]}' are not read; {', '.join(_READERS)} are.")
    if len(native) > MAX_LENGTH:
        raise NotVers(f"The range is longer than {MAX_LENGTH} characters.")
    line, read = _READERS[kind]
    try:
        spans = line.either(_bounded(read(native.strip())))
        return line.as_vers(kind, spans)
    except Unkeyable as error:
        raise NotVers(f"'{str(error)[:80]}' is no version of {kind}.") from error


def _bounded(spans: Iterator[Span]) -> Iterator[Span]:
    for count, each in enumerate(spans):
        if count >= MAX_CONSTRAINTS:
            raise NotVers(f"The range has more than {MAX_CONSTRAINTS} alternatives.")
        yield each


def _npm(native: str) -> Iterator[Span]:
    for alternative in _ALTERNATIVES.split(native):
        hyphen = _HYPHEN.fullmatch(alternative.strip())
        parts = [f">={hyphen[1]}", f"<={hyphen[2]}"] if hyphen else _npm_parts(alternative)
        spans = EVERYTHING
        for part in parts:
            spans = _SEMVER.both(spans, _npm_spans(part))
        yield from spans


def _npm_parts(alternative: str) -> list[str]:
    return _GAP_AFTER_SIGN.sub(r"\1", alternative.replace(",", " ")).split()


def _npm_spans(part: str) -> Spans:
    found = _NPM.fullmatch(part)
    if not found:
        raise NotVers(f"'{part[:80]}' is no comparison of npm.")
    sign, numbers = found["sign"], _numbers(found)
    low = _version(numbers, found["pre"] if len(numbers) == 3 else None)
    if not numbers:
        return () if sign in ("<", ">") else EVERYTHING
    after = _after(sign, numbers)
    if len(numbers) == 3 and sign not in ("~", "~>", "^"):
        return _exact(sign, low)
    spans = {
        "<": Span(high=Cut(low)),
        "<=": Span(high=Cut(after)),
        ">": Span(low=Cut(after)),
        ">=": Span(low=Cut(low)),
    }
    return (spans.get(sign, Span(Cut(low), Cut(after))),)


def _numbers(found: "re.Match[str]") -> list[int]:
    """Return the numbers that are stated, up to the first that stands for any."""
    numbers: list[int] = []
    for name in ("major", "minor", "patch"):
        if found[name] is None or not found[name].isdigit():
            break
        numbers.append(int(found[name]))
    return numbers


def _version(numbers: list[int], pre: str | None = None) -> str:
    core = ".".join(map(str, [*numbers, 0, 0, 0][:3]))
    return f"{core}-{pre}" if pre else core


def _after(sign: str, numbers: list[int]) -> str:
    """Return the first version that is no longer of the same line.

    A tilde lets the last number change, a caret whatever stands behind the first that is no zero.
    """
    place = min(len(numbers), 2) - 1
    if sign == "^":
        place = next((at for at, each in enumerate(numbers) if each), len(numbers) - 1)
    return _version([*numbers[:place], numbers[place] + 1])


def _exact(sign: str, version: str) -> Spans:
    below, above = Cut(version), Cut(version, is_above=True)
    spans = {
        "<": Span(high=below),
        "<=": Span(high=above),
        ">": Span(low=above),
        ">=": Span(low=below),
    }
    return (spans.get(sign, Span(below, above)),)


def _pip(native: str) -> Iterator[Span]:
    for alternative in _ALTERNATIVES.split(native):
        parts = [part.strip() for part in alternative.split(",")]
        if not any(parts) and native:
            continue  # lists that end with a bar are found in the wild
        spans = EVERYTHING
        for part in filter(None, parts):
            spans = _PYTHON.both(spans, _pip_spans(part))
        yield from spans


def _pip_spans(part: str) -> Spans:
    if part == "*":
        return EVERYTHING
    found = _PIP.fullmatch(part)
    if not found:
        raise NotVers(f"'{part[:80]}' is no specifier of PEP 440.")
    sign, stated, is_prefix = found[1], found[2], bool(found[3])
    if is_prefix and sign not in ("==", "!="):
        raise NotVers(f"'{part[:80]}': a prefix is compared with == or != alone.")
    if is_prefix:
        spans = _line_of(release_of(stated))
    elif sign == "~=":
        release = release_of(stated)
        if len(release) < 2:
            raise NotVers(f"'{part[:80]}': ~= needs two numbers.")
        spans = _PYTHON.both(_exact(">=", normalised(stated)), _line_of(release[:-1]))
    else:
        spans = _exact("==" if sign == "!=" else sign, normalised(stated))
    return _PYTHON.beside(spans) if sign == "!=" else spans


def _line_of(release: list[str]) -> Spans:
    """Return all versions that begin with these numbers, from their first developer's release."""
    following = [*release[:-1], str(int(release[-1]) + 1)]
    return (Span(Cut(".".join(release) + ".dev0"), Cut(".".join(following) + ".dev0")),)


def _nginx(native: str) -> Iterator[Span]:
    if native == "none":
        return
    for part in map(str.strip, native.split(",")):
        found = _NGINX_ITEM.fullmatch(part)
        if part == "all":
            yield Span()
        elif not found:
            raise NotVers(f"'{part[:80]}' is no range of nginx.")
        elif found[2]:
            yield Span(Cut(found[1]), Cut(found[2], is_above=True))
        elif found[3]:
            yield Span(Cut(found[1]), _end_of_branch(found[1]))
        else:
            yield from _NGINX.at(found[1])


def _end_of_branch(version: str) -> Cut | None:
    major, *others = version.split(".")
    minor = int(others[0]) if others else 0
    return None if minor % 2 else Cut(f"{major}.{minor + 1}.0")


_READERS: Final[Mapping[str, tuple[Line, Callable[[str], Iterator[Span]]]]] = {
    "npm": (_SEMVER, _npm),
    "pypi": (_PYTHON, _pip),
    "nginx": (_NGINX, _nginx),
}
