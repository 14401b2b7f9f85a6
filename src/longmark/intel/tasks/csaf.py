"""CSAF providers: what their feeds and directories list, checked before it is taken in.

A document is taken if its hash is right and, where there is a signature, if that is by a key of
the provider; a trusted provider must have both. What fails stays outside, kept with its reason.
Lists are read from their mark on, the oldest change first; what was not served is asked for again
in each run, what was refused when it changes, or the keys do. Documents that are not for everyone
(TLP:AMBER and above) need access of their own and are not asked for.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from longmark.core.errors import Invalid, LongmarkError, NotFound, Refused, Unavailable
from longmark.core.formats.advisories import providers
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.providers import TRUSTED, Listed, Listing, Provider
from longmark.core.formats.advisories.reading import RecordInvalid, instant
from longmark.foundation.client import Fetched
from longmark.intel.tasks import packets, signatures
from longmark.intel.tasks.errands import Errand
from longmark.intel.tasks.providers import Keys, discovered, keys_of

CHUNK_DOCUMENTS: Final = 100
DOCUMENT_BYTES: Final = 32 << 20
LISTING_BYTES: Final = 256 << 20
SIDE_BYTES: Final = 1 << 20
MISSING_LIMIT: Final = 1_000

_HASHES: Final = {64: hashlib.sha256, 128: hashlib.sha512}


@dataclass
class _Checks:
    """Who must have signed, and whether hash and signature may be missing."""

    keys: Keys
    is_strict: bool


@dataclass
class _Outcome:
    """What came of a listing: what stayed outside, and what was not there to be fetched."""

    listed_count: int = 0
    refused: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)

    @property
    def missing(self) -> set[str]:
        """What is listed and not here."""
        return self.refused | self.absent


def follow(errand: Errand) -> None:
    """Take in what the provider published since the last run."""
    errand.step("discover")
    provider = discovered(errand)
    checks = _Checks(keys_of(errand, provider), is_strict=provider.role == TRUSTED)
    outcomes = [
        outcome
        for listing in _public(errand, provider)
        if (outcome := _attempted(errand, listing, checks))
    ]
    errand.feed.upstream_count = sum(one.listed_count for one in outcomes)
    missing = sum(len(one.missing) for one in outcomes)
    errand.feed.known_count = errand.feed.upstream_count - missing
    errand.feed.is_whole = not errand.problems


def _public(errand: Errand, provider: Provider) -> list[Listing]:
    public = [one for one in provider.listings if one.is_public]
    hidden = sorted({f"TLP:{one.label}" for one in provider.listings if not one.is_public})
    if hidden:
        errand.step("skip", ", ".join(hidden))
        errand.remark("not for everyone: it needs access of its own")
    return public


def _attempted(errand: Errand, listing: Listing, checks: _Checks) -> _Outcome | None:
    """Take in one listing; one that fails does not stop the others."""
    try:
        return _taken(errand, listing, checks)
    except LongmarkError as error:
        errand.remark(str(error))
        errand.problems.append(str(error))
        return None


def _taken(errand: Errand, listing: Listing, checks: _Checks) -> _Outcome:
    errand.step("look", listing.url)
    state = dict(errand.marks.get(listing.url) or {})
    refused, absent = set(state.get("refused", ())), set(state.get("absent", ()))
    are_keys_new = state.get("keys", checks.keys.fingerprints) != checks.keys.fingerprints
    again = absent | refused if are_keys_new else absent
    url = listing.url if listing.is_rolie else f"{listing.url}changes.csv"
    if again:
        errand.feed.validators.pop(url, None)
    fetched = _listing(errand, listing, url)
    if fetched is None:
        errand.remark("unchanged")
        return _Outcome(state["listed"], refused, absent)
    documents = _documents(errand, listing, fetched.path)
    names = {one.url for one in documents}
    outcome = _Outcome(len(documents), refused & names, absent & names)
    mark = instant(state.get("at", ""))
    news = [one for one in documents if one.url in again or _is_news(one, mark, state)]
    news.sort(key=lambda one: (one.updated_at is not None, one.updated_at, one.url))
    rest = iter(news)
    while chunk := list(islice(rest, CHUNK_DOCUMENTS)):
        _take_chunk(errand, listing, chunk, checks, outcome, state, again)
    if documents and all(one.updated_at is None for one in documents):
        state["at"] = errand.progress.now.isoformat()
    _note(state, outcome)
    state |= {"listed": len(documents), "keys": checks.keys.fingerprints}
    errand.marks[listing.url] = state
    errand.feed.validators[url] = list(fetched.validator)
    said = f"{len(news)} of {len(documents)} asked for"
    errand.remark(f"{said}, {len(outcome.absent)} not served" if outcome.absent else said)
    return outcome


def _is_news(one: Listed, mark: datetime | None, state: dict[str, Any]) -> bool:
    if one.updated_at is None or mark is None:
        return True
    return one.updated_at > mark or (
        one.updated_at == mark and one.url not in state.get("latest", ())
    )


def _listing(errand: Errand, listing: Listing, url: str) -> Fetched | None:
    """Fetch a list of documents; None if it is as it was. A directory may have no such list."""
    try:
        return errand.fetch(url, "listing", limit_bytes=LISTING_BYTES)
    except NotFound:
        if listing.is_rolie:
            raise
        path = errand.path("listing")
        path.write_bytes(b"")
        return Fetched(url, path, ("", ""), None)


def _documents(errand: Errand, listing: Listing, path: Path) -> list[Listed]:
    """Return what a feed, or a directory by its two lists, names."""
    content = path.read_bytes()
    path.unlink()
    if listing.is_rolie:
        return providers.read_rolie(content, url=listing.url)
    dated = providers.read_changes(content, url=listing.url)
    try:
        index = errand.client.read(f"{listing.url}index.txt", limit_bytes=LISTING_BYTES)
    except NotFound:
        if not dated:
            raise
        return dated
    known = {one.url for one in dated}
    listed = providers.read_index(index, url=listing.url)
    return dated + [one for one in listed if one.url not in known]


def _take_chunk(
    errand: Errand,
    listing: Listing,
    chunk: list[Listed],
    checks: _Checks,
    outcome: _Outcome,
    state: dict[str, Any],
    again: set[str],
) -> None:
    """Fetch a few documents, check each, take in the good ones and keep the others apart."""
    errand.step("fetch", f"{len(chunk)} documents")
    good = packets.Packet(errand, "csaf-good.zip")
    bad = packets.Packet(errand, "csaf-bad.zip")
    refusals = []
    for number, one in enumerate(chunk):
        name = f"{number:03}/{one.url.rpartition('/')[2]}"
        content = _fetched(errand, one, outcome, state, is_again=one.url in again)
        if content is None:
            continue
        outcome.refused.discard(one.url)
        outcome.absent.discard(one.url)
        try:
            _check(errand, one, content, checks)
            good.put(name, content)
        except (Invalid, NotFound) as error:
            bad.put(name, content)
            refusals.append((one.url, str(error)))
            outcome.refused.add(one.url)
    if refusals:
        bad.archive.close()
        errand.quarantine(bad.path, refusals, filename="csaf-refused.zip", expected=Format.CSAF)
    else:
        bad.drop()
    _advance(state, chunk, errand.progress.now)
    _note(state, outcome)
    good.take(f"{errand.feed.name}.zip", Format.CSAF, marks={listing.url: dict(state)})


def _advance(state: dict[str, Any], chunk: list[Listed], now: datetime) -> None:
    """Move the mark behind a chunk that is fetched; never back, and never ahead of today."""
    past = [one.updated_at for one in chunk if one.updated_at and one.updated_at <= now]
    last, mark = max(past, default=None), instant(state.get("at", ""))
    if last is None or (mark is not None and last < mark):
        return
    before = state.get("latest", []) if last == mark else []
    latest = [one.url for one in chunk if one.updated_at == last]
    state["latest"] = list(dict.fromkeys((*before, *latest)))
    state["at"] = last.isoformat()


def _note(state: dict[str, Any], outcome: _Outcome) -> None:
    state["refused"] = sorted(outcome.refused)[:MISSING_LIMIT]
    state["absent"] = sorted(outcome.absent)[:MISSING_LIMIT]


def _fetched(
    errand: Errand, one: Listed, outcome: _Outcome, state: dict[str, Any], *, is_again: bool
) -> bytes | None:
    """Return a document; None if it is not served, or not newer where no list says when."""
    path = errand.path("document.json")
    is_dated = one.updated_at is not None
    mark = None if is_dated or is_again else instant(state.get("at", ""))
    since = format_datetime(mark, usegmt=True) if mark else ""
    try:
        fetched = errand.client.fetch(
            one.url, path, validator=("", since), limit_bytes=DOCUMENT_BYTES
        )
    except (NotFound, Invalid, Refused):
        outcome.absent.add(one.url)
        return None
    return path.read_bytes() if fetched else None


def _check(errand: Errand, one: Listed, content: bytes, checks: _Checks) -> None:
    """Compare a document with its hash and signature.

    Raises:
        Invalid: one of them is wrong, or missing where it must not be.
        Unavailable: it cannot be told now; the listing waits.
    """
    _check_hash(errand, one, content, checks)
    signature = _side(errand, one.signature, is_needed=one.is_linked)
    if signature is None:
        if checks.is_strict:
            raise Invalid("It is not signed, as those of a trusted provider are.")
        return
    try:
        if not checks.keys.certificates:
            raise Invalid("It is signed, and the provider names no key that fits.")
        signatures.check(content, signature, checks.keys.certificates)
    except Invalid:
        if checks.keys.is_whole:
            raise
        raise Unavailable("Signatures cannot be checked: a key is not to be had now.") from None


def _check_hash(errand: Errand, one: Listed, content: bytes, checks: _Checks) -> None:
    for url in one.hashes:
        stated = _side(errand, url, is_needed=one.is_linked)
        if stated is None:
            continue
        try:
            digest = providers.stated_digest(stated)
        except RecordInvalid as error:
            raise Invalid("{url}: {reason}", url=url, reason=str(error)) from None
        found = _HASHES[len(digest)](content).hexdigest()
        if found != digest:
            raise Invalid("Its hash is {found}, and {url} says another.", found=found, url=url)
        return  # one right hash is enough: the others are of the same bytes
    if checks.is_strict:
        raise Invalid("It has no hash file, as those of a trusted provider have.")


def _side(errand: Errand, url: str, *, is_needed: bool) -> bytes | None:
    """Return a file beside a document; None if there is none and need not be."""
    if not url:
        return None
    try:
        return errand.client.read(url, limit_bytes=SIDE_BYTES)
    except NotFound as error:
        if is_needed:
            raise Invalid("It is not served: {error}", error=str(error)) from None
        return None
    except Refused as error:
        raise Invalid("It is not fetched: {error}", error=str(error)) from None
