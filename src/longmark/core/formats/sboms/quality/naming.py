"""The fields that all formats share and that need more than being there: identity, version,
licence, hash. What matching makes of them is asked of ``core.identity`` itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from longmark.core.errors import Invalid
from longmark.core.formats.sboms.quality.facts import State, best_of, state_of
from longmark.core.identity import Cpe, canonical_purl, coordinates, parse_purl
from longmark.core.licences import licence_of
from longmark.core.versions import is_unstated

DISTRIBUTION_TYPES = frozenset({"deb", "rpm", "apk", "opkg", "alpm"})
SHA512 = frozenset({"sha-512", "sha512"})


@dataclass(frozen=True, slots=True)
class Named:
    """What a component goes by."""

    name: str
    version: str
    purl: str
    cpes: tuple[str, ...]
    others: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()


def naming_states(named: Named) -> dict[str, State]:
    """Return the states of what identifies a component and orders its version."""
    version = state_of(named.version)
    if version is State.STATED and is_unstated(named.version):
        version = State.UNKNOWN
    states = {
        "name": state_of(named.name),
        "version": version,
        "identifiers": state_of(named.purl, *named.cpes, *named.others),
        "identity": state_of(named.purl, *named.cpes, *named.commits),
    }
    if named.purl:
        states["purl-valid"] = State.STATED if canonical_purl(named.purl) else State.INVALID
        states |= _purl_states(named.purl, named.version)
    if named.cpes:
        is_valid = all(_is_cpe(each) for each in named.cpes)
        states["cpe-valid"] = State.STATED if is_valid else State.INVALID
    if version is State.STATED:
        states["orderable"] = State.STATED if _has_order(named) else State.INVALID
    return states


def _purl_states(text: str, version: str) -> dict[str, State]:
    purl = parse_purl(text)
    if purl is None:
        return {}
    states = {}
    if purl.type in DISTRIBUTION_TYPES:
        states["distribution"] = state_of(purl.qualifier("distro"))
    if purl.version and version:
        agrees = purl.version in version or version in purl.version
        states["purl-agrees"] = State.STATED if agrees else State.INVALID
    return states


@lru_cache(maxsize=1 << 14)
def _is_cpe(text: str) -> bool:
    try:
        Cpe.parse(text)
    except Invalid:
        return False
    return True


def _has_order(named: Named) -> bool:
    """Tell whether the version has a place in an order, under any name of the component."""
    found = coordinates(
        purl=named.purl or None, cpes=named.cpes, name=named.name, version=named.version
    )
    return any(each.key is not None for each in found) or not found


def hash_states(hashes: Sequence[tuple[str, str]]) -> dict[str, State]:
    """Return the states of pairs of algorithm and digest."""
    return {
        "hash-algorithm": state_of(*(algorithm for algorithm, _ in hashes)),
        "hash-value": state_of(*(digest for _, digest in hashes)),
    }


def sha512_state(hashes: Iterable[tuple[str, str]]) -> State:
    """Return whether a SHA-512 is among the hashes of a file."""
    return state_of(*(digest for algorithm, digest in hashes if algorithm.casefold() in SHA512))


def licence_state(texts: Iterable[str]) -> State:
    """Return whether texts name a licence by SPDX identifier, expression or ``LicenseRef-``."""
    return best_of(*(_licence_state(each) for each in texts))


def _licence_state(text: str) -> State:
    if text.strip().casefold() == "none":
        return State.STATED  # SPDX: there is none, which is an answer
    state = state_of(text)
    return state if state is not State.STATED or licence_of(text).is_spdx else State.INVALID
