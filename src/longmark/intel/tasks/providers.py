"""Finding a CSAF provider by its domain, and its keys: CSAF 2.0 § 7.1.8 to 7.1.10 and 7.1.20."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from longmark.core.errors import Invalid, LongmarkError, NotFound, Unavailable
from longmark.core.formats.advisories import providers
from longmark.core.formats.advisories.providers import Provider
from longmark.intel.tasks import signatures
from longmark.intel.tasks.errands import Errand

METADATA = "provider-metadata.json"
WELL_KNOWN = f"/.well-known/csaf/{METADATA}"
SECURITY_TXT = ("/.well-known/security.txt", "/security.txt")
SMALL_BYTES = 4 << 20


@dataclass(frozen=True)
class Keys:
    """Certificates of a provider; whole unless one is not to be had for the moment."""

    certificates: list[Any]
    fingerprints: list[str]
    is_whole: bool


def discovered(errand: Errand) -> Provider:
    """Return what the provider says of itself, found by its domain.

    First at its well-known place, then where `security.txt` points to, then under the host name
    that is reserved for it. The address of the metadata itself may be given instead.

    Raises:
        NotFound: it is at none of these places.
    """
    seen = []
    for url in _places(errand):
        try:
            content = errand.client.read(url, limit_bytes=SMALL_BYTES)
            provider = providers.read_metadata(content, url=url)
        except LongmarkError as error:
            seen.append(str(error))
            continue
        errand.remark(f"{provider.name or provider.canonical_url} at {url}")
        return provider
    raise NotFound(
        "{address} does not say where its CSAF documents are. {seen}",
        address=errand.feed.address,
        seen=" ".join(seen),
    )


def _places(errand: Errand) -> Iterator[str]:
    address = errand.feed.address
    parts = urlsplit(address)
    if parts.path.endswith(".json"):
        yield address
        return
    yield f"{address}{WELL_KNOWN}"
    for path in SECURITY_TXT:
        url = f"{address}{path}"
        try:
            content = errand.client.read(url, limit_bytes=SMALL_BYTES)
        except LongmarkError:
            continue
        yield from providers.security_txt(content, url=url)
    yield f"{parts.scheme}://csaf.data.security.{parts.netloc}"


def keys_of(errand: Errand, provider: Provider) -> Keys:
    """Return the certificates of a provider whose fingerprints are those that it states."""
    found, is_whole = [], True
    if not provider.keys:
        return Keys([], [], is_whole)
    errand.step("keys")
    for key in provider.keys:
        try:
            content = errand.client.read(key.url, limit_bytes=SMALL_BYTES)
            found += _matching(signatures.certificates(content), key.fingerprint)
        except LongmarkError as error:
            errand.problems.append(f"Key {key.url}: {error}")
            is_whole = is_whole and not isinstance(error, Unavailable)
    fingerprints = sorted({signatures.fingerprint_of(one) for one in found})
    _note_change(errand, fingerprints)
    return Keys(found, fingerprints, is_whole)


def _matching(certificates: list[Any], fingerprint: str) -> list[Any]:
    found = [
        one
        for one in certificates
        if not fingerprint or signatures.fingerprint_of(one) == fingerprint
    ]
    if not found:
        raise Invalid("its fingerprint is not {fingerprint}.", fingerprint=fingerprint)
    return found


def _note_change(errand: Errand, fingerprints: list[str]) -> None:
    """Say when a provider signs with other keys than before."""
    before = errand.marks.get("keys")
    said = ", ".join(fingerprints) or "none"
    errand.remark(said if before in (None, fingerprints) else f"changed, now {said}")
    errand.marks["keys"] = fingerprints
