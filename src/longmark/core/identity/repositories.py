"""Source repositories as identities: ``git:host/path``, and the versions that their tags mean."""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final

_SCHEME: Final = re.compile(r"^(?:[a-z0-9+.]+://|git\+|scm:git:)+", re.IGNORECASE)
_USER: Final = re.compile(r"^[^/@]+@")
_SCP_LIKE: Final = re.compile(r"^([^/:]+):(?!\d+(?:/|$))")
_PORT: Final = re.compile(r"^([^/:]+):\d+(?=/|$)")
_AFTER: Final = re.compile(r"[?#@]")
_TAIL: Final = re.compile(r"(?:/|\.git)+$")
_LENGTH_LIMIT: Final = 2_048  # characters of an address; longer ones lead nowhere
_FORGE_PREFIXES: Final = ("cgit/", "git/", "pub/scm/", "p/", "r/")

_TAG_WORD: Final = re.compile(
    r"(?:(?:releases?|stable|tags?)/)?(?:version|release|stable|rel|ver|v|r)?[-_. ]?(?=\d)",
    re.IGNORECASE,
)
_TAG_END: Final = re.compile(r"(?<=\d)[-_](?:release|stable|final)$", re.IGNORECASE)
_BETWEEN_DIGITS: Final = re.compile(r"(?<=\d)_(?=\d)|(?<=\d)-(?=\d{1,3}(?:[-_.]|$))")
_LETTER_AFTER_UNDERSCORE: Final = re.compile(r"(?<=\d)_(?=[a-zA-Z])")


@lru_cache(maxsize=1 << 14)
def repository_package(url: str) -> str | None:
    """Return the package key of a repository, or ``None`` if the text names none.

    >>> repository_package("git+https://www.GitHub.com/Mbed-TLS/mbedtls.git")
    'git:github.com/mbed-tls/mbedtls'
    >>> repository_package("git@gitlab.com:libtiff/libtiff.git")
    'git:gitlab.com/libtiff/libtiff'
    """
    if len(url) > _LENGTH_LIMIT:
        return None
    location = _USER.sub("", _SCHEME.sub("", url.strip()))
    location = _PORT.sub(r"\1", _SCP_LIKE.sub(r"\1/", location))
    location = _AFTER.split(location, maxsplit=1)[0]
    host, _, path = _TAIL.sub("", location).lower().partition("/")
    host = host.removeprefix("www.")
    for prefix in _FORGE_PREFIXES:
        path = path.removeprefix(prefix)
    return f"git:{host}/{path}" if "." in host and path else None


def version_of_tag(tag: str, names: Collection[str]) -> str:
    """Return the version that a tag means to the project known by ``names``.

    A tag that starts with another name is another product and stays as it is, and so does one
    without a digit: as exact texts they equal only themselves.

    >>> version_of_tag("curl-7_57_0", {"curl"}), version_of_tag("OpenSSL_1_1_1n", {"openssl"})
    ('7.57.0', '1.1.1n')
    >>> version_of_tag("release/v4.5", ()), version_of_tag("STABLE-2_1_2_RELEASE", {"lwip"})
    ('4.5', '2.1.2')
    >>> version_of_tag("tiny-curl-7_72_0", {"curl"})
    'tiny-curl-7_72_0'
    """
    rest = _without_name(tag.rpartition("/")[2] if tag.startswith("refs/") else tag, names)
    rest = _TAG_WORD.sub("", rest, count=1) if _TAG_WORD.match(rest) else rest
    if not rest[:1].isdigit():
        return tag
    return _LETTER_AFTER_UNDERSCORE.sub("-", _BETWEEN_DIGITS.sub(".", _TAG_END.sub("", rest)))


def _without_name(tag: str, names: Collection[str]) -> str:
    folded = tag.lower()
    for name in sorted(names, key=len, reverse=True):
        if folded.startswith(name) and len(tag) > len(name):
            rest = tag[len(name) :]
            if rest[0] in "-_./ " or rest[0].isdigit():
                return rest.lstrip("-_./ ")
    return tag
