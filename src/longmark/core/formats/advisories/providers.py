"""How CSAF providers distribute their documents: CSAF 2.0 § 7.1, with what 2.1 renames.

`provider-metadata.json` names feeds (ROLIE) and directories by TLP label, and keys that sign. Feeds
and directories name documents, when they changed, and where their hashes and signatures are. What
a listing leaves unsaid is unsaid here too; whether that is enough is for who fetches to decide.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import urljoin

import msgspec

from longmark.core.formats.advisories.reading import RecordInvalid, decoded, instant

TRUSTED: Final = "csaf_trusted_provider"
PUBLIC_LABELS: Final = frozenset({"", "WHITE", "CLEAR", "UNLABELED", "GREEN"})
MAX_DOCUMENTS: Final = 1_000_000
MAX_KEYS: Final = 50

_FIELD: Final = re.compile(r"^\s*CSAF\s*:\s*(\S+)\s*$", re.IGNORECASE)
_DIGEST: Final = re.compile(r"\A\s*([0-9A-Fa-f]{64}|[0-9A-Fa-f]{128})(?:\s|\Z)")


class Key(msgspec.Struct, frozen=True):
    """A key that signs documents."""

    url: str
    fingerprint: str = ""


class Listing(msgspec.Struct, frozen=True):
    """A place that lists documents: a ROLIE feed, or a directory."""

    url: str
    label: str
    is_rolie: bool

    @property
    def is_public(self) -> bool:
        """Whether its TLP label lets anyone fetch it."""
        return self.label in PUBLIC_LABELS


class Provider(msgspec.Struct, frozen=True):
    """What a provider says of itself."""

    name: str
    role: str
    canonical_url: str
    keys: tuple[Key, ...]
    listings: tuple[Listing, ...]


class Listed(msgspec.Struct, frozen=True):
    """A document as a listing names it; `hashes` and `signature` are addresses."""

    url: str
    updated_at: datetime | None
    hashes: tuple[str, ...] = ()
    signature: str = ""
    is_linked: bool = False
    """Whether the listing itself names hashes and signature, or they are where they should be."""


class _Feed(msgspec.Struct):
    url: str
    tlp_label: str = ""


class _Rolie(msgspec.Struct):
    feeds: list[_Feed] = []


class _Directory(msgspec.Struct):
    url: str
    tlp_label: str = ""


class _Distribution(msgspec.Struct):
    directory_url: str = ""
    directory: _Directory | None = None  # 2.1
    rolie: _Rolie | None = None


class _Publisher(msgspec.Struct):
    name: str = ""


class _Metadata(msgspec.Struct):
    metadata_version: str
    canonical_url: str
    publisher: _Publisher
    role: str = "csaf_provider"
    distributions: list[_Distribution] = []
    public_openpgp_keys: list[Key] = []


class _Link(msgspec.Struct):
    rel: str = ""
    href: str = ""


class _Content(msgspec.Struct):
    src: str = ""


class _Entry(msgspec.Struct):
    link: list[_Link] = []
    content: _Content | None = None
    updated: str = ""


class _RolieFeed(msgspec.Struct):
    entry: list[_Entry] = []


class _RolieDocument(msgspec.Struct):
    feed: _RolieFeed


_metadata: Final = msgspec.json.Decoder(_Metadata)
_rolie: Final = msgspec.json.Decoder(_RolieDocument)


def _joined(url: str, reference: str) -> str:
    """Return an address that may be relative; what is none stays as it is, for who fetches it."""
    try:
        return urljoin(url, reference)
    except ValueError:
        return reference


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig", "replace").replace("\0", "")


def read_metadata(content: bytes, *, url: str) -> Provider:
    """Return what `provider-metadata.json` says; addresses in it may be relative to `url`.

    Raises:
        RecordInvalid: it is none, or names no place that lists documents.
    """
    stated = decoded(_metadata, content)
    if not stated.metadata_version.startswith("2."):
        raise RecordInvalid(
            "Provider metadata {version} is not known here.", version=stated.metadata_version[:20]
        )
    listings = tuple(_listings(stated, url))
    if not listings:
        raise RecordInvalid("The provider names no feed and no directory.")
    keys = tuple(
        Key(_joined(url, key.url), key.fingerprint.replace(" ", "").upper())
        for key in stated.public_openpgp_keys[:MAX_KEYS]
    )
    return Provider(stated.publisher.name[:200], stated.role, stated.canonical_url, keys, listings)


def _listings(stated: _Metadata, url: str) -> Iterator[Listing]:
    """Yield feeds, and directories where there is no feed: they hold the same."""
    feeds = [each for one in stated.distributions if one.rolie for each in one.rolie.feeds]
    for each in feeds:
        yield Listing(_joined(url, each.url), each.tlp_label.upper(), is_rolie=True)
    if feeds:
        return
    for one in stated.distributions:
        place = one.directory or (_Directory(one.directory_url) if one.directory_url else None)
        if place:
            address = _joined(url, place.url.rstrip("/") + "/")
            yield Listing(address, place.tlp_label.upper(), is_rolie=False)


def security_txt(content: bytes, *, url: str) -> list[str]:
    """Return the addresses of provider metadata that a `security.txt` (RFC 9116) names."""
    lines = _text(content).splitlines()
    found = [match.group(1) for match in map(_FIELD.match, lines) if match]
    return [_joined(url, address) for address in found]


def read_rolie(content: bytes, *, url: str) -> list[Listed]:
    """Return the documents of a ROLIE feed (RFC 8322), as the feed orders them.

    Raises:
        RecordInvalid: it is none, or endless.
    """
    entries = decoded(_rolie, content).feed.entry
    _refuse_endless(len(entries))
    return [one for entry in entries if (one := _listed(entry, url))]


def _refuse_endless(count: int) -> None:
    if count > MAX_DOCUMENTS:
        raise RecordInvalid("The list names more than {limit} documents.", limit=MAX_DOCUMENTS)


def _listed(entry: _Entry, url: str) -> Listed | None:
    links = {rel: [one.href for one in entry.link if one.rel == rel] for rel in _RELATIONS}
    address = next(iter(links["self"]), "") or (entry.content.src if entry.content else "")
    if not address:
        return None
    signature = next(iter(links["signature"]), "")
    return Listed(
        url=_joined(url, address),
        updated_at=instant(entry.updated),
        hashes=tuple(_joined(url, one) for one in links["hash"]),
        signature=_joined(url, signature) if signature else "",
        is_linked=True,
    )


_RELATIONS: Final = ("self", "hash", "signature")


def read_changes(content: bytes, *, url: str) -> list[Listed]:
    """Return the documents of a `changes.csv`: path and instant a line, quoted or not.

    Raises:
        RecordInvalid: a line is not that.
    """
    rows = csv.reader(io.StringIO(_text(content)))
    found = []
    try:
        for row in filter(None, rows):
            moment = instant(row[1]) if len(row) == 2 else None
            if moment is None:
                raise _not_changes(rows.line_num)
            found.append(beside(_joined(url, row[0].strip()), moment))
            _refuse_endless(len(found))
    except csv.Error:  # a field without end
        raise _not_changes(rows.line_num) from None
    return found


def _not_changes(number: int) -> RecordInvalid:
    return RecordInvalid("Line {number} of changes.csv is no path and time.", number=number)


def read_index(content: bytes, *, url: str) -> list[Listed]:
    """Return the documents of an `index.txt`: a path a line; when they changed is not said.

    Raises:
        RecordInvalid: it is endless.
    """
    lines = _text(content).splitlines()
    paths = [line.strip() for line in lines if line.strip().endswith(".json")]
    _refuse_endless(len(paths))
    return [beside(_joined(url, path), None) for path in paths]


def beside(url: str, updated_at: datetime | None) -> Listed:
    """Return a document whose hashes and signature lie beside it, if it has any."""
    return Listed(url, updated_at, (f"{url}.sha512", f"{url}.sha256"), f"{url}.asc")


def stated_digest(content: bytes) -> str:
    """Return the digest that a hash file begins with, in lower case.

    >>> stated_digest(b"AB" * 32 + b"  a.json")[:6]
    'ababab'

    Raises:
        RecordInvalid: it begins with none.
    """
    found = _DIGEST.match(content[:2_000].decode("ascii", "replace"))
    if found is None:
        raise RecordInvalid("The hash file begins with no SHA-256 and no SHA-512.")
    return found.group(1).lower()
