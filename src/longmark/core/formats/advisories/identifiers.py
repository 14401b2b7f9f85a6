"""Ids of advisories: which are CVE ids, which embed one, which are notices about many."""

import re
from collections.abc import Iterable
from typing import Final

CVE: Final = re.compile(r"CVE-\d{4}-\d{4,19}")
_EMBEDDED: Final = re.compile(r"[A-Z]+(?:-[A-Z]+)*-(CVE-\d{4}-\d{4,19})")
_NOTICES: Final = (
    "ALAS", "ALBA-", "ALEA-", "ALPINE-SA", "ALSA-", "DLA-", "DSA-", "DTSA-", "ELSA-", "CLSA-",
    "FEDORA-", "MGASA-", "OESA-", "OPENSUSE-", "RHBA-", "RHEA-", "RHSA-", "RLSA-", "RXSA-",
    "SUSE-", "UBUNTU-USN", "USN-",
)  # fmt: skip


def is_cve(identifier: str) -> bool:
    """Tell whether an id is a CVE id."""
    return identifier.startswith("CVE-") and CVE.fullmatch(identifier) is not None


def embedded_cve(identifier: str) -> str | None:
    """Return the CVE id inside ``ALPINE-CVE-…``, ``DEBIAN-CVE-…`` and the like."""
    found = _EMBEDDED.fullmatch(identifier)
    return found.group(1) if found else None


def is_notice(identifier: str) -> bool:
    """Tell whether an id is that of a distribution's notice, which may cover many CVEs."""
    return identifier.upper().startswith(_NOTICES)


def links(
    identifier: str, aliases: Iterable[str], upstream: Iterable[str], related: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the aliases of a record, and the vulnerabilities that it speaks of instead.

    A notice speaks of the CVEs that it restates; a record with several CVE aliases speaks of
    each of them. Neither joins them (matching rules, section 8).
    """
    names = {alias.strip() for alias in aliases if 0 < len(alias.strip()) <= 200} - {identifier}
    inside = embedded_cve(identifier)
    if inside:
        names.add(inside)
    cves = {name for name in names if is_cve(name)}
    if is_notice(identifier):
        cves |= {name for name in (*upstream, *related) if is_cve(name)}
        return (), tuple(sorted(cves))
    if len(cves) > 1 or (cves and is_cve(identifier)):
        return tuple(sorted(names - cves)), tuple(
            sorted(cves | {identifier} if is_cve(identifier) else cves)
        )
    return tuple(sorted(names)), ()
