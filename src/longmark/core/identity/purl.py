"""Package URLs (purl-spec 2025): parsed once, in canonical form, with per-type rules.

Parsing is packageurl-python's. Most purls are plain, though: canonical already, nothing to decode
but a few marks; those are taken apart by one pattern, which is ten times faster. What cannot be
parsed is no identity: callers get ``None``, never a guess.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from packageurl import PackageURL, normalize_qualifiers

from longmark.core.identity.purl_types import by_type

LENGTH_LIMIT: Final = 2_048  # characters; longer ones occur only in hostile documents

_SLASH_MARK: Final = "~47~"  # no letter, so that no type's rule folds it
_PLAIN: Final = re.compile(
    r"pkg:(apk|cargo|deb|gem|generic|github|gitlab|golang|maven|npm|nuget|pypi|rpm)"
    r"/((?:%40)?[a-z0-9._-]+(?:/[a-z0-9._-]+)*/)?([a-z0-9._-]+)@((?:[A-Za-z0-9._~:-]|%2B)+)"
    r"(?:\?([a-z_]+=[A-Za-z0-9._~:-]+(?:&[a-z_]+=[A-Za-z0-9._~:-]+)*))?",
    re.ASCII,
)


class Purl(NamedTuple):
    """The parts of a package URL; absent parts are empty."""

    type: str
    namespace: str
    name: str
    version: str
    qualifiers: tuple[tuple[str, str], ...]
    subpath: str

    def qualifier(self, name: str) -> str:
        """Return the value of a qualifier, or an empty string."""
        return next((value for key, value in self.qualifiers if key == name), "")


@lru_cache(maxsize=1 << 14)
def parse_purl(text: str) -> Purl | None:
    """Return the parts of a package URL, or ``None`` for what is none."""
    plain = _plain(text)
    if plain is not None:
        return plain
    found = _read(text)
    if found is None:
        return None
    qualifiers = normalize_qualifiers(found.qualifiers, encode=False)
    return Purl(
        found.type,
        found.namespace or "",
        found.name,
        found.version or "",
        tuple(sorted((key, str(value)) for key, value in qualifiers.items())),
        found.subpath or "",
    )


@lru_cache(maxsize=1 << 14)
def canonical_purl(text: str) -> str | None:
    """Return the canonical spelling, or ``None`` for what is no package URL.

    >>> canonical_purl("pkg:PYPI/Django_package@1.11")
    'pkg:pypi/django-package@1.11'
    >>> canonical_purl("pkg:generic/treck/tcp%2Fip@6.0.1.66")
    'pkg:generic/treck/tcp%2Fip@6.0.1.66'
    """
    if _plain(text) is not None:
        return text
    found = _read(text)
    if found is None:
        return None
    path, mark, qualifiers = _spelled(found).partition("?")
    values, hash_mark, subpath = qualifiers.partition("#")
    return path + mark + values.replace("/", "%2F") + hash_mark + subpath


def _spelled(purl: PackageURL) -> str:
    """Return the library's spelling, but with the slashes of a name encoded.

    The library leaves them as they are: read again, they would part the name.
    """
    if "/" not in purl.name:
        return purl.to_string()
    marked = purl._replace(name=purl.name.replace("/", _SLASH_MARK))
    return marked.to_string().replace(_SLASH_MARK, "%2F")


@lru_cache(maxsize=1 << 12)  # one text is read for its parts and for its spelling in turn
def _plain(text: str) -> Purl | None:
    """Return the parts of a purl that is plain and canonical, else ``None``."""
    found = _PLAIN.fullmatch(text)
    if found is None:
        return None
    kind, namespace, name, version, stated = found.groups()
    if kind == "pypi" and "_" in name:
        return None
    pairs = [pair.partition("=") for pair in stated.split("&")] if stated else []
    keys = [key for key, _, _ in pairs]
    if keys != sorted(set(keys)):
        return None
    qualifiers = tuple((key, value) for key, _, value in pairs)
    decoded = (namespace or "").rstrip("/").replace("%40", "@")
    return Purl(kind, decoded, name, version.replace("%2B", "+"), qualifiers, "")


@lru_cache(maxsize=1 << 14)
def _read(text: str) -> PackageURL | None:
    if len(text) > LENGTH_LIMIT or not text.isprintable():
        return None
    try:
        found = PackageURL.from_string(text.strip())
    except ValueError:
        return None
    return by_type(found) if _is_printable(found) else None


def _is_printable(found: PackageURL) -> bool:
    """Tell whether nothing was encoded that no name holds, and no database keeps: ``%00``."""
    qualifiers = normalize_qualifiers(found.qualifiers, encode=False)
    parts = (found.namespace, found.name, found.version, found.subpath, *qualifiers.values())
    return all(str(part).isprintable() for part in parts if part)
