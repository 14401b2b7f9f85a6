"""Distributions and their releases: who maintains a deb, rpm or apk package, and in which stream.

A package key of a distribution holds the release, since a fix in one says nothing about another.
The release comes from the purl's ``distro`` qualifier, else from marks in the version; otherwise it
is unknown, and then only candidates for review may follow.
"""

import re
from typing import Final

from longmark.core.identity.purl import Purl
from longmark.core.versions import Scheme

SCHEMES: Final = {"deb": Scheme.DPKG, "rpm": Scheme.RPM, "apk": Scheme.APK}
UNKNOWN: Final = "unknown"
ROLLING: Final = "rolling"

_SAME: Final = {
    "rhel": "redhat", "red hat": "redhat", "red-hat": "redhat", "rocky linux": "rocky",
    "rockylinux": "rocky", "alma": "almalinux", "ol": "oracle", "oraclelinux": "oracle",
    "amazon": "amzn", "amazon linux": "amzn", "amazonlinux": "amzn", "sles": "suse",
    "sle": "suse", "opensuse-leap": "opensuse", "opensuse-tumbleweed": "opensuse",
    "photon os": "photon", "azure linux": "azurelinux", "mariner": "azurelinux",
}  # fmt: skip
_ROLLING: Final = frozenset(("wolfi", "chainguard", "arch", "minimos", "echo"))
_BY_MAJOR: Final = frozenset(("debian", "redhat", "centos", "almalinux", "rocky", "oracle", "amzn"))
_CODENAMES: Final = {
    "buster": "10", "bullseye": "11", "bookworm": "12", "trixie": "13", "forky": "14",
    "bionic": "18.04", "focal": "20.04", "jammy": "22.04", "noble": "24.04", "resolute": "26.04",
}  # fmt: skip

SUPPORTED: Final = {
    "debian": ("10", "11", "12", "13"),
    "ubuntu": ("18.04", "20.04", "22.04", "24.04", "26.04"),
    "alpine": ("v3.17", "v3.18", "v3.19", "v3.20", "v3.21", "v3.22", "v3.23"),
    "redhat": ("7", "8", "9", "10"),
    "almalinux": ("8", "9", "10"),
    "rocky": ("8", "9", "10"),
}
"""Releases that an unknown one may be; each makes a candidate for review."""

_DISTRO: Final = re.compile(r"(?:(?P<name>[a-z][a-z _-]*?)[-_: ]?)?(?P<release>v?\d[\w.]*)", re.I)
_NUMBERS: Final = re.compile(r"v?(\d+)(?:\.(\d+))?", re.ASCII)
_MARKS: Final = (
    (re.compile(r"[.+]el(\d+)"), ""),
    (re.compile(r"(?:\+deb|~bpo)(\d+)"), "debian"),
    (re.compile(r"ubuntu\d*[.~](\d\d\.\d\d)\b"), "ubuntu"),
    (re.compile(r"\.fc(\d+)"), "fedora"),
    (re.compile(r"\.amzn(\d+)"), "amzn"),
)


def distribution_package(kind: str, distribution: str, release: str, name: str) -> str:
    """Return the package key of a distribution's package."""
    return f"{kind}:{distribution or UNKNOWN}:{release or UNKNOWN}:{name.lower()}"


def distribution_of(name: str) -> str:
    """Return the one spelling of a distribution's name."""
    folded = name.lower().strip()
    return _SAME.get(folded, folded)


def release_of(distribution: str, text: str) -> str:
    """Return the release as it stands in package keys, empty if the text says none.

    >>> release_of("alpine", "3.19.1"), release_of("debian", "12.4"), release_of("redhat", "9.4")
    ('v3.19', '12', '9')
    """
    if distribution in _ROLLING:
        return ROLLING
    folded = text.lower().strip()
    if folded in _CODENAMES:
        return _CODENAMES[folded]
    numbers = _NUMBERS.match(folded)
    if numbers is None:
        return folded
    major, minor = numbers.groups()
    if distribution == "alpine":
        return f"v{major}.{minor}" if minor else ""
    return major if distribution in _BY_MAJOR or minor is None else f"{major}.{minor}"


def origin_of(purl: Purl) -> tuple[str, str]:
    """Return distribution and release of a deb, rpm or apk package, each empty if unknown."""
    named, release = _from_qualifier(purl.qualifier("distro"))
    distribution = distribution_of(purl.namespace) or named
    if release or distribution in _ROLLING:
        return distribution, release_of(distribution, release)
    for pattern, maker in _MARKS:
        found = pattern.search(purl.version)
        if found and maker in ("", distribution):
            return distribution, found.group(1)
    return distribution, ""


def _from_qualifier(distro: str) -> tuple[str, str]:
    found = _DISTRO.fullmatch(distro)
    if found:
        return distribution_of(found["name"] or ""), found["release"]
    return "", distro if distro.lower() in _CODENAMES else ""


def source_name(purl: Purl) -> str:
    """Return the name of the source package; it is the binary's own where no other is said.

    Generators write ``upstream`` only where source and binary differ in name.
    """
    for qualifier in ("upstream", "source", "origin"):
        stated = purl.qualifier(qualifier)
        if stated:
            return stated.partition("@")[0].lower()
    return purl.name.lower()


def full_version(purl: Purl, version: str) -> str:
    """Return the version with the epoch that an rpm purl carries as a qualifier."""
    epoch = purl.qualifier("epoch")
    return f"{epoch}:{version}" if epoch.isdigit() and ":" not in version and version else version


def upstream_version(version: str) -> str:
    """Return what upstream called it: no epoch, no revision, no repacking mark.

    >>> upstream_version("1:1.2.11.dfsg-2+deb11u2"), upstream_version("5.6.1+really5.4.5-1")
    ('1.2.11', '5.4.5')
    """
    plain = version.partition(":")[2] if re.match(r"\d+:", version) else version
    plain = plain.rpartition("-")[0] or plain
    plain = plain.rpartition("+really")[2]
    return re.sub(r"[.+~](?:dfsg|ds|repack|git|really).*$", "", plain)
